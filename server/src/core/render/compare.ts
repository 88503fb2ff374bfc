import type { Catalog } from '../catalog/catalog.js';
import { shortAccelerator } from '../catalog/short-name.js';
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
    accelerator: `${row.count}×${name}`,
    name,
    offer: `${row.provider} ${machines}${row.instance}${row.region === 'any' ? '' : ` ${row.region}`}${row.market === 'on-demand' ? '' : ` ${row.market}`}${row.own ? ' (own rate)' : ''}`,
    hours: row.hours ? interval({ ...row.hours, unit: 'h' }, style) : '',
    cost: row.usd ? interval({ ...row.usd, unit: row.unit }, style) : 'unknown',
    shortCost: row.usd ? withUnit(row.usd.likely, row.unit, style) : 'unknown',
    memory: row.memory ? `${withUnit(row.memory.likely, 'GiB', style).replace(' GiB', '')}${size} GiB` : '',
    fits: fitsText[row.fits],
    carbon: row.carbon ? interval({ ...row.carbon, unit: 'kgCO2e' }, style, false) : '',
    asOf: row.asOf,
  };
}

/** Of all offers of an accelerator the cheapest of each provider and market: what a person chooses from. */
export function bestOffers(rows: readonly CompareRow[]): CompareRow[] {
  const best = new Map<string, CompareRow>();
  for (const row of rows) {
    const key = `${row.accelerator}/${row.provider}/${row.market}`;
    const other = best.get(key);
    if (!other || (row.usd !== undefined && (other.usd === undefined || row.usd.likely < other.usd.likely))) best.set(key, row);
  }
  return rows.filter((row) => best.get(`${row.accelerator}/${row.provider}/${row.market}`) === row);
}
