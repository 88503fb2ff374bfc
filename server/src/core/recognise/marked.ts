import { linesAround, linesCrossed } from '../text/around-edit.js';
import type { Change, Document } from '../text/document.js';
import type { Language } from '../text/language.js';
import { Hints } from '../text/literals.js';
import { modelConfigMarker } from './json/model-config.js';
import { recognisers } from './registry.js';
import type { Recogniser } from './types.js';

/** Larger texts are data or generated: they are named in a problem and not read. */
export const maxTextLength = 2_000_000;

/** What a document's text has markers of: found before anything is parsed. */
export interface Marked {
  /** Those whose marker may be there: a literal of it is, or was before an edit. */
  readonly hinted: ReadonlySet<Recogniser>;
  readonly recognisers: readonly Recogniser[];
  /** Those of a notebook's shell commands. */
  readonly ofShell: readonly Recogniser[];
  /** A model's own `config.json`. */
  readonly modelConfig: boolean;
}
const nothing: Marked = { hinted: new Set(), recognisers: [], ofShell: [], modelConfig: false };

/** The markers in a text. After an edit (`before` it, what `changed`) a marker that was not there is looked for where it can only have come from: around the edit. */
export function markedBy({ language, text, shell }: Pick<Document, 'language' | 'text' | 'shell'>, last?: { before: Marked; changed: Change }): Marked {
  if (text.length > maxTextLength) return nothing;
  // Where the text was too long, nothing had been looked for.
  const edit = last?.before === nothing ? undefined : last;
  const { all, hints } = of(language);
  // A literal stands in one line.
  const hinted = edit ? new Set([...edit.before.hinted, ...hints.in(linesAround(text, edit.changed, 0))]) : hints.in(text);
  const isIn = (one: Recogniser): boolean => {
    if (!hinted.has(one)) return false;
    const crossed = edit && !edit.before.recognisers.includes(one) ? reach.get(one) : undefined;
    return one.marker.test(edit && crossed !== undefined ? linesAround(text, edit.changed, crossed) : text);
  };
  return {
    hinted,
    recognisers: all.filter(isIn),
    ofShell: shell === undefined ? [] : shellMarkers(shell),
    modelConfig: language === 'json' && modelConfigMarker.test(text),
  };
}
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
const reach = new Map(recognisers.map((one) => [one, linesCrossed(one.marker)]));
