import { render } from 'preact';
import type { CompareResult, FromPanel, OfferRow, PanelState, SavedFormat } from '../../server/src/protocol/panel.js';
import type { WorkloadRef } from '../../server/src/protocol/protocol.js';
import { App } from './app.js';
import { csvOf, pngOf, svgOf } from './export.js';
import { readMessage, readState } from './messages.js';
import { readView, type View } from './offers.js';
import './panel.css';

interface Editor {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: PanelState): void;
}
declare function acquireVsCodeApi(): Editor;

const editor = acquireVsCodeApi();
const root = document.getElementById('root');
const kept = readState(editor.getState());
let ref: WorkloadRef | undefined = kept?.ref;
let view: View = readView(kept?.view);
let count: number | null = kept?.count ?? null;
let data: CompareResult | undefined;
let gone = '';
let status = '';
let drawing = false;

/** Messages and clicks only change what is kept; one drawing a frame follows. */
function draw(): void {
  if (drawing || !root) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    render(
      <App
        data={data}
        gone={gone}
        status={status}
        view={view}
        count={count}
        onView={setView}
        onCount={setCount}
        onSave={save}
        post={(one) => editor.postMessage(one)}
      />,
      root,
    );
  });
}
function keep(): void {
  if (ref) editor.setState({ ref, count, view });
  draw();
}
function setView(change: Partial<View>): void {
  view = { ...view, ...change };
  keep();
}
function setCount(next: number | null): void {
  count = next;
  editor.postMessage({ type: 'count', count });
  keep();
}
function save(format: SavedFormat, rows: readonly OfferRow[]): void {
  const svg = document.querySelector<SVGSVGElement>('#chart');
  if (!data || !svg) return;
  const content = format === 'csv' ? csvOf(rows, data) : format === 'svg' ? svgOf(svg) : pngOf(svg);
  Promise.resolve(content).then(
    (done) => editor.postMessage({ type: 'save', format, content: done }),
    (error: unknown) => {
      status = `Not saved: ${error instanceof Error ? error.message : String(error)}`;
      draw();
    },
  );
}

window.addEventListener('message', ({ data: sent }) => {
  const message = readMessage(sent);
  if (!message) return;
  switch (message.type) {
    case 'data':
      ({ ref, data } = message);
      gone = '';
      keep();
      break;
    case 'gone':
      gone = message.text;
      draw();
      break;
    case 'status':
      status = message.text;
      draw();
      break;
  }
});
if (count !== null) editor.postMessage({ type: 'count', count });
editor.postMessage({ type: 'ready' });
draw();
