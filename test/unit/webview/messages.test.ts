import { describe, expect, test } from 'vitest';
import { panelHtml } from '../../../client/src/common/panel-html.js';
import { readPanelMessage, readPanelState } from '../../../client/src/common/panel-messages.js';
import { readMessage, readState } from '../../../webview/src/compare/messages.js';
import { comparison, offer, unpriced } from '../../support/offers.js';

const ref = { uri: 'file:///a.py', id: 'a.py#1' };
const data = comparison([offer(), unpriced()]);
const junk = [undefined, null, 0, '', 'ready', [], {}, { type: 'constructor' }, { type: null }];

describe('what the page takes', () => {
  test.each([
    { type: 'data', ref, data },
    { type: 'gone', text: 'it went' },
    { type: 'status', text: 'saved' },
  ])('$type', (message) => {
    expect(readMessage(structuredClone(message))).toEqual(message);
  });
  test.each([
    ...junk,
    { type: 'status' },
    { type: 'gone', text: 1 },
    { type: 'data', ref, data: { ...data, rows: [{}] } },
    { type: 'data', ref, data: { ...data, per: 'year' } },
    { type: 'data', ref: { uri: 1, id: '' }, data },
    { type: 'data', ref, data: { ...data, rows: [{ ...offer(), usd: { low: 1, likely: Number.NaN, high: 2 } }] } },
    { type: 'data', ref, data: { ...data, rows: [{ ...offer(), fits: 'maybe' }] } },
    { type: 'data', ref, data: { ...data, now: { usd: '5', text: '', on: '' } } },
  ])('not %j', (message) => expect(readMessage(message)).toBeUndefined());
  test('its own state, and nothing else', () => {
    expect(readState({ ref, count: 4, region: 'us-east-1', view: { a: 1 } })).toEqual({ ref, count: 4, region: 'us-east-1', view: { a: 1 } });
    for (const one of junk) expect(readState(one)).toBeUndefined();
  });
});

describe('what the extension takes', () => {
  test.each([
    { type: 'ready' },
    { type: 'openSettings' },
    { type: 'reveal' },
    { type: 'use', key: 'h100/aws/spot' },
    { type: 'count', count: 8 },
    { type: 'count', count: null },
    { type: 'save', format: 'csv', content: 'a,b' },
    { type: 'save', format: 'png', content: new Uint8Array([1, 2]) },
  ])('$type', (message) => expect(readPanelMessage({ ...message, other: 'dropped' })).toEqual(message));
  test.each([
    ...junk,
    { type: 'use' },
    { type: 'use', key: { toString: 'x' } },
    { type: 'count', count: 0.5 },
    { type: 'count', count: -1 },
    { type: 'save', format: 'exe', content: 'x' },
    { type: 'save', format: 'csv', content: { length: 3 } },
  ])('not %j', (message) => expect(readPanelMessage(message)).toBeUndefined());
  test('a state that the editor gives back', () => {
    expect(readPanelState({ ref: { ...ref, more: 1 }, count: 'x', view: {} })).toEqual({ ref, count: null, region: '' });
    for (const one of [...junk, { ref: null }, { ref: { uri: 'a' } }]) expect(readPanelState(one)).toBeUndefined();
  });
});

test('the page lets nothing in but its own script and style', () => {
  const html = panelHtml({ title: '</title><script>', script: 'https://x/w.js', style: 'https://x/w.css', source: "'self' https://x", nonce: 'abc' });
  const rules = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  expect(rules.split('; ')).toEqual(["default-src 'none'", "script-src 'nonce-abc'", "style-src 'self' https://x", 'img-src blob:']);
  expect(html).not.toMatch(/unsafe|style=|<style/);
  expect(html.match(/<script/g)).toHaveLength(1);
});
