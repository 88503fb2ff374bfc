import type { Catalog } from '../catalog/catalog.js';
import type { FactDelta } from '../diff/causes.js';
import type { Fits } from '../estimate/fits.js';
import type { Interval } from '../model/estimate.js';
import type { FactValue } from '../model/fact.js';
import { factLabel } from '../model/fact-names.js';
import { isWord, scenarioWords } from '../model/scenario.js';
import type { Figure, FigureRow, Outcome, Side } from '../whatif/outcome.js';
import type { End, RangeOrigin, Sensitivity, Swing } from '../whatif/sensitivity.js';
import type { WorkspaceSide } from '../whatif/workspace.js';
import { changeText } from './delta.js';
import { interval, type NumberStyle, plain, withUnit } from './number.js';
import { quantityLabel } from './quantities.js';
import { acceleratorOf, showValue } from './words.js';

/** A figure of a what-if, in words. */
export interface FigureText {
  /** `$58 (21–161)`, `at most $30`, `unknown`. */
  readonly figure: string;
  /** The same without its interval. */
  readonly short: string;
  readonly value?: Interval;
  /** `−38 %`, `+4 %, within the noise`; empty for now, and where either side is unknown. */
  readonly change: string;
  /** What would make an unknown figure known. */
  readonly need: string;
}
export interface RowText {
  readonly name: string;
  readonly label: string;
  readonly figures: readonly FigureText[];
}
export interface SideText {
  readonly name: string;
  /** What differs from now: `GPU H100 → A100-80`. */
  readonly changes: readonly string[];
  /** What was supposed and changes nothing, with the reason. */
  readonly unused: readonly string[];
  /** What the estimator says of it that it does not say of now. */
  readonly notes: readonly string[];
}
export interface OutcomeText {
  readonly sides: readonly SideText[];
  readonly rows: readonly RowText[];
}

const fitsMark: Readonly<Record<Fits, string>> = { fits: '✓ fits', tight: 'tight', 'does-not-fit': '✗ does not fit', unknown: '' };

export function outcomeText({ sides, rows }: Outcome, catalog: Catalog, style: NumberStyle = plain): OutcomeText {
  return {
    sides: sides.map((side) => ({
      name: side.name,
      changes: side.changes.map((one) => changedFact(one, catalog)),
      unused: side.unused.map(({ word, why }) => `${wordLabel(word)}: ${why}`),
      notes: side.estimation.notes.filter((note) => sides[0]?.estimation.notes.includes(note) !== true),
    })),
    rows: rows.map((row) => ({
      name: row.name,
      label: quantityLabel(row.name),
      figures: row.figures.map((one, at) => figureText(row, one, sides[at], style)),
    })),
  };
}

function figureText({ name, unit }: FigureRow, { estimate, atMost, need, ratio, withinNoise }: Figure, side: Side | undefined, style: NumberStyle): FigureText {
  if (!estimate) return { figure: 'unknown', short: 'unknown', change: '', need: need ?? '' };
  const fits = name === 'peak_memory_gib' && side ? fitsMark[side.fits] : '';
  const text = `${atMost ? 'at most ' : ''}${interval({ ...estimate, unit }, style)}`;
  const { low, likely, high } = estimate;
  return {
    figure: fits === '' ? text : `${text} ${fits}`,
    short: `${atMost ? 'at most ' : ''}${withUnit(likely, unit, style)}`,
    value: { low, likely, high },
    change: ratio === undefined ? '' : `${ratioText(ratio)}${withinNoise ? ', within the noise' : ''}`,
    need: atMost ? (need ?? '') : '',
  };
}
/** `as now`, `−38 %`. */
export const ratioText = (ratio: number): string => (Math.abs(ratio - 1) < 1e-6 ? 'as now' : changeText(1, ratio));

/** `GPU H100 → A100-80`, `sequence length 2048 → not stated`. */
function changedFact({ fact, from, to }: FactDelta, catalog: Catalog): string {
  const side = (value: FactValue | undefined): string =>
    value === undefined
      ? 'not stated'
      : fact === 'gpu_type'
        ? acceleratorOf(String(value), catalog)
        : showValue(typeof value === 'number' ? rounded(value) : value);
  return `${factLabel(fact)} ${side(from)} → ${side(to)}`;
}
const rounded = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(3)));
/** A word or a fact for a person. */
export const wordLabel = (word: string): string => (isWord(word) ? scenarioWords[word].label : word === 'estimate' ? 'the estimate itself' : factLabel(word));
const sumLabels: Readonly<Record<string, string>> = {
  usd: 'All runs, once each',
  usd_per_month: 'All that stays on, a month',
  usd_at_most: 'Runs of which only a limit is known',
  usd_per_month_at_most: 'Months of which only a limit is known',
  energy_kwh: 'Energy of the runs',
  energy_kwh_per_month: 'Energy a month',
  carbon_kg: 'Carbon of the runs',
  carbon_kg_per_month: 'Carbon a month',
  without: 'Without a total',
};
/** Rows of the sums of a workspace, one figure a column; what is unknown is counted in a row of its own. */
export function workspaceRows(sides: readonly WorkspaceSide[], style: NumberStyle = plain): RowText[] {
  const names = Object.keys(sumLabels).filter((name) =>
    sides.some(({ sums }) => (name === 'without' ? sums.without > 0 : sums.parts.some((part) => part.name === name))),
  );
  const partOf = (side: WorkspaceSide | undefined, name: string) => side?.sums.parts.find((part) => part.name === name);
  return names.map((name) => ({
    name,
    label: sumLabels[name] ?? name,
    figures: sides.map((side, at): FigureText => {
      if (name === 'without') return { figure: String(side.sums.without), short: String(side.sums.without), change: '', need: '' };
      const [before, after] = [partOf(sides[0], name), partOf(side, name)];
      if (!after) return { figure: 'none', short: 'none', change: '', need: '' };
      // Sums over another number of workloads are no change of the same thing.
      const comparable = at > 0 && before && before.of === after.of && before.value.likely > 0;
      return {
        figure: `${name.endsWith('at_most') ? 'at most ' : ''}${interval({ ...after.value, unit: after.unit }, style)}`,
        short: withUnit(after.value.likely, after.unit, style),
        value: after.value,
        change: comparable ? ratioText(after.value.likely / before.value.likely) : at > 0 && before ? `over ${after.of} instead of ${before.of}` : '',
        need: '',
      };
    }),
  }));
}

const origins: Readonly<Record<RangeOrigin, string>> = {
  declared: 'declared in .mlcost.yaml',
  estimate: 'holds nine in ten',
  catalog: 'what is offered',
  convention: 'half to double, by convention',
};
/** A bar of what moves a figure, in words. */
export interface SwingText {
  readonly word: string;
  readonly label: string;
  /** `$20 at A100-40`, `$58 as it is`. */
  readonly low: string;
  readonly high: string;
  readonly origin: string;
}
export interface SensitivityText {
  readonly title: string;
  readonly swings: readonly SwingText[];
  readonly untold: readonly string[];
}
export function sensitivityText({ quantity, now, swings, untold }: Sensitivity, style: NumberStyle = plain): SensitivityText {
  const money = (value: number): string => withUnit(value, now.unit, style);
  const end = (swing: Swing, { to, value, fits }: End): string => {
    const unmoved = value === now.likely || to === swing.now;
    const mark = fits === 'does-not-fit' ? ', does not fit' : fits === 'tight' && !unmoved ? ', tight' : '';
    return `${money(value)} ${to === 'low end' || to === 'high end' ? `(${to})` : unmoved ? 'as it is' : `at ${showValue(typeof to === 'number' ? rounded(to) : to)}`}${mark}`;
  };
  return {
    title: `${quantityLabel(quantity)}, ${money(now.likely)} now: what moves it most, one fact at a time`,
    swings: swings.map((one) => ({
      word: one.word,
      label: wordLabel(one.word),
      low: end(one, one.low),
      high: end(one, one.high),
      origin: one.origin === 'convention' && /^utilisation$|_rate$/.test(one.word) ? 'half of it to half of the rest, by convention' : origins[one.origin],
    })),
    untold: untold.map(({ word, why }) => `${wordLabel(word)}: ${why}`),
  };
}

/** Bars end at this many times the figure of now, so that one that is far off leaves the others to be seen. */
export const barLimit = 3;
/** A bar of characters from zero to the largest end, with a mark where it is now. */
export function barText({ low, high }: Swing, now: number, most: number, width: number): string {
  const end = Math.min(most, now * barLimit);
  const at = (value: number): number => Math.min(width - 1, Math.max(0, Math.round((value / end) * (width - 1))));
  const [from, to, mark] = [at(low.value), at(high.value), at(now)];
  return Array.from({ length: width }, (_, place) =>
    place === mark ? '┃' : place === width - 1 && high.value > end ? '»' : place >= from && place <= to ? '█' : '·',
  ).join('');
}
