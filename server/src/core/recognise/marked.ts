import { linesAround } from '../text/around-edit.js';
import type { Change, Document } from '../text/document.js';
import type { Language } from '../text/language.js';
import { Hints } from '../text/literals.js';
import { Mentions } from '../text/mentions.js';
import { modelConfigMarker } from './json/model-config.js';
import { recognisers } from './registry.js';
import type { Recogniser } from './types.js';

/** Larger texts are data or generated: they are named in a problem and not read. */
export const maxTextLength = 2_000_000;
/** How long a file may be: of a notebook most is pictures and outputs, which are not read. */
export const maxFileLength = (uri: string): number => (/\.ipynb$/i.test(uri) ? maxTextLength * 4 : maxTextLength);

/** What a document's text has markers of: found before anything is parsed. */
export interface Marked {
  /** Those whose marker may be there: a literal of it is, or was before an edit. */
  readonly hinted: ReadonlySet<Recogniser>;
  /** The markers that were looked for. */
  readonly mentions: Mentions;
  readonly recognisers: readonly Recogniser[];
  /** Those of a notebook's shell commands. */
  readonly ofShell: readonly Recogniser[];
  /** A model's own `config.json`. */
  readonly modelConfig: boolean;
}
const nothing: Marked = { hinted: new Set(), mentions: new Mentions(''), recognisers: [], ofShell: [], modelConfig: false };

/** The markers in a text. After an edit (`before` it, which is used up; what `changed`) little is looked for anew. */
export function markedBy({ language, text, shell }: Pick<Document, 'language' | 'text' | 'shell'>, last?: { before: Marked; changed: Change }): Marked {
  if (text.length > maxTextLength) return nothing;
  // Where the text was too long, nothing had been looked for.
  const edit = last?.before === nothing ? undefined : last;
  const { all, hints } = of(language);
  // A literal stands in one line.
  const hinted = edit ? new Set([...edit.before.hinted, ...hints.in(linesAround(text, edit.changed, 0))]) : hints.in(text);
  const mentions = edit ? edit.before.mentions : new Mentions(text);
  if (edit) mentions.edit(edit.changed, text);
  return {
    hinted,
    mentions,
    recognisers: all.filter((one) => hinted.has(one) && mentions.has(one.marker)),
    ofShell: shell === undefined ? [] : shellMarkers(startsVariable.test(shell) ? `${shell}\n${text}` : shell),
    modelConfig: language === 'json' && modelConfigMarker.test(text),
  };
}
/** `!{command}`: what a cell runs stands in the program. */
const startsVariable = /^[ \t]*(?:\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*)/m;
function shellMarkers(shell: string): readonly Recogniser[] {
  const { all, hints } = of('shell');
  const hinted = hints.in(shell);
  return all.filter((one) => hinted.has(one) && one.marker.test(shell));
}
/** True if a recogniser may find something. */
export const isRelevant = (marked: Marked): boolean => marked.recognisers.length > 0 || marked.ofShell.length > 0 || marked.modelConfig;

interface OfLanguage {
  readonly all: readonly Recogniser[];
  readonly hints: Hints<Recogniser>;
}
const byLanguage = new Map<Language, OfLanguage>();
function of(language: Language): OfLanguage {
  let found = byLanguage.get(language);
  if (!found) {
    const all = recognisers.filter((one) => one.language === language);
    found = { all, hints: new Hints(all, ({ marker }) => marker) };
    byLanguage.set(language, found);
  }
  return found;
}
