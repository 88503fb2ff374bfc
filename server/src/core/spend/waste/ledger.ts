import { converted, type Rate, UnknownRate } from '../currency.js';
import { add, compare, type Decimal, isZero, toText, zero } from '../decimal.js';
import { dimensionAt } from '../dimensions.js';
import { type LedgerMonth, linesOf } from '../report.js';
import { type UsageRecord, usageIn } from '../usage.js';
import { cacheMisses } from './cache.js';
import { cappedByBill } from './cap.js';
import type { Prices } from './price.js';
import { namesOf, type WastedRun, wasteOfRuns } from './runs.js';
import { staleFiles } from './storage.js';
import { type ChargesQuery, crossZone } from './traffic.js';
import type { Unseen, WasteLedger, WasteLine, WasteMoney } from './types.js';
import { wasteOfUse } from './use.js';

/** All that waste is looked for in. */
export interface WasteInput {
  readonly query: ChargesQuery;
  readonly runs: readonly WastedRun[];
  readonly usage: readonly UsageRecord[];
  readonly months: readonly LedgerMonth[];
  readonly prices: Prices;
}

/** What brought nothing in some days, in money where a price is known, with evidence and a fix for each; and which kinds nothing was told of.
 * @errors UnknownRate where charges are in another currency and no rate was given */
export function wasteLedger({ query, runs, usage, months, prices }: WasteInput): WasteLedger {
  const ran = runs.filter(({ started = '' }) => started.slice(0, 10) >= query.from && started.slice(0, 10) <= query.to);
  const used = usageIn(usage, query);
  const traffic = crossZone(months, query);
  const found = [
    ...wasteOfRuns(ran, prices, billedRuns(months, ran, query)),
    ...wasteOfUse(used, prices),
    ...staleFiles(used, query, prices.catalog),
    ...traffic.lines,
    ...cacheMisses(used, prices.catalog),
  ].map((line) => inCurrency(line, query));
  const days = [...ran.map(({ started = '' }) => started.slice(0, 10)), ...used.map(({ day }) => day)].sort();
  const [from, to] = [days[0], days.at(-1)];
  const lines = cappedByBill(found, months, query, from === undefined || to === undefined ? undefined : { from, to });
  const totals: Record<string, Pick<WasteMoney, 'low' | 'likely' | 'high'>> = {};
  for (const { money } of lines) {
    if (!money) continue;
    const before = totals[money.currency] ?? { low: zero, likely: zero, high: zero };
    totals[money.currency] = { low: add(before.low, money.low), likely: add(before.likely, money.likely), high: add(before.high, money.high) };
  }
  return {
    lines: lines.sort(order),
    totals,
    unpriced: lines.filter(({ money }) => !money).length,
    unseen: unseenIn(ran, used, months.length > 0, traffic),
    gpuHours: lines.reduce((sum, { quantity }) => sum + (quantity.unit === 'GPU-hours' ? quantity.value : 0), 0),
  };
}
function order(a: WasteLine, b: WasteLine): number {
  if (!a.money || !b.money) return Number(!a.money) - Number(!b.money) || b.quantity.value - a.quantity.value;
  if (a.money.currency !== b.money.currency) return a.money.currency < b.money.currency ? -1 : 1;
  return compare(b.money.likely, a.money.likely) || (a.what < b.what ? -1 : 1);
}
/** In the currency of the question where a rate is known; else as it is. */
function inCurrency(line: WasteLine, { currency, rates }: { readonly currency: string; readonly rates: readonly Rate[] }): WasteLine {
  const { money } = line;
  if (!money || money.currency === currency) return line;
  try {
    const to = (amount: Decimal): Decimal => converted(amount, money.currency, currency, rates);
    return { ...line, money: { ...money, low: to(money.low), likely: to(money.likely), high: to(money.high), currency } };
  } catch (error) {
    if (error instanceof UnknownRate) return line;
    throw error;
  }
}
/** What charges say of the runs that they name. */
function billedRuns(
  months: readonly LedgerMonth[],
  runs: readonly WastedRun[],
  { cost, currency, rates }: ChargesQuery,
): Map<string, { cost: Decimal; currency: string }> {
  const names = new Set(runs.flatMap(namesOf));
  const found = new Map<string, { cost: Decimal; currency: string }>();
  if (names.size === 0) return found;
  for (const { tuple, row } of linesOf(months, {})) {
    const name = tuple[dimensionAt.experiment_run] ?? '';
    if (!names.has(name)) continue;
    const amount = converted(cost === 'billed' ? row.billed : row.effective, tuple[dimensionAt.currency] ?? '', currency, rates);
    found.set(name, { cost: add(found.get(name)?.cost ?? zero, amount), currency });
  }
  return found;
}
/** Kinds that no source speaks of, with what would tell. */
function unseenIn(runs: readonly WastedRun[], usage: readonly UsageRecord[], hasLedger: boolean, traffic: ReturnType<typeof crossZone>): Unseen[] {
  const metered = runs.some(({ metered: { gpuHours } }) => gpuHours !== undefined);
  const has = (...names: readonly string[]): boolean => usage.some(({ amounts }) => names.every((name) => amounts[name] !== undefined));
  const table = (columns: string): string => `a table in spend.usage with ${columns}`;
  const all: readonly (readonly [boolean, Unseen])[] = [
    [metered, { kind: 'crashed run', need: 'runs metered by mlcost run -- COMMAND, where nvidia-smi or rocm-smi answers' }],
    [
      runs.some(({ metered: { utilisation } }) => utilisation !== undefined) || has('gpu_hours', 'utilisation'),
      { kind: 'idle GPU', need: `runs metered by mlcost run, or ${table('day, resource, gpu, gpu_hours, utilisation')}` },
    ],
    [has('gpu_hours', 'requests'), { kind: 'no traffic', need: table('day, resource, gpu, gpu_hours, requests') }],
    [
      runs.some(({ metered: { peakMemory } }) => peakMemory !== undefined) || has('gpu_hours', 'peak_memory_gib'),
      { kind: 'memory not used', need: `runs metered by mlcost run, or ${table('day, resource, gpu, gpu_hours, peak_memory_gib')}` },
    ],
    [
      usage.some(({ lastUsed, amounts }) => lastUsed !== undefined && amounts['stored_gb'] !== undefined),
      { kind: 'stale checkpoints', need: table('day, resource, service, stored_gb, last_used') },
    ],
    [
      traffic.seen,
      {
        kind: 'cross-zone traffic',
        need: isZero(traffic.untold)
          ? hasLedger
            ? 'charges for transfer in the ledger: there are none in these days'
            : 'a bill with charges for transfer'
          : `which way the bytes went: ${toText(traffic.untold)} of charges for transfer do not tell`,
      },
    ],
    [has('input_tokens', 'cached_input_tokens'), { kind: 'cache miss', need: table('day, provider, model, input_tokens, cached_input_tokens') }],
  ];
  return all.filter(([seen]) => !seen).map(([, unseen]) => unseen);
}
