import { describe, expect, test } from 'vitest';
import { historySvg } from '../../../server/src/cli/history-plot.js';
import { followed, type Moment, type PastWorkload, pastWorkload, sparkline, stepText, traced } from '../../../server/src/core/index.js';
import { state, tuning } from '../../support/states.js';

const past = (facts: Parameters<typeof state>[0], file = 'train.py'): PastWorkload => pastWorkload(state(facts, { file }), file);
const moment = (workloads: PastWorkload[], renamed: [string, string][] = []): Moment => ({ workloads, renamed: new Map(renamed) });

describe('a workload through the states of its project', () => {
  const [one, more, other] = [
    past(tuning),
    past({ ...tuning, epochs: 2 }),
    past({ ...tuning, model: 'meta-llama/Llama-3.1-70B-Instruct', epochs: 1, batch_size: 1 }, 'other.py'),
  ];
  test('is followed through a change, beside others', () => {
    const trace = traced([moment([other]), moment([one, other]), moment([other, more])], 1);
    expect(trace).toEqual([undefined, one, more]);
  });
  test('is followed through a move of its file', () => {
    const moved = past({ ...tuning, epochs: 2 }, 'jobs/train.py');
    const trace = traced([moment([one]), moment([moved], [['train.py', 'jobs/train.py']])], 0);
    expect(trace).toEqual([one, moved]);
  });
  test('equal ones are kept apart by their order', () => {
    const trace = traced([moment([one, one]), moment([more, one])], 0);
    expect(trace[0]).toBe(one);
    expect(traced([moment([one]), moment([one, one])], 1)).toEqual([undefined, one]);
  });
  test('the figure that is followed is that of the last state', () => {
    const { dataset_size: _size, ...open } = tuning;
    const [before, after] = followed([past(open), past(tuning)]);
    expect(after?.name).toBe('usd');
    expect(before?.name).not.toBe('usd_per_hour');
    const { gpu_type: _chip, gpus: _count, ...nowhere } = tuning;
    const likely = followed([past(nowhere), past({ ...nowhere, epochs: 2 })]);
    expect(likely[0]?.accelerator).toBeDefined();
    expect(likely[0]?.accelerator).toBe(likely[1]?.accelerator);
    expect((likely[1]?.likely ?? 0) / (likely[0]?.likely ?? 1)).toBeGreaterThan(1.8);
  });
});

describe('how it is shown', () => {
  const point = (likely: number | undefined, at: string, subject = 'a') => ({
    oid: 'a'.repeat(40),
    at,
    author: 'Ana',
    subject,
    file: 'train.py',
    line: 1,
    causes: [],
    unknown: [],
    ...(likely === undefined ? {} : { figure: { name: 'usd', unit: 'usd' as const, low: likely / 2, likely, high: likely * 2 } }),
  });
  const points = [point(10, '2026-01-01T00:00:00Z'), point(undefined, '2026-01-05T00:00:00Z'), point(20, '2026-02-01T00:00:00Z', '<b>&"')];
  test('bars are as high as the figure, and a gap where it is unknown', () => {
    expect(sparkline(points)).toBe('▄·█');
    expect([...sparkline(Array.from({ length: 500 }, (_, at) => point(at + 1, '2026-01-01T00:00:00Z')))]).toHaveLength(48);
    expect(sparkline([])).toBe('');
  });
  test('a step says what it did', () => {
    expect(points.map((one, at) => stepText(points[at - 1], one))).toEqual(['new', 'no longer known', 'now known']);
    expect(stepText(points[0], point(13.1, '2026-03-01T00:00:00Z'))).toBe('+31 %');
  });
  test('a plot stands alone, escapes what it names, and has a gap where nothing is known', () => {
    const history = {
      id: 'train.py#training-1',
      title: 'Train "x"',
      kind: 'training',
      commits: 3,
      points,
      runs: [{ id: 'r', text: 'measured', at: '2026-01-20T00:00:00', usd: 15 }],
      until: '2026-03-01T00:00:00Z',
    };
    const svg = historySvg(history);
    expect(svg).toMatch(/^<svg [^>]*role="img" aria-label="Train &quot;x&quot;: \$10 at first, \$20 now/);
    expect(svg).toContain('&lt;b&gt;&amp;&quot;');
    expect(svg).not.toMatch(/href|url\(|<script|NaN/);
    expect(svg.match(/class="run"/g)).toHaveLength(1);
    expect(/class="line" d="([^"]*)"/.exec(svg)?.[1]?.match(/M/g)).toHaveLength(2);
    expect(historySvg({ ...history, points: [point(undefined, '2026-01-01T00:00:00Z')] })).toBe('');
  });
});
