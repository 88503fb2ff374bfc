import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fedInputsOf, fromBytes, isOnnxSummary, type OnnxSummary, quantizeOnnx, readOnnx, summariseModelFile } from '../../server/src/core/index.js';
import { findRuntime } from '../../server/src/node/onnx-runtime.js';
import { compareOutputs } from '../../server/src/runtime/compare.js';
import { measureLatency } from '../../server/src/runtime/measure.js';
import { openSession, type Runtime } from '../../server/src/runtime/runtime.js';
import { sampleFeeds } from '../../server/src/runtime/sample.js';
import { type Family, families } from '../support/onnx-families.js';

const root = path.join(import.meta.dirname, '../..');
let runtime: Runtime;
beforeAll(() => {
  runtime = findRuntime([root], 1);
});
const models = families.map((make) => make()).map((family) => [family.name, family] as const);
const summaryOf = async ({ bytes, shapes }: Family): Promise<OnnxSummary> => {
  const summary = await summariseModelFile('a.onnx', fromBytes(bytes), shapes, async () => undefined);
  if (!isOnnxSummary(summary)) throw new Error('no ONNX');
  return summary;
};

describe('the runtime takes the models of the tests, and answers in the shapes that were inferred', () => {
  test.each(models)('%s', async (_, family) => {
    const summary = await summaryOf(family);
    const { inputs, lacking } = fedInputsOf(summary);
    expect(lacking).toEqual([]);
    const session = await openSession(runtime, { bytes: family.bytes, outside: [] });
    const results = await session.run(sampleFeeds(runtime, inputs, 1));
    await session.release?.();
    for (const { name, shape } of summary.outputs) {
      const dims = results[name]?.dims ?? [];
      expect([name, shape?.map((one, at) => one ?? dims[at])]).toEqual([name, [...dims]]);
    }
  });
});

describe('latency in Node', () => {
  test.each(models)('%s', async (_, family) => {
    const { inputs } = fedInputsOf(await summaryOf(family));
    const latency = await measureLatency(runtime, { bytes: family.bytes, outside: [] }, inputs, { threads: 1, runs: 5, now: () => performance.now() });
    expect(latency).toMatchObject({ runs: 5, threads: 1 });
    expect(0 < latency.low && latency.low <= latency.median && latency.median <= latency.high).toBe(true);
  });
});

test('a model answers like itself, and another one does not', async () => {
  const [[, first]] = models as [(typeof models)[number]];
  const { inputs } = fedInputsOf(await summaryOf(first));
  const model = { bytes: first.bytes, outside: [] };
  expect(await compareOutputs(runtime, model, model, inputs, 2)).toEqual([{ output: 'logits', relative: 0, largest: 0, sameTop: { same: 4, of: 4 } }]);
});

describe('mlcost onnx --measure', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mlcost-measure-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const [, family] = models[0]!;
  const file = path.join(folder, 'cnn.onnx');
  beforeAll(() => writeFileSync(file, family.bytes));
  const mlcost = (cwd: string, ...args: readonly string[]) =>
    spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), 'onnx', file, ...args], { cwd, encoding: 'utf8' });
  test('measures with what is installed', () => {
    const { stdout, stderr, status } = mlcost(root, '--shape', 'batch=1', '--measure', '--runs', '3', '--format', 'json');
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).latency).toMatchObject({ unit: 'ms', runs: 3, threads: 1 });
  });
  test('writes a copy with 8-bit weights, says how large it is and how far off, and does not write over one', () => {
    const args = ['--shape', 'batch=2', '--quantize', '--measure', '--runs', '1', '--format', 'json'];
    const { stdout, status } = mlcost(root, ...args);
    const { quantized } = JSON.parse(stdout);
    expect([status, quantized.file, quantized.bytes]).toEqual([0, path.join(folder, 'cnn.int8.onnx'), statSync(path.join(folder, 'cnn.int8.onnx')).size]);
    expect(quantized.error[0]).toMatchObject({ output: 'logits', sameTop: { of: 8 } });
    expect(quantized.error[0].relative).toBeLessThan(0.05);
    expect(mlcost(root, ...args)).toMatchObject({ status: 2, stderr: `${path.join(folder, 'cnn.int8.onnx')} is there already: it is not overwritten\n` });
  });
  test('asks for the shape that is missing', () => {
    const { stderr, status } = mlcost(root, '--measure');
    expect([status, stderr]).toEqual([2, 'to measure it, state batch: --shape NAME=…\n']);
  });
});

describe('a model with 8-bit weights loads, and answers nearly the same', () => {
  test.each(models.slice(0, 6))('%s', async (_, family) => {
    const source = fromBytes(family.bytes);
    const made = await quantizeOnnx(source, await readOnnx(source), { embeddings: true }, async () => undefined);
    const pieces: Uint8Array[] = [];
    for await (const piece of made.pieces()) pieces.push(piece);
    const { inputs } = fedInputsOf(await summaryOf(family));
    const errors = await compareOutputs(runtime, { bytes: family.bytes, outside: [] }, { bytes: Buffer.concat(pieces), outside: [] }, inputs);
    expect(errors.length).toBeGreaterThan(0);
    for (const { output, relative } of errors) {
      expect([output, relative! > 0]).toEqual([output, true]);
      expect([output, relative! < 0.1]).toEqual([output, true]);
    }
  });
});
