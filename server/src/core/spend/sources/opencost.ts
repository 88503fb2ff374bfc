import * as z from 'zod';
import { type Decimal, isZero } from '../decimal.js';
import { type DimensionName, tagNames } from '../dimensions.js';
import { eachDay, plusDays } from '../period.js';
import { amountOf, countOf, entriesOf, fieldOf, listOf, textOf } from './json.js';
import { type CommonSettings, parts } from './settings.js';
import { type Charge, SourceError, type SourceKind } from './source.js';
import { type UsageRow, usageRow } from './usage.js';

export interface OpenCostSettings extends CommonSettings {
  readonly kind: 'opencost';
  readonly url: string;
  readonly counts: boolean;
  readonly currency?: string | undefined;
  readonly by?: Readonly<Partial<Record<DimensionName, string>>> | undefined;
}

/** What Kubernetes workloads cost by OpenCost's allocation, a UTC day each. `totalCost` has the adjustments in it. */
export const opencost: SourceKind<OpenCostSettings> = {
  kind: 'opencost',
  title: 'OpenCost',
  document: 'OpenCost API: GET /allocation/compute',
  settings: () => {
    const { address, common, counts, currency, overHttp, withPassword } = parts();
    const names = z.partialRecord(
      z.enum([...tagNames, 'sub_account', 'region']),
      z
        .string()
        .regex(
          /^(cluster|node|namespace|controllerKind|controller|pod|container|label:[\w./-]+|annotation:[\w./-]+)$/,
          'what OpenCost aggregates by is expected: namespace, label:team, controller',
        ),
    );
    return z.strictObject({
      ...common,
      kind: z.literal('opencost'),
      ...overHttp,
      ...withPassword,
      url: address,
      counts,
      currency: currency.optional().describe('Currency that OpenCost is set to; USD, which is its own, if it is not said.'),
      by: names
        .optional()
        .describe('Whose it is, by what OpenCost aggregates by: `{ project: namespace, team: "label:team" }`; `project: namespace` if it is not said.'),
    });
  },
  // each day is worked out when it is asked for: many at once would time out
  daysAtOnce: 1,
  address: ({ url }) => url,
  secret: 'bearer',
  needs: 'read access to the API of OpenCost',
  read: async ({ by = { project: 'namespace' }, counts: isBill, currency: written = 'USD' }, days, port) => {
    const keys = Object.entries(by) as [DimensionName, string][];
    const charges: Charge[] = [];
    const usage: UsageRow[] = [];
    const notes: string[] = [];
    for (const day of eachDay(days)) {
      const answer = await port.ask({
        path: '/allocation/compute',
        query: [
          ['window', `${day}T00:00:00Z,${plusDays(day, 1)}T00:00:00Z`],
          ['aggregate', keys.map(([, key]) => key).join(',')],
          ['step', '1d'],
          ['includeIdle', 'true'],
        ],
      });
      for (const warning of [textOf(answer, 'warning'), textOf(answer, 'message')]) if (warning !== '') notes.push(`${day}: ${warning}`);
      let minutes = 0;
      for (const set of listOf(answer, 'data'))
        for (const [name, one] of entriesOf(set)) {
          const billed = amountOf(one, 'totalCost');
          if (!billed) throw new SourceError(`the allocation ${name} of ${day} has no totalCost`, 'check the version of OpenCost: 1.100 or newer is read');
          minutes = Math.max(minutes, Number(textOf(one, 'minutes')) || 0);
          const values = { provider: 'OpenCost', service: 'Kubernetes', ...valuesOf(name, keys) };
          if (!isZero(billed)) {
            if (isBill)
              charges.push({
                day,
                billed,
                currency: written,
                values: { ...values, charge: 'Usage' },
                serviceCategory: 'Containers',
                usage: name === '__idle__' ? 'idle' : '',
              });
            else usage.push({ day, metric: 'metered_cost', quantity: billed, unit: written, values });
          }
          gpuHours(one, day, values, usage);
        }
      if (minutes > 0 && minutes < 1380) notes.push(`${day}: OpenCost knows ${(minutes / 60).toFixed(1)} hours of it`);
    }
    return { charges, usage, notes };
  },
};

function gpuHours(one: unknown, day: string, values: UsageRow['values'], into: UsageRow[]): void {
  const quantity: Decimal = countOf(one, 'gpuHours');
  if (!isZero(quantity) && fieldOf(one, 'gpuHours') !== undefined) into.push(usageRow({ day, metric: 'gpu_hours_requested', quantity, values }));
}
/** `research/team=vision`, a part for each key; what has none is `__unallocated__`, what nobody uses `__idle__`. */
function valuesOf(name: string, keys: readonly (readonly [DimensionName, string])[]): Partial<Record<DimensionName, string>> {
  if (name === '__idle__') return { task: 'idle' };
  const parts = name.split('/');
  return Object.fromEntries(
    keys.flatMap(([dimension, key], at) => {
      const label = /^(?:label|annotation):(.+)$/.exec(key)?.[1];
      const part = parts[at] ?? '';
      const value = label !== undefined && part.startsWith(`${label}=`) ? part.slice(label.length + 1) : part;
      return value === '' || /^__un\w+__$/.test(value) ? [] : [[dimension, value]];
    }),
  );
}
