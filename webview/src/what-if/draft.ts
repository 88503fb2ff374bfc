import type { Set as Supposed, Value } from '../../../server/src/protocol/what-if.js';

/** A value as a file would hold it: what is typed as a number is one. */
export const typed = (text: string): Value => (/^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : text.trim());

/** The draft with a word changed; an empty field supposes nothing. */
export function withWord(draft: Supposed, word: string, text: string): Supposed {
  const { [word]: _before, ...rest } = draft;
  return text.trim() === '' ? rest : { ...rest, [word]: typed(text) };
}

/** What a field shows for a word. */
export const fieldText = (draft: Supposed, word: string): string => String(draft[word] ?? '');
