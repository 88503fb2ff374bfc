import { describe, expect, test } from 'vitest';
import { readHistoryMessage, readHistoryRef } from '../../../client/src/common/history-messages.js';
import { lineOf, pieces, textOf } from '../../../webview/src/history/events.js';
import { csvOf } from '../../../webview/src/history/export.js';
import { readMessage, readState } from '../../../webview/src/history/messages.js';
import { day, historyOf, run, step, uncommitted } from '../../support/history.js';

const ref = { uri: 'file:///w/train.py', id: 'train.py#training-1' };
describe('events of a history', () => {
  const data = historyOf([step('2026-10-01', 40), step('2026-10-09', 52), uncommitted(60)], [run('2026-10-05', 44), run('2026-10-06', undefined)]);
  test('stand where they are in time; a run without a cost is not drawn, and what is not committed is the youngest', () => {
    const { events, from, to } = lineOf(data, 'time');
    expect(events.map(({ kind, at }) => [kind, at])).toEqual([
      ['step', day('2026-10-01')],
      ['run', day('2026-10-05')],
      ['step', day('2026-10-09')],
      ['step', expect.any(Number)],
    ]);
    expect(from).toBe(day('2026-10-01'));
    expect(events.at(-1)?.at).toBeGreaterThan(day('2026-10-20'));
    expect(to).toBeGreaterThan(events.at(-1)?.at ?? 0);
  });
  test('stand one beside the other', () => {
    const { events, from, to } = lineOf(data, 'steps');
    expect([events.map(({ at }) => at), from, to > 3]).toEqual([[0, 1, 2, 3], 0, true]);
  });
  test('each piece reaches to the next change, past measured runs', () => {
    expect(pieces(lineOf(data, 'steps')).map(({ from, to }) => [from, to])).toEqual([
      [0, 2],
      [2, 3],
      [3, 3.6],
    ]);
  });
  test('commits whose clocks go backwards stay in their order', () => {
    const { events } = lineOf(historyOf([step('2026-10-09', 1), step('2026-10-01', 2)]), 'time');
    expect(events.map(({ key }) => key.slice(0, 8))).toEqual(['20261009', '20261001']);
  });
  test('one commit has a width', () => {
    const { from, to } = lineOf(historyOf([step('2026-10-20', 1)]), 'time');
    expect(to).toBeGreaterThan(from);
  });
  test('are read with commit, figure and cause', () => {
    const [first, second] = lineOf(data, 'time').events;
    expect(first && textOf(first)).toBe('2026-10-01 · 20261001a Ana · what was done on 2026-10-01 · $40 ($28 to $56), +31 % · batch size 8 → 4: +31 %');
    expect(second && textOf(second)).toBe('2026-10-05 · measured · 8×H100 · 3.1 h · $44 at the price of the estimate');
  });
  test('are saved as a line each, without a number where there is none', () => {
    const lines = csvOf(historyOf([step('2026-10-01', undefined, { subject: '=1+1' }), uncommitted(60)], [run('2026-10-05', 44)])).split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^estimate,2026-10-01T12:00:00\.000Z,20261001a+,Ana,'=1\+1,usd,,,,unknown,/);
    expect(lines[2]).toMatch(/^estimate,,,,not committed,usd,42,60,84,/);
    expect(lines[3]).toMatch(/^measured,2026-10-05T12:00:00\.000Z,,,run-2026-10-05,usd,,44,,/);
  });
});
describe('messages of the history panel', () => {
  test.each([
    [{ type: 'data', ref, data: historyOf([step('2026-10-01', 40)], [run('2026-10-05', 44)]) }, true],
    [{ type: 'data', ref, data: { ...historyOf([]), steps: [{}] } }, false],
    [{ type: 'data', data: historyOf([]) }, false],
    [{ type: 'progress', done: 1, total: 2 }, true],
    [{ type: 'progress', done: Number.NaN, total: 2 }, false],
    [{ type: 'working' }, true],
    [{ type: 'trouble', text: 'no git' }, true],
    [{ type: 'trouble' }, false],
    [{ type: 'other' }, false],
  ])('to the page: %j', (message, isKnown) => {
    expect(readMessage(message) !== undefined).toBe(isKnown);
  });
  test.each([
    [{ type: 'ready' }, true],
    [{ type: 'stop' }, true],
    [{ type: 'copy', oid: 'a'.repeat(40) }, true],
    [{ type: 'copy', oid: 'rm -rf' }, false],
    [{ type: 'save', format: 'csv', content: 'a' }, true],
    [{ type: 'save', format: 'exe', content: 'a' }, false],
    ['ready', false],
  ])('from the page: %j', (message, isKnown) => {
    expect(readHistoryMessage(message) !== undefined).toBe(isKnown);
  });
  test('what was kept is checked', () => {
    expect(readState({ ref, selected: 'x', along: 'sideways' })).toEqual({ ref, selected: 'x', along: 'time' });
    expect(readState({ ref: {} })).toBeUndefined();
    expect(readHistoryRef({ ref: { ...ref, more: 1 } })).toEqual(ref);
    expect(readHistoryRef({})).toBeUndefined();
  });
});
