import type { Span } from '../model/span.js';
import type { Document } from '../text/document.js';

/** A model file that a text names, where it stands. */
export interface NamedFile {
  /** As written: relative to the text's folder, to the workspace, or absolute. */
  readonly path: string;
  readonly span: Span;
}
/** Paths by their ends, whatever loads them: an argument, a flag, a value. Names with holes (`{size}.onnx`) are no paths. */
const named = /(?<![\w./@+~-])(?:[\w.@+~-]|\/(?!\/)|\\{1,2}(?=[\w.]))*[\w@+-]\.(?:onnx|gguf|safetensors)(?![\w.*{/-])/gi;
const comment = /^\s*(?:#(?!!)|\/\/|\*)/;
/** More names than this are a list of files, not code that loads them. */
const most = 40;

/** Model files that a text names, without those in its comments; a file that is named often counts where it is named first. */
export function namedModelFiles({ uri, text }: Pick<Document, 'uri' | 'text'>): readonly NamedFile[] {
  const found = new Map<string, NamedFile>();
  for (const match of text.matchAll(named)) {
    const start = match.index;
    const path = match[0].replace(/\\+/g, '/');
    if (found.has(path) || comment.test(text.slice(text.lastIndexOf('\n', start) + 1, start + 1))) continue;
    if (found.size >= most) break;
    found.set(path, { path, span: { uri, start, end: start + match[0].length } });
  }
  return [...found.values()];
}
/** A text that may name one: cheap, for deciding whether anything is to be started. */
export const modelFileMarker = /\.(?:onnx|gguf|safetensors)\b/i;
