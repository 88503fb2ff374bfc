import type { Cause, FactDelta } from '../diff/causes.js';
import type { QuantityDelta, WorkloadDelta } from '../diff/delta.js';
import { mainCost } from '../estimate/main-cost.js';
import type { Unit } from '../model/estimate.js';
import { factLabel } from '../model/fact-names.js';
import { type NumberStyle, plain, withUnit } from './number.js';
import { quantityLabel } from './quantities.js';
import { showValue } from './words.js';

/** `+31 %`, `−12 %`, `3.1 ×` from three times on, `±0 %`. */
export function changeText(before: number, after: number): string {
  if (before === 0) return 'new';
  const ratio = after / before;
  if (ratio >= 3) return `${Number(ratio.toPrecision(2))} ×`;
  const percent = (ratio - 1) * 100;
  const shown = Math.abs(percent) < 10 ? Number(percent.toPrecision(2)) : Math.round(percent);
  return `${shown < 0 ? '−' : shown > 0 ? '+' : '±'}${Math.abs(shown)} %`;
}
/** `+$48`, `−$1,200/mo`. */
export const signed = (value: number, unit: Unit, style: NumberStyle = plain): string => `${value < 0 ? '−' : '+'}${withUnit(Math.abs(value), unit, style)}`;

/** `batch size 8 → 4: +31 %`; without a part where it could not be told. */
export function causeText(cause: FactDelta & Partial<Cause>, of: QuantityDelta | undefined): string {
  const side = (value: FactDelta['from']): string => (value === undefined ? 'not stated' : showValue(value));
  const change = `${factLabel(cause.fact)} ${side(cause.from)} → ${side(cause.to)}`;
  return cause.by === undefined || !of ? change : `${change}: ${changeText(of.before.likely, of.before.likely + cause.by)}`;
}

/** A figure of a quantity; a limit is said to be one. */
const figureOf = (name: string, value: number, unit: Unit, style: NumberStyle): string =>
  `${name.endsWith('_max') ? 'at most ' : ''}${withUnit(value, unit, style)}`;

const isRun = (kind: string): boolean => kind === 'training' || kind === 'batch-inference';

/** A delta as a row for a person. */
export interface DeltaText {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  readonly change: string;
  readonly because: string;
  /** Other quantities that changed. */
  readonly also: string;
}
export function deltaText(delta: WorkloadDelta, style: NumberStyle = plain): DeltaText {
  const [first, ...others] = delta.quantities;
  const side = (one: WorkloadDelta['after']): string => {
    if (!one) return '';
    const cost = mainCost(one.workload.kind, one.estimation);
    if (!cost) return '$?';
    const figure = figureOf(cost.name, cost.likely, cost.unit, style);
    // the price of an hour is no cost of a run
    return cost.name === 'usd_per_hour' && isRun(one.workload.kind) ? `$? at ${figure}` : figure;
  };
  const title = (delta.after ?? delta.before)?.workload.title ?? '';
  const causes = delta.causes.map((cause) => causeText(cause, first)).join('; ');
  if (!first) {
    const change = delta.state === 'new' || delta.state === 'removed' ? delta.state : 'cost unknown';
    return { title, before: side(delta.before), after: side(delta.after), change, because: causes, also: '' };
  }
  const on = first.on === undefined ? '' : ` on ${first.on.count === undefined ? '' : `${first.on.count}×`}${first.on.accelerator}`;
  return {
    title,
    before: `${figureOf(first.name, first.before.likely, first.before.unit, style)}${on}`,
    after: `${figureOf(first.name, first.after.likely, first.after.unit, style)}${on}`,
    change: delta.withinNoise
      ? `${changeText(first.before.likely, first.after.likely)}, within the noise`
      : changeText(first.before.likely, first.after.likely),
    because: causes,
    also: others.map(({ name, before, after }) => `${quantityLabel(name)} ${changeText(before.likely, after.likely)}`).join(', '),
  };
}
