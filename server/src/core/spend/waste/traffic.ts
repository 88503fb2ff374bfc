import { converted, type Rate } from '../currency.js';
import { add, compare, type Decimal, zero } from '../decimal.js';
import { type DimensionName, dimensionAt } from '../dimensions.js';
import { type LedgerMonth, linesOf } from '../report.js';
import { exactly } from './price.js';
import type { WasteLine } from './types.js';

/** Days, kind of cost and currency of the charges that are looked at. */
export interface ChargesQuery {
  readonly from: string;
  readonly to: string;
  readonly cost: 'billed' | 'effective';
  readonly currency: string;
  readonly rates: readonly Rate[];
}
const owners: readonly DimensionName[] = ['team', 'project', 'region', 'service'];

/** Charges for bytes between zones: the bill says the money, exactly.
 * @returns lines, and what of the charges for transfer does not tell its way
 * @errors UnknownRate */
export function crossZone(
  months: readonly LedgerMonth[],
  query: ChargesQuery,
): { readonly lines: WasteLine[]; readonly untold: Decimal; readonly seen: boolean } {
  const groups = new Map<string, { owner: WasteLine['owner']; cost: Decimal; gigabytes: number; seen: boolean }>();
  let untold = zero;
  let seen = false;
  for (const { tuple, row } of linesOf(months, query)) {
    if (tuple[dimensionAt.category] !== 'transfer') continue;
    const way = tuple[dimensionAt.traffic] ?? '';
    const cost = converted(query.cost === 'billed' ? row.billed : row.effective, tuple[dimensionAt.currency] ?? '', query.currency, query.rates);
    if (way === '') untold = add(untold, cost);
    else seen = true;
    if (way !== 'cross-zone') continue;
    const owner = Object.fromEntries(owners.flatMap((name) => (tuple[dimensionAt[name]] ? [[name, tuple[dimensionAt[name]] as string]] : [])));
    const key = JSON.stringify(owner);
    const group = groups.get(key) ?? { owner, cost: zero, gigabytes: 0, seen: false };
    group.cost = add(group.cost, cost);
    if (row.quantity !== undefined && /^(gb|gib|gigabytes?)$/i.test(tuple[dimensionAt.unit] ?? '')) {
      group.gigabytes += row.quantity;
      group.seen = true;
    }
    groups.set(key, group);
  }
  const lines = [...groups.values()]
    .filter(({ cost }) => compare(cost, zero) > 0)
    .map(
      ({ owner, cost, gigabytes, seen: counted }): WasteLine => ({
        kind: 'cross-zone traffic',
        what: [owner.service, owner.region].filter(Boolean).join(', ') || 'traffic between zones',
        owner,
        quantity: { value: gigabytes, unit: 'GB' },
        money: exactly(cost, query.currency, query.cost),
        evidence: counted ? `${gigabytes.toFixed(1)} GB between zones on the bill` : 'charges for traffic between zones on the bill; bytes not told',
        fix: 'put what talks to each other into one zone: topology-aware routing, zone-local replicas, data beside its readers',
      }),
    );
  return { lines, untold, seen };
}
