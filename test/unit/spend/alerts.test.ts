import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { readMlcostFile } from '../../../server/src/core/settings/mlcost-file.js';
import { messageFor } from '../../../server/src/core/spend/alert-messages.js';
import { type Alert, afterSnooze, afterTelling, alertsOf, dueAlerts, emptyMemory, isFor, readMemory } from '../../../server/src/core/spend/alerts.js';
import { budgetStates } from '../../../server/src/core/spend/budget.js';
import { NotDelivered, postWebhook } from '../../../server/src/node/webhook.js';
import { ledger } from '../../support/months.js';

const { settings } = readMlcostFile('file:///w/.mlcost.yaml', 'budgets:\n  - { name: b, amount: 1000, contacts: ["@lead"] }\n');
const day = (at: number): string => `2026-11-${String(at).padStart(2, '0')}`;
const now = Date.parse('2026-11-11T12:00:00Z');
/** Alerts when so much was spent on each of the first ten days of a budget of 1000. */
const at = (cost: string, amount = settings.budgets): Alert[] =>
  alertsOf(budgetStates(amount, ledger(Array.from({ length: 10 }, (_, on) => ({ day: day(on + 1), cost }))), now, []));

describe('crossings', () => {
  test.each<[string, string, string[]]>([
    ['nothing', '10', []],
    ['a forecast that is over', '50', ['b|2026-11-01|forecast']],
    ['a threshold, and the forecast', '70', ['b|2026-11-01|70', 'b|2026-11-01|forecast']],
    ['of two thresholds the higher', '91', ['b|2026-11-01|90', 'b|2026-11-01|forecast']],
    ['at equality it is used up: no forecast is needed', '100', ['b|2026-11-01|100']],
    ['beyond', '300', ['b|2026-11-01|100']],
  ])('%s', (_, cost, expected) => expect(at(cost).map(({ id }) => id)).toEqual(expected));
  test('spend that is not known crosses nothing', () => expect(alertsOf(budgetStates(settings.budgets, [], now, []))).toEqual([]));
  test('a day that stands out, with what made it so', () => {
    const causes = [{ key: 'team', value: 'a', change: 1, share: 0.9, usual: 0, kind: 'new' }] as const;
    expect(alertsOf([], [{ day: day(3), cost: 900, expected: 100, score: 9, causes }], 'USD')).toEqual([
      expect.objectContaining({ id: 'day|2026-11-03', kind: 'anomaly', text: 'Because of team a (new, 90 %).' }),
    ]);
  });
});

describe('told once', () => {
  const ids = (alerts: readonly Alert[], memory = emptyMemory, when = now): string[] => dueAlerts(alerts, memory, when).map(({ id }) => id);
  const toldAll = (alerts: readonly Alert[], memory = emptyMemory) => alerts.reduce((before, one) => afterTelling(before, one, now), memory);
  test('the same crossing is not told again, after a restart neither', () => {
    const memory = readMemory(JSON.stringify(toldAll(at('70'))));
    expect(ids(at('70'), memory)).toEqual([]);
    expect(ids(at('71'), memory)).toEqual([]);
    expect(ids(at('91'), memory)).toEqual(['b|2026-11-01|90']);
  });
  test('what a higher threshold said is not said behind it, when spend is corrected', () => expect(ids(at('75'), toldAll(at('95')))).toEqual([]));
  test('the next period is told anew', () => {
    const memory = toldAll(at('300'));
    const december = alertsOf(budgetStates(settings.budgets, ledger([{ day: '2026-12-01', cost: '2000' }]), Date.parse('2026-12-02T12:00:00Z'), []));
    expect(ids(december, memory)).toEqual(['b|2026-12-01|100']);
  });
  test.each([
    ['put off until a time, then told again', true, 2],
    ['put off for the period: what was told is not told again', false, 0],
  ])('%s', (_, again, then) => {
    const memory = afterSnooze(toldAll(at('70')), 'b|2026-11-01', now + 3_600_000, again);
    expect(ids(at('91'), memory)).toEqual([]);
    expect(ids(at('70'), memory, now + 3_600_001)).toHaveLength(then);
  });
  test.each([undefined, null, '', '[]', '{"told":1}', '{"told":{"b":2}}', 'x'])('a memory that is none remembers nothing: %j', (text) =>
    expect(readMemory(text)).toEqual(emptyMemory),
  );
  test('only what a target wants to hear', () => {
    const target = { kind: 'json', urlVariable: 'X', host: 'h', budgets: ['b'], on: ['threshold'] } as const;
    expect(
      at('91')
        .filter((one) => isFor(target, one))
        .map(({ kind }) => kind),
    ).toEqual(['threshold']);
    expect(at('91').filter((one) => isFor({ ...target, budgets: ['other'] }, one))).toEqual([]);
  });
});

describe('messages', () => {
  const [alert] = at(
    '91',
    settings.budgets.map((one) => ({ ...one, name: 'a<b> & c' })),
  );
  const of = (kind: 'slack' | 'teams' | 'json') => messageFor(kind, alert as Alert);
  test('Slack: a text for notifications, blocks, and nothing of ours read as theirs', () => {
    expect(of('slack')).toMatchObject({
      text: expect.stringContaining('a&lt;b&gt; &amp; c has reached 90 %'),
      blocks: [
        { type: 'section' },
        { type: 'section', fields: expect.arrayContaining([{ type: 'mrkdwn', text: expect.stringContaining('*Spent*\n910.00 USD of 1000.00 USD (91 %)') }]) },
        { type: 'context' },
      ],
    });
  });
  test('Teams: an adaptive card in a message', () =>
    expect(of('teams')).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: { type: 'AdaptiveCard', body: [{ text: 'Budget a<b> & c has reached 90 %' }, {}, { type: 'FactSet' }, { text: '@lead' }] },
        },
      ],
    }));
  test('JSON: plain fields, with the id that tells a message that came twice', () =>
    expect(of('json')).toMatchObject({
      version: 1,
      id: 'a<b> & c|2026-11-01|90',
      severity: 'warn',
      budget: 'a<b> & c',
      contacts: ['@lead'],
      facts: { Period: '2026-11-01 to 2026-11-30' },
    }));
});

describe('a message on its way', () => {
  let server: Server | undefined;
  afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));
  /** A receiver that answers so, one after the other, the last again and again. */
  async function receiver(...answers: readonly (readonly [number, Record<string, string>?])[]): Promise<{ url: string; bodies: string[] }> {
    const bodies: string[] = [];
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => {
        text += piece.toString();
      });
      request.on('end', () => {
        const [status, headers = {}] = answers[Math.min(bodies.length, answers.length - 1)] ?? [200];
        bodies.push(text);
        // 0: never answered
        if (status > 0) response.writeHead(status, headers).end('secret-path is broken');
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/secret-path`, bodies };
  }
  const patience = { timeout: 2000, attempts: 3, wait: 1, longest: 5 };
  const failure = (url: string, host = '127.0.0.1', how = patience): Promise<Error> =>
    postWebhook(url, host, {}, how).then(
      () => new Error('it arrived'),
      (error: Error) => error,
    );
  test('arrives as JSON', async () => {
    const { url, bodies } = await receiver([200]);
    await postWebhook(url, '127.0.0.1', { a: 1 }, patience);
    expect(bodies).toEqual(['{"a":1}']);
  });
  test.each([[429], [500], [503]])('busy with %i, it is tried again', async (status) => {
    const { url, bodies } = await receiver([status, { 'retry-after': '60' }], [200]);
    await postWebhook(url, '127.0.0.1', {}, patience);
    expect(bodies).toHaveLength(2);
  });
  test.each<[string, number, number, RegExp]>([
    ['busy for good', 503, 3, /answers 503, 3 times/],
    ['refused', 404, 1, /answers 404: it does not take the message/],
    ['sent on to elsewhere', 302, 1, /answers 302: it sends on to elsewhere/],
    ['never answered', 0, 1, /no answer in time/],
  ])('%s', async (_, status, attempts, message) => {
    const { url, bodies } = await receiver([status, { location: 'http://127.0.0.1:1/other' }]);
    const error = await failure(url, '127.0.0.1', status === 0 ? { ...patience, timeout: 200, attempts: 1 } : patience);
    expect(error).toBeInstanceOf(NotDelivered);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('secret-path');
    expect(bodies).toHaveLength(attempts);
    server?.closeAllConnections();
  });
  test.each<[string, string, string, RegExp]>([
    ['of another host', 'https://evil.example/services/secret-path', 'hooks.slack.com', /not of hooks\.slack\.com/],
    ['without encryption', 'http://hooks.slack.com/services/secret-path', 'hooks.slack.com', /without encryption/],
    ['no address', 'secret-path', 'hooks.slack.com', /the address is none/],
    ['nobody there', 'http://127.0.0.1:1/secret-path', '127.0.0.1:1', /cannot be reached, 3 times/],
  ])('%s: nothing is sent, and the address is in no message', async (_, url, host, message) => {
    const error = await failure(url, host);
    expect(error).toBeInstanceOf(NotDelivered);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('secret-path');
  });
});
