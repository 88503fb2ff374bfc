import { expect, test } from 'vitest';
import { readMlcostFile } from '../../../server/src/core/settings/mlcost-file.js';
import { firstQuery, panelSteps, spendPanel } from '../../../server/src/core/spend/panel.js';
import { eachOf, type Steps, whole } from '../../../server/src/core/spend/steps.js';
import { inSteps } from '../../../server/src/host/in-steps.js';
import { ledger } from '../../support/months.js';
import { madeUp } from '../../support/spend-views.js';

function* counting(to: number, ms: (at: number) => void): Steps<string> {
  for (let at = 0; at < to; at++) {
    ms(at);
    yield;
  }
  return 'done';
}
test('who works in steps lets others go first after some time, and not between all of them', async () => {
  let [now, pauses] = [0, 0];
  const longest: number[] = [];
  let since = 0;
  const host = {
    now: () => now,
    pause: async () => {
      pauses++;
      longest.push(now - since);
      since = now;
    },
  };
  expect(
    await inSteps(
      host,
      counting(100, () => (now += 10)),
    ),
  ).toBe('done');
  expect(pauses).toBe(33);
  expect(Math.max(...longest)).toBe(30);
});
test('what goes wrong in a step goes wrong for who waits', async () => {
  const host = { now: () => 0, pause: async () => {} };
  const spoilt = counting(3, (at) => {
    if (at === 2) throw new Error('spoilt');
  });
  await expect(inSteps(host, spoilt)).rejects.toThrow('spoilt');
});
test('lines are looked at some thousand in a step, each once', () => {
  let [seen, most, before] = [0, 0, 0];
  const steps = eachOf(Array(10_001).keys(), () => seen++);
  for (let done = false; !done; ) {
    done = steps.next().done === true;
    most = Math.max(most, seen - before);
    before = seen;
  }
  expect(seen).toBe(10_001);
  expect(most).toBeLessThanOrEqual(2000);
});
test('a year of many budgets is worked out in steps of a few thousand lines and a budget each, and is the same as at once', () => {
  const { yaml, charges } = madeUp(40, '2026-11-15', 365);
  const { budgets, spend } = readMlcostFile('file:///w/.mlcost.yaml', yaml).settings;
  let [seen, most, before, steps] = [0, 0, 0, 0];
  const months = ledger(charges).map((month) => ({
    ...month,
    rows: (() => {
      const rows = [...month.rows];
      return {
        *[Symbol.iterator]() {
          for (const row of rows) {
            seen++;
            yield row;
          }
        },
      };
    })(),
  }));
  const input = { months, budgets, units: spend.units, rates: [], now: Date.parse('2026-11-16T12:00:00Z') };
  const query = { ...firstQuery, period: '12m' };
  const work = panelSteps(input, query);
  for (;;) {
    const { done, value } = work.next();
    most = Math.max(most, seen - before);
    before = seen;
    steps++;
    if (!done) continue;
    expect(value).toEqual(spendPanel(input, query));
    break;
  }
  expect(most).toBeLessThanOrEqual(4000);
  // one for each budget's state and one for its days, at least
  expect(steps).toBeGreaterThan(2 * budgets.length);
  expect(whole(counting(3, () => {}))).toBe('done');
});
