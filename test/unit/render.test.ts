import { describe, expect, test } from 'vitest';
import { createCatalog } from '../../server/src/core/catalog/catalog.js';
import { readTables } from '../../server/src/core/catalog/read-tables.js';
import type { Estimate, Estimation, Unit } from '../../server/src/core/model/estimate.js';
import type { FactValue } from '../../server/src/core/model/fact.js';
import type { Workload, WorkloadKind } from '../../server/src/core/model/workload.js';
import { hoverMarkdown } from '../../server/src/core/render/hover.js';
import { lensText } from '../../server/src/core/render/lens.js';
import { escapeMarkdown } from '../../server/src/core/render/markdown.js';
import { duration, ends, money, withUnit } from '../../server/src/core/render/number.js';
import { totalsOf, totalText } from '../../server/src/core/render/totals.js';

const catalog = createCatalog(
  readTables({
    'accelerators.csv':
      'id,name,vendor,aliases,architecture,memory_gib,fp16_dense_tflops,bf16_dense_tflops,source,as_of\nh100-sxm-80gb,H100,NVIDIA,H100,Hopper,80,990,990,x,2026-01-01\na100-sxm-40gb,A100,NVIDIA,,Ampere,40,312,312,x,2026-01-01\na100-sxm-80gb,A100,NVIDIA,A100-80GB,Ampere,80,312,312,x,2026-01-01\nt4,T4,NVIDIA,,Turing,16,65,,x,2026-01-01\n',
  }),
);
const estimate = (low: number, likely: number, high: number, unit: Unit): Estimate => ({ low, likely, high, unit, basis: '41 similar runs' });
const exact = (value: number, unit: Unit): Estimate => estimate(value, value, value, unit);
const workload = (kind: WorkloadKind, title: string, facts: Record<string, FactValue>, more: Partial<Workload> = {}): Workload => ({
  id: 'a.py#1',
  kind,
  framework: 'x',
  title,
  span: { uri: 'file:///a.py', start: 0, end: 1 },
  facts: Object.entries(facts).map(([name, value]) => ({ name, value, origin: 'literal' })),
  unknown: [],
  conflicts: [],
  ...more,
});
const estimation = (estimates: Record<string, Estimate>, unknown: string[] = []): Estimation => ({
  estimates,
  unknown: unknown.map((fact) => ({ fact, need: `say ${fact}`, blocks: ['usd', 'usd_per_month', 'usd_per_call', 'gpu_hours'] })),
  assumed: [],
  notes: [],
});

test.each([
  [0, '$0'],
  [0.000_000_01, '<$0.0000001'],
  [0.000_066, '$0.000066'],
  [0.000_001, '$0.000001'],
  [0.003_12, '$0.0031'],
  [0.15, '$0.15'],
  [0.6, '$0.60'],
  [2.5, '$2.50'],
  [9.96, '$10'],
  [52.4, '$52'],
  [999.6, '$1,000'],
  [9640, '$9,600'],
  [1_234_567, '$1.23M'],
  [-3, '−$3'],
  [Number.NaN, '$?'],
])('money %d prints as %s', (value, text) => expect(money(value)).toBe(text));

test('units always, hours as people say them', () => {
  expect([duration(0.001), duration(0.5), duration(6.24), duration(100)]).toEqual(['3.6 s', '30 min', '6.2 h', '4.2 days']);
  expect([0.42, 7.3, 61, 999.4, 999.8, 1240, 17_100, 90_000].map((ms) => withUnit(ms, 'ms'))).toEqual([
    '0.42 ms',
    '7.3 ms',
    '61 ms',
    '999 ms',
    '1 s',
    '1.2 s',
    '17.1 s',
    '1.5 min',
  ]);
  expect([ends(estimate(120, 200, 340, 'ms'), 'ms'), ends(estimate(640, 900, 1900, 'ms'), 'ms'), ends(estimate(7900, 17_100, 37_000, 'ms'), 'ms')]).toEqual([
    '120–340',
    '640 ms–1.9 s',
    '7.9–37',
  ]);
  expect(withUnit(61.4, 'GiB')).toBe('61 GiB');
  expect(withUnit(0.58, 'usd/1M tokens')).toBe('$0.58/1M tok');
  expect(ends(estimate(433, 794, 1290, 'kgCO2e/month'), 'kgCO2e/month')).toBe('433–1,290');
  expect(ends(estimate(0.4, 1, 3, 'h'), 'h')).toBe('24 min–3 h');
  expect(ends(exact(5, 'usd'), 'usd')).toBe('');
});

describe('lenses say the decision first and name what is missing', () => {
  const training = { model: 'meta-llama/Llama-3.1-8B', gpu_type: 'H100', gpus: 8 };
  test.each<[string, Workload, Estimation, string]>([
    [
      'a training job',
      workload('training', 'Fine-tune Llama-3.1-8B', training),
      estimation({
        gpu_hours: estimate(17, 21, 27, 'GPU-h'),
        usd: estimate(41, 52, 68, 'usd'),
        peak_memory_gib: estimate(55, 61, 70, 'GiB'),
        memory_share: estimate(0.7, 0.8, 0.9, 'share'),
      }),
      'Fine-tune Llama-3.1-8B · 8×H100 · 21 GPU-h (17–27) · $52 (41–68) · 61/80 GiB ✓',
    ],
    [
      'one that does not fit',
      workload('training', 'Fine-tune Llama-3.1-8B', training),
      estimation({
        usd: exact(5, 'usd'),
        peak_memory_gib: estimate(100, 120, 140, 'GiB'),
        memory_share: estimate(1.2, 1.5, 1.8, 'share'),
      }),
      'Fine-tune Llama-3.1-8B · 8×H100 · $5 · 120/80 GiB ✗ does not fit',
    ],
    [
      'an unknown length',
      workload('training', 'Fine-tune Llama-3.1-8B', training),
      estimation({}, ['seq_len']),
      'Fine-tune Llama-3.1-8B · 8×H100 · $? · sequence length unknown',
    ],
    [
      'a part of a machine that is rented as a whole',
      workload('resource', 'Box', { gpu_type: 'H100', gpu_count: 2 }),
      estimation({
        gpus: exact(2, 'count'),
        usd_per_month: exact(58_000, 'usd/month'),
        usd_per_hour: {
          ...exact(80, 'usd/hour'),
          term: { id: 'price', label: 'Price', value: 80, unit: 'usd/hour', children: [{ id: 'paid', label: 'Paid', value: 8, unit: 'count' }] },
        },
      }),
      'Box · 2 of 8×H100 · $58,000/mo',
    ],
    ['an unknown GPU', workload('training', 'Train gpt2', { model: 'gpt2' }), estimation({}, ['gpu_type']), 'Train gpt2 · GPU unknown · which?'],
    [
      'a server',
      workload('serving', 'vLLM Llama-3.1-70B', { model: 'Llama-3.1-70B', gpu_type: 'A100-80GB', gpu_count: 4, utilisation: 0.6 }),
      estimation({ usd_per_month: exact(9600, 'usd/month'), usd_per_1m_tokens: exact(0.58, 'usd/1M tokens') }),
      'vLLM Llama-3.1-70B · 4×A100-80 · $9,600/mo always on · $0.58/1M tok at 60 % busy',
    ],
    [
      'a hosted call',
      workload('api-call', 'gpt-4o', { model: 'gpt-4o', calls_per_month: 100_000 }),
      estimation({ usd_per_call: exact(0.0031, 'usd/call'), usd_per_month: exact(310, 'usd/month') }),
      'gpt-4o · $0.0031 a call · $310/mo at 100,000 calls',
    ],
    [
      'a resource',
      workload('resource', 'GPU nodes', { gpu_type: 'A100-80GB', gpu_count: 1, replicas: 3 }),
      estimation({ usd_per_month: exact(7900, 'usd/month') }),
      'GPU nodes · 3 × (1×A100-80) · $7,900/mo',
    ],
    [
      'many devices, none rounded away',
      workload('training', 'Pretrain gpt2', { model: 'gpt2', gpu_type: 'H100', gpus: 1024 }),
      estimation({ gpu_hours: exact(52_345, 'GPU-h'), usd: exact(104_690, 'usd') }),
      'Pretrain gpt2 · 1,024×H100 · 52,300 GPU-h · $100,000',
    ],
    [
      'a volume as it was said',
      workload('api-call', 'gpt-4o', { model: 'gpt-4o', calls_per_month: 123_456 }),
      estimation({ usd_per_call: exact(0.0031, 'usd/call'), usd_per_month: exact(383, 'usd/month') }),
      'gpt-4o · $0.0031 a call · $383/mo at 123,456 calls',
    ],
    [
      'a configuration that counts elsewhere',
      workload('training', 'DeepSpeed', {}, { countedIn: 'train/run.sh#training-1' }),
      estimation({}, ['gpu_type']),
      'DeepSpeed · counted in train/run.sh',
    ],
  ])('%s', (_, one, found, title) => {
    expect(lensText({ workload: one, estimation: found, catalog }).title).toBe(title);
  });
  test.each([
    ['as many machines as are written', { num_nodes: 16, gpu_count: 8 }, undefined, '16×8×H100 $440'],
    ['machines that are written, devices that are not', { num_nodes: 16 }, 4, '16×4×H100 $440'],
    ['all in one', { gpus: 128 }, undefined, '128×H100 $440'],
    ['neither', {}, 2, '2×H100 $440'],
  ])('an unknown GPU, on likely ones: %s', (_, facts, count, text) => {
    const on = estimation({ usd: exact(440, 'usd'), peak_memory_gib: exact(20, 'GiB'), memory_share: exact(0.3, 'share') });
    const one = workload('training', 'Train gpt2', { model: 'gpt2', ...facts });
    const alternatives = [{ accelerator: 'h100-sxm-80gb', estimation: on, ...(count === undefined ? {} : { count }) }];
    expect(lensText({ workload: one, estimation: estimation({}, ['gpu_type']), catalog, alternatives }).title).toBe(
      `Train gpt2 · GPU unknown · ${text} · which?`,
    );
  });
});

test('a hover cannot be made to hold a link or a command by a workspace', () => {
  const evil = workload('training', '[x](command:evil) <b>', { model: '](command:evil) <b>`' });
  const text = hoverMarkdown({ workload: evil, estimation: estimation({}), catalog, place: () => undefined, ref: { uri: 'file:///a.py', id: 'a.py#1' } });
  const outsideCode = text.replace(/(`+) .*? \1(?!`)/g, '').replace(/`[^`]*`/g, '');
  expect(outsideCode.match(/\]\(command:[\w.]+/g)?.every((link) => link.startsWith('](command:mlCostLens.'))).toBe(true);
  expect(outsideCode).not.toContain('<b>');
  expect(text).toContain('`` ](command:evil) <b>` ``');
  expect(escapeMarkdown('[a](b)\n# c')).toBe('\\[a\\]\\(b\\) \\# c');
});

test('totals keep what runs once, what stays on and what is unknown apart, and count nothing twice', () => {
  const once = { workload: workload('training', 'a', {}), estimation: estimation({ usd: exact(61, 'usd') }) };
  const monthly = { workload: workload('serving', 'b', {}), estimation: estimation({ usd_per_month: exact(9600, 'usd/month') }) };
  const unknown = { workload: workload('training', 'c', {}), estimation: estimation({}) };
  const launched = { ...once, workload: { ...once.workload, id: 'run.sh#1', countedIn: once.workload.id } };
  expect(totalText(totalsOf([once, monthly, unknown, launched]))).toBe('$61 + $9,600/mo + 1 without a total');
  expect(totalText(totalsOf([{ ...launched, workload: { ...launched.workload, countedIn: 'not in the list' } }]))).toBe('$61');
  expect(totalText(totalsOf([]))).toBe('nothing to count');
});
