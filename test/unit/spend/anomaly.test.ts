import { describe, expect, test } from 'vitest';
import { anomalies } from '../../../server/src/core/spend/anomaly.js';
import { Random } from '../../support/focus-export.js';
import { type Charge, ledger } from '../../support/months.js';

describe('days that stand out', () => {
  const asked = { from: '2026-11-01', to: '2026-11-30', cost: 'billed', currency: 'USD', rates: [] } as const;
  const all = (seed: number, extra: readonly Charge[] = []): Charge[] => {
    const random = new Random(seed);
    const days = Array.from({ length: 91 }, (_, at) => new Date(Date.parse('2026-09-01') + at * 86_400_000));
    return [
      ...days.flatMap((date) => {
        const busy = date.getUTCDay() % 6 === 0 ? 0.3 : 1;
        return ['a', 'b', 'c'].map((team) => ({
          day: date.toISOString().slice(0, 10),
          cost: (100 * busy * (1 + 0.1 * random.normal())).toFixed(2),
          tags: { team, model_id: `m-${team}` },
        }));
      }),
      ...extra,
    ];
  };
  test('a burst is found, with whose it is', () => {
    const found = anomalies(ledger(all(1, [{ day: '2026-11-18', cost: '900', tags: { team: 'b', model_id: 'm-b' } }])), asked);
    expect(found.map(({ day }) => day)).toEqual(['2026-11-18']);
    expect(found[0]?.expected).toBeGreaterThan(250);
    expect(found[0]?.expected).toBeLessThan(350);
    expect(found[0]?.causes.map(({ key, value }) => [key, value])).toEqual([
      ['team', 'b'],
      ['model_id', 'm-b'],
    ]);
    for (const { share } of found[0]?.causes ?? []) expect(share).toBeGreaterThan(0.8);
  });
  test('a second one is not hidden by the first', () => {
    const burst = (day: string): Charge => ({ day, cost: '900', tags: { team: 'b' } });
    expect(anomalies(ledger(all(2, [burst('2026-11-11'), burst('2026-11-18')])), asked).map(({ day }) => day)).toEqual(['2026-11-11', '2026-11-18']);
  });
  test('weekends and noise do not stand out: less than one day in a hundred', () => {
    const found = Array.from({ length: 20 }, (_, seed) => anomalies(ledger(all(seed + 10)), asked)).flat();
    expect(found.length).toBeLessThan(0.01 * 20 * 30);
  });
  test('with too few weeks nothing is told', () =>
    expect(
      anomalies(
        ledger([
          { day: '2026-11-01', cost: '1' },
          { day: '2026-11-02', cost: '1000' },
        ]),
        asked,
      ),
    ).toEqual([]));
});

describe('what comes back with the calendar does not stand out', () => {
  const asked = { from: '2026-11-01', to: '2026-11-30', cost: 'billed', currency: 'USD', rates: [] } as const;
  /** Quiet days from June on, with something more on some of them. */
  const days = (more: (day: string, at: number) => number, from = '2026-06-01'): Charge[] => {
    const random = new Random(7);
    const count = Math.round((Date.parse('2026-11-30') - Date.parse(from)) / 86_400_000) + 1;
    return Array.from({ length: count }, (_, at) => {
      const day = new Date(Date.parse(from) + at * 86_400_000).toISOString().slice(0, 10);
      return { day, cost: (200 * (1 + 0.04 * random.normal()) + more(day, at)).toFixed(2) };
    });
  };
  const isLast = (day: string): boolean => new Date(Date.parse(day) + 86_400_000).getUTCDate() === 1;
  const found = (charges: readonly Charge[]): string[] => anomalies(ledger(charges), asked).map(({ day }) => day);
  test.each<[string, readonly Charge[], string[]]>([
    ['a fee on the first of each month', days((day) => (day.endsWith('-01') ? 900 : 0)), []],
    ['invoices on the last day, whatever its number', days((day) => (isLast(day) ? 900 : 0)), []],
    ['the first time that it comes', days((day) => (day === '2026-11-01' ? 900 : 0)), ['2026-11-01']],
    ['the second time, the same again', days((day) => (/-1[01]-15$/.test(day) ? 900 : 0)), []],
    ['the second time, three times as much', days((day) => (day === '2026-10-15' ? 300 : day === '2026-11-15' ? 900 : 0)), ['2026-11-15']],
    ['a fee that is three times what it always was', days((day) => (day.endsWith('-01') ? (day.startsWith('2026-11') ? 2700 : 900) : 0)), ['2026-11-01']],
    ['a fee that varies as it always did', days((day) => (day.endsWith('-01') ? 700 + 130 * Number(day.slice(5, 7)) : 0)), []],
    ['a job every second week', days((_, at) => (at % 14 === 3 ? 500 : 0)), []],
    ['too few months to know', days((day) => (day.endsWith('-01') ? 900 : 0), '2026-10-05'), ['2026-11-01']],
  ])('%s', (_, charges, expected) => expect(found(charges)).toEqual(expected));
});

describe('what made it so', () => {
  const asked = { from: '2026-11-18', to: '2026-11-18', cost: 'billed', currency: 'USD', rates: [] } as const;
  const usual = (rows: readonly (readonly [number, Charge['tags']])[], on18: readonly (readonly [number, Charge['tags']])[]): Charge[] =>
    Array.from({ length: 49 }, (_, at) => {
      const day = new Date(Date.parse('2026-10-01') + at * 86_400_000).toISOString().slice(0, 10);
      return (day === '2026-11-18' ? on18 : rows).map(([cost, tags]): Charge => ({ day, cost: String(cost), ...(tags ? { tags } : {}) }));
    }).flat();
  const a = { team: 'a', service: 'compute' };
  const b = { team: 'b', service: 'compute' };
  test.each<[string, Charge[], (string | number)[][]]>([
    [
      'something new comes first: nobody expected it; what costs most anyway tells less',
      usual(
        [
          [90, a],
          [10, b],
        ],
        [
          [90, a],
          [10, b],
          [200, { ...b, experiment_run: 'sweep' }],
        ],
      ),
      [
        ['experiment_run', 'sweep', 'new', 100],
        ['team', 'b', 'more', 100],
      ],
    ],
    [
      'something is gone',
      usual(
        [
          [90, a],
          [60, b],
        ],
        [[90, a]],
      ),
      [['team', 'b', 'gone', 100]],
    ],
    [
      'two of them, together',
      usual(
        [
          [50, a],
          [50, b],
          [900, { team: 'c', service: 'compute' }],
        ],
        [
          [350, a],
          [250, b],
          [900, { team: 'c', service: 'compute' }],
        ],
      ),
      [['team', 'a', 'more', 60]],
    ],
    [
      'neither alone makes half of it',
      usual(
        [
          [50, a],
          [50, b],
          [50, { team: 'c' }],
          [500, { team: 'd' }],
        ],
        [
          [200, a],
          [200, b],
          [110, { team: 'c' }],
          [500, { team: 'd' }],
        ],
      ),
      [
        ['team', 'a', 'more', 42],
        ['team', 'b', 'more', 42],
      ],
    ],
    [
      'everything grew alike: no one tag',
      usual(
        [
          [50, { team: 'a' }],
          [50, { team: 'b' }],
        ],
        [
          [150, { team: 'a' }],
          [150, { team: 'b' }],
        ],
      ),
      [],
    ],
    ['nobody tagged it', usual([[50, undefined]], [[150, undefined]]), []],
  ])('%s', (_, charges, expected) =>
    expect(
      anomalies(ledger(charges), asked)[0]
        ?.causes.filter(({ key }) => key !== 'service')
        .map(({ key, value, kind, share }) => [key, value, kind, Math.round(100 * share)]),
    ).toEqual(expected),
  );
});
