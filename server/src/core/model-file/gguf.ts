import { utf8 } from '../text/utf8.js';
import { type ByteSource, ModelFileError, Window } from './bytes.js';
import { type ElementType, typeRows, type Untold, type WeightSummary } from './types.js';

/** Types of stored tensors by number: name, elements of a block, bytes of a block.
 * @source github.com/ggml-org/ggml, docs/gguf.md (numbers); its block structures (sizes) */
const types: Readonly<Record<number, readonly [name: ElementType, elements: number, bytes: number]>> = {
  0: ['float32', 1, 4],
  1: ['float16', 1, 2],
  2: ['q4_0', 32, 18],
  3: ['q4_1', 32, 20],
  6: ['q5_0', 32, 22],
  7: ['q5_1', 32, 24],
  8: ['q8_0', 32, 34],
  9: ['q8_1', 32, 36],
  10: ['q2_k', 256, 84],
  11: ['q3_k', 256, 110],
  12: ['q4_k', 256, 144],
  13: ['q5_k', 256, 176],
  14: ['q6_k', 256, 210],
  15: ['q8_k', 256, 292],
  16: ['iq2_xxs', 256, 66],
  17: ['iq2_xs', 256, 74],
  18: ['iq3_xxs', 256, 98],
  19: ['iq1_s', 256, 50],
  20: ['iq4_nl', 32, 18],
  21: ['iq3_s', 256, 110],
  22: ['iq2_s', 256, 82],
  23: ['iq4_xs', 256, 136],
  24: ['int8', 1, 1],
  25: ['int16', 1, 2],
  26: ['int32', 1, 4],
  27: ['int64', 1, 8],
  28: ['float64', 1, 8],
  29: ['iq1_m', 256, 56],
  30: ['bfloat16', 1, 2],
  34: ['tq1_0', 256, 54],
  35: ['tq2_0', 256, 66],
  39: ['mxfp4', 32, 17],
};
/** Bytes of metadata values by type; 8 is a text, 9 a list. */
const valueBytes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const longestText = 1 << 16;
const most = { values: 100_000, tensors: 1_000_000, nesting: 4, list: 16 };

/** What a GGUF file holds, by its header alone.
 * @source github.com/ggml-org/ggml, docs/gguf.md
 * @errors ModelFileError for a file that is none or that ends in its header */
export async function summariseGguf(source: ByteSource): Promise<WeightSummary> {
  const reader = new Reader(source);
  await reader.need(Math.min(4, source.size));
  if (source.size < 4 || utf8(reader.take(4)) !== 'GGUF') throw new ModelFileError('it does not begin with GGUF: this is no GGUF file');
  const version = await reader.uint32();
  if (version > 0xffff) throw new ModelFileError('written for a big-endian machine: such files are not read');
  if (version < 2) throw new ModelFileError(`version ${version} of the format is not read; versions 2 and 3 are`);
  const [tensorCount, valueCount] = [await reader.long(), await reader.long()];
  // a tensor's entry takes 24 bytes at least, a value's 13
  if (tensorCount > Math.min(most.tensors, source.size / 24) || valueCount > Math.min(most.values, source.size / 13))
    throw new ModelFileError(`${tensorCount} tensors and ${valueCount} values are announced: more than the file can hold; it is cut off or damaged`);
  const metadata: (readonly [string, string])[] = [];
  let alignment = 32;
  for (let index = 0; index < valueCount; index++) {
    const key = await reader.text();
    const value = await reader.value(await reader.uint32());
    if (key === 'general.alignment' && Number(value) > 0) alignment = Number(value);
    if (value !== undefined) metadata.push([key, value]);
  }
  const tensors: { readonly type: ElementType; readonly elements: number; readonly bytes: number | undefined }[] = [];
  const unknown = new Set<string>();
  let end = 0;
  for (let index = 0; index < tensorCount; index++) {
    const name = await reader.text();
    const rank = await reader.uint32();
    if (rank > 8) throw new ModelFileError(`tensor '${name}' has ${rank} dimensions: the file is damaged`);
    let elements = 1;
    for (let at = 0; at < rank; at++) elements *= await reader.long();
    if (!Number.isSafeInteger(elements)) throw new ModelFileError(`tensor '${name}' has more elements than can be: the file is damaged`);
    const number = await reader.uint32();
    const offset = await reader.long();
    const type = types[number];
    const bytes = type && (elements / type[1]) * type[2];
    if (!type) unknown.add(`type ${number}`);
    if (bytes !== undefined) end = Math.max(end, offset + bytes);
    tensors.push({ type: type?.[0] ?? `type ${number}`, elements, bytes });
  }
  const stored = source.size - Math.ceil(reader.at / alignment) * alignment;
  const untold: Untold[] = [...unknown].map((type) => ({ what: `bytes of ${type}`, need: 'this type is not known here' }));
  if (end > stored)
    untold.push({ what: 'the weights themselves', need: `the file is cut off: ${end} bytes of weights are listed, ${Math.max(0, stored)} are there` });
  return {
    format: 'gguf',
    fileBytes: source.size,
    tensors: tensors.length,
    parameters: tensors.filter(({ type }) => !/^int(32|64)$/.test(type)).reduce((sum, { elements }) => sum + elements, 0),
    weightBytes: tensors.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    types: typeRows(tensors),
    metadata,
    untold,
  };
}

class Reader {
  at = 0;
  private readonly window: Window;
  private readonly size: number;
  constructor(source: ByteSource) {
    this.window = new Window(source, 1 << 18);
    this.size = source.size;
  }
  async need(length: number): Promise<void> {
    if (this.at + length > this.size) throw new ModelFileError(`the file is cut off: its header goes on after byte ${this.size}`);
    if (!this.window.has(this.at, length)) await this.window.load(this.at, length);
  }
  take(length: number): Uint8Array {
    this.at += length;
    return this.window.slice(this.at - length, length);
  }
  async uint32(): Promise<number> {
    await this.need(4);
    this.at += 4;
    return this.window.number(this.at - 4, 'Uint32');
  }
  async long(): Promise<number> {
    await this.need(8);
    this.at += 8;
    const value = this.window.long(this.at - 8, false);
    if (!Number.isSafeInteger(value)) throw new ModelFileError(`a number of ${value} at byte ${this.at - 8}: the file is damaged`);
    return value;
  }
  /** A text; what is longer than anybody reads is passed over. */
  async text(): Promise<string> {
    const length = await this.long();
    if (this.at + length > this.size) throw new ModelFileError(`the file is cut off: a text of ${length} bytes at byte ${this.at} goes beyond its end`);
    if (length > longestText) {
      this.at += length;
      return '…';
    }
    await this.need(length);
    return utf8(this.take(length));
  }
  /** A value as text; of long lists only how long they are. */
  async value(type: number, depth = 0): Promise<string | undefined> {
    if (type === 8) return this.text();
    if (type === 9) return this.list(depth);
    const length = valueBytes[type];
    if (length === undefined) throw new ModelFileError(`a value of type ${type}, which does not exist, at byte ${this.at}: the file is damaged`);
    await this.need(length);
    const at = this.at;
    this.at += length;
    const { window } = this;
    if (type === 0) return String(window.byte(at));
    if (type === 1) return String((window.byte(at) << 24) >> 24);
    if (type === 7) return String(window.byte(at) !== 0);
    if (type === 10 || type === 11) return String(window.long(at, type === 11));
    return String(
      window.number(at, ({ 2: 'Uint16', 3: 'Int16', 4: 'Uint32', 5: 'Int32', 6: 'Float32', 12: 'Float64' } as const)[type as 2 | 3 | 4 | 5 | 6 | 12]),
    );
  }
  private async list(depth: number): Promise<string> {
    if (depth >= most.nesting) throw new ModelFileError('lists nest too deep: the file is damaged');
    const type = await this.uint32();
    const count = await this.long();
    const each = valueBytes[type];
    if (each !== undefined) {
      if (this.at + each * count > this.size) throw new ModelFileError(`the file is cut off: a list of ${count} values at byte ${this.at} goes beyond its end`);
      if (count > most.list) {
        this.at += each * count;
        return `${count} values`;
      }
    }
    const values: string[] = [];
    for (let index = 0; index < count; index++) {
      const value = await this.value(type, depth + 1);
      if (count <= most.list) values.push(value ?? '');
    }
    return count <= most.list ? `[${values.join(', ')}]` : `${count} values`;
  }
}
