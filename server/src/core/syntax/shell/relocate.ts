import { slicePiece } from './expand.js';
import type { Part, RawWord } from './lexer.js';
import type { Statement } from './parse.js';
import type { Piece } from './script.js';

/** The pieces that a stretch of joined pieces is made of. */
export const placesOf =
  (pieces: readonly Piece[]): ((from: number, to: number) => Piece[]) =>
  (from, to) => {
    const found: Piece[] = [];
    let seen = 0;
    for (const piece of pieces) {
      const next = seen + piece.text.length;
      if (next > from && seen < to) found.push(slicePiece(piece, Math.max(0, from - seen), Math.min(piece.text.length, to - seen)));
      seen = next;
      if (seen >= to) break;
    }
    return found;
  };
type Places = (from: number, to: number) => Piece[];
function relocateWord(word: RawWord, places: Places): RawWord {
  const parts = word.parts.flatMap((part): Part[] => {
    const inside = places(part.start, Math.max(part.end, part.start + 1));
    const [start, end] = [inside[0]?.start ?? 0, inside.at(-1)?.end ?? 0];
    if (part.kind === 'text') {
      if (part.text.length !== part.end - part.start || part.text === '') return [{ ...part, start, end }];
      return inside.map((piece) => ({ kind: 'piece', piece, start: piece.start, end: piece.end, quoted: part.quoted }));
    }
    if (part.kind === 'array') return [{ ...part, items: part.items.map((item) => relocateWord(item, places)), start, end }];
    return [{ ...part, start, end }];
  });
  const inside = places(word.start, word.end);
  return { parts, start: inside[0]?.start ?? 0, end: inside.at(-1)?.end ?? 0 };
}
/** A statement read from joined pieces, moved to where they stand. */
export function relocate(statement: Statement, places: Places): Statement {
  const all = (statements: readonly Statement[]): Statement[] => statements.map((inner) => relocate(inner, places));
  switch (statement.kind) {
    case 'simple': {
      const words = statement.words.map((word) => relocateWord(word, places));
      const start = places(statement.start, statement.end)[0]?.start ?? 0;
      // Its words may stand in several places: `command` finds how far it reaches.
      return { ...statement, words, start, end: start, heredocs: [] };
    }
    case 'if':
      return {
        ...statement,
        branches: statement.branches.map(({ test, body }) => ({ test: all(test), body: all(body) })),
        ...(statement.otherwise && { otherwise: all(statement.otherwise) }),
      };
    case 'for':
      return { ...statement, ...(statement.items && { items: statement.items.map((item) => relocateWord(item, places)) }), body: all(statement.body) };
    case 'while':
      return { ...statement, test: all(statement.test), body: all(statement.body) };
    case 'group':
    case 'function':
      return { ...statement, body: all(statement.body) };
    case 'logic':
      return { ...statement, left: relocate(statement.left, places), right: relocate(statement.right, places) };
    case 'pipe':
      return { ...statement, parts: all(statement.parts) };
    case 'case':
      return { ...statement, clauses: [] };
  }
}
