import { describe, expect, test } from 'vitest';
import { type Decimal, toText } from '../../../server/src/core/spend/decimal.js';
import { readUsageRecords } from '../../../server/src/core/spend/usage.js';
import { type WasteInput, wasteLedger } from '../../../server/src/core/spend/waste/ledger.js';
import type { WastedRun } from '../../../server/src/core/spend/waste/runs.js';
import type { WasteLine } from '../../../server/src/core/spend/waste/types.js';
import { shippedCatalog } from '../../support/catalog.js';
import { type Charge, ledger } from '../../support/months.js';

const rate = (acceleratorId: string, usdPerHour: number) =>
  ({
    provider: 'own',
    instance: acceleratorId,
    region: 'any',
    acceleratorId,
    acceleratorCount: 1,
    market: 'on-demand',
    usdPerHour,
    own: true,
    source: 'test',
    asOf: '2026-11-01',
  }) as const;
// rates of a team's own: what the shipped list says may change
const catalog = shippedCatalog({ offers: [rate('h100-sxm-80gb', 4), rate('l4', 0.5), rate('l40s', 1)] });
const look = (more: Partial<Omit<WasteInput, 'months' | 'usage'>> & { usage?: readonly Record<string, string>[]; charges?: readonly Charge[] } = {}) =>
  wasteLedger({
    query: { from: '2026-11-01', to: '2026-11-30', cost: 'billed', currency: 'USD', rates: [], ...more.query },
    runs: more.runs ?? [],
    usage: readUsageRecords(more.usage ?? [], 'use.csv').records,
    months: ledger(more.charges ?? []),
    prices: { catalog, place: { provider: 'own' }, ...more.prices },
  });
const money = (amount: Decimal | undefined): string | undefined => amount && toText(amount);
const rows = (lines: readonly WasteLine[]) =>
  lines.map(({ kind, what, quantity, money: cost }) => [kind, what, Math.round(100 * quantity.value) / 100, money(cost?.likely)]);

const run = (id: string, more: Partial<WastedRun> = {}): WastedRun => ({
  id,
  command: ['python', 'x.py'],
  commit: 'c1',
  started: '2026-11-05T08:00:00Z',
  state: 'ended',
  status: 0,
  seconds: 7200,
  metered: { samples: 9, gpus: 1, gpuModel: 'NVIDIA H100 80GB HBM3', gpuHours: 2, utilisation: 0.9 },
  ...more,
});
const measured = (more: Partial<WastedRun['metered']>): Pick<WastedRun, 'metered'> => ({ metered: { ...run('').metered, ...more } });

describe('metered runs', () => {
  test.each<[string, readonly WastedRun[], (string | number | undefined)[][]]>([
    ['one that ended well is none', [run('1')], []],
    ['crashed: all its hours', [run('1', { status: 1 })], [['crashed run', 2, '8.00']]],
    ['killed by a signal', [run('1', { status: 137 })], [['crashed run', 2, '8.00']]],
    ['lost with its meter', [run('1', { state: 'lost' })], [['lost run', 2, '8.00']]],
    ['run again after it had ended well', [run('1'), run('2')], [['repeated run', 2, '8.00']]],
    [
      'failed again, unchanged',
      [run('1', { status: 1 }), run('2', { status: 1 })],
      [
        ['crashed run', 2, '8.00'],
        ['repeated run', 2, '8.00'],
      ],
    ],
    ['failed, then well: the second is none', [run('1', { status: 1 }), run('2')], [['crashed run', 2, '8.00']]],
    ['another commit is another code', [run('1'), run('2', { commit: 'c2' })], []],
    ['another argument is another run', [run('1'), run('2', { command: ['python', 'x.py', '--lr', '1'] })], []],
    ['changed files: not known to be the same', [run('1', { dirty: true }), run('2', { dirty: true })], []],
    ['waited for three quarters of its time', [run('1', measured({ utilisation: 0.25 }))], [['idle GPU', 1.5, '6.00']]],
    ['a crash that was idle too counts once', [run('1', { status: 1, ...measured({ utilisation: 0.1 }) })], [['crashed run', 2, '8.00']]],
    ['no GPU was measured: its hours are not known', [run('1', { status: 1, metered: { samples: 0 } })], []],
    ['still running', [run('1', { state: 'running' })], []],
    ['of other days', [run('1', { status: 1, started: '2026-10-31T23:59:59Z' })], []],
  ])('%s', (_, runs, expected) =>
    expect(
      rows(look({ runs }).lines)
        .map(([kind, , hours, cost]) => [kind, hours, cost])
        .sort(),
    ).toEqual(expected.sort()),
  );
  test('a GPU that no price is known of has hours, no $0, and says what would make it known', () => {
    const { lines, totals, unpriced } = look({ runs: [run('1', { status: 1, ...measured({ gpuModel: 'NVIDIA Zeta 9000' }) })] });
    expect(lines).toEqual([expect.objectContaining({ quantity: { value: 2, unit: 'GPU-hours' }, need: expect.stringContaining('NVIDIA Zeta 9000') })]);
    expect(lines[0]).not.toHaveProperty('money');
    expect([totals, unpriced]).toEqual([{}, 1]);
  });
  test('what was billed for the run wins over the price list, also where several runs share its name', () => {
    const tags = { experiment_run: 'e1', team: 'a' };
    const { lines } = look({
      runs: [run('1', { tags, status: 1 }), run('2', { tags, commit: 'c2', ...measured({ gpuHours: 6 }) })],
      charges: [{ day: '2026-11-05', cost: '100', tags: { experiment_run: 'e1' } }],
    });
    expect(rows(lines)).toEqual([['crashed run', 'python x.py', 2, '25.00']]);
    expect(lines[0]).toMatchObject({ owner: { team: 'a' }, money: { basis: expect.stringContaining('billed for e1') } });
  });
  test('the range of the price list is shown where the provider is not known', () => {
    const [line] = look({ runs: [run('1', { status: 1 })], prices: { catalog: shippedCatalog(), place: {} } }).lines;
    expect(Number(money(line?.money?.low))).toBeLessThan(Number(money(line?.money?.high)));
    expect(line?.money?.basis).toContain('provider unknown');
  });
});

describe('memory that stayed empty', () => {
  const peak = (gib: number, utilisation: number) => [run('1', measured({ peakMemory: gib * 1024, utilisation }))];
  test('a smaller accelerator that is cheaper even at its slowest', () => {
    const [line] = look({ runs: peak(12, 0.35) }).lines;
    expect(line).toMatchObject({ kind: 'memory not used', evidence: expect.stringContaining('12.0 GiB of 80 GiB'), fix: expect.stringMatching(/L40S|L4/) });
    const { low, likely, high } = line?.money ?? {};
    expect(Number(money(low))).toBeGreaterThan(0);
    expect(Number(money(likely))).toBeLessThanOrEqual(Number(money(high)));
    // the whole price of both hours is the most that anything could save
    expect(Number(money(high))).toBeLessThan(8);
  });
  test.each<[string, number, number]>([
    ['memory is used', 75, 0.35],
    ['it computes all the time: the slower one costs as much', 12, 1],
  ])('none where %s', (_, gib, utilisation) => expect(look({ runs: peak(gib, utilisation) }).lines).toEqual([]));
});

describe('tables of use', () => {
  const day = (at: number): string => `2026-11-${String(at).padStart(2, '0')}`;
  test('a deployment without a request counts whole on that day, one with little work for its idle part, one that nobody told of not at all', () => {
    const { lines } = look({
      usage: [
        { day: day(1), resource: 'quiet', gpu: 'L4', gpu_hours: '24', requests: '0' },
        { day: day(2), resource: 'quiet', gpu: 'L4', gpu_hours: '24', requests: '500' },
        { day: day(1), resource: 'slow', gpu: 'L4', gpu_hours: '24', utilisation: '0.25' },
        { day: day(1), resource: 'busy', gpu: 'L4', gpu_hours: '24', utilisation: '0.8' },
        { day: day(1), resource: 'untold', gpu: 'L4', gpu_hours: '24' },
      ],
    });
    expect(rows(lines)).toEqual([
      ['no traffic', 'quiet', 24, '12.00'],
      ['idle GPU', 'slow', 18, '9.00'],
    ]);
  });
  test('days of one deployment are one line; a stated cost wins over the price list', () => {
    const { lines } = look({
      usage: [1, 2, 3].map((at) => ({ day: day(at), resource: 'r', gpu_hours: '10', utilisation: '0.1', cost: '20', currency: 'EUR' })),
    });
    expect(rows(lines)).toEqual([['idle GPU', 'r', 27, '54.00']]);
    expect(lines[0]?.money?.currency).toBe('EUR');
  });
  test.each<[string, Record<string, string>, (string | number | undefined)[][]]>([
    [
      'two months old, priced by its class',
      { service: 'S3 Standard', provider: 'aws' },
      [['stale checkpoints', 'ckpt', 1000, expect.stringMatching(/^1[45]\./)]],
    ],
    ['its cost of a day is stated', { cost: '0.5' }, [['stale checkpoints', 'ckpt', 1000, '10.00']]],
    ['its class is not told: no money', {}, [['stale checkpoints', 'ckpt', 1000, undefined]]],
    ['used last week', { last_used: '2026-11-14' }, []],
  ])('checkpoints: %s', (_, more, expected) =>
    expect(rows(look({ usage: [{ day: day(20), resource: 'ckpt', stored_gb: '1000', last_used: '2026-09-01', ...more }] }).lines)).toEqual(expected),
  );
  test('stale days are those after the thirtieth, the span’s only', () =>
    // last used on 10 October: stale from 9 November on, twelve days until the 20th
    expect(rows(look({ usage: [{ day: day(20), resource: 'c', stored_gb: '1', last_used: '2026-10-10', cost: '1' }] }).lines)).toEqual([
      ['stale checkpoints', 'c', 1, '12.00'],
    ]));
});

describe('traffic between zones', () => {
  const transfer = (traffic: string, cost: string): Charge => ({
    day: '2026-11-03',
    cost,
    tags: { category: 'transfer', service: 'EC2', region: 'eu', traffic },
  });
  test('money as billed; other ways are not waste', () =>
    expect(rows(look({ charges: [transfer('cross-zone', '3.25'), transfer('cross-zone', '1'), transfer('internet', '90')] }).lines)).toEqual([
      ['cross-zone traffic', 'EC2, eu', 0, '4.25'],
    ]));
  test('a way that the bill does not tell is not known to be none', () =>
    expect(look({ charges: [transfer('', '7')] }).unseen).toContainEqual({
      kind: 'cross-zone traffic',
      need: expect.stringContaining('7.00 of charges for transfer do not tell'),
    }));
});

describe('the provider’s cache', () => {
  const days = (shares: readonly number[], model = 'gpt-4o', provider = 'openai') =>
    shares.map((share, at) => ({
      day: `2026-11-${String(at + 1).padStart(2, '0')}`,
      provider,
      model,
      input_tokens: '1000000',
      cached_input_tokens: String(share * 1e6),
    }));
  test('what good days of its own show to be within reach', () => {
    const [line] = look({ usage: days([0.6, 0.6, 0.6, 0.6, 0.1, 0.1]) }).lines;
    expect([line?.kind, line?.quantity.value]).toEqual(['cache miss', expect.closeTo(1e6, 3)]);
    // gpt-4o: $2.50 for a million of input, $1.25 of them out of the cache
    expect(money(line?.money?.likely)).toBe('1.25');
  });
  test('a cache that is never read: how much could be is not known, and the most that it could be is said', () => {
    const [line] = look({ usage: days([0, 0]) }).lines;
    expect(line).toMatchObject({ kind: 'cache miss', need: expect.stringContaining('at most $2.50') });
    expect(line).not.toHaveProperty('money');
  });
  test.each([
    ['even days', [0.5, 0.5, 0.5, 0.5, 0.5]],
    ['too few days to know a good one', [0.1, 0.6]],
  ])('none: %s', (_, shares) => expect(look({ usage: days(shares) }).lines).toEqual([]));
  test('a model that no price is known of', () =>
    expect(look({ usage: days([0.9, 0.9, 0.9, 0.9, 0], 'nobodys-model') }).lines[0]).toMatchObject({ need: expect.stringContaining('nobodys-model') }));
});

test('what nothing was told of is named, each kind with what would tell; what was looked at is not', () => {
  expect(look().unseen.map(({ kind }) => kind)).toEqual([
    'crashed run',
    'idle GPU',
    'no traffic',
    'memory not used',
    'stale checkpoints',
    'cross-zone traffic',
    'cache miss',
  ]);
  expect(look({ runs: [run('1', measured({ peakMemory: 70_000 }))] }).unseen.map(({ kind }) => kind)).toEqual([
    'no traffic',
    'stale checkpoints',
    'cross-zone traffic',
    'cache miss',
  ]);
});
test('sums by currency, the dearest first, in the currency that is asked for where a rate is known', () => {
  const usage = [
    { day: '2026-11-01', resource: 'a', gpu_hours: '1', requests: '0', cost: '1', currency: 'EUR' },
    { day: '2026-11-01', resource: 'b', gpu_hours: '1', requests: '0', cost: '9', currency: 'USD' },
  ];
  const totals = (found: ReturnType<typeof look>) =>
    Object.fromEntries(Object.entries(found.totals).map(([currency, { likely }]) => [currency, toText(likely)]));
  expect(totals(look({ usage }))).toEqual({ EUR: '1.00', USD: '9.00' });
  const query = {
    from: '2026-11-01',
    to: '2026-11-30',
    cost: 'billed',
    currency: 'USD',
    rates: [{ from: 'EUR', to: 'USD', rate: { digits: 2n, scale: 0 } }],
  } as const;
  const found = look({ usage, query });
  expect(totals(found)).toEqual({ USD: '11.00' });
  expect(found.lines.map(({ what }) => what)).toEqual(['b', 'a']);
});

describe('more by the price list than was paid', () => {
  // 2 and 6 hours at $4 by the list
  const runs = [run('1', { status: 1, tags: { team: 'a' } }), run('2', { status: 1, commit: 'c2', tags: { team: 'b' }, ...measured({ gpuHours: 6 }) })];
  const paid = (...bills: readonly (readonly [team: string, cost: string, category: string])[]): Charge[] => [
    ...bills.map(([team, cost, category]): Charge => ({ day: '2026-11-05', cost, tags: { team, category } })),
  ];
  const seen = (charges: readonly Charge[], more: readonly WastedRun[] = runs) =>
    look({ runs: more, charges }).lines.map(
      ({ owner, money: one }) => `${owner.team} ${money(one?.likely)} ${/cut to what was paid (.*)$/.exec(one?.basis ?? '')?.[1] ?? '-'}`,
    );
  test.each<[string, Charge[], string[]]>([
    ['less than was paid stays', paid(['a', '8', 'training'], ['b', '100', 'hosting']), ['b 24.00 -', 'a 8.00 -']],
    ['a team’s lines are cut to its own bill', paid(['a', '100', 'training'], ['b', '10', 'training']), ['b 10.00 for b', 'a 8.00 -']],
    ['all lines are cut to the whole bill, in proportion', paid(['c', '16', 'training']), ['b 12.00 in all', 'a 4.00 in all']],
    ['other charges are another matter', paid(['a', '1', 'storage'], ['b', '1', 'api-tokens']), ['b 24.00 -', 'a 8.00 -']],
    ['without a bill nothing is cut', [], ['b 24.00 -', 'a 8.00 -']],
    ['nor where the ledger does not know the days', [{ day: '2026-11-04', cost: '1', tags: { category: 'training' } }], ['b 24.00 -', 'a 8.00 -']],
  ])('%s', (_, charges, expected) => expect(seen(charges)).toEqual(expected));
  test('the sum of all lines is never more than was paid, and a line keeps its order of least, likely and most', () => {
    const found = look({ runs, charges: paid(['a', '3', 'training'], ['b', '7', 'training'], ['', '0.5', 'hosting']) });
    const total = found.totals['USD'];
    expect(Number(money(total?.likely))).toBeLessThanOrEqual(10.5);
    for (const { money: one } of found.lines) {
      expect(Number(money(one?.low))).toBeLessThanOrEqual(Number(money(one?.likely)));
      expect(Number(money(one?.likely))).toBeLessThanOrEqual(Number(money(one?.high)));
    }
  });
  test('what was billed for a run is not cut, and takes its part of the room', () => {
    const billed = [{ day: '2026-11-05', cost: '20', tags: { category: 'training', experiment_run: '1' } }] as const;
    expect(seen(billed)).toEqual(['a 20.00 -', 'b 0.00 in all']);
  });
});
