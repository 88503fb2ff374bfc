import * as z from 'zod';
import { compare, type Decimal, decimal, isZero, multiply, ofNumber, round, subtract, zero } from '../decimal.js';
import { type DimensionName, tagNames } from '../dimensions.js';
import { dayOfSeconds, daysIn, eachDay, plusDays, type Span } from '../period.js';
import { fieldOf, listOf, textOf } from './json.js';
import { type Asked, type Family, families, type Question, questions, seen } from './prometheus-queries.js';
import { type CommonSettings, parts } from './settings.js';
import { type Charge, type SourceAnswer, SourceError, type SourceKind, type SourcePort } from './source.js';
import { type UsageRow, usageRow } from './usage.js';

export interface PrometheusSettings extends CommonSettings {
  readonly kind: 'prometheus';
  readonly url: string;
  readonly counts: boolean;
  readonly tenant?: string | undefined;
  readonly read?: readonly Family[] | undefined;
  readonly by?: Readonly<Partial<Record<DimensionName, string>>> | undefined;
  readonly match?: Readonly<Record<string, string>> | undefined;
  readonly step_minutes?: number | undefined;
  readonly idle_below?: number | undefined;
  readonly currency?: string | undefined;
  readonly price_per_gpu_hour?: number | Readonly<Record<string, number>> | undefined;
}
/** Series that one question may answer: more is more than a person can read. */
const mostSeries = 20_000;
const day = 86_400;

/** GPUs, tokens and requests as Prometheus keeps them, and servers that answer as it does: Thanos, Mimir, VictoriaMetrics. */
export const prometheus: SourceKind<PrometheusSettings> = {
  kind: 'prometheus',
  title: 'Prometheus',
  document: 'Prometheus HTTP API v1: /query, /query_range; Mimir: X-Scope-OrgID',
  settings: () => {
    const { address, common, counts, currency, overHttp, withPassword } = parts();
    const label = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'the name of a label is expected');
    return z
      .strictObject({
        ...common,
        kind: z.literal('prometheus'),
        ...overHttp,
        ...withPassword,
        url: address,
        counts,
        tenant: z.string().min(1).optional().describe('Tenant of Mimir, sent as X-Scope-OrgID.'),
        read: z.array(z.enum(families)).min(1).optional().describe('What is read; all of it if it is not said.'),
        by: z
          .partialRecord(z.enum([...tagNames, 'sub_account', 'region']), label)
          .optional()
          .describe('Whose it is, by labels: `{ project: namespace, team: team }`; `project: namespace` if it is not said.'),
        match: z.record(label, z.string()).optional().describe('Only series with these labels: `{ cluster: a }`.'),
        step_minutes: z
          .union([z.literal(1), z.literal(2), z.literal(5), z.literal(10), z.literal(15)])
          .optional()
          .describe('How often a day is looked at; every 5 minutes if it is not said.'),
        idle_below: z.number().gt(0).max(100).optional().describe('Percent of use below which a GPU is idle; 5 if it is not said.'),
        currency: currency.optional().describe('Of the prices; USD if it is not said.'),
        price_per_gpu_hour: z
          .union([z.number().positive(), z.record(z.string(), z.number().positive())])
          .optional()
          .describe('What an hour of a GPU costs you, for all or by a part of its name: `{ H100: 2.4 }`. Needed where `counts` is true.'),
      })
      .refine((row) => !row.counts || row.price_per_gpu_hour !== undefined, { message: 'what counts as spend needs price_per_gpu_hour', path: ['counts'] });
  },
  daysAtOnce: 7,
  address: ({ url }) => url,
  secret: 'bearer',
  needs: 'read access to its API',
  read: async (settings, days, port, now) => {
    const asked: Asked = {
      labels: [...new Set(Object.values(settings.by ?? { project: 'namespace' }))],
      matchers: Object.entries(settings.match ?? {}).map(([name, value]) => `${name}=${quoted(value)}`),
      step: settings.step_minutes ?? 5,
      idleBelow: settings.idle_below ?? 5,
    };
    const notes = new Set<string>();
    const ask = asker(settings, port, days, now, notes);
    const wanted = settings.read ?? families;
    const usage: UsageRow[] = [];
    for (const question of questions(asked).filter(({ family }) => wanted.includes(family)))
      for (const point of await ask(question.query)) {
        const row = rowOf(question, point, settings);
        if (row) usage.push(row);
        else if (point.value !== undefined && !isZero(point.value)) notes.add(`${point.day}: a value that is no number was left out`);
      }
    const told = new Set(usage.map((row) => row.day));
    const forgotten = [...eachDay(days)].filter((one) => !told.has(one));
    if (forgotten.length > 0) notes.add(`${spanText(forgotten)}: no samples of ${wanted.join(', ')}`);
    if (wanted.includes('gpu') && usage.some(({ metric }) => metric === 'gpu_hours'))
      for (const { day: one, value } of await ask((range) => seen(asked, range))) {
        const hours = Number(value?.digits ?? 0n) / 10 ** (value?.scale ?? 0) / (60 / asked.step);
        const whole = Math.min(day, now / 1000 - at(one)) / 3600;
        if (hours < whole * 0.98 - 2 / (60 / asked.step))
          notes.add(`${one}: GPUs were seen in ${hours.toFixed(1)} of ${whole.toFixed(1)} hours; what was between is not counted`);
      }
    const priced = settings.counts ? charged(usage, settings, notes) : [];
    return { charges: priced, usage, notes: [...notes], forgotten } satisfies SourceAnswer;
  },
};

interface Point {
  readonly day: string;
  readonly labels: unknown;
  readonly value: Decimal | undefined;
}
/** Asks for the sums of each day: whole days in one range query, a day that is not over by itself. */
function asker(
  settings: PrometheusSettings,
  port: SourcePort,
  days: Span,
  now: number,
  notes: Set<string>,
): (query: (range: string) => string) => Promise<Point[]> {
  const headers = settings.tenant === undefined ? {} : { 'x-scope-orgid': settings.tenant };
  const seconds = Math.floor(now / 1000);
  const open = at(days.to) + day > seconds ? days.to : undefined;
  const lastWhole = open === undefined ? days.to : plusDays(days.to, -1);
  const ask = async (path: string, query: readonly (readonly [string, string])[]): Promise<readonly unknown[]> => {
    const answer = await port.ask({ path: `/api/v1/${path}`, query, headers });
    for (const kind of ['warnings', 'infos']) for (const one of warningsOf(fieldOf(answer, kind))) notes.add(`the server says: ${one}`);
    if (textOf(answer, 'status') !== 'success')
      throw new SourceError(
        textOf(answer, 'error') || 'the answer is not one of Prometheus',
        'check that the address is that of the API: https://HOST, or https://HOST/prometheus for Mimir',
      );
    const result = listOf(answer, 'data', 'result');
    if (result.length > mostSeries) throw new SourceError(`${result.length} series in one answer`, 'name fewer labels in by:, or narrow it with match:');
    return result;
  };
  return async (query) => {
    const points: Point[] = [];
    if (days.from <= lastWhole)
      for (const series of await ask('query_range', [
        ['query', query(`${day}s`)],
        ['start', String(at(days.from) + day)],
        ['end', String(at(lastWhole) + day)],
        ['step', String(day)],
      ]))
        for (const [time, value] of listOf(series, 'values') as readonly (readonly [unknown, unknown])[])
          points.push({ day: dayOfSeconds(Number(time) - day), labels: fieldOf(series, 'metric'), value: decimal(String(value)) });
    if (open !== undefined && seconds > at(open)) {
      const begun = [
        ['query', query(`${seconds - at(open)}s`)],
        ['time', String(seconds)],
      ] as const;
      for (const series of await ask('query', begun))
        points.push({
          day: open,
          labels: fieldOf(series, 'metric'),
          value: decimal(String((fieldOf(series, 'value') as readonly unknown[] | undefined)?.[1])),
        });
    }
    return points;
  };
}
function rowOf(
  question: Question,
  { day: on, labels, value }: Point,
  { by = { project: 'namespace' }, currency: unit = 'USD' }: PrometheusSettings,
): UsageRow | undefined {
  if (!value) return undefined;
  const quantity = round(value, question.digits);
  if (isZero(quantity) || quantity.digits < 0n) return undefined;
  const accelerator = question.accelerator === undefined ? '' : textOf(labels, question.accelerator);
  const model = (question.model ?? []).map((name) => textOf(labels, name)).find((name) => name !== '');
  const values = Object.fromEntries(
    [...(Object.entries(by) as [DimensionName, string][]).map(([name, from]) => [name, textOf(labels, from)]), ['model_id', model ?? '']].filter(
      ([, said]) => said !== '',
    ),
  );
  const row = { day: on, metric: question.metric, quantity, values, ...(accelerator === '' ? {} : { accelerator }) };
  return question.metric === 'metered_cost' ? { ...row, unit } : usageRow(row);
}
/** GPU-hours at the price in the settings, those that were idle apart. */
function charged(usage: readonly UsageRow[], { price_per_gpu_hour: price, currency: unit = 'USD' }: PrometheusSettings, notes: Set<string>): Charge[] {
  const key = ({ day: on, accelerator, values }: UsageRow): string => JSON.stringify([on, accelerator, values]);
  const idle = new Map(usage.filter(({ metric }) => metric === 'gpu_hours_idle').map((row) => [key(row), row.quantity]));
  return usage
    .filter(({ metric }) => metric === 'gpu_hours')
    .flatMap((row): Charge[] => {
      const name = row.accelerator ?? '';
      const own = typeof price === 'number' ? price : Object.entries(price ?? {}).find(([part]) => name.toLowerCase().includes(part.toLowerCase()))?.[1];
      const rate = own === undefined ? undefined : ofNumber(own);
      if (!rate) {
        notes.add(`no price for ${name || 'a GPU without a name'}: its hours are known, its money is not (price_per_gpu_hour)`);
        return [];
      }
      const unused = idle.get(key(row)) ?? zero;
      const lain = compare(unused, row.quantity) > 0 ? row.quantity : unused;
      const charge = (quantity: Decimal, values: Charge['values'], what: string): Charge[] =>
        isZero(quantity)
          ? []
          : [
              {
                day: row.day,
                billed: multiply(quantity, rate),
                currency: unit,
                quantity,
                unit: 'GPU-hours',
                values: { provider: 'own', service: `GPU ${name}`.trim(), charge: 'Usage', ...values },
                serviceCategory: 'Compute',
                usage: what,
              },
            ];
      return [...charge(subtract(row.quantity, lain), row.values, 'GPU-hours'), ...charge(lain, { ...row.values, task: 'idle' }, 'idle GPU-hours')];
    });
}

const at = (one: string): number => Date.parse(`${one}T00:00:00Z`) / 1000;
const quoted = (value: string): string => JSON.stringify(value);
const warningsOf = (value: unknown): string[] => (Array.isArray(value) ? (value as unknown[]).map((one) => String(one).slice(0, 300)) : []);
/** Days as a person says them: from the first to the last where they follow each other. */
const spanText = (days: readonly string[]): string => {
  const [from = '', to = ''] = [days[0], days.at(-1)];
  return from === to ? from : daysIn({ from, to }) === days.length ? `${from} to ${to}` : days.join(', ');
};
