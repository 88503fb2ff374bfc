import type { ImportRecord, Rejected } from '../core/index.js';

interface Outcome {
  readonly files: readonly string[];
  readonly record?: ImportRecord;
  readonly rejected: readonly Rejected[];
}
/** The answer of `mlcost spend import --format json`. */
export const importedJson = (outcomes: readonly Outcome[]): object => ({
  version: 1,
  imports: outcomes.map(({ files, record, rejected }) => ({
    files,
    state: record ? 'imported' : 'already there',
    ...(record
      ? {
          format: record.format,
          rows: record.rows,
          from: record.from,
          to: record.to,
          billed: record.billed,
          replaced: record.replaced,
          rejected: record.rejected,
        }
      : {}),
    ...(rejected.length > 0 ? { problems: rejected } : {}),
  })),
});
const amounts = (all: Readonly<Record<string, string>>): string =>
  Object.entries(all)
    .map(([currency, amount]) => `${amount} ${currency}`)
    .join(' + ');
export const importedText = (outcomes: readonly Outcome[]): string =>
  outcomes
    .map(({ files, record, rejected }) => {
      const name = files.length === 1 ? (files[0] ?? '') : `${files[0]} and ${files.length - 1} more parts`;
      if (!record) return `${name}: in the ledger already, nothing to do\n`;
      const days = record.from === null ? '' : `, ${record.from} to ${record.to}`;
      const replaced = Object.values(record.replaced).length === 0 ? '' : `; took the place of ${amounts(record.replaced)}`;
      const bad =
        record.rejected === 0
          ? ''
          : `  ${record.rejected} rows are not counted:\n${rejected.map(({ line, reason }) => `    line ${line}: ${reason}\n`).join('')}`;
      return `${name}: ${record.rows} charges (${record.format})${days}, ${amounts(record.billed) || 'no money'}${replaced}\n${bad}`;
    })
    .join('');
