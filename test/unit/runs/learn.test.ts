import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corrected } from '../../../server/src/core/estimate/correction.js';
import { estimate } from '../../../server/src/core/estimate/estimate.js';
import type { EstimateContext, Spec } from '../../../server/src/core/estimate/spec.js';
import type { Fact, FactValue } from '../../../server/src/core/model/fact.js';
import type { MeasuredRun } from '../../../server/src/core/model/run.js';
import type { Workload } from '../../../server/src/core/model/workload.js';
import { measuredText } from '../../../server/src/core/render/runs.js';
import { factsFromRuns, learnFrom, shrunk } from '../../../server/src/core/runs/learn.js';
import { matchOf, ownerOf, unmatchedWhy } from '../../../server/src/core/runs/match.js';
import { sharedRow } from '../../../server/src/core/runs/share.js';
import { estimationOf, shippedCatalog } from '../../support/catalog.js';

const root = 'file:///w';
const catalog = shippedCatalog();
const coefficients = JSON.parse(readFileSync(new URL('../../../server/data/coefficients.json', import.meta.url), 'utf8'));
const context: EstimateContext = { catalog, coefficients, provider: 'lambda' };

const job: Record<string, FactValue> = {
  model: 'meta-llama/Llama-3.1-8B',
  batch_size: 4,
  grad_accum: 2,
  seq_len: 2048,
  max_steps: 1000,
  precision: 'bf16',
  gpu_type: 'h100-sxm-80gb',
  gpus: 8,
  strategy: 'fsdp',
};
const workload = (facts: Readonly<Record<string, FactValue>>, change: Partial<Workload> = {}): Workload => ({
  id: 'train/a.py#training-1',
  kind: 'training',
  framework: 'transformers',
  title: 'Fine-tune',
  span: { uri: `${root}/train/a.py`, start: 0, end: 1 },
  facts: Object.entries(facts).map(([name, value]): Fact => ({ name, value, origin: 'literal' })),
  unknown: [],
  conflicts: [],
  ...change,
});
const run = (change: Partial<MeasuredRun> = {}): MeasuredRun => ({
  id: 'out/a',
  sources: ['hf-trainer'],
  uri: `${root}/out/a`,
  kind: 'training',
  facts: {},
  measured: {},
  ...change,
});
const specOf = ({ kind, framework, facts }: Workload): Spec => ({
  kind,
  facts: { framework, ...Object.fromEntries(facts.map(({ name, value }) => [name, value])) },
});
const learn = (one: Workload, runs: readonly MeasuredRun[]) => learnFrom(one, specOf(one), runs, [root], context);

describe('a run is taken for a workload’s', () => {
  test.each<[string, MeasuredRun, Workload, string | undefined]>([
    ['by its output folder', run(), workload({ ...job, output_dir: './out/a' }), 'output folder'],
    ['by a folder inside it', run({ uri: `${root}/out/a/version_0` }), workload({ ...job, output_dir: 'out/a' }), 'output folder'],
    [
      'by the folder of another machine',
      run({ uri: `${root}/wandb/x`, outputDir: '/scratch/me/out/a' }),
      workload({ ...job, output_dir: 'out/a' }),
      'output folder',
    ],
    ['by the path that the tracker kept', run({ uri: `${root}/wandb/x`, outputDir: 'out/a' }), workload({ ...job, output_dir: 'out/a' }), 'output folder'],
    ['never by a folder that everybody writes to', run({ uri: `${root}/output` }), workload({ ...job, output_dir: 'output' }), undefined],
    ['by its program', run({ program: '/home/x/w/train/a.py' }), workload(job), 'program'],
    [
      'by the program that a command runs',
      run({ program: 'train/a.py' }),
      workload(job, { span: { uri: `${root}/run.sh`, start: 0, end: 1 }, program: `${root}/train/a.py` }),
      'program',
    ],
    ['not by another program of that name', run({ program: 'other/a.py' }), workload(job), undefined],
    ['not by settings where it was another program', run({ program: 'b.py', facts: job }), workload(job), undefined],
    ['by model and settings', run({ facts: { model: 'Llama-3.1-8B', batch_size: 4, grad_accum: 2, seq_len: 2048 } }), workload(job), 'settings'],
    [
      'not with one setting that is another',
      run({ facts: { model: 'Llama-3.1-8B', batch_size: 4, grad_accum: 2, seq_len: 2048, gpus: 4 } }),
      workload(job),
      undefined,
    ],
    ['not by a model alone', run({ facts: { model: 'Llama-3.1-8B', batch_size: 4 } }), workload(job), undefined],
    ['by the path in a shared row', run({ workload: 'train/a.py' }), workload(job), 'stated'],
    ['not by another path in a shared row', run({ workload: 'train/b.py', facts: job }), workload(job), undefined],
    ['never a benchmark for a training', run({ kind: 'serving', facts: job }), workload(job), undefined],
  ])('%s', (_name, one, target, strength) => expect(matchOf(one, target, [root], catalog)?.strength).toBe(strength));

  test('and what it had otherwise is named: it is not the same job', () => {
    expect(matchOf(run({ facts: { batch_size: 8, seq_len: 2048 }, program: 'train/a.py' }), workload(job), [root], catalog)?.differs).toEqual(['batch_size']);
  });
  test('of several workloads the one with the strongest sign has it; without one the reason is said', () => {
    const other = workload(job, { id: 'b', span: { uri: `${root}/b.py`, start: 0, end: 1 } });
    const own = workload({ ...job, output_dir: 'out/a' });
    expect(ownerOf(run({ facts: job }), [other, own], [root], catalog)?.workload).toBe(own);
    expect(unmatchedWhy(run({ program: 'gone.py' }), [other])).toMatch(/gone\.py/);
    expect(unmatchedWhy(run({ kind: 'serving' }), [other])).toMatch(/no serving workload/);
  });
});

describe('the factor', () => {
  const group = (...ratios: number[]) => new Map([['', ratios.map((ratio) => ({ log: Math.log(ratio) }))]]);
  test.each<[string, ReadonlyMap<string, { log: number }[]>, number, [number, number]]>([
    // 1 ÷ (1 + (0.2045 ÷ 0.5)²) of ln 2
    ['of one run is shrunk a little', group(2), 0.5, [1.8, 1.82]],
    ['of three is shrunk less', group(2, 2, 2), 0.5, [1.92, 1.94]],
    ['is hardly moved where the estimate is sure', group(2), 0.1, [1.13, 1.16]],
    ['of another code counts for less', new Map([['b.py', [{ log: Math.log(2) }, { log: Math.log(2) }]]]), 0.5, [1.56, 1.63]],
  ])('%s', (_name, groups, before, [low, high]) => {
    const { factor } = shrunk(groups, before);
    expect(factor).toBeGreaterThan(low);
    expect(factor).toBeLessThan(high);
  });
  test('lies between one and the runs, and gets closer to them with each', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0.05, max: 2, noNaN: true }),
        (ratio, count, before) => {
          const of = (n: number) => shrunk(group(...Array.from({ length: n }, () => ratio)), before);
          const [few, more] = [of(count), of(count + 1)];
          const far = (factor: number) => Math.abs(Math.log(factor) - Math.log(ratio));
          expect(far(more.factor)).toBeLessThanOrEqual(far(few.factor) + 1e-12);
          expect(Math.sign(Math.log(few.factor)) * Math.sign(Math.log(ratio))).toBeGreaterThanOrEqual(0);
          expect(more.after).toBeLessThanOrEqual(few.after + 1e-12);
        },
      ),
    );
  });
  test('is a term of its own, and no interval gets wider or loses what the runs do not tell', () => {
    const base = estimationOf({ gpu_hours: [5, 10, 20, 'GPU-h'], tokens_per_s_per_gpu: [500, 1000, 2000, 'tokens/s/GPU'], steps: [1, 1, 1, 'steps'] });
    const term = { id: 'gpu-hours', label: 'GPU-hours', value: 10, unit: 'GPU-h' as const };
    const withTerm = { ...base, estimates: { ...base.estimates, gpu_hours: { ...base.estimates['gpu_hours']!, term } } };
    const { estimates } = corrected(withTerm, { time: { factor: 1.5, before: 0.3, after: 0.2, runs: 2, basis: '2 runs of this code' } });
    expect(estimates['gpu_hours']).toMatchObject({
      likely: 15,
      basis: expect.stringContaining('2 runs of this code'),
      term: { value: 15, children: [term, { id: 'team-runs', value: 1.5 }] },
    });
    expect(estimates['tokens_per_s_per_gpu']?.likely).toBeCloseTo(1000 / 1.5);
    expect(estimates['steps']).toBe(base.estimates['steps']);
    const half = Math.log(estimates['gpu_hours']!.high / 15);
    expect(half).toBeLessThan(Math.log(2));
    expect(half).toBeGreaterThan(0.2 * 1.645);
  });
});

describe('what the runs of a workspace do to an estimate', () => {
  const target = workload(job);
  const plain = estimate(specOf(target), context).estimates;
  const slow = (factor: number, change: Partial<MeasuredRun> = {}) => {
    const hours = plain['gpu_hours']!.likely / 8;
    return run({
      program: 'train/a.py',
      measured: { step_time_s: plain['step_time_s']!.likely * factor, wall_hours: hours * factor },
      at: '2026-01-01',
      ...change,
    });
  };
  test('hours and money move towards what was measured, and the lens shows both', () => {
    const team = learn(target, [slow(1.5), slow(1.5)])!;
    const { estimates } = estimate(specOf(target), { ...context, correction: team.correction! });
    const ratio = estimates['usd']!.likely / plain['usd']!.likely;
    expect(ratio).toBeGreaterThan(1.3);
    expect(ratio).toBeLessThan(1.5);
    expect(estimates['gpu_hours']!.high / estimates['gpu_hours']!.low).toBeLessThan(plain['gpu_hours']!.high / plain['gpu_hours']!.low);
    expect(measuredText(team, target)).toMatch(/^measured 2 runs: [\d.]+ (?:h|min), \$\d+ · estimate .*(?:h|min) · 2 of the last 2 outside$/);
  });
  test('a run with other settings corrects as well, and is no figure of this job', () => {
    const other = slow(1.5, { facts: { batch_size: 2 } });
    const team = learn(target, [other])!;
    expect(team.runs[0]?.differs).toEqual(['batch_size']);
    expect(measuredText(team, target)).toMatch(/measured 1 run with other settings/);
  });
  test('a run that stood still for days says nothing of the speed', () => {
    const team = learn(target, [slow(40)])!;
    expect(team.correction).toBeUndefined();
    expect(team.runs[0]?.compared.without).toMatch(/more than 8 times off/);
  });
  test('other code of the team on the same chip counts, on another chip it does not', () => {
    const elsewhere = (gpu_type: string) =>
      run({ id: 'x', program: 'else.py', facts: { ...job, gpu_type }, measured: { step_time_s: plain['step_time_s']!.likely * 2 } });
    expect(learn(target, [elsewhere('h100-sxm-80gb')])?.correction?.time?.basis).toBe('1 run of other code of this team');
    expect(learn(target, [elsewhere('l4')])).toBeUndefined();
  });
  test('running out of memory says that it needed more, and nothing where that was estimated', () => {
    const oom = (needed: number) => run({ sources: ['out-of-memory'], program: 'train/a.py', measured: { needed_memory_gib: needed } });
    expect(learn(target, [oom(plain['peak_memory_gib']!.likely * 1.6)])?.correction?.memory?.factor).toBeGreaterThan(1.2);
    expect(learn(target, [oom(plain['peak_memory_gib']!.likely * 0.5)])?.correction).toBeUndefined();
  });
  test('drift is told when two of the last three leave what the earlier ones left', () => {
    const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}`;
    const steady = [5, 4, 3, 2, 1].map((n) => slow(1.1, { at: day(n) }));
    expect(learn(target, steady)?.drift).toBeUndefined();
    const broken = [slow(3, { at: day(8) }), slow(3, { at: day(7) }), slow(1.1, { at: day(6) }), ...steady];
    expect(learn(target, broken)?.drift).toMatchObject({ quantity: 'step_time_s', outside: 2, of: 3 });
  });
  test('the chip and the count of the last run fill in what the code does not say, and nothing else', () => {
    const { gpu_type: _chip, gpus: _count, ...open } = job;
    const last = run({ program: 'train/a.py', facts: { gpu_type: 'NVIDIA A100-SXM4-80GB', gpu_count: 4, batch_size: 64 } });
    const filled = factsFromRuns(workload(open), [last], [root], context);
    expect(filled.facts.filter(({ origin }) => origin === 'measured').map(({ name, value }) => [name, value])).toEqual([
      ['gpu_type', 'a100-sxm-80gb'],
      ['gpu_count', 4],
    ]);
    expect(factsFromRuns(target, [last], [root], context)).toBe(target);
  });
  test('without runs nothing changes', () => expect(learn(target, [])).toBeUndefined());
});

test('a shared row holds figures, hardware and settings; no paths, data sets or texts', () => {
  const row = sharedRow(
    run({
      id: 'home/q/out',
      facts: {
        model: '/data/q/secret/Llama-3.1-8B',
        dataset: 'q/private',
        output_dir: '/home/q',
        gpu_type: 'NVIDIA H100 80GB HBM3',
        batch_size: 4,
        prompt_text: 'x',
      },
      measured: { wall_hours: 2, oddity: 1 },
      program: '/home/q/a.py',
      at: '2026-01-02T03:04:05',
    }),
    'train/a.py',
    catalog,
  );
  expect(JSON.parse(row ?? '')).toMatchObject({
    facts: { gpu_type: 'h100-sxm-80gb', batch_size: 4 },
    measured: { wall_hours: 2 },
    date: '2026-01-02',
    workload: 'train/a.py',
  });
  expect(row).not.toMatch(/\/home|\/data|secret|private|oddity|"q"/);
});
