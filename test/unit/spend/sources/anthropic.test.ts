import { expect, test } from 'vitest';
import { Workspace } from '../../../support/ledger.js';
import { fake } from '../../../support/source-fake.js';

// Shapes of the Claude API reference, Admin API: Get Cost Report, Get Messages Usage Report, List Workspaces.
const bucket = (day: string, results: object[]): object => ({ starting_at: `${day}T00:00:00Z`, ending_at: `${day}T23:59:59Z`, results });
const page = (data: object[], next?: string): object => ({ data, has_more: next !== undefined, next_page: next ?? null });
const cost = (amount: string, workspace: string | null, model: string | null): object => ({
  currency: 'USD',
  amount,
  workspace_id: workspace,
  description: model === null ? 'Web Search Usage' : `${model} Usage - Input Tokens`,
  cost_type: model === null ? 'web_search' : 'tokens',
  model,
  service_tier: 'standard',
});

test('amounts are cents as decimal texts: dollars, exactly, by workspace and model', async () => {
  using workspace = new Workspace();
  await using server = await fake(({ path, query }) => {
    if (path === '/v1/organizations/workspaces') return { data: [{ id: 'wrkspc_1', name: 'research' }], has_more: false, last_id: 'wrkspc_1' };
    if (path === '/v1/organizations/cost_report')
      return query['page'] === undefined
        ? page([bucket('2026-11-01', [cost('123.78912', 'wrkspc_1', 'claude-sonnet-4-5'), cost('0.00001', null, null)])], 'page_2')
        : page([bucket('2026-11-02', [cost('1000', null, 'claude-sonnet-4-5')])]);
    if (path === '/v1/organizations/usage_report/messages')
      return page([
        bucket('2026-11-01', [
          {
            uncached_input_tokens: 100,
            cache_creation: { ephemeral_1h_input_tokens: 10, ephemeral_5m_input_tokens: 20 },
            cache_read_input_tokens: 70,
            output_tokens: 5,
            workspace_id: 'wrkspc_1',
            model: 'claude-sonnet-4-5',
          },
        ]),
      ]);
    return undefined;
  });
  const source = `- name: claude\n  kind: anthropic\n  url: ${server.url}\n  token_env: ANTHROPIC_ADMIN_KEY\n  from: 2026-11-01\n  tags: { team: ml }`;
  const [outcome] = await workspace.pull(source, { now: Date.parse('2026-11-03T00:00:00Z'), environment: { ANTHROPIC_ADMIN_KEY: 'sk-ant-admin01-x' } });
  expect(outcome?.health.error).toBeUndefined();
  expect(outcome?.health.notes).toEqual([expect.stringContaining('Priority Tier')]);
  expect(await workspace.report(['day', 'sub_account', 'model_id', 'team', 'category'])).toEqual([
    ['2026-11-01', 'research', 'claude-sonnet-4-5', 'ml', 'api-tokens', '1.2378912'],
    ['2026-11-01', 'Default', '–', 'ml', 'api-tokens', '0.0000001'],
    ['2026-11-02', 'Default', 'claude-sonnet-4-5', 'ml', 'api-tokens', '10.00'],
  ]);
  expect(await workspace.usage(['project'])).toEqual([
    'input_tokens research 200',
    'cached_input_tokens research 70',
    'cache_write_tokens research 30',
    'output_tokens research 5',
  ]);
  for (const { headers } of server.asked) expect([headers['x-api-key'], headers['anthropic-version']]).toEqual(['sk-ant-admin01-x', '2023-06-01']);
  expect(server.asked.find(({ path }) => path.endsWith('cost_report'))?.query).toEqual({
    starting_at: '2026-11-01T00:00:00Z',
    ending_at: '2026-11-04T00:00:00Z',
    bucket_width: '1d',
    limit: '31',
    'group_by[]': 'workspace_id,description',
  });
});
test('a key that may not see the names of workspaces leaves their ids; any other failure is one', async () => {
  for (const [status, expected] of [
    [403, 'wrkspc_1'],
    [500, undefined],
  ] as const) {
    using workspace = new Workspace();
    await using server = await fake(({ path }) =>
      path.endsWith('/workspaces')
        ? { status, text: '{"type":"error","error":{"type":"permission_error","message":"no"}}' }
        : page(path.endsWith('cost_report') ? [bucket('2026-11-01', [cost('100', 'wrkspc_1', 'm')])] : []),
    );
    const source = `- name: claude\n  kind: anthropic\n  url: ${server.url}\n  token_env: ANTHROPIC_ADMIN_KEY\n  from: 2026-11-01`;
    await workspace.pull(source, { now: Date.parse('2026-11-03T00:00:00Z'), environment: { ANTHROPIC_ADMIN_KEY: 'sk-ant-admin01-x' } });
    expect((await workspace.report(['sub_account']))[0]?.[0]).toBe(expected);
  }
});
