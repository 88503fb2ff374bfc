import type { CompareResult, FromPanel, OfferRow, PanelState, SavedFormat } from '../../../server/src/protocol/panel.js';
import type { WorkloadRef } from '../../../server/src/protocol/protocol.js';
import { drawer, editorOf, onMessages, save } from '../shared/editor.js';
import { App } from './app.js';
import { csvOf } from './export.js';
import { readMessage, readState } from './messages.js';
import { readView, type View } from './offers.js';
import '../shared/page.css';
import './compare.css';

const editor = editorOf<FromPanel, PanelState>();
const kept = readState(editor.getState());
let ref: WorkloadRef | undefined = kept?.ref;
let view: View = readView(kept?.view);
let count: number | null = kept?.count ?? null;
let region = kept?.region ?? '';
let data: CompareResult | undefined;
let gone = '';
let status = '';

const draw = drawer(() => (
  <App
    data={data}
    gone={gone}
    status={status}
    view={view}
    count={count}
    onView={setView}
    onCount={setCount}
    region={region}
    onRegion={setRegion}
    onSave={onSave}
    post={(one) => editor.postMessage(one)}
  />
));
function keep(): void {
  if (ref) editor.setState({ ref, count, region, view });
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
function setRegion(next: string): void {
  region = next;
  editor.postMessage({ type: 'region', region });
  keep();
}
function onSave(format: SavedFormat, rows: readonly OfferRow[]): void {
  const shown = data;
  if (!shown) return;
  save({ format, drawing: '#chart', csv: () => csvOf(rows, shown) }, (content) => editor.postMessage({ type: 'save', format, content }), say);
}
function say(text: string): void {
  status = text;
  draw();
}

onMessages(readMessage, (message) => {
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
      say(message.text);
      break;
  }
});
if (count !== null) editor.postMessage({ type: 'count', count });
if (region !== '') editor.postMessage({ type: 'region', region });
editor.postMessage({ type: 'ready' });
draw();
