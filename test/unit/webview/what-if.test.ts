import { describe, expect, test } from 'vitest';
import { readWhatIfMessage, readWhatIfState } from '../../../client/src/common/what-if-messages.js';
import type { SwingsResult, WhatIfResult } from '../../../server/src/protocol/what-if.js';
import { scaleTo } from '../../../webview/src/shared/scale.js';
import { fieldText, typed, withWord } from '../../../webview/src/what-if/draft.js';
import { figuresCsv, swingsCsv } from '../../../webview/src/what-if/export.js';
import { readMessage, readState } from '../../../webview/src/what-if/messages.js';

const data: WhatIfResult = {
  title: 'w',
  locale: 'en-US',
  kind: 'training',
  workloads: 1,
  controls: [{ word: 'batch', label: 'batch', meaning: '', example: '8', now: '4', closed: false, choices: [{ value: '8', label: '8' }] }],
  facts: [{ name: 'epochs', label: 'epochs', now: '' }],
  scenarios: [{ name: 's', note: '', set: { batch: 2 } }],
  mistakes: [{ word: 'batch', text: 'no' }],
  sides: [
    { name: 'now', changes: [], unused: [], notes: [] },
    { name: 's', changes: ['batch size 4 → 2'], unused: [], notes: [] },
  ],
  rows: [
    {
      key: 'usd',
      label: 'Cost, likely',
      unit: 'usd',
      figures: [
        { value: { low: 1, likely: 2, high: 3 }, text: '$2 (1–3)', short: '$2', change: '', need: '' },
        { text: 'unknown', short: 'unknown', change: '', need: '=say how many' },
      ],
    },
  ],
};
const swings: SwingsResult = {
  title: 't',
  quantity: 'usd',
  quantities: [{ name: 'usd', label: 'Cost' }],
  now: 2,
  nowText: '$2',
  swings: [{ word: 'batch', label: 'batch', low: 1, high: 4, lowText: '$1 at 8', highText: '$4 at 2', origin: 'declared' }],
  untold: [],
};

describe('messages are checked on both sides', () => {
  test('those of ours are taken', () => {
    expect(readMessage({ type: 'data', ref: null, data })).toEqual({ type: 'data', ref: null, data });
    expect(readMessage({ type: 'swings', data: swings })).toEqual({ type: 'swings', data: swings });
    expect(readMessage({ type: 'swings', data: null })).toEqual({ type: 'swings', data: null });
    for (const message of [
      { type: 'ready' },
      { type: 'suppose', draft: { batch: 2, grad_ckpt: true }, shown: ['s'] },
      { type: 'keep', name: 'a', set: { batch: 2 } },
      { type: 'reveal', ref: null },
      { type: 'save', format: 'svg', content: '<svg/>', drawing: 'tornado' },
    ])
      expect(readWhatIfMessage(message)).toEqual(message);
  });
  test.each<[unknown]>([
    [null],
    [{ type: 'data', ref: null, data: { ...data, rows: [{ key: 'usd' }] } }],
    [{ type: 'data', ref: { uri: 5 }, data }],
    [{ type: 'swings', data: { ...swings, now: Number.NaN } }],
    [{ type: 'progress', done: '1', total: 2 }],
  ])('the page leaves %j alone', (message) => {
    expect(readMessage(message)).toBeUndefined();
  });
  test.each<[unknown]>([
    [{ type: 'suppose', draft: { batch: { deep: 1 } }, shown: [] }],
    [{ type: 'suppose', draft: {}, shown: [5] }],
    [{ type: 'keep', name: ' ', set: { batch: 2 } }],
    [{ type: 'keep', name: 'a', set: {} }],
    [{ type: 'save', format: 'exe', content: '', drawing: 'bars' }],
    [{ type: 'save', format: 'svg', content: '', drawing: 'else' }],
    [{ type: 'reveal', ref: { uri: 'u' } }],
    ['ready'],
  ])('the extension leaves %j alone', (message) => {
    expect(readWhatIfMessage(message)).toBeUndefined();
  });
  test('what was kept is read again, whatever it has become', () => {
    const state = { ref: { uri: 'u', id: 'i' }, draft: { batch: 2 }, shown: ['s'], quantity: 'usd', bars: 'usd' };
    expect(readState(state)).toEqual(state);
    expect(readWhatIfState(state)).toEqual({ ref: state.ref, draft: state.draft, shown: state.shown });
    expect(readState({ ref: null, draft: [1], shown: 'x' })).toEqual({ ref: null, draft: {}, shown: [], quantity: '', bars: '' });
    for (const bad of [undefined, {}, { ref: 'u' }]) expect([readState(bad), readWhatIfState(bad)]).toEqual([undefined, undefined]);
  });
});
describe('what is typed', () => {
  test('as a number is one, and everything else stays as it is', () => {
    expect(['8', ' 0.6 ', '2x', '100k/month', 'h100', '-5'].map(typed)).toEqual([8, 0.6, '2x', '100k/month', 'h100', '-5']);
  });
  test('into a field is supposed until the field is empty', () => {
    const draft = withWord({ batch: 2 }, 'context', '0.5x');
    expect(draft).toEqual({ batch: 2, context: '0.5x' });
    expect(fieldText(draft, 'batch')).toBe('2');
    expect(withWord(draft, 'batch', ' ')).toEqual({ context: '0.5x' });
  });
});
test('saved tables have the numbers, nothing where nothing is known, and no formula', () => {
  const [, now, then] = figuresCsv(data).split('\r\n');
  expect(now).toBe('usd,"Cost, likely",now,usd,1,2,3,$2 (1–3),,');
  expect(then).toBe(`usd,"Cost, likely",s,usd,,,,unknown,,'=say how many`);
  expect(swingsCsv(swings).split('\r\n')[1]).toBe('usd,2,batch,1,4,$1 at 8,$4 at 2,declared');
});
test('a scale ends at a round number, and what is beyond stands at its end', () => {
  const scale = scaleTo(161, 0, 400);
  expect(scale.end).toBe(200);
  expect(scale.at(100)).toBe(200);
  expect(scale.at(1e9)).toBe(400);
  expect(scaleTo(0, 0, 100).end).toBeGreaterThan(0);
});
