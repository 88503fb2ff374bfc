import { csvLine } from '../core/index.js';

/** What stands in a table: a text, or one for people and the exact one for machines. */
export type Cell = string | { readonly shown: string; readonly exact: string };
/** Forms that a report is written in. */
export type ReportFormat = 'table' | 'markdown' | 'html' | 'csv';

/** A table with a title, in whatever form it is written. */
export interface Section {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Sums of the rows: for people. */
  readonly totals?: readonly (readonly Cell[])[];
  /** Columns of numbers. */
  readonly right?: readonly number[];
  readonly notes?: readonly string[];
  /** Drawn above the table in HTML: SVG that holds nothing but its own text. */
  readonly plot?: string;
}

const shown = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.shown);
const exact = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.exact);
const allRows = ({ rows, totals = [] }: Section): string[][] => [...rows, ...totals].map((row) => row.map(shown));
const mark = (text: string): string => text.replace(/([|\\`*_[\]<>#])/g, '\\$1');
/** Text as HTML and XML hold it, between tags and in attributes. */
export const html = (text: string): string => text.replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] as string);

/** Columns side by side, for a terminal. */
export function plainSection(section: Section): string {
  const { header, right = [], notes = [] } = section;
  const all = [header, ...allRows(section)];
  const widths = header.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (right.includes(at) ? cell.padStart(widths[at] as number) : cell.padEnd(widths[at] as number)))
      .join('  ')
      .trimEnd();
  return `${[...all.map(line), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')}\n`;
}
export function markdownSection(section: Section): string {
  const { header, right = [], notes = [] } = section;
  const line = (row: readonly string[]): string => `| ${row.map(mark).join(' | ')} |`;
  const rule = `| ${header.map((_, at) => (right.includes(at) ? '--:' : '---')).join(' | ')} |`;
  return `${[line(header), rule, ...allRows(section).map(line), ...notes.map((note) => `\n${mark(note)}`)].join('\n')}\n`;
}
function htmlSection(section: Section): string {
  const { title, header, right = [], notes = [], plot = '' } = section;
  const cells = (row: readonly string[]): string =>
    row.map((cell, at) => (at === 0 ? `<th scope="row">${html(cell)}</th>` : `<td${right.includes(at) ? ' class="number"' : ''}>${html(cell)}</td>`)).join('');
  const head = header.map((cell) => `<th scope="col">${html(cell)}</th>`).join('');
  const heading = plot === '' ? `<table><caption>${html(title)}</caption>` : `<h2>${html(title)}</h2>${plot}<table aria-label="${html(title)}">`;
  return `${heading}<thead><tr>${head}</tr></thead><tbody>${allRows(section)
    .map((row) => `<tr>${cells(row)}</tr>`)
    .join('\n')}</tbody></table>${notes.map((note) => `<p>${html(note)}</p>`).join('')}`;
}
const style =
  ':root{color-scheme:light dark}body{font:14px system-ui,sans-serif;margin:2rem;color:CanvasText;background:Canvas}table{border-collapse:collapse;margin:1.5rem 0}th,td{padding:.25rem .75rem;border-bottom:1px solid;text-align:left}.number{text-align:right}caption{text-align:left;font-weight:600}@media print{body{margin:0}tr{break-inside:avoid}}';

/** Cells of one table as they are; of several tables one cell a line, with its table, row and column. */
function csvOf(sections: readonly Section[]): string {
  const [only] = sections;
  if (only && sections.length === 1) return csvLine(only.header) + only.rows.map((row) => csvLine(row.map(exact))).join('');
  const lines = sections.flatMap(({ title, header, rows }) =>
    rows.flatMap((row) => row.slice(1).map((cell, at) => csvLine([title, exact(row[0] ?? ''), header[at + 1] ?? '', exact(cell)]))),
  );
  return csvLine(['table', 'row', 'column', 'value']) + lines.join('');
}

/** Sections as one document; HTML without scripts and without anything from elsewhere. */
export function documentOf(title: string, sections: readonly Section[], format: ReportFormat): string {
  if (format === 'csv') return csvOf(sections);
  if (format === 'table') return sections.map((one) => `${sections.length > 1 ? `${one.title}\n` : ''}${plainSection(one)}`).join('\n');
  if (format === 'markdown') return `# ${mark(title)}\n\n${sections.map((one) => `## ${mark(one.title)}\n\n${markdownSection(one)}`).join('\n')}`;
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="${policy}"><title>${html(title)}</title><style>${style}</style></head><body><h1>${html(title)}</h1>${sections.map(htmlSection).join('\n')}</body></html>\n`;
}
