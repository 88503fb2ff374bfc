import { describe, expect, test } from 'vitest';
import { varianceView } from '../../../server/src/core/render/spend-variance.js';
import { type CodeState, type CodeWorkload, claimsOf, comparedWith, runOf } from '../../../server/src/core/spend/claims.js';
import { toText } from '../../../server/src/core/spend/decimal.js';
import type { EstimateVariance, WorkloadCharges } from '../../../server/src/core/spend/variance.js';
import type { WastedRun } from '../../../server/src/core/spend/waste/runs.js';
import { type Charge, ledger } from '../../support/months.js';

const query = { from: '2026-11-01', to: '2026-11-30', cost: 'billed', currency: 'USD', rates: [] } as const;
function work(file: string, kind: CodeWorkload['workload']['kind'], model: string, usd = 100, more: Partial<CodeWorkload['workload']> = {}): CodeWorkload {
  const name = kind === 'training' ? 'usd' : 'usd_per_month';
  const cost = { low: 0.8 * usd, likely: usd, high: 1.2 * usd, unit: kind === 'training' ? ('usd' as const) : ('usd/month' as const), basis: '' };
  return {
    file,
    workload: {
      id: `${file}#${kind}`,
      kind,
      framework: 'x',
      title: `${kind} of ${model}`,
      span: { uri: `file:///w/${file}`, start: 0, end: 1 },
      facts: [{ name: 'model', value: model, origin: 'code' } as unknown as CodeWorkload['workload']['facts'][number]],
      unknown: [],
      conflicts: [],
      ...more,
    },
    estimation: { estimates: { [name]: cost }, unknown: [], assumed: [], notes: [] },
  };
}
const charge = (cost: string, tags: Charge['tags'], day = '2026-11-03'): Charge => ({ day, cost, ...(tags ? { tags } : {}) });
const run = (id: string, more: Partial<WastedRun> = {}): WastedRun => ({
  id,
  command: ['python', './train.py'],
  state: 'ended',
  status: 0,
  seconds: 60,
  metered: { samples: 1, gpuHours: 2 },
  ...more,
});
interface Case {
  readonly charges: readonly Charge[];
  readonly code: readonly CodeWorkload[];
  readonly rules?: readonly WorkloadCharges[];
  readonly runs?: readonly WastedRun[];
}
function compared({ charges, code, rules = [], runs = [] }: Case): EstimateVariance[] {
  const { claims } = claimsOf(ledger(charges), query, rules, runs, code);
  const state: CodeState = { commit: null, workloads: code };
  return claims.flatMap((claim) => claim.billed.map((billed) => comparedWith(claim, billed, runOf(runs, billed), state)));
}
const said = (one: Case): string[] =>
  compared(one).map(({ file, run: name, billed, inside, need }) =>
    [file, name ?? '-', billed ? toText(billed.cost) : '', inside === undefined ? `unknown: ${need?.slice(0, 22)}` : inside ? 'inside' : 'outside'].join(' '),
  );
const training = work('jobs/tune.py', 'training', 'acme/Falcon-Mini');
const serving = work('deploy/chat.yaml', 'serving', 'acme/Falcon-Mini', 304.1666);
const calls = work('app/ask.ts', 'api-call', 'tiny-4o', 30.41666);

describe('whose charges are whose', () => {
  test.each<[string, Case, string[]]>([
    [
      'a model that is trained in one place and served in another, by the category',
      {
        code: [training, serving, calls],
        charges: [
          charge('90', { model_id: 'falcon_mini', category: 'training', experiment_run: 'e1' }),
          charge('10', { model_id: 'Falcon-Mini', category: 'inference' }),
          charge('1', { model_id: 'tiny-4o', category: 'api-tokens' }),
        ],
      },
      ['jobs/tune.py e1 90.00 inside', 'deploy/chat.yaml - 10.00 inside', 'app/ask.ts - 1.00 inside'],
    ],
    [
      'the workload’s file, by a tag that names it',
      {
        code: [training, work('jobs/other.py', 'training', 'acme/Falcon-Mini')],
        charges: [charge('150', { workflow: 'Tune', category: 'training', experiment_run: 'e1' })],
      },
      ['jobs/tune.py e1 150.00 outside'],
    ],
    ['storage and transfer are in no estimate', { code: [training], charges: [charge('9', { model_id: 'Falcon-Mini', category: 'storage' })] }, []],
    ['another model', { code: [training], charges: [charge('9', { model_id: 'Falcon', category: 'training' })] }, []],
    [
      'charges of training that name no run',
      { code: [training], charges: [charge('9', { model_id: 'Falcon-Mini', category: 'training' })] },
      ['jobs/tune.py - 9.00 unknown: how many runs these ch'],
    ],
    [
      'two workloads that call it the same',
      {
        code: [training, work('jobs/b.py', 'training', 'Falcon-Mini')],
        charges: [charge('9', { model_id: 'Falcon-Mini', category: 'training', experiment_run: 'e' })],
      },
      ['jobs/tune.py e 9.00 unknown: which of jobs/tune.py '],
    ],
    [
      'a rule comes first, and its charges count once',
      {
        code: [training, serving],
        rules: [{ files: 'deploy/**', owner: { model_id: 'Falcon-Mini' } }],
        charges: [charge('10', { model_id: 'Falcon-Mini', category: 'inference' }), charge('9', { model_id: 'Falcon-Mini', category: 'training' })],
      },
      ['deploy/chat.yaml - 19.00 outside'],
    ],
    [
      'a metered run that charges name comes before the model, and counts once',
      {
        code: [work('train.py', 'training', 'x'), training],
        runs: [run('e1')],
        charges: [charge('90', { model_id: 'Falcon-Mini', category: 'training', experiment_run: 'e1' })],
      },
      ['train.py e1 90.00 inside'],
    ],
    [
      'the program that a launcher runs',
      {
        code: [work('launch.sh', 'training', 'x', 100, { program: 'file:///w/jobs/tune.py' })],
        charges: [charge('90', { workflow: 'tune', category: 'training', experiment_run: 'e1' })],
      },
      ['launch.sh e1 90.00 inside'],
    ],
  ])('%s', (_, one, expected) => expect(said(one)).toEqual(expected));
  test('runs that no charge names are told', () => {
    const { unnamed } = claimsOf(ledger([charge('1', { experiment_run: 'e1' })]), query, [], [run('e1'), run('e2')], []);
    expect(unnamed.map(({ id }) => id)).toEqual(['e2']);
  });
});

test('code that may be another one than ran is named', () => {
  const charges = [charge('90', { model_id: 'Falcon-Mini', category: 'training', experiment_run: 'e1' })];
  expect(compared({ code: [training], charges })[0]?.because).toEqual(['held against the code as it stands: which commit ran is not recorded']);
  const [claim] = claimsOf(ledger(charges), query, [], [], [training]).claims;
  const [billed] = claim?.billed ?? [];
  if (!claim || !billed) throw new Error('no claim');
  const at = (more: Partial<WastedRun>, code: CodeState | 'reading') => comparedWith(claim, billed, run('e1', more), code);
  expect(at({ commit: 'abcdef123456' }, { commit: null, workloads: [training] }).because.join()).toMatch(/commit abcdef12 could not be read/);
  expect(at({ commit: 'c', dirty: true }, { commit: 'c', workloads: [training] }).because.join()).toMatch(/files differed/);
  expect(at({ commit: 'c' }, 'reading')).toMatchObject({ commit: 'c', need: expect.stringMatching(/being read/) });
});

test('a bill that names another model than the code is told', () => {
  const charges = [charge('10', { model_id: 'falcon-large', feature: 'chat', category: 'inference' })];
  expect(compared({ code: [serving], charges })[0]?.because).toEqual(['the bill names falcon-large, the code acme/Falcon-Mini']);
});
test('what the code lacks is named', () => {
  const open = {
    ...training,
    estimation: { ...training.estimation, estimates: {}, unknown: [{ fact: 'gpu_type', need: 'the accelerator', blocks: ['usd'] }] },
  };
  const [one] = compared({ code: [open], charges: [charge('9', { model_id: 'Falcon-Mini', category: 'training', experiment_run: 'e' })] });
  expect(one).toMatchObject({ need: 'what the code costs, which takes the accelerator' });
});

test('a view has what is furthest apart first, shares of the estimate to draw, and what is not known last', () => {
  const code = [training, serving];
  const charges = [
    charge('9', { model_id: 'Falcon-Mini', category: 'training' }),
    charge('101', { model_id: 'Falcon-Mini', category: 'training', experiment_run: 'near' }),
    charge('300', { model_id: 'Falcon-Mini', category: 'training', experiment_run: 'far' }),
  ];
  const view = varianceView(
    { estimates: compared({ code, charges }), notes: ['a note'] },
    ({ file }) => ({ uri: `file:///w/${file}`, line: 3, label: `${file}:4` }),
    { locale: 'en-US' },
  );
  expect(view.lines.map(({ state, differenceText, detail }) => `${state} ${differenceText} ${detail}`)).toEqual([
    'above +200 % run far',
    'inside +1.0 % run near',
    'unknown  Nov 3, 2026',
  ]);
  expect(view.lines[0]).toMatchObject({
    billedText: '$300.00',
    estimateText: '$100.00 ($80.00–$120.00)',
    drawn: { billed: 3, low: 0.8, high: 1.2 },
    place: { line: 3 },
  });
  expect(view.lines[2]).not.toHaveProperty('drawn');
  expect(view.notes).toEqual(['What was billed lies in the interval of the estimate for 1 of 2.', 'a note']);
});
