import { arithmetic } from './arithmetic.js';
import type { Part, RawWord } from './lexer.js';
import type { Piece, ShellWord, WordSource } from './script.js';

/** What a variable holds: pieces of text with their places, or the elements of an array. */
export type ShellValue =
  | { readonly kind: 'scalar'; readonly pieces: readonly Piece[]; readonly origin: 'variable' | 'default' }
  | { readonly kind: 'array'; readonly items: readonly (readonly Piece[])[] };
/** Variables in force; a branch sees what stands around it and keeps its own changes apart. */
export class Environment {
  private readonly own = new Map<string, ShellValue | undefined>();
  private readonly around: Environment | undefined;
  constructor(around?: Environment) {
    this.around = around;
  }
  get(name: string): ShellValue | undefined {
    for (let here: Environment | undefined = this; here; here = here.around) {
      const value = here.own.get(name);
      if (value !== undefined || here.own.has(name)) return value;
    }
    return undefined;
  }
  set(name: string, value: ShellValue): void {
    this.own.set(name, value);
  }
  delete(name: string): void {
    this.own.set(name, undefined);
  }
  /** Names that were given a value here, and not around. */
  changes(): Iterable<string> {
    return this.own.keys();
  }
}

const longest = 20_000;

/** Replaces parameters in a word and splits what is not quoted: one shell word may become several, or none. */
export function expand(word: RawWord, variables: Environment): ShellWord[] {
  const only = word.parts.length === 1 ? word.parts[0]! : undefined;
  // Most words are plain text.
  if (only?.kind === 'text' && (only.quoted || !/\s/.test(only.text))) return [toWord([{ text: only.text, start: only.start, end: only.end, open: false }])];
  const fields: Piece[][] = [];
  let field: Piece[] | undefined;
  const add = (piece: Piece): void => {
    field ??= [];
    field.push(piece);
  };
  const close = (): void => {
    if (field) fields.push(field);
    field = undefined;
  };
  const split = (piece: Piece): void => {
    if (!/\s/.test(piece.text)) {
      if (piece.text !== '') add(piece);
      return;
    }
    if (piece.open && !piece.inside) {
      add(piece);
      return;
    }
    if (piece.inside) {
      for (const inner of piece.inside) split(inner);
      return;
    }
    const pattern = /\s+|\S+/g;
    for (let match = pattern.exec(piece.text); match; match = pattern.exec(piece.text)) {
      if (/^\s/.test(match[0])) close();
      else add(slicePiece(piece, match.index, match.index + match[0].length));
    }
  };
  for (const part of word.parts) {
    if (part.kind === 'array') continue;
    if (part.kind === 'piece') {
      add(part.piece);
      continue;
    }
    if (part.kind === 'text') {
      if (part.quoted || !/\s/.test(part.text)) add({ text: part.text, start: part.start, end: part.end, open: false });
      else {
        split({ text: part.text, start: part.start, end: part.end, open: false });
      }
      continue;
    }
    const resolved = resolvePart(part, variables);
    for (const [index, item] of resolved.items.entries()) {
      if (index > 0) close();
      if (part.quoted) {
        if (item.length === 0) add({ text: '', start: part.start, end: part.end, open: false });
        for (const piece of resolved.inPlace ? item : [useOf(part, item, resolved.name, resolved.origin)]) add(piece);
        continue;
      }
      const several = resolved.inPlace || item.some((piece) => /\S\s+\S|^\s|\s$/.test(piece.text)) || item.length > 4;
      if (!several) {
        if (item.length > 0 && item.some((piece) => piece.text !== '')) add(useOf(part, item, resolved.name, resolved.origin));
        continue;
      }
      for (const piece of item) split(piece);
    }
  }
  close();
  return fields.map((pieces) => toWord(pieces));
}

/** The pieces of a word that is not split: the value of an assignment. */
export function expandWhole(parts: readonly Part[], variables: Environment): Piece[] {
  return parts.flatMap((part): readonly Piece[] => {
    if (part.kind === 'text') return part.text === '' ? [] : [{ text: part.text, start: part.start, end: part.end, open: false }];
    if (part.kind === 'array') return [];
    if (part.kind === 'piece') return [part.piece];
    const { items, name, origin } = resolvePart(part, variables);
    const flat = items.flatMap((item, index) => (index === 0 ? item : [{ text: ' ', start: part.start, end: part.start, open: false }, ...item]));
    if (flat.length === 0) return [];
    const use = useOf(part, flat, name, origin);
    return use.text === '' && !use.maybe ? [] : [use];
  });
}

/** A word of pieces; its source is the variable that gave it, if there is just one. */
export function toWord(pieces: readonly Piece[]): ShellWord {
  const first = pieces[0];
  if (!first) return { text: '', start: 0, end: 0, open: false, pieces };
  if (pieces.length === 1) {
    const { text, start, end, open, from, maybe } = first;
    return { text, start, end, open, ...(from && { from }), ...(maybe && { maybe }), pieces };
  }
  let text = '';
  let open = false;
  let maybe = false;
  const sources: WordSource[] = [];
  for (const piece of pieces) {
    text += piece.text;
    open ||= piece.open;
    maybe ||= piece.maybe === true;
    if (piece.from) sources.push(piece.from);
  }
  const from = sources.length > 1 ? { ...sources.at(-1)!, ...weakest(sources) } : sources[0];
  return { text, start: first.start, end: pieces.at(-1)!.end, open, ...(from && { from }), ...(maybe && { maybe }), pieces };
}
const weakest = (sources: readonly WordSource[]): { origin: WordSource['origin'] } => ({
  origin: sources.some((source) => source.origin === 'default') ? 'default' : 'variable',
});

/** A part of a piece; places follow where the text stands as it is written. */
export function slicePiece(piece: Piece, from: number, to: number): Piece {
  if (from === 0 && to === piece.text.length) return piece;
  const exact = piece.end - piece.start === piece.text.length;
  const { inside: _inside, ...rest } = piece;
  return { ...rest, text: piece.text.slice(from, to), start: exact ? piece.start + from : piece.start, end: exact ? piece.start + to : piece.end };
}

type Resolved = { items: readonly (readonly Piece[])[]; inPlace: boolean; name: string; origin: 'variable' | 'default' };

/** A use of a variable: it stands at the use, its value comes from where it was given. */
function useOf(part: { readonly start: number; readonly end: number }, item: readonly Piece[], name: string, origin: 'variable' | 'default'): Piece {
  const first = item[0];
  if (item.length === 1 && first && first.start === part.start && first.end === part.end) return first;
  const { text, open, maybe, from: given } = toWord(item);
  const single = item.length === 1 ? given : undefined;
  const from: WordSource | undefined = single
    ? origin === 'default'
      ? { ...single, origin }
      : single
    : first && name !== ''
      ? { name, start: first.start, end: item.at(-1)!.end, origin: origin === 'default' ? 'default' : (given?.origin ?? 'variable') }
      : undefined;
  return { text, start: part.start, end: part.end, open, ...(from && { from }), ...(maybe && { maybe }), inside: item };
}

function resolvePart(part: Exclude<Part, { kind: 'text' } | { kind: 'array' } | { kind: 'piece' }>, variables: Environment): Resolved {
  const openPiece: Piece = { text: part.raw, start: part.start, end: part.end, open: true };
  const open: Resolved = { items: [[openPiece]], inPlace: true, name: '', origin: 'variable' };
  if (part.kind === 'command') {
    const repeated = echoed(part.raw, variables);
    if (repeated) return repeated;
    const known = substituted(part.raw, variables);
    return known === undefined
      ? open
      : { items: [[{ text: known, start: part.start, end: part.end, open: false }]], inPlace: false, name: '', origin: 'variable' };
  }
  if (part.kind === 'arithmetic') {
    const names: WordSource[] = [];
    const value = arithmetic(part.expression, (name) => {
      const held = variables.get(name);
      if (held?.kind !== 'scalar' || held.pieces.some((piece) => piece.open)) return undefined;
      const number = Number(held.pieces.map((piece) => piece.text).join('') || Number.NaN);
      if (!Number.isInteger(number)) return undefined;
      const given = held.pieces.flatMap((piece) => piece.from ?? []);
      names.push({ name, start: part.start, end: part.end, origin: held.origin === 'default' ? 'default' : weakest(given).origin });
      return number;
    });
    if (value === undefined) return open;
    const from = names.length > 0 ? { ...names[0]!, ...weakest(names) } : undefined;
    return {
      items: [[{ text: String(value), start: part.start, end: part.end, open: false, ...(from && { from }) }]],
      inPlace: true,
      name: '',
      origin: 'variable',
    };
  }
  const held = variables.get(part.name);
  const known = held !== undefined && !(held.kind === 'scalar' && held.pieces.some((piece) => piece.open));
  const empty = held?.kind === 'scalar' && held.pieces.every((piece) => piece.text === '');
  const operand = (): Piece[] => expandWhole(part.operand ?? [], variables);
  if (part.length) {
    if (held?.kind === 'array' && (part.index === '@' || part.index === '*') && !held.items.some((item) => item.some((piece) => piece.open)))
      return { items: [[{ text: String(held.items.length), start: part.start, end: part.end, open: false }]], inPlace: true, name: '', origin: 'variable' };
    return open;
  }
  switch (part.op) {
    case undefined:
      break;
    case ':-':
    case '-':
    case ':=':
    case '=': {
      // A value that the script cannot know counts as absent: the default is what the text states.
      if (known && !(empty && part.op.startsWith(':'))) break;
      const pieces = operand();
      if (part.op.endsWith('=')) variables.set(part.name, { kind: 'scalar', pieces, origin: 'default' });
      return { items: pieces.length === 0 ? [] : [pieces], inPlace: false, name: part.name, origin: 'default' };
    }
    case ':+':
    case '+': {
      if (!known || empty) return { items: [], inPlace: true, name: '', origin: 'variable' };
      return {
        items: [(part.operand ?? []).flatMap((inner) => expandWhole([inner], variables))],
        inPlace: true,
        name: '',
        origin: 'variable',
      };
    }
    case ':?':
    case '?':
      break;
    default: {
      if (!known || held?.kind !== 'scalar') return open;
      const value = held.pieces.map((piece) => piece.text).join('');
      const pattern = operand();
      const changed = pattern.some((piece) => piece.open) ? undefined : change(value, part.op, pattern.map((piece) => piece.text).join(''));
      if (changed === undefined) return open;
      return { items: [[{ text: changed, start: part.start, end: part.end, open: false }]], inPlace: false, name: part.name, origin: held.origin };
    }
  }
  if (!held) return open;
  if (held.kind === 'scalar') {
    const total = held.pieces.reduce((sum, piece) => sum + piece.text.length, 0);
    if (total > longest) return open;
    if (held.pieces.length === 1 && held.pieces[0]!.open && !/\s/.test(held.pieces[0]!.text)) {
      return open;
    }
    return { items: [held.pieces], inPlace: false, name: part.name, origin: held.origin };
  }
  if (part.index === '@' || part.index === '*') return { items: held.items.slice(0, 2000), inPlace: true, name: part.name, origin: 'variable' };
  const index = part.index === undefined ? 0 : arithmetic(part.index, () => undefined);
  const item = index === undefined ? undefined : held.items.at(index);
  return item ? { items: [item], inPlace: false, name: part.name, origin: 'variable' } : open;
}

/** `$(echo $ARGS)`: the words that the variable holds, where they stand. */
function echoed(raw: string, variables: Environment): Resolved | undefined {
  const name = /^(?:\$\(|`)\s*echo\s+"?\$\{?([A-Za-z_]\w*)\}?"?\s*[)`]$/.exec(raw)?.[1];
  const held = name === undefined ? undefined : variables.get(name);
  if (name === undefined || held?.kind !== 'scalar') return undefined;
  return { items: [held.pieces], inPlace: false, name, origin: held.origin };
}
/** What a command substitution gives, for the few that only compute: `$(expr 16 / $N)`, and counting a list's elements. */
function substituted(raw: string, variables: Environment): string | undefined {
  const inner = raw.replace(/^\$\(|^`|\)$|`$/g, '').trim();
  const plain = (name: string): string | undefined => {
    const held = variables.get(name);
    return held?.kind === 'scalar' && !held.pieces.some((piece) => piece.open) ? held.pieces.map((piece) => piece.text).join('') : undefined;
  };
  const expression = /^expr\s+([^|;&]+)$/.exec(inner)?.[1];
  if (expression !== undefined) {
    const value = arithmetic(expression.replace(/\\\*|["']\*["']/g, '*').replaceAll('"', ''), (name) => {
      const number = Number(plain(name) || Number.NaN);
      return Number.isInteger(number) ? number : undefined;
    });
    return value === undefined ? undefined : String(value);
  }
  const counted = /^echo\s+"?\$\{?(\w+)\}?"?\s*\|\s*(?:tr\s+["'],["']\s+["']\\n["']\s*\|\s*wc\s+-l|awk\s+-F\s*["']?,["']?\s+'\{\s*print\s+NF\s*\}')$/.exec(
    inner,
  )?.[1];
  const list = counted === undefined ? undefined : plain(counted);
  return list ? String(list.split(',').length) : undefined;
}

/** Cuts and replacements in a value: `${NAME%.*}`, `${NAME,,}`, `${NAME/a/b}`. */
function change(value: string, op: string, pattern: string): string | undefined {
  if (op === ',,') return value.toLowerCase();
  if (op === '^^') return value.toUpperCase();
  if (op === '/' || op === '//') {
    const [from, to = ''] = pattern.split('/');
    if (!from || /[*?[]/.test(from)) return undefined;
    return op === '/' ? value.replace(from, () => to) : value.replaceAll(from, () => to);
  }
  if (!/^(##?|%%?)$/.test(op) || /[?[]/.test(pattern)) return undefined;
  const star = pattern.split('*');
  if (star.length > 2) return undefined;
  const [head = '', tail = ''] = star;
  if (star.length === 1) {
    if (op.startsWith('#')) return value.startsWith(pattern) ? value.slice(pattern.length) : value;
    return value.endsWith(pattern) ? value.slice(0, value.length - pattern.length) : value;
  }
  if (op.startsWith('#')) {
    if (head !== '' || tail === '') return undefined;
    const at = op === '#' ? value.indexOf(tail) : value.lastIndexOf(tail);
    return at < 0 ? value : value.slice(at + tail.length);
  }
  if (tail !== '' || head === '') return undefined;
  const at = op === '%' ? value.lastIndexOf(head) : value.indexOf(head);
  return at < 0 ? value : value.slice(0, at);
}
