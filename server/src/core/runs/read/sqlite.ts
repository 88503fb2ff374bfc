import { utf8 } from '../../text/utf8.js';

export type SqliteRow = Readonly<Record<string, string | number | null>>;

/** Rows of one table that are read at most. */
const maxRows = 50_000;

/** The rows of a table of an SQLite file, by column name; nothing where there is no such table or the file is none.
 * Plain tables with a row id only; blobs are null; what still stands in a write-ahead log beside the file is not seen.
 * @source sqlite.org/fileformat2.html: database header §1.3, b-tree pages §1.6, record format §2.1 */
export function readTable(bytes: Uint8Array, name: string): SqliteRow[] {
  if (bytes.length < 512 || utf8(bytes.subarray(0, 15)) !== 'SQLite format 3') return [];
  const file = new SqliteFile(bytes);
  for (const { values } of file.rows(1)) {
    const [type, own, , page, sql] = values;
    if (type === 'table' && own === name && typeof page === 'number' && typeof sql === 'string') {
      const columns = columnsOf(sql);
      return [...file.rows(page)].map(({ id, values: row }) =>
        Object.fromEntries(columns.map(({ column, isId }, index) => [column, isId && (row[index] ?? null) === null ? id : (row[index] ?? null)])),
      );
    }
  }
  return [];
}

/** Column names of a CREATE TABLE, in order. */
function columnsOf(sql: string): { column: string; isId: boolean }[] {
  const inside = sql.slice(sql.indexOf('(') + 1, sql.lastIndexOf(')'));
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= inside.length; at++) {
    const mark = inside[at];
    if (mark === '(') depth++;
    else if (mark === ')') depth--;
    else if ((mark === ',' && depth === 0) || mark === undefined) {
      parts.push(inside.slice(from, at).trim());
      from = at + 1;
    }
  }
  return parts
    .filter((part) => part !== '' && !/^(?:constraint|primary\s+key|unique|check|foreign\s+key)\b/i.test(part))
    .map((part) => ({
      column: /^(?:"([^"]+)"|`([^`]+)`|\[([^\]]+)\]|(\S+))/.exec(part)?.slice(1).find(Boolean) ?? '',
      isId: /\binteger\s+(?:not\s+null\s+)?primary\s+key\b/i.test(part),
    }));
}

class SqliteFile {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly pageSize: number;
  private readonly usable: number;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = this.view.getUint16(16);
    this.pageSize = size === 1 ? 65_536 : size;
    this.usable = this.pageSize - (bytes[20] ?? 0);
  }

  /** Rows of the b-tree at a page, in the order of their ids. A broken page ends its branch. */
  *rows(root: number): Generator<{ id: number; values: (string | number | null)[] }> {
    if (this.pageSize < 512 || (this.pageSize & (this.pageSize - 1)) !== 0) return;
    const seen = new Set<number>();
    const open = [root];
    let left = maxRows;
    while (open.length > 0) {
      const page = open.pop()!;
      const start = (page - 1) * this.pageSize;
      if (page < 1 || seen.has(page) || start + this.pageSize > this.bytes.length) continue;
      seen.add(page);
      const header = start + (page === 1 ? 100 : 0);
      const kind = this.bytes[header];
      const count = this.view.getUint16(header + 3);
      if (kind !== 5 && kind !== 13) continue;
      const pointers = header + (kind === 5 ? 12 : 8);
      if (pointers + 2 * count > start + this.pageSize) continue;
      const cells = Array.from({ length: count }, (_, index) => start + this.view.getUint16(pointers + 2 * index));
      if (kind === 5) {
        open.push(this.view.getUint32(header + 8), ...cells.map((cell) => (cell + 4 <= this.bytes.length ? this.view.getUint32(cell) : 0)).reverse());
        continue;
      }
      for (const cell of cells) {
        if (left-- <= 0) return;
        const row = this.row(cell);
        if (row) yield row;
      }
    }
  }

  private row(cell: number): { id: number; values: (string | number | null)[] } | undefined {
    const [length, afterLength] = this.varint(this.bytes, cell);
    const [id, body] = this.varint(this.bytes, afterLength);
    const payload = this.payload(body, length);
    if (!payload) return undefined;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const [headerLength, first] = this.varint(payload, 0);
    const values: (string | number | null)[] = [];
    let at = headerLength;
    for (let pointer = first; pointer < Math.min(headerLength, payload.length) && values.length < 200; ) {
      const [type, next] = this.varint(payload, pointer);
      pointer = next;
      const size = sizeOf(type);
      if (at + size > payload.length) return undefined;
      values.push(cellOf(payload, view, type, at, size));
      at += size;
    }
    return { id, values };
  }

  /** A record's bytes, joined over overflow pages. */
  private payload(start: number, length: number): Uint8Array | undefined {
    if (length > 10_000_000) return undefined;
    const most = this.usable - 35;
    if (length <= most) return start + length <= this.bytes.length ? this.bytes.subarray(start, start + length) : undefined;
    const least = Math.floor(((this.usable - 12) * 32) / 255) - 23;
    const mid = least + ((length - least) % (this.usable - 4));
    const here = mid <= most ? mid : least;
    if (start + here + 4 > this.bytes.length) return undefined;
    const whole = new Uint8Array(length);
    whole.set(this.bytes.subarray(start, start + here));
    let [filled, page] = [here, this.view.getUint32(start + here)];
    while (filled < length) {
      const at = (page - 1) * this.pageSize;
      if (page < 1 || at + this.pageSize > this.bytes.length) return undefined;
      const part = Math.min(this.usable - 4, length - filled);
      whole.set(this.bytes.subarray(at + 4, at + 4 + part), filled);
      filled += part;
      page = this.view.getUint32(at);
    }
    return whole;
  }

  private varint(bytes: Uint8Array, at: number): [number, number] {
    let value = 0;
    for (let index = 0; index < 8; index++) {
      const byte = bytes[at + index] ?? 0;
      value = value * 128 + (byte & 127);
      if (byte < 128) return [value, at + index + 1];
    }
    return [value * 256 + (bytes[at + 8] ?? 0), at + 9];
  }
}

/** @unit B */
const sizeOf = (type: number): number => (type < 5 ? type : type === 5 ? 6 : type === 6 || type === 7 ? 8 : type < 12 ? 0 : Math.floor((type - 12) / 2));

function cellOf(bytes: Uint8Array, view: DataView, type: number, at: number, size: number): string | number | null {
  if (type === 8 || type === 9) return type - 8;
  if (type === 7) return view.getFloat64(at);
  if (type >= 1 && type <= 6) {
    let value = view.getInt8(at);
    for (let index = 1; index < size; index++) value = value * 256 + bytes[at + index]!;
    return value;
  }
  return type >= 13 && type % 2 === 1 ? utf8(bytes.subarray(at, at + size)) : null;
}
