import type { AttributionNode, Level } from '../spend/attribution.js';
import type { Part } from '../spend/buckets.js';
import type { BudgetProblem, BudgetSeries } from '../spend/budget-series.js';
import { compare, type Decimal, divide, isZero, multiply, subtract, toNumber, toText, zero } from '../spend/decimal.js';
import { type DimensionName, dimensionNames } from '../spend/dimensions.js';
import type { PanelQuery, SpendPanel } from '../spend/panel.js';
import { daysIn, within } from '../spend/period.js';
import type { EstimateVariance } from '../spend/variance.js';
import type { WasteLedger } from '../spend/waste/types.js';
import { billText } from './budget.js';
import type { NumberStyle } from './number.js';
import { anomalyLines, unitLines, wasteView } from './spend-findings.js';
import { varianceView } from './spend-variance.js';
import type { BarsView, BudgetView, Choice, SpendCard, SpendPlace, SpendSource, SpendState, SpendView, TreeLine, WasteView } from './spend-view.js';
import { dayText, dimensionWords, monthText, spanText } from './spend-words.js';

/** What the panel shows besides what the ledger tells. */
export interface PanelExtras {
  readonly style: NumberStyle;
  readonly title: string;
  readonly sources: readonly SpendSource[];
  /** Absent: it could not be worked out, which `notes` say. */
  readonly waste?: WasteLedger;
  /** Estimated against billed. Absent: it could not be worked out, which `notes` say. */
  readonly variance?: { readonly estimates: readonly EstimateVariance[]; readonly notes: readonly string[] };
  /** Where a workload stands in the editor. */
  readonly workAt?: (one: Pick<EstimateVariance, 'file' | 'title'>) => SpendPlace | undefined;
  /** What could not be read, and why; what this host cannot do. */
  readonly notes: readonly string[];
  /** True where nothing is known of spend because nothing was brought in. */
  readonly noSpend: boolean;
  /** Where the code names a model or a workload. */
  readonly placeOf: (level: Level, value: string) => SpendPlace | undefined;
}

/** The spend of a moment, as a panel draws and says it. */
export function spendView(panel: SpendPanel, extras: PanelExtras): SpendView {
  const { style } = extras;
  const text = (amount: Decimal): string => billText(amount, panel.currency, style);
  const waste = wasteView(extras.waste, panel, style);
  const budgets = panel.budgets
    .filter((one) => isShown(one, panel.query.team))
    .map((one) => ('problem' in one ? brokenBudget(one, style) : budgetView(one, style)))
    .sort((a, b) => urgency[a.state] - urgency[b.state]);
  return {
    head: {
      title: extras.title,
      locale: style.locale,
      currency: panel.currency,
      period: periodText(panel, style),
      ...ageOf(panel),
      known: panel.through !== null && panel.through >= panel.span.from,
      ...(extras.noSpend && budgets.length === 0 ? { empty: nothingYet } : {}),
      notes: [...notesOf(panel, text), ...extras.notes],
      sources: extras.sources,
      cards: cardsOf(panel, budgets, waste, text),
      periods: [
        { key: 'now', label: 'Latest month' },
        { key: '90d', label: 'Last 90 days' },
        { key: '12m', label: 'Last 12 months' },
        ...panel.months.slice(0, 36).map((month) => ({ key: month, label: monthText(month, style) })),
      ],
      teams: [...panel.teams.map((team) => ({ key: team, label: team })), { key: '', label: '(no team)' }],
      dimensions,
      costs: [
        { key: 'billed', label: 'as billed' },
        { key: 'effective', label: 'effective (commitments spread)' },
      ],
      query: panel.query,
    },
    budgets,
    tree: treeLines(panel, text, extras.placeOf),
    bars: barsOf(panel, text),
    anomalies: anomalyLines(panel, style),
    waste,
    units: unitLines(panel, style),
    variance: varianceView(extras.variance, extras.workAt, style),
  };
}

const urgency: Readonly<Record<SpendState, number>> = { over: 0, warn: 1, unknown: 2, ok: 3 };
const stateTexts: Readonly<Record<SpendState, string>> = { ok: 'on track', warn: 'at risk', over: 'used up', unknown: 'unknown' };
const dimensions: readonly Choice[] = dimensionNames.flatMap((key) => {
  const label = dimensionWords[key];
  return label === undefined ? [] : [{ key, label }];
});
const nothingYet = {
  text: 'Nothing is known yet of what was spent or may be spent here.',
  steps: [
    'Write budgets into .mlcost.yaml: `budgets: [{ name: my-team, amount: 5000 }]`.',
    'Bring in what your provider bills: `mlcost spend import EXPORT.csv` (FOCUS, AWS, Google Cloud, Azure), or name CSV exports of this folder in .mlcost.yaml: `spend: { files: [spend/2026-09.csv] }`.',
  ],
};

/** A team's own budgets, and those that it is part of. */
function isShown(one: BudgetSeries | BudgetProblem, team: string | null): boolean {
  const { owner } = 'problem' in one ? one.budget : one.state.budget;
  return team === null || owner.team === undefined || owner.team === team;
}
const ownerText = (owner: BudgetSeries['state']['budget']['owner']): string =>
  Object.entries(owner)
    .map(([key, value]) => `${dimensionWords[key as DimensionName] ?? key} ${value}`)
    .join(', ') || 'everything';

function budgetView({ state, spent, planned, ahead }: BudgetSeries, style: NumberStyle): BudgetView {
  const { budget, period, allowed, remaining, percent, forecast, exhaustion, through } = state;
  const text = (amount: Decimal): string => billText(amount, budget.currency, style);
  const last = through === null ? period.to : within(through, period);
  return {
    name: budget.name,
    ...(budget.parent === undefined ? {} : { parent: budget.parent }),
    owner: ownerText(budget.owner),
    currency: budget.currency,
    state: state.state,
    stateText: stateTexts[state.state],
    ...period,
    periodText: spanText(period, style),
    allowed: toNumber(allowed),
    allowedText: `${text(allowed)}${isZero(state.carried) ? '' : ` (${text(state.carried)} carried over)`}`,
    ...(state.spent ? { spent: toNumber(state.spent) } : {}),
    spentText: state.spent ? text(state.spent) : 'unknown',
    remainingText: remaining ? (compare(remaining, zero) < 0 ? `${text(subtract(zero, remaining))} over` : `${text(remaining)} left`) : '',
    ...(percent === undefined ? {} : { percent }),
    ...(forecast ? { forecast: { low: toNumber(forecast.low), likely: toNumber(forecast.likely), high: toNumber(forecast.high) } } : {}),
    forecastText: forecast
      ? state.ahead.length === 0
        ? 'the period is over'
        : `${text(forecast.likely)} (${text(forecast.low)}–${text(forecast.high)})`
      : state.spent
        ? 'too few days to tell'
        : 'unknown',
    exhaustion,
    exhaustionText: !state.spent
      ? 'unknown'
      : exhaustion === null
        ? 'not in this period'
        : `${dayText(exhaustion, style)}${exhaustion > last ? ' (forecast)' : ''}`,
    planText: planText(state, text),
    thresholds: budget.thresholds.map((threshold) => ({
      percent: threshold,
      amount: (toNumber(allowed) * threshold) / 100,
      text: `${threshold} %`,
      reached: state.reached.includes(threshold),
    })),
    days: spent.map(cents),
    planned: planned.map(cents),
    ahead: { low: ahead.map(({ low }) => short(low)), likely: ahead.map(({ likely }) => short(likely)), high: ahead.map(({ high }) => short(high)) },
    notes: state.notes,
  };
}
function brokenBudget({ budget, problem }: BudgetProblem, style: NumberStyle): BudgetView {
  return {
    name: budget.name,
    ...(budget.parent === undefined ? {} : { parent: budget.parent }),
    owner: ownerText(budget.owner),
    currency: budget.currency,
    state: 'unknown',
    stateText: stateTexts.unknown,
    from: '',
    to: '',
    periodText: '',
    allowed: toNumber(budget.amount),
    allowedText: billText(budget.amount, budget.currency, style),
    spentText: 'unknown',
    remainingText: '',
    forecastText: 'unknown',
    exhaustion: null,
    exhaustionText: 'unknown',
    planText: 'unknown',
    thresholds: [],
    days: [],
    planned: [],
    ahead: { low: [], likely: [], high: [] },
    notes: [problem],
  };
}
function planText({ spent, planned }: BudgetSeries['state'], text: (amount: Decimal) => string): string {
  if (!planned) return spent ? 'no plan' : 'unknown';
  if (!spent) return 'unknown';
  const change = subtract(spent, planned);
  const order = compare(change, zero);
  if (order === 0) return 'as planned';
  return order > 0 ? `${text(change)} above plan` : `${text(subtract(zero, change))} below plan`;
}

function cardsOf(panel: SpendPanel, budgets: readonly BudgetView[], waste: WasteView, text: (amount: Decimal) => string): SpendCard[] {
  const { total, before, untagged, through } = panel;
  const known = through !== null && through >= panel.span.from;
  const change = before && compare(before, zero) > 0 ? percentOf(subtract(total, before), before) : undefined;
  const count = (state: SpendState): number => budgets.filter((one) => one.state === state).length;
  const troubled = (['over', 'warn', 'unknown'] as const).flatMap((state) => (count(state) > 0 ? [`${count(state)} ${stateTexts[state]}`] : []));
  const worst = (['over', 'warn', 'unknown', 'ok'] as const).find((state) => count(state) > 0);
  return [
    {
      label: 'Spent',
      value: known ? text(total) : 'unknown',
      detail:
        change === undefined
          ? 'nothing before to compare with'
          : `${change > 0 ? '+' : change < 0 ? '−' : '±'}${Math.abs(change)} % against as many days before`,
    },
    {
      label: 'Budgets',
      value: budgets.length === 0 ? 'none' : (troubled[0] ?? 'all on track'),
      detail:
        budgets.length === 0
          ? 'write some into .mlcost.yaml'
          : [...troubled.slice(1), ...(troubled.length > 0 && count('ok') > 0 ? [`${count('ok')} on track`] : [])].join(', '),
      ...(worst === undefined ? {} : { state: worst }),
    },
    {
      label: 'Waste',
      value: waste.total,
      detail:
        waste.total === 'unknown'
          ? 'it could not be worked out'
          : waste.lines.length === 0
            ? 'none found in what is known'
            : `${waste.lines.length} ${waste.lines.length === 1 ? 'thing' : 'things'} to mend, listed below`,
    },
    {
      label: 'Without team',
      value: known && !isZero(total) ? `${percentOf(untagged, total) ?? 0} %` : 'unknown',
      detail: known ? `${text(untagged)} that nobody answers for` : '',
    },
    {
      label: 'Days that stand out',
      value: known ? String(panel.anomalies.length) : 'unknown',
      detail: panel.anomalies.length === 0 ? 'against the same weekdays before' : 'listed below, with what made them so',
    },
  ];
}
function notesOf({ left, unknown, charges, overLimit, total, problems, asOf, today, through }: SpendPanel, text: (amount: Decimal) => string): string[] {
  return [
    ...(through !== null && asOf < today && asOf === through ? [`Budgets are shown as they stood on ${asOf}, the last day that is known.`] : []),
    ...Object.entries(left).map(
      ([currency, amount]) => `${toText(amount)} ${currency || 'without a currency'} is in no sum here: give a rate as \`spend.rates\` in .mlcost.yaml.`,
    ),
    ...(unknown > 0 ? [`${unknown} of ${charges} charges do not tell their effective cost: they are in no sum here.`] : []),
    ...(isZero(overLimit)
      ? []
      : [`${text(overLimit)} (${percentOf(overLimit, total) ?? 0} %) stands behind the ledger's limits: its tags are not kept apart.`]),
    ...problems,
  ];
}
function ageOf({ through, today }: SpendPanel): { age: string; stale: boolean } {
  if (through === null) return { age: 'No spend was brought in', stale: true };
  const days = daysIn({ from: through, to: today }) - 1;
  const ago = days <= 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`;
  // bills of a day are complete a day or two later
  return { age: `Data until ${through}, ${ago}`, stale: days > 3 };
}

function treeLines({ tree, total, ...panel }: SpendPanel, text: (amount: Decimal) => string, placeOf: PanelExtras['placeOf']): TreeLine[] {
  const lines: TreeLine[] = [];
  const knownSteps = stepsOf(panel);
  const walk = (nodes: readonly AttributionNode[], depth: number, above: string): void => {
    for (const node of nodes) {
      const { level, value, cost, children } = node;
      const label = labelOf(node, level);
      const id = `${above}/${level}:${label}`;
      const place = value === null ? undefined : placeOf(level, value);
      lines.push({
        id,
        depth,
        level,
        label,
        named: value !== null,
        cost: cents(cost),
        costText: text(cost),
        ...shareOf(cost, total),
        steps: knownSteps(node.steps),
        hasChildren: children.length > 0,
        ...(place ? { place } : {}),
      });
      walk(children, depth + 1, id);
    }
  };
  walk(tree, 0, '');
  return lines;
}
function barsOf({ bars, buckets, total, query, through }: SpendPanel, text: (amount: Decimal) => string): BarsView {
  const by = dimensionWords[query.by] ?? query.by;
  const knownSteps = stepsOf({ buckets, through });
  return {
    by,
    unit: buckets.unit,
    starts: buckets.starts,
    parts: bars.map((part) => ({
      label: labelOf(part, by),
      named: part.value !== null,
      costs: knownSteps(part.steps),
      costText: text(part.cost),
      shareText: shareOf(part.cost, total).shareText,
    })),
  };
}
/** What was spent in each step that the ledger knows something of: what comes after it is not 0. */
function stepsOf({ buckets, through }: Pick<SpendPanel, 'buckets' | 'through'>): (steps: Float64Array) => number[] {
  const count = buckets.starts.filter((start) => through !== null && start <= through).length;
  return (steps) => [...steps.subarray(0, count)].map(short);
}
const labelOf = ({ value, values }: Pick<Part, 'value' | 'values'>, what: string): string => value ?? (values > 1 ? `${values} others` : `(no ${what})`);
function shareOf(cost: Decimal, total: Decimal): { share: number; shareText: string } {
  const share = divide(multiply(cost, { digits: 100n, scale: 0 }), total, 1);
  return share ? { share: toNumber(share), shareText: `${toText(share, 1)} %` } : { share: 0, shareText: '–' };
}
function percentOf(part: Decimal, whole: Decimal): number | undefined {
  const found = divide(multiply(part, { digits: 100n, scale: 0 }), whole, 0);
  return found && toNumber(found);
}

const periodText = ({ span, query }: Pick<SpendPanel, 'span'> & { readonly query: PanelQuery }, style: NumberStyle): string =>
  /[dm/]/.test(query.period) ? spanText(span, style) : monthText(span.from.slice(0, 7), style);
/** For drawing: a tenth of a thousandth of a unit is less than a pixel. */
const short = (value: number): number => Math.round(value * 100) / 100;
const cents = (value: Decimal): number => short(toNumber(value));
