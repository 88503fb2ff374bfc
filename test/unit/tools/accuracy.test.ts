import { describe, expect, it } from 'vitest';
import { plainServing, plainTraining } from '../../../tools/accuracy/baselines.js';
import { accuracyPage, type Half, readmeWithAccuracy } from '../../../tools/accuracy/page.js';
import { plot } from '../../../tools/accuracy/plot.js';
import { type MeasuredRow, readCatalog } from '../../../tools/calibrate/rows.js';
import { pointsOf, summaryOf } from '../../../tools/calibrate/score.js';

const row = (id: string, family: string, measured: Record<string, number>, facts: MeasuredRow['facts'] = {}): MeasuredRow => ({
  id,
  kind: 'training',
  task: 'pretrain',
  family,
  facts: { gpu_type: 'a100-sxm-80gb', model: 'm', ...facts },
  measured,
  source_id: family,
  source: 'a source',
});
const guess = (likely: number) => ({ step_time_s: { low: likely / 1.5, likely, high: likely * 1.5 } });

describe('a summary', () => {
  const rows = [row('a1', 'a', { step_time_s: 1 }), row('a2', 'a', { step_time_s: 1 }), row('a3', 'a', { step_time_s: 1 }), row('b1', 'b', { step_time_s: 1 })];
  const points = pointsOf(rows, new Map([...rows.slice(0, 3).map((one) => [one.id, guess(1.1)] as const), ['b1', guess(0.5)]]));
  const summary = summaryOf(points);
  it('lets each publisher count once', () => {
    expect(summary.median).toBeCloseTo(0.1, 9);
    expect(summary.overFamilies).toBeCloseTo((0.1 + 1) / 2, 9);
  });
  it('counts what the interval holds', () => expect([summary.covered, summary.width]).toEqual([0.75, 2.25]));
  it('counts what is not answered', () => expect(summaryOf(pointsOf(rows, new Map())).answered).toBe(0));
});

describe('the formulas that people use', () => {
  const catalog = readCatalog();
  it('take 6·N·D at 40 % of the peak for training, and nothing for images', () => {
    const facts = { model: 'meta-llama/Llama-2-7b-hf', gpus: 8, seq_len: 4096, train_tokens: 1e9, strategy: 'fsdp' };
    const says = plainTraining(row('a', 'a', {}, facts), catalog);
    const weights = 6_738_415_616 - 32000 * 4096;
    expect(says['tokens_per_s_per_gpu']?.likely).toBeCloseTo((0.4 * 312e12) / (6 * weights), 0);
    expect(says['gpu_hours']?.likely).toBeCloseTo((6 * weights * 1e9) / (0.4 * 312e12) / 3600, 2);
    expect(says['peak_memory_gib']?.likely).toBeCloseTo((16 * 6_738_415_616) / 8 / 2 ** 30, 3);
    expect(plainTraining(row('a', 'a', {}, { model: 'resnet50', task: 'vision' }), catalog)).toEqual({});
  });
  it('take bandwidth over weights for a decoded token', () => {
    const says = plainServing({ ...row('a', 'a', {}, { params: 7e9, weights: 'bf16', gpus: 1 }), kind: 'serving', task: 'llm' }, catalog);
    expect(says['tpot_ms']?.likely).toBeCloseTo((1000 * 14e9) / 2039e9, 6);
    expect(says['peak_memory_gib']?.likely).toBeCloseTo((1.2 * 14e9) / 2 ** 30, 6);
  });
});

describe('the page', () => {
  const rows = Array.from({ length: 10 }, (_, at) => row(`r${at}`, at < 5 ? 'a' : 'b', { step_time_s: 2 ** at }));
  const answers = new Map(rows.map((one, at) => [one.id, guess(2 ** at * (at === 9 ? 40 : 1.1))]));
  const half: Half = { kind: 'training', vendorRun: 'b', rows: rows.length, points: pointsOf(rows, answers), plain: [] };
  it('names the quantity, the worst row and the publishers', () => {
    const page = accuracyPage([half]);
    expect(page).toContain('| step time | 10 | 2 | 100 % | 10 % | **10 %** | 10 % |');
    expect(page).toMatch(/\| r9 \| step time \| m \| a100-sxm-80gb \| 5 \| 512 \| 20500 \| no \|/);
  });
  it('goes into the README between its marks and nowhere else', () => {
    const readme = 'before\n<!-- accuracy -->\nold\n<!-- /accuracy -->\nafter\n';
    const now = readmeWithAccuracy(readme, [half]);
    expect(now).toMatch(/^before\n<!-- accuracy -->\nMeasured rows: 10 training\.\n\n\|[\s\S]*\n<!-- \/accuracy -->\nafter\n$/);
    expect(now).not.toContain('old');
    expect(readmeWithAccuracy(now, [half])).toBe(now);
  });
  it('draws a point for each figure, inside the frame', () => {
    const svg = plot(half.points, 'training');
    const dots = [...svg.matchAll(/M(\d+) (-?\d+)h0/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(dots).toHaveLength(10);
    for (const place of dots.flat()) expect(place).toBeGreaterThanOrEqual(0);
    for (const place of dots.flat()) expect(place).toBeLessThanOrEqual(200);
    expect(svg).toContain('prefers-color-scheme:dark');
  });
});
