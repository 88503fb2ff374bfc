import { describe, expect, test } from 'vitest';
import { fromBytes, isOnnxSummary, ModelFileError, quantizeOnnx, readOnnx, summariseModelFile } from '../../../server/src/core/index.js';
import { families } from '../../support/onnx-families.js';
import { GraphWriter, longs, tensor, type WrittenTensor, weights } from '../../support/onnx-writer.js';

async function quantized(bytes: Uint8Array, options = { embeddings: true }, beside: Readonly<Record<string, Uint8Array>> = {}) {
  const source = fromBytes(bytes);
  const made = await quantizeOnnx(source, await readOnnx(source), options, async (name) => (beside[name] ? fromBytes(beside[name]) : undefined));
  const pieces: Uint8Array[] = [];
  for await (const piece of made.pieces()) pieces.push(Uint8Array.from(piece));
  const all = new Uint8Array(pieces.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  expect(all.length).toBe(made.size);
  return { bytes: all, ...made };
}
const operators = async (bytes: Uint8Array): Promise<Readonly<Record<string, number>>> => {
  const { graph } = await readOnnx(fromBytes(bytes));
  const counts: Record<string, number> = {};
  for (const { op } of graph.nodes) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
};
const macsOf = async (bytes: Uint8Array, shapes: Readonly<Record<string, readonly number[]>>) => {
  const summary = await summariseModelFile('a.onnx', fromBytes(bytes), shapes, async () => undefined);
  return isOnnxSummary(summary) ? summary.macs : undefined;
};

describe('8-bit weights', () => {
  test.each(
    families
      .slice(0, 7)
      .map((make) => make())
      .map((family) => [family.name, family] as const),
  )('%s does the same work, with a file of about a quarter', async (_, family) => {
    const made = await quantized(family.bytes);
    expect(await macsOf(made.bytes, family.shapes)).toBe(family.macs);
    // these models are small: their frames weigh something
    expect(made.size / family.bytes.length).toBeLessThan(0.3);
  });
  test('a network of convolutions of usual width is about a quarter, with one scale for each channel', async () => {
    const g = new GraphWriter();
    let x = g.input('image', ['n', 3, 64, 64]);
    for (const [from, to, edge] of [
      [3, 64, 7],
      [64, 128, 3],
      [128, 256, 3],
    ] as const) {
      x = g.one('Conv', [x, weights(to, from, edge, edge), weights(to)], { kernel_shape: [edge, edge], auto_pad: 'SAME_UPPER', strides: [2, 2] });
      x = g.one('Relu', [g.one('BatchNormalization', [x, weights(to), weights(to), weights(to), weights(to)])]);
    }
    g.named('y', 'GlobalAveragePool', [x]);
    const bytes = g.output('y', ['n', 256, 1, 1]).model();
    const made = await quantized(bytes);
    expect(made.size / bytes.length).toBeLessThan(0.27);
    expect((await operators(made.bytes))['DequantizeLinear']).toBe(3);
  });
  test('a model whose weights are large is below 30 % of its size', async () => {
    const g = new GraphWriter();
    const x = g.input('x', ['n', 512]);
    g.named('y', 'MatMul', [g.one('Relu', [g.one('Gemm', [x, weights(512, 512), weights(512)], { transB: 1 })]), weights(512, 512)]);
    const bytes = g.output('y', ['n', 512]).model();
    const made = await quantized(bytes);
    expect(made.size / bytes.length).toBeLessThan(0.26);
    expect(await operators(made.bytes)).toEqual({ DynamicQuantizeLinear: 2, MatMulInteger: 2, Cast: 5, Mul: 4, Add: 1, Relu: 1 });
  });
  test.each([
    [256, 32, 'float32'],
    [128, 128, 'bfloat16'],
  ])('the numbers of %i × %i are the nearest of 255 steps a channel; many steps are stored as %s', async (rows, columns, type) => {
    const column = Float32Array.from({ length: rows * columns }, (_, at) => Math.sin(at) * ((at % columns) + 1));
    const g = new GraphWriter();
    g.named('y', 'MatMul', [g.input('x', [1, rows]), g.stored(tensor([rows, columns], column), 'w')]);
    const { bytes } = await quantized(g.output('y', [1, columns]).model());
    const { graph } = await readOnnx(fromBytes(bytes));
    const raw = (name: string): Uint8Array => {
      const place = graph.tensors.find((one) => one.name === name)?.raw;
      return bytes.slice(place?.at, (place?.at ?? 0) + (place?.length ?? 0));
    };
    const stored = graph.tensors.find(({ name }) => /^w_[sn]$/.test(name));
    expect(stored?.type).toBe(type);
    const scales =
      type === 'float32'
        ? new Float32Array(raw('w_s').buffer)
        : new Float32Array(Uint32Array.from(new Uint16Array(raw('w_n').buffer), (one) => one * 65536).buffer);
    const codes = raw('w_q');
    const zero = graph.tensors.some(({ name }) => name === 'weight_zero_point') ? 128 : 0;
    for (let at = 0; at < column.length; at++) {
      const scale = scales[at % columns]!;
      const code = zero ? codes[at]! - zero : new Int8Array(codes.buffer)[at]!;
      expect(Math.abs(code * scale - column[at]!)).toBeLessThanOrEqual(scale * 0.5001);
    }
  });
  test('a bias is stored in 16 bits where it is added to a product; positions that are added keep theirs', async () => {
    const g = new GraphWriter();
    const x = g.input('x', [1, 128]);
    const product = g.one('Add', [g.one('MatMul', [x, weights(128, 128)]), g.stored(weights(128), 'bias')]);
    g.named('y', 'Add', [product, g.stored(weights(128), 'positions')]);
    const { graph } = await readOnnx(fromBytes((await quantized(g.output('y', [1, 128]).model())).bytes));
    const types = Object.fromEntries(graph.tensors.map(({ name, type }) => [name, type]));
    expect(types).toMatchObject({ bias_q: 'bfloat16', positions: 'float32' });
    // Casts do not make such floats before operator set 13.
    const older = await readOnnx(fromBytes((await quantized(g.model(12))).bytes));
    expect(older.graph.tensors.some(({ type }) => type === 'bfloat16')).toBe(false);
  });
  test('a small matrix stands as bytes: the operators of a product of integers would take longer', async () => {
    const g = new GraphWriter();
    g.named('y', 'MatMul', [g.input('x', [1, 64]), weights(64, 32)]);
    expect(await operators((await quantized(g.output('y', [1, 32]).model())).bytes)).toEqual({ DequantizeLinear: 1, MatMul: 1 });
  });
  test('products of one input share its quantization; a bias stays a float', async () => {
    const g = new GraphWriter();
    const x = g.input('x', [1, 128]);
    const [a, b] = [g.one('MatMul', [x, weights(128, 128)]), g.one('Gemm', [x, weights(128, 128), weights(128)])];
    g.named('y', 'Add', [a, b]);
    expect(await operators((await quantized(g.output('y', [1, 128]).model())).bytes)).toMatchObject({ DynamicQuantizeLinear: 1, MatMulInteger: 2, Add: 2 });
  });
  test.each<[string, { embeddings: boolean }, Readonly<Record<string, number>>]>([
    ['rows are unpacked after they are chosen', { embeddings: true }, { Gather: 2, Mul: 1, Cast: 1 }],
    ['or stay as they are', { embeddings: false }, { Gather: 1 }],
  ])('tables of embeddings: %s', async (_, options, expected) => {
    const g = new GraphWriter();
    g.node('Gather', [weights(100, 128), g.input('ids', [1, 4], 'int64')], {}, { outputs: ['y'] });
    g.named('z', 'MatMul', [g.input('x', [1, 128]), weights(128, 128)]);
    const made = await quantized(g.output('y', [1, 4, 128]).output('z', [1, 128]).model(), options);
    const { DynamicQuantizeLinear, MatMulInteger, ...rest } = await operators(made.bytes);
    expect([DynamicQuantizeLinear, MatMulInteger]).toEqual([1, 1]);
    expect(rest).toEqual({ Gather: expected['Gather'], Mul: 2 + (expected['Mul'] ?? 0), Cast: 2 + (expected['Cast'] ?? 0) });
    expect(made.left).toEqual(options.embeddings ? [] : ['1 weight that is a table of embeddings']);
  });
  test('weights of `Constant` nodes and of branches become small too', async () => {
    const branch = new GraphWriter('b');
    branch.named('inner', 'MatMul', ['x', 'shared']);
    branch.output('inner', [1, 128]);
    const g = new GraphWriter();
    g.input('x', [1, 128]);
    g.stored(weights(128, 128), 'shared');
    const constant = g.one('Constant', [], { value: { tensor: weights(128, 128) } });
    const a = g.named('y', 'If', [g.input('c', [], 'bool')], { then_branch: { graph: branch }, else_branch: { graph: branch } });
    g.named('z', 'MatMul', [a, constant]);
    expect(await operators((await quantized(g.output('z', [1, 128]).model())).bytes)).toMatchObject({ DequantizeLinear: 1, MatMulInteger: 1, If: 1 });
  });
  test('weights in a file beside the model are read there, and stand in the copy', async () => {
    const w = weights(64, 64);
    const file = new Uint8Array(128 + w.data.byteLength);
    file.set(new Uint8Array(w.data.buffer), 128);
    const make = (value: WrittenTensor): Uint8Array => {
      const g = new GraphWriter();
      g.named('y', 'MatMul', [g.input('x', [1, 64]), g.stored(value, 'w')]);
      return g.output('y', [1, 64]).model();
    };
    const outside = await quantized(make({ ...w, external: { location: 'w.bin', offset: 128 } }), undefined, { 'w.bin': file });
    expect(outside.bytes).toEqual((await quantized(make(w))).bytes);
  });
});

describe('what is not quantized', () => {
  const one = (value: WrittenTensor, opset = 17): Uint8Array => {
    const g = new GraphWriter();
    g.named('y', 'MatMul', [g.input('x', [1, 64]), value]);
    return g.output('y', [1, 64]).model(opset);
  };
  test.each<[string, Uint8Array, RegExp]>([
    ['weights of 16 bits', one({ dims: [64, 64], data: new Uint16Array(4096), type: 'float16' }), /nothing to make smaller/],
    ['small ones', one(weights(8, 4)), /nothing to make smaller/],
    ['an operator set without the operators', one(weights(64, 64), 9), /operator set 9 has no quantized operators/],
    ['numbers that are none', one(tensor([64, 64], new Float32Array(4096).fill(Number.NaN))), /holds numbers that are none/],
    [
      'weights whose file is not there',
      one({ ...weights(64, 64), external: { location: 'gone.bin', offset: 0 } }),
      /in gone.bin, which is not beside the model/,
    ],
  ])('%s', async (_, bytes, message) => {
    const failed = quantized(bytes);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toBeInstanceOf(ModelFileError);
  });
  test('everything else is copied byte by byte', async () => {
    const g = new GraphWriter();
    const x = g.input('x', [1, 64]);
    const kept = g.one('Reshape', [x, longs(1, 64)]);
    g.named('y', 'MatMul', [kept, weights(64, 64)]);
    const bytes = g.output('y', [1, 64]).model();
    const made = await quantized(bytes);
    const [before, after] = [await readOnnx(fromBytes(bytes)), await readOnnx(fromBytes(made.bytes))];
    const node = (model: typeof before, all: Uint8Array): Uint8Array => {
      const place = model.graph.nodes.find(({ op }) => op === 'Reshape')?.place;
      return all.slice(place?.at, (place?.at ?? 0) + (place?.length ?? 0));
    };
    expect(node(after, made.bytes)).toEqual(node(before, bytes));
    expect(after.metadata).toEqual(before.metadata);
    expect(after.graph.inputs).toEqual(before.graph.inputs);
  });
});
