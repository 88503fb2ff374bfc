import * as z from 'zod';
import { add, divide, isZero } from '../decimal.js';
import { plusDays } from '../period.js';
import { amountOf, countOf, textOf } from './json.js';
import { buckets, namesById } from './pages.js';
import { type CommonSettings, parts } from './settings.js';
import { type Charge, SourceError, type SourceKind } from './source.js';
import { type UsageMetric, type UsageRow, usageRow } from './usage.js';

export interface AnthropicSettings extends CommonSettings {
  readonly kind: 'anthropic';
  readonly url?: string | undefined;
}
const home = 'https://api.anthropic.com';
const version = { 'anthropic-version': '2023-06-01' };
const dayOf = (bucket: unknown): string => textOf(bucket, 'starting_at').slice(0, 10);
const hundred = { digits: 100n, scale: 0 };

/** Costs and tokens of an organisation, a UTC day each. Amounts come as decimal texts of cents. */
export const anthropic: SourceKind<AnthropicSettings> = {
  kind: 'anthropic',
  title: 'Anthropic',
  document: 'Claude API reference, Admin API: Get Cost Report, Get Messages Usage Report, List Workspaces',
  settings: () => {
    const { address, common, overHttp } = parts();
    return z.strictObject({ ...common, kind: z.literal('anthropic'), ...overHttp, url: address.optional() });
  },
  daysAtOnce: 31,
  address: ({ url }) => url ?? home,
  secret: 'x-api-key',
  pageHeaders: { 'anthropic-dangerous-direct-browser-access': 'true' },
  ownEnvironment: /^ANTHROPIC_/,
  needs: 'an Admin API key (sk-ant-admin…) of an organisation; accounts of one person have none',
  read: async (_, days, port) => {
    const span = [
      ['starting_at', `${days.from}T00:00:00Z`],
      ['ending_at', `${plusDays(days.to, 1)}T00:00:00Z`],
      ['bucket_width', '1d'],
      ['limit', '31'],
    ] as const;
    const workspaces = await namesById(port, { path: '/v1/organizations/workspaces', headers: version }, 'after_id');
    const owner = (result: unknown) => {
      const id = textOf(result, 'workspace_id');
      // the default workspace has no id
      const name = id === '' ? 'Default' : (workspaces.get(id) ?? id);
      return { provider: 'Anthropic', service: 'Anthropic API', sub_account: name, project: name };
    };
    const charges: Charge[] = [];
    for await (const { day, result } of buckets(
      port,
      { path: '/v1/organizations/cost_report', headers: version, query: [...span, ['group_by[]', 'workspace_id'], ['group_by[]', 'description']] },
      dayOf,
    )) {
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
    for await (const { day, result } of buckets(
      port,
      { path: '/v1/organizations/usage_report/messages', headers: version, query: [...span, ['group_by[]', 'workspace_id'], ['group_by[]', 'model']] },
      dayOf,
    )) {
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
