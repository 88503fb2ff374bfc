import type { SavedFormat } from '../../../server/src/protocol/panel.js';
import type { Drawing, FromWhatIf, SwingsResult, WhatIfResult, WhatIfState } from '../../../server/src/protocol/what-if.js';
import { drawer, editorOf, onMessages, save } from '../shared/editor.js';
import { App } from './app.js';
import { figuresCsv, swingsCsv } from './export.js';
import { readMessage, readState } from './messages.js';
import '../shared/page.css';
import './what-if.css';

const editor = editorOf<FromWhatIf, WhatIfState>();
const kept = readState(editor.getState());
let view: WhatIfState = kept ?? { ref: null, draft: {}, shown: [], quantity: '', bars: '' };
let data: WhatIfResult | undefined;
let swings: SwingsResult | null = null;
let progress: { readonly done: number; readonly total: number } | undefined;
let gone = '';
let status = '';

const post = (message: FromWhatIf): void => editor.postMessage(message);
const draw = drawer(() => (
  <App data={data} swings={swings} progress={progress} gone={gone} status={status} view={view} onView={setView} onSave={onSave} post={post} />
));
function keep(): void {
  if (data) editor.setState(view);
  draw();
}
function setView(change: Partial<WhatIfState>): void {
  view = { ...view, ...change };
  if (change.draft || change.shown) post({ type: 'suppose', draft: view.draft, shown: view.shown });
  if (change.quantity !== undefined) post({ type: 'swings', quantity: view.quantity });
  keep();
}
function onSave(format: SavedFormat, drawing: Drawing): void {
  const [figures, moved] = [data, swings];
  const csv = (): string => (drawing === 'bars' ? (figures ? figuresCsv(figures) : '') : moved ? swingsCsv(moved) : '');
  save({ format, drawing: `#${drawing}`, csv }, (content) => post({ type: 'save', format, content, drawing }), say);
}
function say(text: string): void {
  status = text;
  draw();
}

onMessages(readMessage, (message) => {
  switch (message.type) {
    case 'data':
      ({ data } = message);
      view = { ...view, ref: message.ref };
      gone = '';
      progress = undefined;
      return keep();
    case 'swings':
      swings = message.data;
      break;
    case 'progress':
      progress = message;
      break;
    case 'kept':
      view = { ...view, draft: {}, shown: [...view.shown.filter((one) => one !== message.name), message.name] };
      return keep();
    case 'gone':
      gone = message.text;
      break;
    case 'status':
      status = message.text;
      break;
  }
  draw();
});
if (kept) post({ type: 'suppose', draft: view.draft, shown: view.shown });
if (view.quantity !== '') post({ type: 'swings', quantity: view.quantity });
post({ type: 'ready' });
draw();
