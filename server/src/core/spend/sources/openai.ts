import * as z from 'zod';
import { isZero } from '../decimal.js';
import { dayOfSeconds, plusDays } from '../period.js';
import { amountOf, countOf, textOf } from './json.js';
import { buckets, namesById } from './pages.js';
import { type CommonSettings, parts } from './settings.js';
import { type Charge, SourceError, type SourceKind } from './source.js';
import { type UsageMetric, type UsageRow, usageRow } from './usage.js';

export interface OpenAiSettings extends CommonSettings {
  readonly kind: 'openai';
  readonly url?: string | undefined;
}
const home = 'https://api.openai.com';
/** Tokens of which calls are read, and by which fields; `input_tokens` counts those out of the cache too. */
const uses: readonly (readonly [path: string, counts: Readonly<Partial<Record<UsageMetric, string>>>])[] = [
  [
    'completions',
    {
      requests: 'num_model_requests',
      input_tokens: 'input_tokens',
      cached_input_tokens: 'input_cached_tokens',
      cache_write_tokens: 'input_cache_write_tokens',
      output_tokens: 'output_tokens',
    },
  ],
  ['embeddings', { requests: 'num_model_requests', input_tokens: 'input_tokens' }],
];

/** Costs and tokens of an organisation, a UTC day each. */
export const openai: SourceKind<OpenAiSettings> = {
  kind: 'openai',
  title: 'OpenAI',
  document: 'OpenAI API reference, Administration: Costs, Usage (completions, embeddings), Projects',
  settings: () => {
    const { address, common, overHttp } = parts();
    return z.strictObject({ ...common, kind: z.literal('openai'), ...overHttp, url: address.optional() });
  },
  daysAtOnce: 31,
  address: ({ url }) => url ?? home,
  secret: 'bearer',
  ownEnvironment: /^OPENAI_/,
  needs: 'an Admin API key (sk-admin-…) of an owner of the organisation',
  read: async (_, days, port) => {
    const span = [
      ['start_time', String(seconds(days.from))],
      ['end_time', String(seconds(plusDays(days.to, 1)))],
      ['bucket_width', '1d'],
    ] as const;
    const projects = await namesById(port, { path: '/v1/organization/projects' }, 'after');
    const owner = (result: unknown) => {
      const id = textOf(result, 'project_id');
      const name = projects.get(id) ?? id;
      return { provider: 'OpenAI', service: 'OpenAI API', sub_account: name, project: name };
    };
    const charges: Charge[] = [];
    for await (const { day, result } of buckets(
      port,
      { path: '/v1/organization/costs', query: [...span, ['group_by[]', 'project_id'], ['group_by[]', 'line_item'], ['limit', '180']] },
      dayOf,
    )) {
      const billed = amountOf(result, 'amount', 'value');
      const currency = textOf(result, 'amount', 'currency').toUpperCase();
      if (!billed || currency === '') throw new SourceError(`a cost of ${day} has no amount`, 'report it: the API has changed');
      if (isZero(billed)) continue;
      const item = textOf(result, 'line_item');
      const model = /^(.+), (?:cached )?(?:input|output)\b/i.exec(item)?.[1];
      const values = { ...owner(result), charge: billed.digits < 0n ? 'Credit' : 'Usage', ...(model === undefined ? {} : { model_id: model }) };
      charges.push({ day, billed, currency, values, serviceCategory: 'AI and Machine Learning', usage: item });
    }
    const usage: UsageRow[] = [];
    for (const [path, counts] of uses)
      for await (const { day, result } of buckets(
        port,
        { path: `/v1/organization/usage/${path}`, query: [...span, ['group_by[]', 'project_id'], ['group_by[]', 'model'], ['limit', '31']] },
        dayOf,
      ))
        for (const [metric, field] of Object.entries(counts) as [UsageMetric, string][]) {
          const quantity = countOf(result, field);
          if (!isZero(quantity)) usage.push(usageRow({ day, metric, quantity, values: { ...owner(result), model_id: textOf(result, 'model') } }));
        }
    return { charges, usage, notes: [] };
  },
};

const seconds = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;
const dayOf = (bucket: unknown): string => {
  const start = Number(textOf(bucket, 'start_time'));
  return Number.isFinite(start) && start > 0 ? dayOfSeconds(start) : '';
};
