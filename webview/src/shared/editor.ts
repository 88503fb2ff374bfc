import { type ComponentChild, render } from 'preact';
import type { SavedFormat } from '../../../server/src/protocol/panel.js';
import { pngOf, svgOf } from './drawing.js';

/** What the editor gives a page: a way to talk, and a state that it keeps while the page is hidden. */
export interface Editor<Sent, Kept> {
  postMessage(message: Sent): void;
  getState(): unknown;
  setState(state: Kept): void;
}
declare function acquireVsCodeApi(): Editor<unknown, unknown>;
export const editorOf = <Sent, Kept>(): Editor<Sent, Kept> => acquireVsCodeApi() as Editor<Sent, Kept>;

/** Messages and clicks only change what is kept; one drawing a frame follows. */
export function drawer(app: () => ComponentChild): () => void {
  const root = document.getElementById('root');
  let drawing = false;
  return () => {
    if (drawing || !root) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      render(app(), root);
    });
  };
}

/** Hands on the messages that a page knows; anything else that arrives at the window is left alone. */
export function onMessages<Message>(read: (value: unknown) => Message | undefined, take: (message: Message) => void): void {
  window.addEventListener('message', ({ data }) => {
    const message = read(data);
    if (message !== undefined) take(message);
  });
}

/** What is seen as a file: a drawing, or the table that has its figures. Why not, where the browser cannot draw it.
 * @param drawing selects the drawing */
export function save(
  { format, drawing, csv }: { readonly format: SavedFormat; readonly drawing: string | undefined; readonly csv: () => string },
  done: (content: string | Uint8Array) => void,
  failed: (why: string) => void,
): void {
  const content = async (): Promise<string | Uint8Array> => {
    if (format === 'csv') return csv();
    const svg = drawing === undefined ? null : document.querySelector<SVGSVGElement>(drawing);
    if (!svg) throw new Error('there is no drawing');
    return format === 'svg' ? svgOf(svg) : pngOf(svg);
  };
  content().then(done, (error: unknown) => failed(`Not saved: ${error instanceof Error ? error.message : String(error)}`));
}
