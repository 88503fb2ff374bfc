import { csvLine, exact, healthLine, type SourceHealth, type SourceStatus, type UsageKey, type UsageSum, usageMetrics } from '../core/index.js';
import { documentOf, markdownSection, plainSection, type Section } from './sections.js';
import { shownMoney } from './spend.js';

interface Told {
  readonly changed: readonly string[];
  readonly charges: number;
  readonly billed: Readonly<Record<string, string>>;
  readonly replaced: Readonly<Record<string, string>>;
}
export interface PulledSource {
  readonly name: string;
  readonly kind: string;
  readonly told: readonly Told[];
  readonly health: SourceHealth;
}
/** The answer of `mlcost spend pull --format json`. */
export const pulledJson = (pulled: readonly PulledSource[]): object => ({
  version: 1,
  sources: pulled.map(({ name, kind, told, health }) => ({
    name,
    kind,
    state: health.error ? 'failed' : 'read',
    changedDays: told.flatMap(({ changed }) => changed),
    charges: told.reduce((sum, { charges }) => sum + charges, 0),
    billed: summedAmounts(told.map(({ billed }) => billed)),
    replaced: summedAmounts(told.map(({ replaced }) => replaced)),
    ...(health.through === undefined ? {} : { through: health.through }),
    ...(health.error ? { error: health.error } : {}),
    notes: health.notes,
  })),
});
export function summedAmounts(all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const sums: Record<string, string> = {};
  for (const one of all)
    for (const [currency, amount] of Object.entries(one))
      sums[currency] = exact.toText(exact.add(exact.decimal(sums[currency] ?? '0') ?? exact.zero, exact.decimal(amount) ?? exact.zero));
  return sums;
}
export const pulledText = (pulled: readonly PulledSource[]): string =>
  pulled
    .map(({ name, told, health }) => {
      const days = told.flatMap(({ changed }) => changed);
      const billed = Object.entries(summedAmounts(told.map((one) => one.billed)));
      const replaced = Object.entries(summedAmounts(told.map((one) => one.replaced)));
      const amounts = (list: readonly [string, string][]): string => list.map(([currency, amount]) => `${amount} ${currency}`).join(' + ');
      const what =
        days.length === 0
          ? 'nothing new'
          : `${days.length === 1 ? days[0] : `${days.length} days, ${days[0]} to ${days.at(-1)}`}: ${amounts(billed) || 'use, no money'}${replaced.length > 0 ? `; took the place of ${amounts(replaced)}` : ''}`;
      const failed = health.error ? `  failed: ${health.error.message}\n  what to do: ${health.error.todo}\n` : '';
      return `${name}: ${health.error && days.length === 0 ? 'not read' : what}\n${failed}${health.notes.map((note) => `  note: ${note}\n`).join('')}`;
    })
    .join('');

/** The answer of `mlcost spend sources --format json`. */
export const sourcesJson = (sources: readonly SourceStatus[], left: readonly string[]): object => ({
  version: 1,
  sources: sources.map(({ age, sinceTried: _, ...rest }) => ({ ...rest, ageSeconds: age === undefined ? null : Math.round(age / 1000) })),
  notConfigured: left,
});
export function sourcesText(sources: readonly SourceStatus[], left: readonly string[]): string {
  const section: Section = {
    title: 'Sources of spend',
    header: ['source', 'kind', 'its money', 'health'],
    rows: sources.map((one) => [one.name, one.kind, one.counts ? 'counts' : 'beside the bill', healthLine(one)]),
    right: [],
    notes: [
      ...sources.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`)),
      ...left.map((name) => `${name} is not in .mlcost.yaml any more; what it told stays. Take it out with mlcost spend pull --forget ${name}`),
    ],
  };
  return plainSection(section);
}

const quantityText = ({ quantity, metric }: UsageSum): string =>
  metric === 'metered_cost'
    ? shownMoney(quantity)
    : exact.toText(exact.round(quantity, metric.startsWith('gpu_hours') ? 2 : 0), 0).replace(/\B(?=(\d{3})+(?=\.|$))(?<!\.\d*)/g, ',');
/** The answer of `mlcost spend usage`. */
export function usageReportText(sums: readonly UsageSum[], by: readonly UsageKey[], format: string): string {
  const cells = ({ values }: UsageSum, none: (key: string) => string): string[] => by.map((key) => values[key] ?? none(key));
  if (format === 'json')
    return `${JSON.stringify(
      { version: 1, by, rows: sums.map((one) => ({ ...one.values, metric: one.metric, unit: one.unit, quantity: exact.toText(one.quantity, 0) })) },
      null,
      1,
    )}\n`;
  if (format === 'csv')
    return `${csvLine(['metric', ...by, 'quantity', 'unit'])}${sums.map((one) => csvLine([one.metric, ...cells(one, () => ''), exact.toText(one.quantity, 0), one.unit])).join('')}`;
  const section: Section = {
    title: 'Use, as sources measured it',
    header: ['metric', ...by, 'quantity', 'unit'],
    rows: sums.map((one) => [one.metric, ...cells(one, (key) => `(no ${key})`), quantityText(one), one.unit]),
    right: [by.length + 1],
    notes: [...new Set(sums.map(({ metric }) => metric))].map((metric) => `${metric}: ${usageMetrics[metric].meaning}`),
  };
  if (format === 'html') return documentOf(section.title, sums.length === 0 ? [] : [section], 'html');
  if (sums.length === 0) return 'No use in these days.\n';
  return (format === 'markdown' ? markdownSection : plainSection)(section);
}
