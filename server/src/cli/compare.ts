import {
  type BreakEven,
  bestOffers,
  type Catalog,
  type CompareRow,
  commitmentCells,
  commitmentHeader,
  commitmentsFor,
  commitmentText,
  compare,
  compareText,
  csvLine,
  type EstimateContext,
  lensText,
  type Market,
} from '../core/index.js';
import { contextFor, type Estimated, specOf } from '../host/engine.js';
import type { Paint } from './report-table.js';
import { documentOf, plainSection, type Section } from './sections.js';

/** A workload with the offers that can run it, and from which use on a commitment pays. */
export interface Compared {
  readonly one: Estimated;
  readonly rows: readonly CompareRow[];
  readonly commitments: readonly BreakEven[];
}
export function compared(one: Estimated, context: EstimateContext, markets?: readonly Market[]): Compared {
  const [spec, here] = [specOf(one.workload), contextFor(one, context)];
  const rows = compare(spec, here, markets ? { markets } : {});
  const commitments = commitmentsFor(spec, here, rows[0]?.accelerator).filter(({ term }) => markets?.includes(term) ?? true);
  return { one, rows, commitments };
}

/** The answer of `mlcost compare --format json`.
 * @param limit rows of a workload: the best offers; absent: all there are */
export const compareJson = (all: readonly Compared[], place: (one: Estimated) => object, limit?: number): object => ({
  version: 1,
  workloads: all.map(({ one, rows, commitments }) => ({
    id: one.workload.id,
    kind: one.workload.kind,
    title: one.workload.title,
    ...place(one),
    rows: limit === undefined ? rows : bestOffers(rows).slice(0, limit),
    offers: rows.length,
    commitments: commitments.slice(0, limit).map(({ onDemand, reserved, share, hoursPerMonth, savesPerMonth, asOf, ...rest }) => ({
      ...rest,
      usd_per_hour: onDemand,
      committed_usd_per_hour: reserved,
      break_even_share: share,
      break_even_hours_per_month: hoursPerMonth,
      usd_saved_per_month_always_on: savesPerMonth,
      asOf,
    })),
  })),
});

const shownCommitments = 6;
const commitmentNote = 'A commitment is paid for every hour of its term, used or not: from this share of hours on it costs less than paying by the hour.';
/** The same for a person: each provider's cheapest offer of each accelerator, then the commitments. */
export function compareDocument(all: readonly Compared[], catalog: Catalog, limit: number, format: 'table' | 'markdown' | 'html', paint: Paint): string {
  const sections = all.flatMap((each): Section[] => sectionsOf(each, catalog, limit));
  if (format !== 'table') return documentOf('Accelerators compared', sections, format);
  return sections
    .map(
      (section) =>
        `${paint.bold(section.title)}\n${section.rows.length === 0 ? '' : plainSection({ ...section, notes: [] })}${(section.notes ?? []).map((note) => `${paint.dim(note)}\n`).join('')}`,
    )
    .join('\n');
}
function sectionsOf({ one, rows, commitments }: Compared, catalog: Catalog, limit: number): Section[] {
  const { title } = lensText({ workload: one.workload, estimation: one.estimation, catalog });
  const stays = rows[0]?.unit === 'usd/month';
  const header = ['accelerator', 'cost', stays ? 'latency' : 'duration', 'memory', 'offer', 'carbon', 'price of'];
  if (rows.length === 0) {
    const why = one.workload.kind === 'api-call' ? 'a hosted API has no accelerators to choose' : 'nothing to compare: see what is unknown in mlcost estimate';
    return [{ title, header, rows: [], notes: [`  ${why}`] }];
  }
  const best = bestOffers(rows);
  const cells = best
    .slice(0, limit)
    .map((row) => compareText(row, catalog))
    .map((row) => [row.accelerator, row.cost, stays ? row.latency : row.hours, row.fits, row.offer, row.carbon, row.asOf]);
  const hours = one.estimation.estimates['wall_hours']?.likely ?? rows[0]?.hours?.likely;
  const paying = commitments.slice(0, shownCommitments).map((each) => commitmentCells(commitmentText(each, hours)));
  return [
    { title, header, rows: cells, ...(best.length > limit ? { notes: [`… and ${best.length - limit} more (--limit)`] } : {}) },
    ...(paying.length > 0 ? [{ title: `Commitments: ${one.workload.title}`, header: commitmentHeader, rows: paying, notes: [commitmentNote] }] : []),
  ];
}

/** Every offer, one a line, numbers as they are; an unknown one is empty. */
export function compareCsv(all: readonly Compared[], place: (one: Estimated) => { readonly file: string; readonly line: number }): string {
  const ends = ['low', 'likely', 'high'] as const;
  const header = [
    ...['file', 'line', 'workload', 'accelerator', 'count', 'paid', 'provider', 'region', 'instance', 'instances', 'link', 'market', 'unit', 'fits', 'stops'],
    ...['usd', 'hours', 'latency_ms', 'memory_gib', 'carbon_kg'].flatMap((name) => ends.map((end) => `${name}_${end}`)),
    'price_date',
  ];
  const number = (value: number | undefined): string => (value === undefined ? '' : String(value));
  return [
    csvLine(header),
    ...all.flatMap(({ one, rows }) => {
      const { file, line } = place(one);
      return rows.map((row) =>
        csvLine([
          ...[file, String(line), one.workload.title, row.accelerator, String(row.count), String(row.paid), row.provider, row.region, row.instance],
          ...[String(row.instances), row.link, row.market, row.unit, row.fits, row.stops ? 'true' : ''],
          ...[row.usd, row.hours, row.latency, row.memory, row.carbon].flatMap((interval) => ends.map((end) => number(interval?.[end]))),
          row.asOf,
        ]),
      );
    }),
  ].join('');
}
