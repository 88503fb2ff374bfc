import { linesAround, linesCrossed } from '../text/around-edit.js';
import type { Change, Document } from '../text/document.js';
import { modelConfigMarker } from './json/model-config.js';
import { recognisers } from './registry.js';
import type { Recogniser } from './types.js';

/** Larger texts are data or generated: they are named in a problem and not read. */
export const maxTextLength = 2_000_000;

/** What a document's text has markers of: found before anything is parsed. */
export interface Marked {
  readonly recognisers: readonly Recogniser[];
  /** Those of a notebook's shell commands. */
  readonly ofShell: readonly Recogniser[];
  /** A model's own `config.json`. */
  readonly modelConfig: boolean;
}
const nothing: Marked = { recognisers: [], ofShell: [], modelConfig: false };

/** The markers in a text. After an edit (`before` it, what `changed`) a marker that was not there is looked for where it can only have come from: around the edit. */
export function markedBy({ language, text, shell }: Pick<Document, 'language' | 'text' | 'shell'>, edit?: { before: Marked; changed: Change }): Marked {
  if (text.length > maxTextLength) return nothing;
  const isIn = (one: Recogniser): boolean => {
    const crossed = edit && !edit.before.recognisers.includes(one) ? reach.get(one) : undefined;
    return one.marker.test(edit && crossed !== undefined ? linesAround(text, edit.changed, crossed) : text);
  };
  return {
    recognisers: recognisers.filter((one) => one.language === language && isIn(one)),
    ofShell: shell === undefined ? [] : recognisers.filter((one) => one.language === 'shell' && one.marker.test(shell)),
    modelConfig: language === 'json' && modelConfigMarker.test(text),
  };
}
/** True if a recogniser may find something. */
export const isRelevant = (marked: Marked): boolean => marked.recognisers.length > 0 || marked.ofShell.length > 0 || marked.modelConfig;

const reach = new Map(recognisers.map((one) => [one, linesCrossed(one.marker)]));
