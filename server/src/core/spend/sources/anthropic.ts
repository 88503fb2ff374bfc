import * as z from 'zod';
import { add, divide, isZero } from '../decimal.js';
import { plusDays } from '../period.js';
import { amountOf, countOf, fieldOf, listOf, textOf } from './json.js';
import { ifAllowed, nextPage } from './pages.js';
import { address, type CommonSettings, common, overHttp } from './settings.js';
import { type Charge, SourceError, type SourceKind, type SourcePort } from './source.js';
import { type UsageMetric, type UsageRow, usageRow } from './usage.js';

export interface AnthropicSettings extends CommonSettings {
  readonly kind: 'anthropic';
  readonly url?: string | undefined;
}
const home = 'https://api.anthropic.com';
const version = { 'anthropic-version': '2023-06-01' };
const hundred = { digits: 100n, scale: 0 };

/** Costs and tokens of an organisation, a UTC day each. Amounts come as decimal texts of cents. */
export const anthropic: SourceKind<AnthropicSettings> = {
  kind: 'anthropic',
  title: 'Anthropic',
  document: 'Claude API reference, Admin API: Get Cost Report, Get Messages Usage Report, List Workspaces',
  settings: z.strictObject({ ...common, kind: z.literal('anthropic'), ...overHttp, url: address.optional() }),
  daysAtOnce: 31,
  address: ({ url }) => url ?? home,
  secret: 'x-api-key',
  ownEnvironment: /^ANTHROPIC_/,
  needs: 'an Admin API key (sk-ant-admin…) of an organisation; accounts of one person have none',
  read: async (_, days, port) => {
    const span = [
      ['starting_at', `${days.from}T00:00:00Z`],
      ['ending_at', `${plusDays(days.to, 1)}T00:00:00Z`],
      ['bucket_width', '1d'],
      ['limit', '31'],
    ] as const;
    const workspaces = await workspaceNames(port);
    const owner = (result: unknown) => {
      const id = textOf(result, 'workspace_id');
      // the default workspace has no id
      const name = id === '' ? 'Default' : (workspaces.get(id) ?? id);
      return { provider: 'Anthropic', service: 'Anthropic API', sub_account: name, project: name };
    };
    const charges: Charge[] = [];
    for await (const { day, result } of buckets(port, '/v1/organizations/cost_report', [
      ...span,
      ['group_by[]', 'workspace_id'],
      ['group_by[]', 'description'],
    ])) {
      const cents = amountOf(result, 'amount');
      const billed = cents && divide(cents, hundred, cents.scale + 2);
      const currency = textOf(result, 'currency').toUpperCase();
      if (!billed || currency === '') throw new SourceError(`a cost of ${day} has no amount`, 'report it: the API has changed');
      if (isZero(billed)) continue;
      const model = textOf(result, 'model');
      const values = { ...owner(result), charge: billed.digits < 0n ? 'Credit' : 'Usage', ...(model === '' ? {} : { model_id: model }) };
      charges.push({ day, billed, currency, values, serviceCategory: 'AI and Machine Learning', usage: textOf(result, 'description') });
    }
    const usage: UsageRow[] = [];
    for await (const { day, result } of buckets(port, '/v1/organizations/usage_report/messages', [
      ...span,
      ['group_by[]', 'workspace_id'],
      ['group_by[]', 'model'],
    ])) {
      const written = add(countOf(result, 'cache_creation', 'ephemeral_1h_input_tokens'), countOf(result, 'cache_creation', 'ephemeral_5m_input_tokens'));
      const cached = countOf(result, 'cache_read_input_tokens');
      const counts: [UsageMetric, typeof cached][] = [
        ['input_tokens', add(add(countOf(result, 'uncached_input_tokens'), written), cached)],
        ['cached_input_tokens', cached],
        ['cache_write_tokens', written],
        ['output_tokens', countOf(result, 'output_tokens')],
      ];
      const values = { ...owner(result), model_id: textOf(result, 'model') };
      for (const [metric, quantity] of counts) if (!isZero(quantity)) usage.push(usageRow({ day, metric, quantity, values }));
    }
    return { charges, usage, notes: ['costs of the Priority Tier are not in this report, as Anthropic says'] };
  },
};

/** Results of all pages, with the day of their bucket. */
async function* buckets(port: SourcePort, path: string, query: readonly (readonly [string, string])[]): AsyncIterable<{ day: string; result: unknown }> {
  let page = '';
  do {
    const answer = await port.ask({ path, headers: version, query: page === '' ? query : [...query, ['page', page]] });
    for (const bucket of listOf(answer, 'data')) {
      const day = textOf(bucket, 'starting_at').slice(0, 10);
      if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new SourceError('a bucket has no start', 'report it: the API has changed');
      for (const result of listOf(bucket, 'results')) yield { day, result };
    }
    page = nextPage(answer, page);
  } while (page !== '');
}
/** Names of workspaces by their id; a key that may not see them leaves the ids. */
const workspaceNames = (port: SourcePort): Promise<ReadonlyMap<string, string>> =>
  ifAllowed(new Map(), async () => {
    const names = new Map<string, string>();
    for (let after = ''; ; ) {
      const query = [['limit', '100'], ['include_archived', 'true'], ...(after === '' ? [] : [['after_id', after]])] as [string, string][];
      const answer = await port.ask({ path: '/v1/organizations/workspaces', headers: version, query });
      for (const one of listOf(answer, 'data')) names.set(textOf(one, 'id'), textOf(one, 'name'));
      const last = textOf(answer, 'last_id');
      if (fieldOf(answer, 'has_more') !== true || last === '' || last === after) return names;
      after = last;
    }
  });
