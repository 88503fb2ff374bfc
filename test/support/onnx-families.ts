// Small models of the families that people export, each with the parameters and multiply-accumulates that its formula gives.
import { GraphWriter, longs, noise, tensor, type WrittenTensor, weights } from './onnx-writer.js';

export interface Family {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Counted by hand, from the sizes, not from the graph. */
  readonly parameters: number;
  readonly macs: number;
  /** Multiply-accumulates of some operators alone. */
  readonly byOperator: Readonly<Record<string, number>>;
}
const ones = (count: number): WrittenTensor => tensor([count], new Float32Array(count).fill(1));
const scalar = (value: number): WrittenTensor => tensor([], Float32Array.of(value));
const axis = (...values: readonly number[]): WrittenTensor => longs(...values);

/** Two convolutions with a norm, pooling and a classifier; the batch is open. */
function cnn(): Family {
  const g = new GraphWriter();
  const x = g.input('image', ['batch', 3, 64, 64]);
  const a = g.one('Conv', [x, weights(16, 3, 3, 3), ones(16)], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  const b = g.one('BatchNormalization', [a, ones(16), ones(16), ones(16), ones(16)]);
  const c = g.one('Relu', [b]);
  const d = g.one('MaxPool', [c], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  const e = g.one('Conv', [d, weights(32, 16, 3, 3)], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], group: 1 });
  const f = g.one('Flatten', [g.one('GlobalAveragePool', [g.one('Relu', [e])])]);
  g.named('logits', 'Gemm', [f, weights(100, 32), ones(100)], { transB: 1 });
  const [batch, first, second] = [2, 32 * 32, 16 * 16];
  return {
    name: 'CNN',
    bytes: g.output('logits', ['batch', 100]).model(),
    shapes: { image: [batch, 3, 64, 64] },
    parameters: 16 * 27 + 16 + 4 * 16 + 32 * 16 * 9 + 100 * 32 + 100,
    macs: batch * (first * 16 * 27 + second * 32 * 16 * 9 + 32 * 100),
    byOperator: { Conv: batch * (first * 16 * 27 + second * 32 * 16 * 9), Gemm: batch * 32 * 100 },
  };
}

/** Depthwise and pointwise convolutions, upsampled by a transposed one. */
function depthwise(): Family {
  const g = new GraphWriter();
  const x = g.input('image', [1, 'channels', 'height', 'width']);
  const stem = g.one('Conv', [x, weights(32, 3, 3, 3)], { kernel_shape: [3, 3], auto_pad: 'SAME_UPPER', strides: [2, 2] });
  const deep = g.one('Conv', [g.one('Clip', [stem, scalar(0), scalar(6)]), weights(32, 1, 5, 5)], {
    kernel_shape: [5, 5],
    group: 32,
    pads: [4, 4, 4, 4],
    dilations: [2, 2],
  });
  const point = g.one('Conv', [g.one('HardSwish', [deep]), weights(64, 32, 1, 1)], { kernel_shape: [1, 1] });
  const squeezed = g.one('Sigmoid', [g.one('Conv', [g.one('GlobalAveragePool', [point]), weights(64, 64, 1, 1)])]);
  const gated = g.one('Mul', [point, squeezed]);
  g.named('mask', 'ConvTranspose', [gated, weights(64, 8, 2, 2)], { kernel_shape: [2, 2], strides: [2, 2] });
  const [h, w] = [23, 31];
  return {
    name: 'depthwise',
    bytes: g.output('mask', [1, 8, 'h', 'w']).model(),
    shapes: { image: [1, 3, 45, 61] },
    parameters: 32 * 27 + 32 * 25 + 64 * 32 + 64 * 64 + 64 * 8 * 4,
    macs: h * w * (32 * 27 + 32 * 25 + 64 * 32) + 64 * 64 + h * w * 64 * 8 * 4,
    byOperator: { ConvTranspose: h * w * 64 * 8 * 4 },
  };
}

const linear = (g: GraphWriter, x: string, from: number, to: number): string => g.one('Add', [g.one('MatMul', [x, weights(from, to)]), ones(to)]);
const norm = (g: GraphWriter, x: string, width: number): string => g.one('LayerNormalization', [x, ones(width), ones(width)], { axis: -1 });
/** [batch, length, heads·width] → [batch, heads, length, width], as exporters write it: shapes are computed as data. */
function split(g: GraphWriter, x: string, heads: number, width: number): string {
  const shape = g.one('Shape', [x]);
  const at = (index: number): string => g.one('Unsqueeze', [g.one('Gather', [shape, tensor([], BigInt64Array.of(BigInt(index)))]), axis(0)]);
  const wanted = g.one('Concat', [at(0), at(1), longs(heads), longs(width)], { axis: 0 });
  return g.one('Transpose', [g.one('Reshape', [x, wanted])], { perm: [0, 2, 1, 3] });
}
function attention(g: GraphWriter, q: string, k: string, v: string, width: number, mask?: string): string {
  const scores = g.one('Mul', [g.one('MatMul', [q, g.one('Transpose', [k], { perm: [0, 1, 3, 2] })]), scalar(1 / Math.sqrt(width))]);
  const weightsOf = g.one('Softmax', [mask ? g.one('Add', [scores, mask]) : scores], { axis: -1 });
  const back = g.one('Transpose', [g.one('MatMul', [weightsOf, v])], { perm: [0, 2, 1, 3] });
  return g.one('Reshape', [back, longs(0, 0, -1)]);
}
const block = { width: 64, heads: 4, inner: 256 };
const blockParameters = ({ width, inner }: typeof block): number => 4 * (width * width + width) + width * inner + inner + inner * width + width + 4 * width;
const blockMacs = ({ width, inner }: typeof block, batch: number, length: number, keys = length): number =>
  batch * (length * (4 * width * width + 2 * width * inner) + 2 * length * keys * width);
function encoder(g: GraphWriter, x: string, mask?: string): string {
  const { width, heads, inner } = block;
  const n = norm(g, x, width);
  const [q, k, v] = [0, 1, 2].map(() => split(g, linear(g, n, width, width), heads, width / heads));
  const seen = g.one('Add', [x, linear(g, attention(g, q!, k!, v!, width / heads, mask), width, width)]);
  const up = linear(g, norm(g, seen, width), width, inner);
  const gelu = g.one('Mul', [up, g.one('Add', [g.one('Erf', [g.one('Div', [up, scalar(Math.SQRT2)])]), scalar(1)])]);
  return g.one('Add', [seen, linear(g, gelu, inner, width)]);
}

/** Patches by a convolution, a class token, blocks with a packed projection of queries, keys and values. */
function vit(): Family {
  const { width } = block;
  const g = new GraphWriter();
  const x = g.input('pixel_values', ['batch', 3, 32, 32]);
  const patches = g.one('Conv', [x, weights(width, 3, 8, 8), ones(width)], { kernel_shape: [8, 8], strides: [8, 8] });
  const flat = g.one('Transpose', [g.one('Reshape', [patches, longs(0, width, -1)])], { perm: [0, 2, 1] });
  const batch = g.one('Gather', [g.one('Shape', [x]), axis(0)]);
  const token = g.one('Expand', [g.stored(weights(1, 1, width)), g.one('Concat', [batch, longs(1), longs(width)], { axis: 0 })]);
  const all = g.one('Add', [g.one('Concat', [token, flat], { axis: 1 }), weights(1, 17, width)]);
  const last = encoder(g, encoder(g, all));
  const first = g.one('Gather', [norm(g, last, width), tensor([], BigInt64Array.of(0n))], { axis: 1 });
  g.named('logits', 'Gemm', [first, weights(width, 10), ones(10)]);
  const [b, length] = [3, 17];
  return {
    name: 'ViT',
    bytes: g.output('logits', ['batch', 10]).model(),
    shapes: { batch: [b] },
    parameters: width * 192 + width + width + 17 * width + 2 * blockParameters(block) + 2 * width + 10 * width + 10,
    macs: b * (16 * width * 192) + 2 * blockMacs(block, b, length) + b * width * 10,
    byOperator: { Conv: b * 16 * width * 192, Gemm: b * width * 10 },
  };
}

/** Embeddings, a mask that is computed from the input's, two blocks and a pooled answer. */
function bert(): Family {
  const { width } = block;
  const vocabulary = 1000;
  const g = new GraphWriter();
  const ids = g.input('input_ids', ['batch', 'sequence'], 'int64');
  const seen = g.input('attention_mask', ['batch', 'sequence'], 'int64');
  const words = g.one('Gather', [weights(vocabulary, width), ids]);
  const length = g.one('Gather', [g.one('Shape', [ids]), axis(1)]);
  const positions = g.one('Slice', [
    g.stored(
      tensor(
        [1, 64],
        BigInt64Array.from({ length: 64 }, (_, at) => BigInt(at)),
      ),
    ),
    axis(0),
    length,
    axis(1),
    axis(1),
  ]);
  const x = norm(g, g.one('Add', [words, g.one('Gather', [weights(64, width), positions])]), width);
  const open = g.one('Cast', [g.one('Unsqueeze', [seen, axis(1, 2)])], { to: 1 });
  const mask = g.one('Mul', [g.one('Sub', [scalar(1), open]), scalar(-10000)]);
  const last = encoder(g, encoder(g, x, mask), mask);
  const pooled = g.one('Tanh', [linear(g, g.one('Gather', [last, tensor([], BigInt64Array.of(0n))], { axis: 1 }), width, width)]);
  g.named('answer', 'Identity', [linear(g, pooled, width, 2)]);
  const [b, n] = [2, 20];
  return {
    name: 'BERT',
    bytes: g.output('answer', ['batch', 2]).model(),
    shapes: { input_ids: [b, n] },
    parameters: vocabulary * width + 64 * width + 2 * width + 2 * blockParameters(block) + width * width + width + width * 2 + 2,
    macs: 2 * blockMacs(block, b, n) + b * (width * width + width * 2),
    byOperator: { MatMul: 2 * blockMacs(block, b, n) + b * (width * width + width * 2), Gather: 0 },
  };
}

/** One step of a decoder: a new token, keys and values of those before, which grow by one. */
function decoder(): Family {
  const { width, heads } = block;
  const each = width / heads;
  const vocabulary = 500;
  const g = new GraphWriter();
  const ids = g.input('input_ids', ['batch', 'sequence'], 'int64');
  const pastKey = g.input('past_key', ['batch', heads, 'past', each]);
  const pastValue = g.input('past_value', ['batch', heads, 'past', each]);
  const table = g.stored(weights(vocabulary, width));
  const x = g.one('Gather', [table, ids]);
  const n = norm(g, x, width);
  const [q, k, v] = [0, 1, 2].map(() => split(g, g.one('MatMul', [n, weights(width, width)]), heads, each));
  const keys = g.named('present_key', 'Concat', [pastKey, k!], { axis: 2 });
  const values = g.named('present_value', 'Concat', [pastValue, v!], { axis: 2 });
  const seen = g.one('Add', [x, g.one('MatMul', [attention(g, q!, keys, values, each), weights(width, width)])]);
  const gate = g.one('MatMul', [norm(g, seen, width), weights(width, 128)]);
  const up = g.one('MatMul', [seen, weights(width, 128)]);
  const down = g.one('MatMul', [g.one('Mul', [g.one('Mul', [gate, g.one('Sigmoid', [gate])]), up]), weights(128, width)]);
  g.named('logits', 'MatMul', [g.one('Add', [seen, down]), g.one('Transpose', [table], { perm: [1, 0] })]);
  const [b, length, past] = [1, 1, 40];
  return {
    name: 'decoder with a cache',
    bytes: g
      .output('logits', ['batch', 'sequence', vocabulary])
      .output('present_key', ['batch', heads, 'total', each])
      .output('present_value', ['batch', heads, 'total', each])
      .model(),
    shapes: { input_ids: [b, length], past: [past] },
    parameters: vocabulary * width + 4 * width + 4 * width * width + 3 * width * 128,
    macs: b * length * (4 * width * width + 3 * width * 128 + vocabulary * width + 2 * (past + length) * width),
    byOperator: { MatMul: b * length * (4 * width * width + 3 * width * 128 + vocabulary * width + 2 * (past + length) * width) },
  };
}

/** A bidirectional LSTM, a GRU and a plain layer, one on the other. */
function rnn(): Family {
  const g = new GraphWriter();
  const x = g.input('frames', ['time', 'batch', 40]);
  const hidden = 48;
  const [y] = g.node(
    'LSTM',
    [x, weights(2, 4 * hidden, 40), weights(2, 4 * hidden, hidden), weights(2, 8 * hidden)],
    { hidden_size: hidden, direction: 'bidirectional' },
    { count: 3 },
  );
  const both = g.one('Reshape', [g.one('Transpose', [y!], { perm: [0, 2, 1, 3] }), longs(0, 0, -1)]);
  const [z] = g.node(
    'GRU',
    [both, weights(1, 3 * hidden, 2 * hidden), weights(1, 3 * hidden, hidden)],
    { hidden_size: hidden, linear_before_reset: 1 },
    { count: 2 },
  );
  const [r] = g.node('RNN', [g.one('Squeeze', [z!, axis(1)]), weights(1, 16, hidden), weights(1, 16, 16)], { hidden_size: 16 }, { count: 2 });
  g.named('scores', 'Einsum', [g.one('Squeeze', [r!, axis(1)]), weights(16, 30)], { equation: 'tbh,hc->tbc' });
  const [t, b] = [25, 2];
  const lstm = 2 * 4 * hidden * (40 + hidden);
  const gru = 3 * hidden * (2 * hidden + hidden);
  const plain = 16 * (hidden + 16);
  return {
    name: 'RNN',
    bytes: g.output('scores', ['time', 'batch', 30]).model(),
    shapes: { frames: [t, b, 40] },
    parameters: lstm + 16 * hidden + gru + plain + 16 * 30,
    macs: t * b * (lstm + gru + plain + 16 * 30),
    byOperator: { LSTM: t * b * lstm, GRU: t * b * gru, RNN: t * b * plain, Einsum: t * b * 16 * 30 },
  };
}

/** Features at two scales, upsampled and joined; boxes are chosen at the end, how many is not known before. */
function detection(): Family {
  const g = new GraphWriter();
  const x = g.input('images', [1, 3, 'height', 'width']);
  const down = (from: string, a: number, b: number): string =>
    g.one('LeakyRelu', [g.one('Conv', [from, weights(b, a, 3, 3), ones(b)], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })]);
  const fine = down(down(x, 3, 16), 16, 32);
  const coarse = down(fine, 32, 64);
  const up = g.one('Resize', [coarse, '', tensor([4], Float32Array.of(1, 1, 2, 2))], { mode: 'nearest' });
  const joined = g.one('Concat', [fine, up], { axis: 1 });
  const head = g.one('Conv', [joined, weights(9, 96, 1, 1), ones(9)], { kernel_shape: [1, 1] });
  const rows = g.one('Transpose', [g.one('Reshape', [head, longs(1, 9, -1)])], { perm: [0, 2, 1] });
  const [boxes, classes] = g.node('Split', [rows, longs(4, 5)], { axis: 2 }, { count: 2 });
  const scores = g.one('Transpose', [g.one('Sigmoid', [classes!])], { perm: [0, 2, 1] });
  g.named('kept', 'NonMaxSuppression', [boxes!, scores, longs(20), tensor([1], Float32Array.of(0.5)), tensor([1], Float32Array.of(0.01))]);
  const [h, w] = [64, 96];
  return {
    name: 'detection head',
    bytes: g.output('kept', ['found', 3], 'int64').model(),
    shapes: { images: [1, 3, h, w] },
    // the two thresholds are numbers, but stored as lists: they count
    parameters: 16 * 27 + 16 + 32 * 144 + 32 + 64 * 288 + 64 + 9 * 96 + 9 + 2,
    macs: (h / 2) * (w / 2) * 16 * 27 + (h / 4) * (w / 4) * (32 * 144 + 9 * 96) + (h / 8) * (w / 8) * 64 * 288,
    byOperator: { NonMaxSuppression: 0 },
  };
}

/** Weights in bytes: products of integers, a quantized convolution and one behind `DequantizeLinear`. */
function quantized(): Family {
  const g = new GraphWriter();
  const bytes = (...dims: readonly number[]): WrittenTensor =>
    tensor(
      dims,
      Int8Array.from(
        noise(
          dims.reduce((a, b) => a * b, 1),
          3,
          100,
        ),
      ),
    );
  const x = g.input('x', ['rows', 64]);
  const [q, scale, zero] = g.node('DynamicQuantizeLinear', [x], {}, { count: 3 });
  const product = g.one('Cast', [g.one('MatMulInteger', [q!, bytes(64, 128), zero!, tensor([], Int8Array.of(0))])], { to: 1 });
  const y = g.one('Relu', [g.one('Mul', [product, g.one('Mul', [scale!, scalar(0.01)])])]);
  const unpacked = g.one('DequantizeLinear', [bytes(128, 32), ones(32), tensor([32], new Int8Array(32))], { axis: 1 });
  const z = g.one('MatMul', [y, unpacked]);
  const image = g.one('Reshape', [z, longs(-1, 2, 4, 4)]);
  const coded = g.one('QuantizeLinear', [image, scalar(0.05), tensor([], Uint8Array.of(128))]);
  const bias = tensor([4], Int32Array.of(1, 2, 3, 4));
  const point = (value: number): WrittenTensor => tensor([], Uint8Array.of(value));
  const convolved = g.one(
    'QLinearConv',
    [
      coded,
      scalar(0.05),
      point(128),
      tensor(
        [4, 2, 3, 3],
        Uint8Array.from(noise(72, 5, 100), (one) => one + 128),
      ),
      scalar(0.02),
      point(128),
      scalar(0.1),
      point(128),
      bias,
    ],
    { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
  );
  g.named('y', 'DequantizeLinear', [convolved, scalar(0.1), point(128)]);
  const rows = 6;
  return {
    name: 'quantized',
    bytes: g.output('y', ['rows', 4, 4, 4]).model(),
    shapes: { rows: [rows] },
    parameters: 64 * 128 + 128 * 32 + 72 + 4,
    macs: rows * (64 * 128 + 128 * 32 + 16 * 4 * 18),
    byOperator: { MatMulInteger: rows * 64 * 128, MatMul: rows * 128 * 32, QLinearConv: rows * 16 * 4 * 18 },
  };
}

export const families: readonly (() => Family)[] = [cnn, depthwise, vit, bert, decoder, rnn, detection, quantized];
