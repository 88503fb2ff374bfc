import {
  type Anomaly,
  type BudgetState,
  budgetVariances,
  type Decimal,
  type EstimateVariance,
  exact,
  type Kpi,
  perOwner,
  type Statement,
  type UnitCost,
  type WasteLedger,
} from '../core/index.js';
import { kpiSection } from './kpi.js';
import { documentOf, type ReportFormat, type Section } from './sections.js';
import { grouped, moneyCell as money, shownMoney } from './spend.js';
import { unitsSection } from './units.js';
import { budgetVarianceSection, estimateVarianceSection } from './variance.js';
import { wasteSection } from './waste.js';

/** All that the report of a week tells. */
export interface Week {
  readonly from: string;
  readonly to: string;
  /** Last day of it that the ledger knows. */
  readonly through: string;
  readonly now: Statement;
  /** The week before; absent where the ledger does not know it whole. */
  readonly before?: Statement;
  readonly budgets: readonly BudgetState[];
  readonly anomalies: readonly Anomaly[];
  readonly units: readonly UnitCost[];
  readonly waste: WasteLedger;
  readonly estimates: readonly EstimateVariance[];
  /** What could not be compared. */
  readonly notes: readonly string[];
  readonly kpis: readonly Kpi[];
}

/** A week as one document. */
export function weekText(week: Week, format: ReportFormat): string {
  const { now, before } = week;
  const was = new Map(before ? perOwner(before).map(({ owner, cost }) => [owner, cost] as const) : []);
  const change = (cost: Decimal, old: Decimal | undefined): string => {
    if (!before) return 'unknown';
    const percent = old && exact.divide(exact.multiply(exact.subtract(cost, old), { digits: 100n, scale: 0 }), old, 0);
    return percent ? `${percent.digits > 0n ? '+' : ''}${exact.toText(percent, 0)} %` : 'new';
  };
  const sections: Section[] = [
    {
      title: `Spend ${week.from} to ${week.to}`,
      header: [now.by, 'own', 'shared', `cost, ${now.currency}`, 'against the week before'],
      rows: [
        ...perOwner(now).map(({ owner, own, shared, cost }) => [
          owner ?? `(no ${now.by})`,
          money(own),
          money(shared),
          money(cost),
          change(cost, was.get(owner)),
        ]),
      ],
      totals: [['total', '', '', shownMoney(now.total), change(now.total, before?.total)]],
      right: [1, 2, 3, 4],
      notes: [
        ...(week.through < week.to ? [`The ledger ends on ${week.through}: the days after it are not in this.`] : []),
        ...(exact.isZero(now.total)
          ? []
          : [
              `Without ${now.by}: ${exact.toText(exact.divide(exact.multiply(now.untagged, { digits: 100n, scale: 0 }), now.total, 1) ?? exact.zero, 1)} % of the money.`,
            ]),
        ...now.undivided.map(({ rule, cost, days }) => `Rule ${rule}: ${shownMoney(cost)} on ${days} days without a measured use is nobody's.`),
      ],
    },
    {
      title: 'Budgets',
      header: ['budget', 'spent', 'of', 'used', 'forecast (80 %)', 'used up', 'state'],
      rows: week.budgets.map(({ budget, spent, allowed, percent, forecast, exhaustion, state }) => [
        budget.name,
        spent ? money(spent) : 'unknown',
        money(allowed),
        percent === undefined ? 'unknown' : `${percent} %`,
        forecast ? `${shownMoney(forecast.likely)} (${shownMoney(forecast.low)}–${shownMoney(forecast.high)})` : 'unknown',
        exhaustion ?? '–',
        state,
      ]),
      right: [1, 2, 3],
    },
    {
      title: 'Days that stand out',
      header: ['day', 'cost', 'expected', 'because of'],
      rows: week.anomalies.map(({ day, cost, expected, causes }) => [
        day,
        grouped(cost.toFixed(2)),
        grouped(expected.toFixed(2)),
        causes
          .map(({ key, value, share, kind }) => `${key} ${value} (${kind === 'new' || kind === 'gone' ? `${kind}, ` : ''}${Math.round(100 * share)} %)`)
          .join(', ') || 'no one tag',
      ]),
      right: [1, 2],
    },
    unitsSection(week.units, now.currency),
    budgetVarianceSection(budgetVariances(week.budgets)),
    estimateVarianceSection(week.estimates, week.notes),
    wasteSection(week.waste),
    kpiSection(week.kpis),
  ].filter(({ rows, notes = [] }) => rows.length + notes.length > 0);
  return documentOf(`Week of ${week.from}`, sections, format);
}
