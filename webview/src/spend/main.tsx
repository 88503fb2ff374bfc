import type { FromSpendPage, SpendPanelResult, SpendQuery } from '../../../server/src/protocol/spend-panel.js';
import { drawer, editorOf, onMessages, save } from '../shared/editor.js';
import { App, type Saved } from './app.js';
import { isResult, readSpendPageMessage } from './messages.js';
import { type Parts, updated, viewOf } from './parts.js';
import { readView, type View } from './view.js';
import '../shared/page.css';
import '../shared/plot.css';
import './spend.css';

let parts: Parts = new Map();
let roots: SpendPanelResult['roots'] = [];
let root = '';
let trouble = '';
let status = '';

/** A report has its figures in it, and no editor around it. */
const report = document.getElementById('figures');
const editor = report ? undefined : editorOf<FromSpendPage, { readonly view: View }>();
let view: View = readView((editor?.getState() as { readonly view?: unknown } | undefined)?.view);

const draw = drawer(() => (
  <App
    data={viewOf(parts)}
    roots={roots}
    root={root}
    trouble={trouble}
    status={status}
    view={view}
    onView={setView}
    onSave={onSave}
    {...(editor
      ? {
          editor: {
            onQuery: ask,
            onPlace: ({ uri, line }) => editor.postMessage({ type: 'reveal', uri, line }),
            onSettings: () => editor.postMessage({ type: 'openSettings' }),
            onRefresh: () => editor.postMessage({ type: 'refresh' }),
          },
        }
      : {})}
  />
));

function setView(change: Partial<View>): void {
  view = { ...view, ...change };
  editor?.setState({ view });
  editor?.postMessage({ type: 'keep', view });
  draw();
}
function ask(from: string, query: SpendQuery): void {
  editor?.postMessage({ type: 'query', root: from, query });
}
const onSave = ({ name, format, drawing, csv }: Saved): void =>
  save(
    { format, drawing, csv },
    (content) => {
      if (editor) editor.postMessage({ type: 'save', name, format, content });
      else download(`${name}.${format}`, content);
    },
    say,
  );
function say(text: string): void {
  status = text;
  draw();
}
/** A report has no editor that asks where to: the browser does. */
function download(name: string, content: string | Uint8Array): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content as BlobPart]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
function take({ root: from, roots: all, update }: SpendPanelResult): void {
  parts = updated(parts, update);
  root = from;
  roots = all;
  trouble = '';
}

onMessages(readSpendPageMessage, (message) => {
  switch (message.type) {
    case 'data':
      take(message);
      break;
    case 'restore':
      // what this page kept itself is newer
      if (editor?.getState() === undefined) view = readView(message.view);
      break;
    case 'budget':
      setView({ budget: message.name });
      break;
    case 'trouble':
      trouble = message.text;
      break;
    case 'status':
      status = message.text;
      break;
  }
  draw();
});
if (report) {
  const figures: unknown = JSON.parse(report.textContent ?? 'null');
  if (isResult(figures)) take(figures);
  else trouble = 'The figures of this report are not whole.';
}
editor?.postMessage({ type: 'ready' });
draw();
