import { bestOffers, type Catalog, type CompareRow, compare, compareText, type EstimateContext, lensText } from '../core/index.js';
import { contextFor, type Estimated, specOf } from '../host/engine.js';
import type { Paint } from './report-table.js';

/** A workload with the offers that can run it. */
export interface Compared {
  readonly one: Estimated;
  readonly rows: readonly CompareRow[];
}
export const compared = (one: Estimated, context: EstimateContext): Compared => ({ one, rows: compare(specOf(one.workload), contextFor(one, context)) });

/** The answer of `mlcost compare --format json`. */
export const compareJson = (all: readonly Compared[], place: (one: Estimated) => object): object => ({
  version: 1,
  workloads: all.map(({ one, rows }) => ({ id: one.workload.id, kind: one.workload.kind, title: one.workload.title, ...place(one), rows })),
});

/** The same for a person: each provider's cheapest offer of each accelerator. */
export function compareTable(all: readonly Compared[], catalog: Catalog, limit: number, paint: Paint): string {
  return all
    .map(({ one, rows }) => {
      const title = paint.bold(lensText({ workload: one.workload, estimation: one.estimation, catalog }).title);
      if (rows.length === 0)
        return `${title}\n  ${one.workload.kind === 'api-call' ? 'a hosted API has no accelerators to choose' : 'nothing to compare: see what is unknown in mlcost estimate'}\n`;
      const best = bestOffers(rows);
      const cells = best
        .slice(0, limit)
        .map((row) => compareText(row, catalog))
        .map((row) => [row.accelerator, row.cost, row.hours, row.fits, row.offer, row.carbon, row.asOf]);
      const header = ['accelerator', 'cost', 'duration', 'memory', 'offer', 'carbon', 'price of'];
      const widths = header.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)));
      const line = (row: readonly string[]): string => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd();
      return [
        title,
        paint.dim(line(header)),
        ...cells.map(line),
        ...(best.length > limit ? [paint.dim(`  … and ${best.length - limit} more (--limit)`)] : []),
        '',
      ].join('\n');
    })
    .join('\n');
}
