import * as z from 'zod';
import { add, type Decimal, isZero, subtract, zero } from '../decimal.js';
import { amountOf, countOf, entriesOf, fieldOf, listOf, textOf } from './json.js';
import { ifAllowed } from './pages.js';
import { type CommonSettings, parts } from './settings.js';
import { type Charge, SourceError, type SourceKind, type SourcePort } from './source.js';
import { type UsageMetric, type UsageRow, usageRow } from './usage.js';

export interface LiteLlmSettings extends CommonSettings {
  readonly kind: 'litellm';
  readonly url: string;
  readonly counts: boolean;
}
const metrics: readonly (readonly [UsageMetric, string])[] = [
  ['requests', 'successful_requests'],
  ['failed_requests', 'failed_requests'],
  ['input_tokens', 'prompt_tokens'],
  ['cached_input_tokens', 'cache_read_input_tokens'],
  ['cache_write_tokens', 'cache_creation_input_tokens'],
  ['output_tokens', 'completion_tokens'],
];
/** More pages than this are an error of the server. */
const mostPages = 10_000;

/** Spend of a LiteLLM proxy, by model, key and team, a UTC day each; in dollars, as the proxy keeps it. A day may be split over pages: its parts add up. */
export const litellm: SourceKind<LiteLlmSettings> = {
  kind: 'litellm',
  title: 'LiteLLM proxy',
  document: 'LiteLLM proxy: GET /user/daily/activity (SpendAnalyticsPaginatedResponse), GET /team/list',
  settings: () => {
    const { address, common, counts, overHttp } = parts();
    return z.strictObject({ ...common, kind: z.literal('litellm'), ...overHttp, url: address, counts });
  },
  daysAtOnce: 7,
  address: ({ url }) => url,
  secret: 'bearer',
  needs: 'the master key of the proxy, or a key of an admin',
  read: async (settings, days, port) => {
    const teams = await teamNames(port);
    const charges: Charge[] = [];
    const usage: UsageRow[] = [];
    /** Money and use of one day with the same values. */
    const tell = (day: string, values: Charge['values'], spend: Decimal, said: unknown): void => {
      if (!isZero(spend)) {
        if (settings.counts)
          charges.push({ day, billed: spend, currency: 'USD', values: { ...values, charge: 'Usage' }, serviceCategory: 'AI and Machine Learning' });
        else usage.push({ day, metric: 'metered_cost', quantity: spend, unit: 'USD', values });
      }
      for (const [metric, field] of metrics) {
        const quantity = countOf(said, field);
        if (!isZero(quantity)) usage.push(usageRow({ day, metric, quantity, values }));
      }
    };
    for (let page = 1; ; page++) {
      if (page > mostPages) throw new SourceError(`more than ${mostPages} pages`, 'say a later day with from:');
      const answer = await port.ask({
        path: '/user/daily/activity',
        query: [
          ['start_date', days.from],
          ['end_date', days.to],
          ['page', String(page)],
          ['page_size', '1000'],
        ],
      });
      for (const one of listOf(answer, 'results')) {
        const day = textOf(one, 'date').slice(0, 10);
        const all = amountOf(one, 'metrics', 'spend');
        if (!all || day === '') throw new SourceError('a day has no spend', 'check the version of the proxy: /user/daily/activity is needed');
        let told = zero;
        for (const [model, found] of entriesOf(one, 'breakdown', 'models'))
          for (const [key, part] of entriesOf(found, 'api_key_breakdown')) {
            const spend = amountOf(part, 'metrics', 'spend') ?? zero;
            told = add(told, spend);
            const team = textOf(part, 'metadata', 'team_id');
            const values = {
              provider: 'LiteLLM',
              service: 'LiteLLM proxy',
              model_id: model,
              sub_account: textOf(part, 'metadata', 'key_alias') || key.slice(0, 12),
              ...(team === '' ? {} : { team: teams.get(team) ?? team }),
            };
            tell(day, values, spend, fieldOf(part, 'metrics'));
          }
        // what no model and key is named for: tools, provisioned throughput
        const values = { provider: 'LiteLLM', service: 'LiteLLM proxy' };
        tell(day, values, subtract(all, told), undefined);
        tell(day, { ...values, service: 'LiteLLM provisioned throughput' }, amountOf(one, 'metrics', 'flat_cost') ?? zero, undefined);
      }
      if (fieldOf(answer, 'metadata', 'has_more') !== true) return { charges, usage, notes: [] };
    }
  },
};

/** Names of teams by their id; a key that may not see them leaves the ids. */
const teamNames = (port: SourcePort): Promise<ReadonlyMap<string, string>> =>
  ifAllowed(new Map(), async () => {
    const answer = await port.ask({ path: '/team/list' });
    const list = Array.isArray(answer) ? (answer as unknown[]) : listOf(answer, 'teams');
    return new Map(list.map((one) => [textOf(one, 'team_id'), textOf(one, 'team_alias') || textOf(one, 'team_id')]));
  });
