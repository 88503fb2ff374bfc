import { describe, expect, test } from 'vitest';
import { fromBytes, isOnnxSummary, type OnnxSummary, type StatedShapes, summariseModelFile } from '../../../server/src/core/index.js';
import { families } from '../../support/onnx-families.js';
import { GraphWriter, longs, weights } from '../../support/onnx-writer.js';

const read = async (bytes: Uint8Array, shapes: StatedShapes = {}): Promise<OnnxSummary> => {
  const summary = await summariseModelFile('model.onnx', fromBytes(bytes), shapes, async () => undefined);
  if (!isOnnxSummary(summary)) throw new Error('no ONNX');
  return summary;
};

describe('models of the families that people export', () => {
  test.each(families.map((make) => make()).map((family) => [family.name, family] as const))(
    '%s: parameters and multiply-accumulates are those of its formula',
    async (_, family) => {
      const summary = await read(family.bytes, family.shapes);
      expect(summary.parameters).toBe(family.parameters);
      expect(summary.untold.filter(({ what }) => !what.startsWith('how many boxes'))).toEqual([]);
      expect(summary.macs).toBe(family.macs);
      for (const [op, macs] of Object.entries(family.byOperator)) expect([op, summary.operators.find((row) => row.op === op)?.macs]).toEqual([op, macs]);
    },
  );
});

const small = (): GraphWriter => {
  const g = new GraphWriter();
  const x = g.input('x', ['batch', 8]);
  g.named('y', 'MatMul', [x, weights(8, 4)]);
  return g.output('y', ['batch', 4]);
};

describe('what is not stated', () => {
  test('is unknown, with what would make it known; parameters are known all the same', async () => {
    const summary = await read(small().model());
    expect([summary.macs, summary.peakActivation, summary.parameters]).toEqual([undefined, undefined, 32]);
    expect(summary.open).toEqual(['batch']);
    expect(summary.untold).toContainEqual({ what: 'sizes of the inputs', need: 'state batch' });
  });
  test.each<[string, StatedShapes, RegExp]>([
    ['a name that does not exist', { z: [1, 8] }, /no input or dimension is called 'z': there are x, batch/],
    ['another number of dimensions', { x: [1, 8, 1] }, /'x' has 2 dimensions \(\[batch, 8\]\), not 3/],
    ['another size of a fixed dimension', { x: [1, 9] }, /dimension 1 of 'x' is always 8, not 9/],
    ['a name with two sizes', { x: [2, 8], batch: [3] }, /dimension 'batch' is/],
  ])('a stated shape that cannot be: %s', async (_, shapes, message) => {
    await expect(read(small().model(), shapes)).rejects.toThrow(message);
  });
  test('an operator that nobody knows leaves the whole unknown and says its name; what is known is said too', async () => {
    const g = new GraphWriter();
    const x = g.input('x', [2, 8]);
    const y = g.one('MatMul', [x, weights(8, 4)]);
    g.named('z', 'MatMul', [g.one('Frobnicate', [y], {}, 'my.domain'), weights(4, 3)]);
    const summary = await read(g.output('z', ['a', 3]).model());
    expect([summary.macs, summary.macsAtLeast]).toEqual([undefined, 2 * 8 * 4]);
    expect(summary.untold.map(({ what }) => what)).toContain('work of my.domain.Frobnicate');
  });
});

describe('control flow', () => {
  const branch = (prefix: string, to: number): GraphWriter => {
    const g = new GraphWriter(prefix);
    g.named(`${prefix}out`, 'MatMul', ['x', weights(8, to)]);
    return g.output(`${prefix}out`, [2, to]);
  };
  const choice = (condition: 'stored' | 'fed', then: number, otherwise: number): Uint8Array => {
    const g = new GraphWriter();
    g.input('x', [2, 8]);
    const c = condition === 'fed' ? g.input('c', [], 'bool') : g.stored({ dims: [], data: Uint8Array.of(1), type: 'bool' });
    g.named('y', 'If', [c], { then_branch: { graph: branch('a', then) }, else_branch: { graph: branch('b', otherwise) } });
    return g.output('y', ['rows', 'columns']).model();
  };
  test.each([
    ['decided by a stored value', choice('stored', 4, 6), 2 * 8 * 4],
    ['with as much work either way', choice('fed', 4, 4), 2 * 8 * 4],
    ['decided by what comes in', choice('fed', 4, 6), undefined],
  ] as const)('a branch %s', async (_, bytes, macs) => {
    const summary = await read(bytes);
    expect(summary.macs).toBe(macs);
    expect(summary.untold.some(({ what }) => what.startsWith('which branch'))).toBe(macs === undefined);
    // both branches are stored
    expect(summary.parameters).toBeGreaterThan(8 * 4);
  });
  test.each([
    [5, 5 * 2 * 8 * 8],
    [undefined, undefined],
  ] as const)('a loop that runs %s times', async (times, macs) => {
    const body = new GraphWriter('l');
    body.input('round', [], 'int64');
    body.input('go', [], 'bool');
    const state = body.input('state', [2, 8]);
    body.named('still', 'Identity', ['go']);
    body.named('next', 'MatMul', [state, weights(8, 8)]);
    body.output('still', [], 'bool').output('next', [2, 8]);
    const g = new GraphWriter();
    const x = g.input('x', [2, 8]);
    const count = times === undefined ? g.input('n', [], 'int64') : g.stored({ dims: [], data: BigInt64Array.of(BigInt(times)), type: 'int64' });
    g.named('y', 'Loop', [count, '', x], { body: { graph: body } });
    const summary = await read(g.output('y', [2, 8]).model());
    expect([summary.macs, summary.outputs[0]?.shape]).toEqual([macs, [2, 8]]);
  });
});

describe('memory while it runs', () => {
  test('is the most that is alive together; views take none, what is no longer needed is gone', async () => {
    const g = new GraphWriter();
    const x = g.input('x', [1, 1000]); // 4000 bytes
    const a = g.one('Relu', [x]); // x and a: 8000
    const b = g.one('Reshape', [a, longs(10, 100)]); // a view of a
    const c = g.one('MatMul', [b, weights(100, 300)]); // a and 12000 bytes
    g.named('y', 'ReduceMean', [c], { axes: [1], keepdims: 0 });
    const summary = await read(g.output('y', [10]).model());
    expect(summary.peakActivation).toBe(4000 + 12_000);
  });
});

describe('attention as one operator', () => {
  test.each<[string, string, (g: GraphWriter) => void, number]>([
    [
      'contributed, with its own matrix',
      'com.microsoft',
      (g) => g.node('Attention', [g.input('x', [2, 10, 64]), weights(64, 192), weights(192)], { num_heads: 4 }, { outputs: ['y'], domain: 'com.microsoft' }),
      2 * (10 * 64 * 192 + 2 * 10 * 10 * 64),
    ],
    [
      'grouped queries over a cache',
      'com.microsoft',
      (g) => {
        const cache = [g.input('k0', [1, 2, 30, 16]), g.input('v0', [1, 2, 30, 16])];
        g.node(
          'GroupQueryAttention',
          [g.input('q', [1, 1, 128]), g.input('k', [1, 1, 32]), g.input('v', [1, 1, 32]), ...cache],
          { num_heads: 8, kv_num_heads: 2 },
          { outputs: ['y'], domain: 'com.microsoft' },
        );
      },
      8 * 31 * 32,
    ],
    [
      'of the standard',
      '',
      (g) => g.node('Attention', [g.input('q', [2, 8, 5, 16]), g.input('k', [2, 4, 9, 16]), g.input('v', [2, 4, 9, 32])], {}, { outputs: ['y'] }),
      2 * 8 * 5 * 9 * (16 + 32),
    ],
    [
      'and weights of 4 bits',
      'com.microsoft',
      (g) =>
        g.node(
          'MatMulNBits',
          [g.input('x', [3, 64]), { dims: [128, 2, 16], data: new Uint8Array(4096), type: 'uint8' }, weights(256)],
          { N: 128, K: 64, bits: 4, block_size: 32 },
          { outputs: ['y'], domain: 'com.microsoft' },
        ),
      3 * 64 * 128,
    ],
  ])('%s', async (_, domain, make, macs) => {
    const g = new GraphWriter();
    make(g);
    const summary = await read(g.output('y', ['a']).model(23, domain ? { [domain]: 1 } : {}));
    expect([summary.macs, summary.untold]).toEqual([macs, []]);
    if (_.includes('4 bits')) expect(summary.parameters).toBe(128 * 64);
  });
});
