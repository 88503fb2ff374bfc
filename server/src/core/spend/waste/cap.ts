import type { Category } from '../category.js';
import { converted, type Rate, UnknownRate } from '../currency.js';
import { add, compare, type Decimal, divide, multiply, subtract, zero } from '../decimal.js';
import { dimensionAt } from '../dimensions.js';
import { type LedgerMonth, linesOf } from '../report.js';
import type { ChargesQuery } from './traffic.js';
import type { WasteKind, WasteLine, WasteMoney } from './types.js';

/** What charges the money of a kind of waste is among. */
const machines: readonly Category[] = ['training', 'inference', 'hosting', 'data-preparation', 'uncategorised'];
const among: Readonly<Record<WasteKind, readonly Category[]>> = {
  'crashed run': machines,
  'repeated run': machines,
  'lost run': machines,
  'idle GPU': machines,
  'no traffic': machines,
  'memory not used': machines,
  'stale checkpoints': ['storage', 'uncategorised'],
  'cross-zone traffic': ['transfer', 'uncategorised'],
  'cache miss': ['api-tokens', 'inference', 'uncategorised'],
};
const isBilled = ({ money }: WasteLine): boolean => money?.isBilled === true;

/** Lists more than was paid: discounts, commitments and machines of one's own are in no price list. What lines cost by the list is cut to what was billed in the same days, first for each team, then in all, and says so.
 * @param used first and last day that lines are about
 * @limits only where the ledger knows all of these days; where nothing at all was billed for a team, its bill is elsewhere */
export function cappedByBill(
  lines: readonly WasteLine[],
  months: readonly LedgerMonth[],
  query: ChargesQuery,
  used: { readonly from: string; readonly to: string } | undefined,
): WasteLine[] {
  const bills = used && billsOf(months, query, used);
  if (!bills) return [...lines];
  let found = [...lines];
  for (const team of [...bills.teams.keys()])
    found = cut(found, (one) => (one.owner.team ?? '') === team && team !== '', bills.teams.get(team), query.currency, `for ${team}`);
  return cut(found, () => true, bills.all, query.currency, 'in all');
}
type Bill = ReadonlyMap<string, Decimal>;
function cut(lines: readonly WasteLine[], mine: (line: WasteLine) => boolean, bill: Bill | undefined, currency: string, whose: string): WasteLine[] {
  let found = [...lines];
  for (const categories of new Set(Object.values(among))) {
    const own = (line: WasteLine): boolean => among[line.kind] === categories && mine(line) && line.money?.currency === currency;
    const charged = categories.filter((one) => bill?.has(one));
    if (charged.length === 0) continue;
    const all = charged.reduce((sum, one) => add(sum, bill?.get(one) ?? zero), zero);
    const sumOf = (these: readonly WasteLine[], end: 'low' | 'likely' | 'high'): Decimal =>
      these.reduce((sum, { money }) => add(sum, money?.[end] ?? zero), zero);
    const paid = sumOf(
      found.filter((one) => own(one) && isBilled(one)),
      'likely',
    );
    const listed = found.filter((one) => own(one) && !isBilled(one));
    const room = compare(paid, all) >= 0 ? zero : subtract(all, paid);
    if (compare(sumOf(listed, 'high'), room) <= 0) continue;
    const sums = { low: sumOf(listed, 'low'), likely: sumOf(listed, 'likely'), high: sumOf(listed, 'high') };
    const share = (amount: Decimal, sum: Decimal): Decimal => (compare(sum, room) <= 0 ? amount : (divide(multiply(amount, room), sum, 6) ?? zero));
    found = found.map((one): WasteLine => {
      if (!own(one) || isBilled(one) || !one.money) return one;
      const likely = share(one.money.likely, sums.likely);
      const low = share(one.money.low, sums.low);
      const high = share(one.money.high, sums.high);
      const money: WasteMoney = {
        ...one.money,
        low: compare(low, likely) > 0 ? likely : low,
        likely,
        high: compare(high, likely) < 0 ? likely : high,
        basis: `${one.money.basis}, cut to what was paid ${whose}`,
      };
      return { ...one, money };
    });
  }
  return found;
}
/** What was billed by category, for each team and in all; undefined where the ledger does not know all of the days. */
function billsOf(
  months: readonly LedgerMonth[],
  { cost, currency, rates, from, to }: ChargesQuery & { readonly rates: readonly Rate[] },
  used: { readonly from: string; readonly to: string },
): { readonly teams: Map<string, Map<string, Decimal>>; readonly all: Map<string, Decimal> } | undefined {
  const all = new Map<string, Decimal>();
  const teams = new Map<string, Map<string, Decimal>>();
  let [first, last] = ['', ''];
  try {
    for (const { day, tuple, row } of linesOf(months, {})) {
      if (first === '' || day < first) first = day;
      if (day > last) last = day;
      if (day < from || day > to) continue;
      const amount = converted(cost === 'billed' ? row.billed : row.effective, tuple[dimensionAt.currency] ?? '', currency, rates);
      const category = tuple[dimensionAt.category] ?? '';
      const team = tuple[dimensionAt.team] ?? '';
      const own = teams.get(team) ?? new Map<string, Decimal>();
      teams.set(team, own);
      for (const bill of [own, all]) bill.set(category, add(bill.get(category) ?? zero, amount));
    }
  } catch (error) {
    if (error instanceof UnknownRate) return undefined;
    throw error;
  }
  return first === '' || first > used.from || last < used.to ? undefined : { teams, all };
}
