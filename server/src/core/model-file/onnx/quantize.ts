import { type ByteSource, ModelFileError } from '../bytes.js';
import { fieldsAt, type RawField, type Slice } from '../protobuf.js';
import { bytesField, fieldHead, joined, numberField, textField, varintBytes } from '../wire.js';
import { atLeast, bfloat16Bytes } from './bfloat16.js';
import { isDefaultDomain, type OnnxModel, type Tensor } from './model.js';
import { isNarrowed, Names, type PlannedWeight, planWeights, type QuantizeOptions, Rewriter, type Stored } from './quantize-plan.js';
import { ModelWeights, type OpenBeside } from './weight-bytes.js';

/** A model with 8-bit weights, ready to be written. */
export interface QuantizedModel {
  /** @unit B */
  readonly size: number;
  readonly quantized: number;
  /** Weights that stay as they are, in words. */
  readonly left: readonly string[];
  /** The file, piece by piece; can be gone through once. */
  pieces(): AsyncGenerator<Uint8Array>;
}
/** The format's own limit. @source protobuf.dev/programming-guides/encoding: messages are below 2 GiB */
const largest = 2 ** 31 - 1;
/** Copied at a time. */
const step = 1 << 22;

/** Quantizes the weights of a model to 8 bits, one scale for each output channel, without data: what comes in is quantized while it runs.
 * Weights are symmetric around 0 (w ≈ scale · q, scale = max|w| / 127); those of products stand as unsigned bytes around 128, whose sums no
 * processor saturates. Biases and many scales are stored as bfloat16, which loses less than the weights do. All that is not a quantized weight or a node that uses one is copied byte by byte.
 * @source onnxruntime.ai/docs/performance/model-optimizations/quantization.html (dynamic quantization; U8U8 and U8S8)
 * @errors ModelFileError where there is nothing to do, or the result would be too large */
export async function quantizeOnnx(source: ByteSource, model: OnnxModel, options: QuantizeOptions, beside: OpenBeside): Promise<QuantizedModel> {
  const { graph } = model;
  const opset = model.opsets.find(({ domain }) => isDefaultDomain(domain))?.version ?? 0;
  if (opset < 10) throw new ModelFileError(`operator set ${opset} has no quantized operators: convert the model to 13 or later first`);
  const weights = new Map<string, Tensor>(graph.tensors.map((one) => [one.name, one]));
  const constants = new Map<number, string>();
  for (const node of graph.nodes) {
    const { tensor } = node.op === 'Constant' ? (node.attributes['value'] ?? {}) : {};
    const [name] = node.outputs;
    if (!tensor || name === undefined) continue;
    weights.set(name, tensor);
    constants.set(node.place.at, name);
  }
  const { planned, left } = planWeights(graph, weights, opset, options);
  const count = planned.filter(({ way }) => way !== 'narrow').length;
  if (count === 0) throw new ModelFileError('there is nothing to make smaller: no weights of float32 that save more than their scales take');
  const names = new Names(graph);
  const stored = new Map<string, Stored>(
    planned.map((weight) => [
      weight.name,
      {
        weight,
        quantized: names.make(`${weight.name}_q`),
        scale: names.make(`${weight.name}_s`),
        // Rows are chosen before they are made wide: a table of scales stays as it is.
        ...(weight.way !== 'rows' && isNarrowed(channelsOf(weight), opset) ? { narrowScale: names.make(`${weight.name}_n`) } : {}),
      },
    ]),
  );
  const zero = names.make('weight_zero_point');
  const rewriter = new Rewriter(names, stored, zero);
  const pieces: Piece[] = rewriter.unpacking().map((bytes) => bytesField(1, bytes));
  const byPlace = new Map(graph.nodes.map((node) => [node.place.at, node]));
  const tensorNames = new Map(graph.tensors.map((one) => [one.place.at, one.name]));
  const inputNames = graph.inputs.map(({ name }) => name);
  let input = 0;
  for (const field of await fieldsAt(source, graph.place)) {
    if (field.number === 1) {
      const constant = constants.get(field.content.at);
      if (constant !== undefined && stored.has(constant)) continue;
      const nodes = rewriter.replaced(byPlace.get(field.content.at)!);
      if (nodes) pieces.push(...nodes.map((bytes) => bytesField(1, bytes)));
      else pieces.push(whole(field));
    } else if (field.number === 5 && stored.has(tensorNames.get(field.content.at) ?? '')) continue;
    // Old files list weights as inputs too.
    else if (field.number === 11 && stored.has(inputNames[input++] ?? '')) continue;
    else pieces.push(whole(field));
  }
  const weightBytes = new ModelWeights(source, beside);
  for (const one of stored.values()) pieces.push(...storedPieces(one, weightBytes));
  if (planned.some(({ way }) => way === 'product'))
    pieces.push(bytesField(5, joined([numberField(2, uint8), textField(8, zero), bytesField(9, Uint8Array.of(128))])));
  const length = pieces.reduce((sum, one) => sum + lengthOf(one), 0);
  const before = graph.place.at - 1 - varintBytes(graph.place.length).length;
  const after = graph.place.at + graph.place.length;
  const all: Piece[] = [
    { at: 0, length: before },
    fieldHead(7, length),
    ...pieces,
    { at: after, length: source.size - after },
    // Weights that are no inputs came with version 4 of the format; the last number written holds.
    ...(model.irVersion < 4 ? [numberField(1, 4)] : []),
  ];
  const size = all.reduce((sum, one) => sum + lengthOf(one), 0);
  if (size > largest) throw new ModelFileError(`with 8-bit weights the file would still have ${size} bytes; the format allows ${largest}`);
  return { size, quantized: count, left: reasons(left), pieces: () => written(all, source) };
}

const [uint8, int8, float32, bfloat16] = [2, 3, 1, 16];
/** Bytes, a part of the source, or what is made when it is written. */
type Piece = Uint8Array | Slice | { readonly length: number; readonly make: () => AsyncGenerator<Uint8Array> };
const lengthOf = (piece: Piece): number => piece.length;
const whole = ({ start, content }: RawField): Slice => ({ at: start, length: content.at + content.length - start });

async function* written(pieces: readonly Piece[], source: ByteSource): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) yield piece;
    else if ('make' in piece) yield* piece.make();
    else
      for (let at = 0; at < piece.length; at += step) {
        const bytes = await source.read(piece.at + at, Math.min(step, piece.length - at));
        if (bytes.length === 0) throw new ModelFileError('the file changed while it was read');
        yield bytes;
      }
  }
}

/** The tensors of one weight: its bytes, then its scales, which are known once the bytes were made. */
function storedPieces({ weight, quantized, scale, narrowScale }: Stored, weights: ModelWeights): Piece[] {
  const { tensor, way, axis, swapped } = weight;
  if (way === 'narrow')
    return tensorPieces(quantized, bfloat16, tensor.dims, tensor.elements * 2, async function* () {
      for await (const { values } of weights.floats(tensor)) yield bfloat16Bytes(values);
    });
  const dims = swapped ? [...tensor.dims].reverse() : tensor.dims;
  const channels = channelsOf(weight);
  const scaleDims = axis === undefined ? [] : way === 'rows' ? [channels, 1] : [channels];
  const isNarrow = narrowScale !== undefined;
  let scales: Float32Array | undefined;
  return [
    ...tensorPieces(quantized, way === 'product' ? uint8 : int8, dims, tensor.elements, async function* () {
      const made = await quantizedBytes(weight, isNarrow, weights);
      scales = made.scales;
      yield made.bytes;
    }),
    ...tensorPieces(narrowScale ?? scale, isNarrow ? bfloat16 : float32, scaleDims, channels * (isNarrow ? 2 : 4), async function* () {
      scales ??= (await quantizedBytes(weight, isNarrow, weights)).scales;
      yield isNarrow ? bfloat16Bytes(scales) : new Uint8Array(scales.buffer);
    }),
  ];
}
function tensorPieces(name: string, type: number, dims: readonly number[], bytes: number, make: () => AsyncGenerator<Uint8Array>): Piece[] {
  const head = joined([...dims.map((one) => numberField(1, one)), numberField(2, type), textField(8, name), fieldHead(9, bytes)]);
  return [fieldHead(5, head.length + bytes), head, { length: bytes, make }];
}

const channelsOf = ({ tensor, axis }: PlannedWeight): number => (axis === undefined ? 1 : (tensor.dims[axis] ?? 1));

/** Whole numbers and scales of a weight: floats are read in pieces, so only the result is held. */
async function quantizedBytes(
  weight: PlannedWeight,
  isNarrow: boolean,
  weights: ModelWeights,
): Promise<{ readonly bytes: Uint8Array; readonly scales: Float32Array }> {
  const { tensor, way, axis, swapped } = weight;
  const { dims, elements } = tensor;
  const channels = channelsOf(weight);
  const inner = axis === undefined ? elements : dims.slice(axis + 1).reduce((product, one) => product * one, 1);
  const most = new Float32Array(channels);
  for await (const { from, values } of weights.floats(tensor)) {
    for (let at = 0; at < values.length; at++) {
      const channel = Math.floor((from + at) / inner) % channels;
      const size = Math.abs(values[at]!);
      if (!Number.isFinite(size)) throw new ModelFileError(`weight '${tensor.name}' holds numbers that are none (NaN or infinite): it cannot be quantized`);
      if (size > most[channel]!) most[channel] = size;
    }
  }
  // Whole numbers are counted in the steps that are stored.
  const scales = most.map((one) => (one === 0 ? 1 : isNarrow ? atLeast(one / 127) : one / 127));
  const bytes = new Uint8Array(elements);
  const shift = way === 'product' ? 128 : 0;
  const [rows = 1, columns = 1] = dims;
  for await (const { from, values } of weights.floats(tensor)) {
    for (let at = 0; at < values.length; at++) {
      const index = from + at;
      const channel = Math.floor(index / inner) % channels;
      const place = swapped ? (index % columns) * rows + Math.floor(index / columns) : index;
      bytes[place] = Math.max(-127, Math.min(127, Math.round(values[at]! / scales[channel]!))) + shift;
    }
  }
  return { bytes, scales };
}

/** `3 weights: is of float16 …`, the largest first; what is small is not worth a line. */
function reasons(left: ReadonlyMap<Tensor, string>): string[] {
  const groups = new Map<string, { count: number; bytes: number }>();
  for (const [{ bytes = 0, elements }, reason] of left) {
    if (elements < 1024 || /of u?int|of bool|of string/.test(reason)) continue;
    const group = groups.get(reason) ?? { count: 0, bytes: 0 };
    groups.set(reason, { count: group.count + 1, bytes: group.bytes + bytes });
  }
  return [...groups]
    .sort(([, a], [, b]) => b.bytes - a.bytes)
    .map(([reason, { count }]) => `${count} ${count === 1 ? 'weight that' : 'weights, each of which'} ${reason}`);
}
