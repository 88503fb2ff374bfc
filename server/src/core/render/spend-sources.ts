import type { ReadExport } from '../spend/in-memory.js';
import type { ImportRecord } from '../spend/manifest.js';
import { healthLine, type SourceStatus } from '../spend/sources/health.js';
import type { NumberStyle } from './number.js';
import type { SpendSource } from './spend-view.js';

const rowsText = (rows: number, rejected: number, { locale }: NumberStyle): string =>
  `${rows.toLocaleString(locale)} charges${rejected > 0 ? `, ${rejected.toLocaleString(locale)} rows were not understood` : ''}`;
const daysText = (from: string | null | undefined, to: string | null | undefined): string => (from && to ? `${from} to ${to}` : 'no day');

/** What was imported, the latest first. */
export const importedSources = (imports: readonly ImportRecord[], style: NumberStyle): SpendSource[] =>
  imports
    .map(
      ({ files, format, rows, rejected, from, to }): SpendSource => ({
        name: files.map(({ name }) => name).join(', '),
        detail: `${format}, imported: ${rowsText(rows, rejected, style)}, ${daysText(from, to)}`,
        state: rejected > 0 ? 'trouble' : 'ok',
      }),
    )
    .reverse();
/** What was read from files of the workspace. */
export const readSources = (read: readonly ReadExport[], style: NumberStyle): SpendSource[] =>
  read.map(
    ({ files, totals: { format, rows, rejected, from, to } }): SpendSource => ({
      name: files.join(', '),
      detail: `${format}, read as it lies here: ${rowsText(rows, rejected, style)}, ${daysText(from, to)}`,
      state: rejected > 0 ? 'trouble' : 'ok',
    }),
  );

/** Sources that are asked over a network or a database, with how they are and what a person can do. */
export const pulledSources = (sources: readonly SourceStatus[]): SpendSource[] =>
  sources.map((source) => ({ name: source.name, detail: healthLine(source), state: source.condition === 'ok' ? 'ok' : 'trouble' }));
