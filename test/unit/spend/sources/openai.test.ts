import { expect, test } from 'vitest';
import { Workspace } from '../../../support/ledger.js';
import { fake } from '../../../support/source-fake.js';

// Shapes of OpenAI's API reference, Administration: Costs, Usage and Projects.
const at = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;
const page = (data: object[], next?: string): object => ({ object: 'page', data, has_more: next !== undefined, next_page: next ?? null });
const bucket = (day: string, results: object[]): object => ({ object: 'bucket', start_time: at(day), end_time: at(day) + 86_400, results });
const now = Date.parse('2026-11-04T09:00:00Z');
const environment = { OPENAI_ADMIN_KEY: 'sk-admin-abcdefgh' };
const source = (url: string): string => `- name: openai\n  kind: openai\n  url: ${url}\n  token_env: OPENAI_ADMIN_KEY\n  from: 2026-11-01`;

test('costs of all pages, exactly, by project and model; tokens beside them', async () => {
  using workspace = new Workspace();
  await using server = await fake(({ path, query }) => {
    if (path === '/v1/organization/projects')
      return query['after'] === undefined
        ? { data: [{ id: 'proj_1', name: 'search' }], has_more: true, last_id: 'proj_1' }
        : { data: [{ id: 'proj_2', name: 'chat' }], has_more: false, last_id: 'proj_2' };
    if (path === '/v1/organization/costs') {
      if (query['page'] === undefined)
        return page(
          [
            bucket('2026-11-01', [
              { object: 'organization.costs.result', amount: { value: 0.1, currency: 'usd' }, line_item: 'gpt-4o-2024-08-06, input', project_id: 'proj_1' },
              { object: 'organization.costs.result', amount: { value: 0.2, currency: 'usd' }, line_item: 'gpt-4o-2024-08-06, output', project_id: 'proj_1' },
            ]),
          ],
          'second',
        );
      // more digits than a double holds, as the API writes them
      return {
        text: JSON.stringify(
          page([bucket('2026-11-02', [{ amount: { value: 'X', currency: 'usd' }, line_item: 'web search tool calls', project_id: 'proj_2' }])]),
        ).replace('"X"', '0.12345678901234567890'),
      };
    }
    if (path === '/v1/organization/usage/completions')
      return page([
        bucket('2026-11-01', [
          { input_tokens: 1000, input_cached_tokens: 400, output_tokens: 50, num_model_requests: 3, project_id: 'proj_1', model: 'gpt-4o-2024-08-06' },
        ]),
      ]);
    return page([]);
  });
  const [outcome] = await workspace.pull(source(server.url), { now, environment });
  expect(outcome?.health).toMatchObject({ through: '2026-11-02' });
  expect(outcome?.health.error).toBeUndefined();
  expect(await workspace.report(['day', 'project', 'model_id', 'category', 'source'])).toEqual([
    ['2026-11-01', 'search', 'gpt-4o-2024-08-06', 'api-tokens', 'openai', '0.30'],
    ['2026-11-02', 'chat', '–', 'api-tokens', 'openai', '0.1234567890123456789'],
  ]);
  expect(await workspace.usage(['project', 'model_id'])).toEqual([
    'requests search gpt-4o-2024-08-06 3',
    'input_tokens search gpt-4o-2024-08-06 1000',
    'cached_input_tokens search gpt-4o-2024-08-06 400',
    'output_tokens search gpt-4o-2024-08-06 50',
  ]);
  const costs = server.asked.filter(({ path }) => path === '/v1/organization/costs');
  expect(costs.map(({ query }) => [query['start_time'], query['end_time'], query['group_by[]'], query['page']])).toEqual([
    [String(at('2026-11-01')), String(at('2026-11-05')), 'project_id,line_item', undefined],
    [String(at('2026-11-01')), String(at('2026-11-05')), 'project_id,line_item', 'second'],
  ]);
  for (const { headers } of server.asked) expect(headers['authorization']).toBe('Bearer sk-admin-abcdefgh');
});
test.each([
  [
    'a key of another kind',
    () => ({ status: 401, text: '{"error":{"message":"Incorrect API key provided: sk-admin-abcdefgh"}}' }),
    'answers 401: Incorrect API key provided: …',
    'Admin API key',
  ],
  [
    'a cost without an amount',
    ({ path }: { path: string }) => (path.endsWith('/costs') ? page([bucket('2026-11-01', [{ line_item: 'x' }])]) : page([])),
    'has no amount',
    'API has changed',
  ],
  ['a web page instead', () => ({ text: '<html>' }), 'no JSON', 'not of its web page'],
  [
    'an answer of another shape: nothing is not no spend',
    ({ path }: { path: string }) => (path.endsWith('/costs') ? { object: 'page' } : page([])),
    "no list 'data'",
    'address',
  ],
  ['a page that leads to itself', ({ path }: { path: string }) => (path.endsWith('/costs') ? page([], 'again') : page([])), 'the same page again', 'later'],
])('%s is said, without the secret', async (_, answer, message, todo) => {
  using workspace = new Workspace();
  await using server = await fake(answer as Parameters<typeof fake>[0]);
  const [outcome] = await workspace.pull(source(server.url), { now, environment });
  expect(outcome?.health.error?.message).toContain(message);
  expect(outcome?.health.error?.todo).toContain(todo);
  expect(JSON.stringify(outcome)).not.toContain('sk-admin-abcdefgh');
  expect(await workspace.total()).toBe('nothing');
});
