import type { HistoryResult } from '../../../server/src/protocol/history.js';
import { type Column, csvText } from '../shared/csv.js';

interface Row {
  readonly at: number | undefined;
  readonly texts: Readonly<Record<'kind' | 'commit' | 'author' | 'subject' | 'text' | 'change' | 'because', string>>;
  readonly low?: number;
  readonly likely?: number | undefined;
  readonly high?: number;
}
/** A line a change of the estimate and a measured run, oldest first; numbers as they are. */
export function csvOf({ steps, runs, unit }: HistoryResult): string {
  const rows: Row[] = [
    ...steps.map(({ oid, at, author, subject, value, text, change, because }) => ({
      at,
      texts: { kind: 'estimate', commit: oid, author, subject, text, change, because },
      ...value,
    })),
    ...runs.map(({ at, commit, id, text, usd }) => ({
      at,
      texts: { kind: 'measured', commit, author: '', subject: id, text, change: '', because: '' },
      likely: usd,
    })),
  ];
  const text = (name: keyof Row['texts']): Column<Row> => [name, ({ texts }) => texts[name]];
  const columns: Column<Row>[] = [
    text('kind'),
    ['at', ({ at }) => (at === undefined ? undefined : new Date(at).toISOString())],
    text('commit'),
    text('author'),
    text('subject'),
    ['unit', () => unit],
    ['low', ({ low }) => low],
    ['likely', ({ likely }) => likely],
    ['high', ({ high }) => high],
    text('text'),
    text('change'),
    text('because'),
  ];
  return csvText(columns, rows);
}
