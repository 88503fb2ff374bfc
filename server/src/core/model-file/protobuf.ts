import { utf8 } from '../text/utf8.js';
import { type ByteSource, ModelFileError, Window } from './bytes.js';

/** Where bytes stand that were not read. */
export interface Slice {
  readonly at: number;
  readonly length: number;
}
/** What a field holds. `bytes` is never read, only placed; `place` of a message is kept where it asks for it. */
export type FieldKind =
  | 'int'
  | 'ints'
  | 'float'
  | 'floats'
  | 'double'
  | 'doubles'
  | 'text'
  | 'texts'
  | 'bytes'
  | 'slices'
  | { readonly message: Schema; readonly many?: true };
/** Fields of a message by number. Other fields are passed over. */
export interface Schema {
  readonly name: string;
  /** A function, so that messages can hold each other. */
  readonly fields: () => Readonly<Record<number, readonly [name: string, kind: FieldKind]>>;
}
/** A message as plain data: `place` says where it stands without its tag and length. */
export interface Message {
  readonly place: Slice;
  readonly [field: string]: unknown;
}
type Draft = Record<string, unknown> & { place: Slice };

/** Bounds on what a file may make us keep: far above real models, far below what would hurt. */
export interface Limits {
  /** Longest text or packed list that is read. @unit B */
  readonly value: number;
  /** All that is kept of a file. @unit B */
  readonly kept: number;
  readonly depth: number;
}
const usual: Limits = { value: 1 << 20, kept: 1 << 28, depth: 60 };

/** Reads a message and what it holds, without its `bytes`, whatever their size: what is passed over is never read.
 * Works on a stack of its own, so that nesting cannot exhaust the program's.
 * @source protobuf.dev/programming-guides/encoding (wire format)
 * @errors ModelFileError for what is no such message, ends early, nests too deep or holds too much */
export async function readMessage(source: ByteSource, schema: Schema, limits: Limits = usual): Promise<Message> {
  const window = new Window(source);
  const root: Draft = { place: { at: 0, length: source.size } };
  const stack: { readonly schema: Schema; readonly fields: ReturnType<Schema['fields']>; readonly draft: Draft; readonly end: number }[] = [
    { schema, fields: schema.fields(), draft: root, end: source.size },
  ];
  let at = 0;
  let kept = 0;
  const fail = (text: string): never => {
    throw new ModelFileError(`${text} (byte ${at}, in ${stack.at(-1)?.schema.name ?? schema.name})`);
  };
  const keep = (bytes: number): void => {
    kept += bytes;
    if (kept > limits.kept) fail('the file describes more than any real model does');
  };
  while (stack.length > 0) {
    const { fields, draft, end } = stack.at(-1)!;
    if (at >= end) {
      if (at > end) fail('a field is longer than the message around it');
      stack.pop();
      continue;
    }
    // a tag and a length, or a tag and a number: at most 20 bytes
    await window.load(at, Math.min(20, end - at));
    const tag = varint(window, at, end) ?? fail('a broken field');
    at = tag.next;
    const number = Math.floor(tag.value / 8);
    const wire = tag.value % 8;
    if (number === 0) fail('no such field: this is no file of this format');
    const field = fields[number];
    if (wire === 0) {
      const value = varint(window, at, end) ?? fail('a number is cut off');
      at = value.next;
      if (field) {
        keep(16);
        put(draft, field[0], field[1], value.value, fail);
      }
    } else if (wire === 5 || wire === 1) {
      const length = wire === 5 ? 4 : 8;
      if (at + length > end) fail('a number is cut off');
      if (field) {
        keep(16);
        put(draft, field[0], field[1], window.number(at, wire === 5 ? 'Float32' : 'Float64'), fail);
      }
      at += length;
    } else if (wire === 2) {
      const size = varint(window, at, end) ?? fail('a length is cut off');
      at = size.next;
      const length = size.value;
      if (length < 0 || at + length > end)
        fail(`${field ? `'${field[0]}'` : 'a field'} says it is ${length} bytes long, but only ${end - at} are left: the file is cut off or damaged`);
      if (!field) {
        at += length;
        continue;
      }
      const [name, kind] = field;
      keep(64);
      if (typeof kind === 'object') {
        if (stack.length > limits.depth) fail('messages nest too deep');
        const inner: Draft = { place: { at, length } };
        if (kind.many) listOf(draft, name).push(inner);
        else draft[name] = inner;
        stack.push({ schema: kind.message, fields: kind.message.fields(), draft: inner, end: at + length });
        continue;
      }
      if (kind === 'bytes') draft[name] = { at, length } satisfies Slice;
      else if (kind === 'slices') listOf(draft, name).push({ at, length } satisfies Slice);
      else if (length > limits.value) {
        // Weights stored as numbers, or a text that nobody reads: only their place is kept.
        draft[`${name}Place`] = { at, length } satisfies Slice;
      } else {
        keep(length);
        await window.load(at, length);
        if (kind === 'text') draft[name] = utf8(window.slice(at, length));
        else if (kind === 'texts') listOf(draft, name).push(utf8(window.slice(at, length)));
        else unpack(window, at, length, kind, listOf(draft, name), fail);
      }
      at += length;
    } else fail('a kind of field that does not exist: this is no file of this format, or it is damaged');
  }
  return root;
}

/** A field as it stands: where its tag begins, and its bytes without tag and length. */
export interface RawField {
  readonly number: number;
  readonly start: number;
  readonly content: Slice;
}
/** Fields of a message in their order, unread: for copying them.
 * @param place of a message that was read before, so that it is sound */
export async function fieldsAt(source: ByteSource, { at: from, length }: Slice): Promise<RawField[]> {
  const window = new Window(source);
  const end = from + length;
  const fields: RawField[] = [];
  for (let at = from; at < end; ) {
    const start = at;
    await window.load(at, Math.min(20, end - at));
    const tag = varint(window, at, end);
    const size = tag && tag.value % 8 === 2 ? varint(window, tag.next, end) : undefined;
    const number = tag && (tag.value % 8 === 0 ? varint(window, tag.next, end)?.next : tag.next + (tag.value % 8 === 5 ? 4 : 8));
    const content = size ? { at: size.next, length: size.value } : { at: tag?.next ?? end, length: (number ?? end) - (tag?.next ?? end) };
    if (!tag || content.length < 0 || content.at + content.length > end) throw new ModelFileError(`a broken field at byte ${start}`);
    fields.push({ number: Math.floor(tag.value / 8), start, content });
    at = content.at + content.length;
  }
  return fields;
}

function put(draft: Draft, name: string, kind: FieldKind, value: number, fail: (text: string) => never): void {
  if (kind === 'int' || kind === 'float' || kind === 'double') draft[name] = value;
  else if (kind === 'ints' || kind === 'floats' || kind === 'doubles') listOf(draft, name).push(value);
  else fail(`'${name}' is a number where it must be none`);
}
function listOf(draft: Draft, name: string): unknown[] {
  const there = draft[name];
  if (Array.isArray(there)) return there;
  const made: unknown[] = [];
  draft[name] = made;
  return made;
}
/** Numbers written one after the other. */
function unpack(window: Window, at: number, length: number, kind: FieldKind, into: unknown[], fail: (text: string) => never): void {
  const end = at + length;
  let next = at;
  while (next < end) {
    if (kind === 'ints') {
      const value = varint(window, next, end) ?? fail('a list of numbers is cut off');
      into.push(value.value);
      next = value.next;
    } else if (kind === 'floats' || kind === 'doubles') {
      const size = kind === 'floats' ? 4 : 8;
      if (next + size > end) fail('a list of numbers is cut off');
      into.push(window.number(next, kind === 'floats' ? 'Float32' : 'Float64'));
      next += size;
    } else fail('bytes where one number must be');
  }
}

/** A number of 1 to 10 bytes of seven bits, as a signed 64-bit one; exact to 2⁵³. */
function varint(window: Window, at: number, end: number): { readonly value: number; readonly next: number } | undefined {
  let low = 0;
  let high = 0;
  for (let index = 0; index < 10; index++) {
    if (at + index >= end) return undefined;
    const byte = window.byte(at + index);
    const bits = byte & 0x7f;
    if (index < 4) low |= bits << (7 * index);
    else if (index === 4) {
      low |= bits << 28;
      high |= bits >> 4;
    } else high |= bits << (7 * index - 32);
    if (byte < 0x80) return { value: (high | 0) * 2 ** 32 + (low >>> 0), next: at + index + 1 };
  }
  return undefined;
}
