import {
  type BudgetState,
  changeText,
  deltaText,
  escapeMarkdown,
  exhaustionAfter,
  isSpeed,
  type State,
  signed,
  type Totals,
  table,
  totalsOf,
  totalText,
  type WorkloadDelta,
} from '../core/index.js';
import type { Paint } from './report-table.js';

/** A place in a file of one state. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
}
export interface Located extends WorkloadDelta {
  readonly beforeAt?: FilePlace;
  readonly afterAt?: FilePlace;
}
/** What a change of the repository does to its costs. */
export interface Comparison {
  readonly before: { readonly name: string; readonly commit?: string };
  readonly after: { readonly name: string; readonly commit?: string };
  readonly deltas: readonly Located[];
  readonly states: { readonly before: readonly State[]; readonly after: readonly State[] };
  /** `tags.team` of each state's `.mlcost.yaml`. */
  readonly team: { readonly before?: string; readonly after?: string };
  /** What the change does to the budgets that it is paid from. */
  readonly budgets: readonly BudgetEffect[];
  /** Problems of what stands there now. */
  readonly problems: readonly { readonly file: string; readonly line?: number; readonly severity: string; readonly message: string }[];
}

/** A budget's last day before and after a change; null: it lasts the period out. */
export interface BudgetEffect {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}
/** The budgets whose end the change moves. */
export function budgetEffects(states: readonly BudgetState[], before: readonly State[], after: readonly State[]): BudgetEffect[] {
  const [from, to] = [totalsOf(before), totalsOf(after)];
  const change = { once: to.once - from.once, monthly: to.monthly - from.monthly };
  return states.flatMap((state) => {
    // estimates are in dollars, and no rate of exchange is looked up
    const moved = state.budget.currency === 'USD' ? exhaustionAfter(state, change) : undefined;
    return moved === undefined || moved === state.exhaustion ? [] : [{ name: state.budget.name, before: state.exhaustion, after: moved }];
  });
}
const dayText = (day: string | null): string => day ?? 'after its period';
const effectText = ({ name, before, after }: BudgetEffect): string => `moves ${name}’s exhaustion from ${dayText(before)} to ${dayText(after)}`;

const shown = (comparison: Comparison): Located[] =>
  comparison.deltas.filter(({ state }) => state !== 'same').sort((a, b) => Number(a.withinNoise) - Number(b.withinNoise) || sizeOf(b) - sizeOf(a));
/** Dollars that a change moves: the largest come first, in every run in the same order. */
function sizeOf({ state, quantities, after, before }: Located): number {
  const [first] = quantities;
  if (first) return Math.abs(first.after.likely - first.before.likely);
  const one = state === 'new' ? after : before;
  return (one?.estimation.estimates['usd'] ?? one?.estimation.estimates['usd_per_month'])?.likely ?? 0;
}
const placeText = ({ afterAt, beforeAt }: Located): string => {
  const at = afterAt ?? beforeAt;
  return at ? `${at.file}:${at.line}` : '';
};

/** The change of what is added up: once and a month apart. */
function totalChange(before: Totals, after: Totals): string {
  const part = (name: 'once' | 'monthly' | 'onceAtMost' | 'monthlyAtMost'): string[] => {
    const [from, to] = [before[name], after[name]];
    if (from === to) return [];
    const unit = name.startsWith('once') ? 'usd' : 'usd/month';
    return [
      `${name.endsWith('AtMost') ? 'at most ' : ''}${signed(to - from, unit)}${unit === 'usd' ? ' a run' : ''}${from > 0 ? ` (${changeText(from, to)})` : ''}`,
    ];
  };
  const parts = [...part('once'), ...part('monthly'), ...part('onceAtMost'), ...part('monthlyAtMost')];
  return parts.join(' · ');
}
function headline(comparison: Comparison): string {
  const change = [totalChange(totalsOf(comparison.states.before), totalsOf(comparison.states.after)), ...comparison.budgets.map(effectText)]
    .filter((part) => part !== '')
    .join(' · ');
  if (change !== '') return change;
  const all = shown(comparison);
  if (all.length === 0) return 'no change';
  return all.every(({ quantities }) => quantities.length === 0) ? `${all.length} changed, cost unknown` : 'no change of a total';
}

/** The answer of `mlcost diff --format json`. */
export function diffJson(comparison: Comparison): object {
  const { before, after, deltas, states, team, budgets, problems } = comparison;
  const totals = (all: readonly State[]) => {
    const { once, monthly, onceAtMost, monthlyAtMost, unknown, counted } = totalsOf(all);
    return { usd_once: once, usd_per_month: monthly, usd_once_at_most: onceAtMost, usd_per_month_at_most: monthlyAtMost, counted, unknown };
  };
  const figure = ({ likely, low, high, unit }: { likely: number; low: number; high: number; unit: string }) => ({ low, likely, high, unit });
  return {
    version: 1,
    base: before,
    head: after,
    workloads: deltas
      .filter(({ state }) => state !== 'same')
      .map((delta) => ({
        state: delta.state,
        kind: (delta.after ?? delta.before)?.workload.kind,
        title: (delta.after ?? delta.before)?.workload.title,
        ...(delta.afterAt ?? delta.beforeAt),
        ...(delta.beforeAt && delta.afterAt && delta.beforeAt.file !== delta.afterAt.file ? { from: delta.beforeAt } : {}),
        changes: delta.quantities.map(({ name, before, after, on }) => ({
          quantity: name,
          ...(on === undefined ? {} : on),
          before: figure(before),
          after: figure(after),
          ...(before.likely === 0 ? {} : { percent: (after.likely / before.likely - 1) * 100 }),
        })),
        facts: delta.causes.map(({ fact, from, to, by }) => ({ fact, from: from ?? null, to: to ?? null, ...(by === undefined ? {} : { by }) })),
        within_noise: delta.withinNoise,
        ...(delta.state === 'new' && delta.after ? { estimates: estimatesOf(delta.after) } : {}),
        ...(delta.state === 'removed' && delta.before ? { estimates: estimatesOf(delta.before) } : {}),
      })),
    totals: { before: totals(states.before), after: totals(states.after) },
    teams: [...new Set([team.before, team.after].filter((name) => name !== undefined))].map((name) => ({
      team: name,
      before: totals(team.before === name ? states.before : []),
      after: totals(team.after === name ? states.after : []),
    })),
    budgets,
    problems,
  };
}
const estimatesOf = ({ estimation }: State): object =>
  Object.fromEntries(Object.entries(estimation.estimates).map(([name, { low, likely, high, unit }]) => [name, { low, likely, high, unit }]));

/** The same for a person at a terminal. */
export function diffTable(comparison: Comparison, paint: Paint): string {
  const lines = [`${paint.bold(`${comparison.before.name} → ${comparison.after.name}`)}  ${headline(comparison)}`, ''];
  for (const delta of shown(comparison)) {
    const [first] = delta.quantities;
    const { title, before, after, change, because, also } = deltaText(delta);
    const dearer = first && !delta.withinNoise && first.after.likely > first.before.likely !== isSpeed(first.name);
    lines.push(`  ${title}  ${paint.dim(placeText(delta))}`);
    const figures = before === '' || after === '' ? before + after : `${before} → ${after}`;
    lines.push(`    ${dearer ? paint.red(change) : paint.bold(change)}  ${figures}`);
    if (because !== '') lines.push(`    ${because}`);
    if (also !== '') lines.push(`    ${paint.dim(also)}`);
    lines.push('');
  }
  const unchanged = comparison.deltas.filter(({ state }) => state === 'same').length;
  lines.push(
    paint.dim(`${unchanged} unchanged · total ${totalText(totalsOf(comparison.states.before))} → ${totalText(totalsOf(comparison.states.after))}`),
    '',
  );
  return lines.join('\n');
}

/** What the one comment of a pull request starts with, so that the next run finds and replaces it. */
export const commentMark = '<!-- ml-cost-lens -->';

/** One comment, the short answer first, details folded; the same text for the same change. */
export function diffMarkdown(comparison: Comparison): string {
  const all = shown(comparison);
  const row = (delta: Located): string[] => {
    const { title, before, after, change, because } = deltaText(delta);
    return [`**${escapeMarkdown(title)}**<br>\`${placeText(delta).replaceAll('`', '')}\``, before, after, change, escapeMarkdown(because)];
  };
  const header = ['workload', 'before', 'after', 'change', 'because'];
  const clear = all.filter(({ withinNoise }) => !withinNoise);
  const noise = all.filter(({ withinNoise }) => withinNoise);
  const most = 20;
  const folded = (title: string, body: string): string => `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
  return [
    commentMark,
    `### ML cost: ${headline(comparison)}`,
    ...(clear.length > 0 ? [table(header, clear.slice(0, most).map(row), [1, 2])] : []),
    ...(clear.length > most ? [folded(`${clear.length - most} more`, table(header, clear.slice(most).map(row), [1, 2]))] : []),
    ...(noise.length > 0 ? [folded(`${noise.length} within the noise of the estimate`, table(header, noise.map(row), [1, 2]))] : []),
    folded(
      'Totals',
      table(['', 'before', 'after'], [['all workloads', totalText(totalsOf(comparison.states.before)), totalText(totalsOf(comparison.states.after))]]),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}
