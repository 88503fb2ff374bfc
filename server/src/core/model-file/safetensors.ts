import { utf8 } from '../text/utf8.js';
import { type ByteSource, ModelFileError } from './bytes.js';
import { bytesOf, type ElementType, typeRows, type WeightSummary } from './types.js';

const types: Readonly<Record<string, ElementType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F8_E4M3: 'float8e4m3fn',
  F8_E5M2: 'float8e5m2',
  F8_E8M0: 'float8e8m0',
  F4: 'float4e2m1',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U64: 'uint64',
  U32: 'uint32',
  U16: 'uint16',
  U8: 'uint8',
  BOOL: 'bool',
  C64: 'complex64',
};
/** The format's own limit. @unit B */
const longestHeader = 100_000_000;

/** What a safetensors file holds, by its header alone: 8 bytes of length, then JSON.
 * @source github.com/huggingface/safetensors README, "Format"
 * @errors ModelFileError for a file that is none */
export async function summariseSafetensors(source: ByteSource): Promise<WeightSummary> {
  const start = await source.read(0, 9);
  if (start.length < 9 || start[8] !== 0x7b) throw new ModelFileError('no header: this is no safetensors file, or only its beginning');
  const view = new DataView(start.buffer, start.byteOffset, 8);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > longestHeader) throw new ModelFileError(`the header says it is ${length} bytes long; the format allows ${longestHeader}`);
  if (8 + length > source.size) throw new ModelFileError(`the file is cut off: its header takes ${8 + length} bytes, ${source.size} are there`);
  const header = parsed(utf8(await source.read(8, length)));
  const tensors: { readonly name: string; readonly type: ElementType; readonly elements: number; readonly bytes: number }[] = [];
  let metadata: readonly (readonly [string, string])[] = [];
  let end = 0;
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = Object.entries(isObject(value) ? value : {}).map(([key, text]) => [key, String(text)] as const);
    else {
      const tensor = tensorOf(name, value);
      tensors.push(tensor);
      end = Math.max(end, tensor.end);
    }
  }
  const stored = source.size - 8 - length;
  return {
    format: 'safetensors',
    fileBytes: source.size,
    tensors: tensors.length,
    parameters: tensors.filter(({ type }) => !/^(bool|u?int(32|64))$/.test(type)).reduce((sum, { elements }) => sum + elements, 0),
    weightBytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0),
    types: typeRows(tensors),
    metadata,
    untold: end > stored ? [{ what: 'the weights themselves', need: `the file is cut off: ${end} bytes of weights are listed, ${stored} are there` }] : [],
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
function parsed(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ModelFileError('the header is no JSON: the file is damaged');
  }
  if (!isObject(value)) throw new ModelFileError('the header is no list of tensors: the file is damaged');
  return value;
}
const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
function tensorOf(name: string, value: unknown) {
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
  if (typeof dtype !== 'string' || !Array.isArray(shape) || !shape.every(isWhole) || !Array.isArray(offsets) || !offsets.every(isWhole))
    throw new ModelFileError(`tensor '${name}' is not described as the format says: the file is damaged`);
  const elements = shape.reduce<number>((product, one) => product * one, 1);
  const [from, to] = offsets as [number, number];
  const type = types[dtype] ?? dtype;
  const bytes = bytesOf(type, elements);
  if (!Number.isSafeInteger(elements) || to < from || (bytes !== undefined && bytes !== to - from))
    throw new ModelFileError(`tensor '${name}' of ${dtype} ${shape.join('×')} does not fit the ${to - from} bytes that it names: the file is damaged`);
  return { name, type, elements, bytes: to - from, end: to };
}
