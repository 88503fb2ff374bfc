import type { Catalog } from '../catalog/catalog.js';
import { shortAccelerator } from '../catalog/short-name.js';
import type { BreakEven } from '../estimate/commitments.js';
import type { CompareRow } from '../estimate/compare.js';
import { interval, type NumberStyle, plain, shortNumber, withUnit } from './number.js';

const fitsText = { fits: '✓ fits', tight: 'tight', 'does-not-fit': '✗ does not fit', unknown: '' } as const;

/** Cells of one row of a comparison. */
export interface CompareText {
  readonly accelerator: string;
  /** Its name without the count. */
  readonly name: string;
  readonly offer: string;
  readonly hours: string;
  readonly latency: string;
  readonly cost: string;
  /** The cost without its interval. */
  readonly shortCost: string;
  readonly memory: string;
  readonly fits: string;
  readonly carbon: string;
  readonly asOf: string;
}
export function compareText(row: CompareRow, catalog: Catalog, style: NumberStyle = plain): CompareText {
  const chip = catalog.accelerators.find(({ id }) => id === row.accelerator);
  const machines = row.instances > 1 ? `${row.instances} × ` : '';
  const name = chip ? shortAccelerator(chip, catalog) : row.accelerator;
  const size = row.memorySize === undefined ? '' : `/${shortNumber(row.memorySize, style)}`;
  return {
    accelerator: row.paid > row.count ? `${row.count} of ${row.paid}×${name}` : `${row.count}×${name}`,
    name,
    offer: `${row.provider} ${machines}${row.instance}${row.region === 'any' ? '' : ` ${row.region}`}${row.market === 'on-demand' ? '' : ` ${row.market}`}${row.own ? ' (own rate)' : ''}${row.link === 'network' ? ', over the network' : ''}`,
    hours: row.hours ? (row.stops ? `stopped after ${withUnit(row.hours.likely, 'h', style)}` : interval({ ...row.hours, unit: 'h' }, style)) : '',
    latency: row.latency ? interval({ ...row.latency, unit: 'ms' }, style) : '',
    cost: row.usd ? interval({ ...row.usd, unit: row.unit }, style) : 'unknown',
    shortCost: row.usd ? withUnit(row.usd.likely, row.unit, style) : 'unknown',
    memory: row.memory ? `${withUnit(row.memory.likely, 'GiB', style).replace(' GiB', '')}${size} GiB` : '',
    fits: fitsText[row.fits],
    carbon: row.carbon ? interval({ ...row.carbon, unit: 'kgCO2e' }, style, false) : '',
    asOf: row.asOf,
  };
}

/** Names an offer among the best: machines that hold a node and machines over a network are two. */
export const offerKey = ({ accelerator, provider, market, link }: Pick<CompareRow, 'accelerator' | 'provider' | 'market' | 'link'>): string =>
  [accelerator, provider, market, ...(link === 'network' ? [link] : [])].join('/');

/** Of all offers of an accelerator the cheapest of each provider and market: what a person chooses from. */
export function bestOffers(rows: readonly CompareRow[]): CompareRow[] {
  const best = new Map<string, CompareRow>();
  for (const row of rows) {
    const key = offerKey(row);
    const other = best.get(key);
    if (!other || (row.usd !== undefined && (other.usd === undefined || row.usd.likely < other.usd.likely))) best.set(key, row);
  }
  return rows.filter((row) => best.get(offerKey(row)) === row);
}

/** Cells of one commitment, for a table. */
export interface CommitmentText {
  readonly offer: string;
  readonly term: string;
  /** `$36/h against $55/h`. */
  readonly prices: string;
  /** `from 66 % of the hours, 482 h/mo`, `never`. */
  readonly pays: string;
  /** The same in runs of this workload; empty for what stays on. */
  readonly runs: string;
  /** What it saves where the machine is never idle. */
  readonly always: string;
  readonly asOf: string;
}
/** @param hours wall time of a run, where the workload ends */
export function commitmentText(one: BreakEven, hours: number | undefined, style: NumberStyle = plain): CommitmentText {
  const never = one.share >= 1;
  const runs = hours === undefined || !(hours > 0) || never ? undefined : one.hoursPerMonth / hours;
  return {
    offer: `${one.provider} ${one.instance}${one.region === 'any' ? '' : ` ${one.region}`}${one.own ? ' (own rate)' : ''}`,
    term: one.term === 'reserved-1y' ? '1 year' : '3 years',
    prices: `${withUnit(one.reserved, 'usd/hour', style)} against ${withUnit(one.onDemand, 'usd/hour', style)}`,
    pays: never
      ? 'never: it costs more than every hour by itself'
      : `from ${withUnit(one.share, 'share', style)} of the hours, ${Math.round(one.hoursPerMonth)} h/mo`,
    runs: runs === undefined ? '' : runs < 1 ? 'less than one run a month' : `${shortNumber(Math.ceil(runs), style)} runs a month`,
    always: `${one.savesPerMonth < 0 ? '−' : ''}${withUnit(Math.abs(one.savesPerMonth), 'usd/month', style)}`,
    asOf: one.asOf,
  };
}
export const commitmentHeader = ['commitment', 'term', 'price', 'pays', 'as much as', 'always on it saves', 'prices of'] as const;
export const commitmentCells = (text: CommitmentText): string[] => [text.offer, text.term, text.prices, text.pays, text.runs, text.always, text.asOf];
