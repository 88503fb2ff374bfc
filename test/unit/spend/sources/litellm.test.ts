import { describe, expect, test } from 'vitest';
import { Workspace } from '../../../support/ledger.js';
import { fake } from '../../../support/source-fake.js';

// Shapes of LiteLLM's proxy: SpendAnalyticsPaginatedResponse of /user/daily/activity, /team/list.
const metrics = (spend: number, prompt = 0): object => ({
  spend,
  prompt_tokens: prompt,
  completion_tokens: prompt / 10,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
  total_tokens: prompt * 1.1,
  successful_requests: prompt / 100,
  failed_requests: 0,
  api_requests: prompt / 100,
});
const key = (spend: number, prompt: number, alias: string | null, team: string | null): object => ({
  metrics: metrics(spend, prompt),
  metadata: { key_alias: alias, team_id: team },
});
const day = (date: string, all: number, models: Record<string, Record<string, object>>): object => ({
  date,
  metrics: metrics(all),
  breakdown: {
    models: Object.fromEntries(Object.entries(models).map(([model, api_key_breakdown]) => [model, { metrics: metrics(0), metadata: {}, api_key_breakdown }])),
  },
});
const proxy = () =>
  fake(({ path, query }) => {
    if (path === '/team/list') return [{ team_id: 't1', team_alias: 'search' }] as object;
    if (path !== '/user/daily/activity') return undefined;
    return query['page'] === '1'
      ? {
          results: [
            day('2026-11-02', 1.5, { 'gpt-4o': { 'hash-of-a-long-key': key(1, 1000, null, null) } }),
            day('2026-11-01', 0.3, { 'gpt-4o': { aaa: key(0.1, 1000, 'ci', 't1'), bbb: key(0.2, 2000, 'app', 't2') } }),
          ],
          metadata: { page: 1, total_pages: 2, has_more: true },
        }
      : // the same day goes on here
        { results: [day('2026-11-01', 0.4, { 'claude-sonnet': { aaa: key(0.4, 500, 'ci', 't1') } })], metadata: { page: 2, total_pages: 2, has_more: false } };
  });
const source = (url: string, counts: boolean): string =>
  `- name: proxy\n  kind: litellm\n  url: ${url}\n  token_env: LITELLM_KEY\n  from: 2026-11-01\n  counts: ${counts}`;
const options = { now: Date.parse('2026-11-03T00:00:00Z'), environment: { LITELLM_KEY: 'sk-1234567' } };

describe('spend by team, key and model', () => {
  test('a day that is split over pages adds up; what no model is named for is there too', async () => {
    using workspace = new Workspace();
    await using server = await proxy();
    const [outcome] = await workspace.pull(source(server.url, true), options);
    expect(outcome?.health.error).toBeUndefined();
    expect(await workspace.report(['day', 'team', 'sub_account', 'model_id'])).toEqual([
      ['2026-11-01', 'search', 'ci', 'claude-sonnet', '0.40'],
      ['2026-11-01', 't2', 'app', 'gpt-4o', '0.20'],
      ['2026-11-01', 'search', 'ci', 'gpt-4o', '0.10'],
      ['2026-11-02', '–', 'hash-of-a-lo', 'gpt-4o', '1.00'],
      ['2026-11-02', '–', '–', '–', '0.50'],
    ]);
    expect(await workspace.usage(['team'], 'input_tokens')).toEqual(['input_tokens t2 2000', 'input_tokens search 1500', 'input_tokens – 1000']);
  });
  test('what counts elsewhere is kept beside the bill', async () => {
    using workspace = new Workspace();
    await using server = await proxy();
    await workspace.pull(source(server.url, false), options);
    expect(await workspace.total()).toBe('nothing');
    expect(await workspace.usage(['team'], 'metered_cost')).toEqual(['metered_cost – 1.5 USD', 'metered_cost search 0.5 USD', 'metered_cost t2 0.2 USD']);
  });
  test('whether it counts must be said', async () => {
    using workspace = new Workspace();
    await expect(workspace.pull('- name: proxy\n  kind: litellm\n  url: http://127.0.0.1:1', options)).rejects.toThrow('`counts` is missing');
  });
});
