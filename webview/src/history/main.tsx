import type { FromHistory, HistoryResult, HistoryState } from '../../../server/src/protocol/history.js';
import type { WorkloadRef } from '../../../server/src/protocol/protocol.js';
import { drawer, editorOf, onMessages, save } from '../shared/editor.js';
import { App } from './app.js';
import { csvOf } from './export.js';
import { readMessage, readState } from './messages.js';
import '../shared/page.css';
import '../shared/plot.css';
import './history.css';

const editor = editorOf<FromHistory, HistoryState>();
const kept = readState(editor.getState());
let ref: WorkloadRef | undefined = kept?.ref;
let view: Pick<HistoryState, 'selected' | 'along'> = { selected: kept?.selected ?? '', along: kept?.along ?? 'time' };
let data: HistoryResult | undefined;
let progress: { readonly done: number; readonly total: number } | undefined;
let trouble = '';
let status = '';

const post = (message: FromHistory): void => editor.postMessage(message);
const draw = drawer(() => (
  <App
    data={data}
    progress={progress}
    trouble={trouble}
    status={status}
    view={view}
    onView={(change) => {
      view = { ...view, ...change };
      keep();
    }}
    onSave={(format) => {
      const shown = data;
      if (shown) save({ format, drawing: '#chart', csv: () => csvOf(shown) }, (content) => post({ type: 'save', format, content }), say);
    }}
    post={post}
  />
));
function keep(): void {
  if (ref) editor.setState({ ref, ...view });
  draw();
}
function say(text: string): void {
  status = text;
  draw();
}

onMessages(readMessage, (message) => {
  switch (message.type) {
    case 'data':
      ({ ref, data } = message);
      progress = undefined;
      trouble = '';
      return keep();
    case 'working':
      progress = { done: 0, total: 0 };
      trouble = '';
      break;
    case 'progress':
      progress = message;
      break;
    case 'trouble':
      progress = undefined;
      trouble = message.text;
      break;
    case 'status':
      status = message.text;
      break;
  }
  draw();
});
post({ type: 'ready' });
draw();
