import type { Catalog } from '../catalog/catalog.js';
import type { CompareRow } from '../estimate/compare.js';
import { table } from './markdown.js';
import { interval, type NumberStyle, plain } from './number.js';
import { shortAccelerator } from './words.js';

const fitsText = { fits: '✓ fits', tight: 'tight', 'does-not-fit': '✗ does not fit', unknown: '' } as const;

/** Cells of one row of a comparison. */
export interface CompareText {
  readonly accelerator: string;
  readonly offer: string;
  readonly hours: string;
  readonly cost: string;
  readonly fits: string;
  readonly carbon: string;
  readonly asOf: string;
}
export function compareText(row: CompareRow, catalog: Catalog, style: NumberStyle = plain): CompareText {
  const chip = catalog.accelerators.find(({ id }) => id === row.accelerator);
  const machines = row.instances > 1 ? `${row.instances} × ` : '';
  return {
    accelerator: `${row.count}×${chip ? shortAccelerator(chip, catalog) : row.accelerator}`,
    offer: `${row.provider} ${machines}${row.instance}${row.region === 'any' ? '' : ` ${row.region}`}${row.market === 'on-demand' ? '' : ` ${row.market}`}${row.own ? ' (own rate)' : ''}`,
    hours: row.hours ? interval({ ...row.hours, unit: 'h' }, style) : '',
    cost: row.usd ? interval({ ...row.usd, unit: row.unit }, style) : 'unknown',
    fits: fitsText[row.fits],
    carbon: row.carbon ? interval({ ...row.carbon, unit: 'kgCO2e' }, style, false) : '',
    asOf: row.asOf,
  };
}

/** A comparison as a Markdown document. */
export function compareMarkdown(title: string, rows: readonly CompareText[]): string {
  const cells = rows.map((row) =>
    [row.accelerator, row.cost, row.hours, row.fits, row.offer, row.carbon, row.asOf].map((cell) => cell.replaceAll('|', '\\|').replaceAll('$', '\\$')),
  );
  return `# ${title}\n\n${table(['accelerator', 'cost', 'duration', 'memory', 'offer', 'carbon', 'price of'], cells, [1, 2])}\n`;
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
