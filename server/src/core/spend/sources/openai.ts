import * as z from 'zod';
import { isZero } from '../decimal.js';
import { plusDays } from '../period.js';
import { amountOf, countOf, fieldOf, listOf, textOf } from './json.js';
import { ifAllowed, nextPage } from './pages.js';
import { address, type CommonSettings, common, overHttp } from './settings.js';
import { type Charge, SourceError, type SourceKind, type SourcePort } from './source.js';
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
  settings: z.strictObject({ ...common, kind: z.literal('openai'), ...overHttp, url: address.optional() }),
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
    const projects = await projectNames(port);
    const owner = (result: unknown) => {
      const id = textOf(result, 'project_id');
      const name = projects.get(id) ?? id;
      return { provider: 'OpenAI', service: 'OpenAI API', sub_account: name, project: name };
    };
    const charges: Charge[] = [];
    for await (const { day, result } of buckets(port, '/v1/organization/costs', [
      ...span,
      ['group_by[]', 'project_id'],
      ['group_by[]', 'line_item'],
      ['limit', '180'],
    ])) {
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
      for await (const { day, result } of buckets(port, `/v1/organization/usage/${path}`, [
        ...span,
        ['group_by[]', 'project_id'],
        ['group_by[]', 'model'],
        ['limit', '31'],
      ]))
        for (const [metric, field] of Object.entries(counts) as [UsageMetric, string][]) {
          const quantity = countOf(result, field);
          if (!isZero(quantity)) usage.push(usageRow({ day, metric, quantity, values: { ...owner(result), model_id: textOf(result, 'model') } }));
        }
    return { charges, usage, notes: [] };
  },
};

const seconds = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;
/** Results of all pages, with the day of their bucket. */
async function* buckets(port: SourcePort, path: string, query: readonly (readonly [string, string])[]): AsyncIterable<{ day: string; result: unknown }> {
  let page = '';
  do {
    const answer = await port.ask({ path, query: page === '' ? query : [...query, ['page', page]] });
    for (const bucket of listOf(answer, 'data')) {
      const start = Number(textOf(bucket, 'start_time'));
      if (!Number.isFinite(start) || start <= 0) throw new SourceError('a bucket has no start', 'report it: the API has changed');
      const day = new Date(start * 1000).toISOString().slice(0, 10);
      for (const result of listOf(bucket, 'results')) yield { day, result };
    }
    page = nextPage(answer, page);
  } while (page !== '');
}
/** Names of projects by their id; a key that may not see them leaves the ids. */
const projectNames = (port: SourcePort): Promise<ReadonlyMap<string, string>> =>
  ifAllowed(new Map(), async () => {
    const names = new Map<string, string>();
    for (let after = ''; ; ) {
      const query = [['limit', '100'], ['include_archived', 'true'], ...(after === '' ? [] : [['after', after]])] as [string, string][];
      const answer = await port.ask({ path: '/v1/organization/projects', query });
      for (const one of listOf(answer, 'data')) names.set(textOf(one, 'id'), textOf(one, 'name'));
      const last = textOf(answer, 'last_id');
      if (fieldOf(answer, 'has_more') !== true || last === '' || last === after) return names;
      after = last;
    }
  });
