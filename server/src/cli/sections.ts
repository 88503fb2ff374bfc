/** A table with a title, in whatever form it is written. */
export interface Section {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers. */
  readonly right?: readonly number[];
  readonly notes?: readonly string[];
}

const mark = (text: string): string => text.replace(/([|\\`*_[\]<>#])/g, '\\$1');
/** Text as HTML and XML hold it, between tags and in attributes. */
export const html = (text: string): string => text.replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] as string);

/** Columns side by side, for a terminal. */
export function plainSection({ header, rows, right = [], notes = [] }: Section): string {
  const all = [header, ...rows];
  const widths = header.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (right.includes(at) ? cell.padStart(widths[at] as number) : cell.padEnd(widths[at] as number)))
      .join('  ')
      .trimEnd();
  return `${[...all.map(line), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')}\n`;
}
export function markdownSection({ header, rows, right = [], notes = [] }: Section): string {
  const line = (row: readonly string[]): string => `| ${row.map(mark).join(' | ')} |`;
  const rule = `| ${header.map((_, at) => (right.includes(at) ? '--:' : '---')).join(' | ')} |`;
  return `${[line(header), rule, ...rows.map(line), ...notes.map((note) => `\n${mark(note)}`)].join('\n')}\n`;
}
function htmlSection({ title, header, rows, right = [], notes = [] }: Section): string {
  const cells = (row: readonly string[]): string =>
    row.map((cell, at) => (at === 0 ? `<th scope="row">${html(cell)}</th>` : `<td${right.includes(at) ? ' class="number"' : ''}>${html(cell)}</td>`)).join('');
  const head = header.map((cell) => `<th scope="col">${html(cell)}</th>`).join('');
  return `<table><caption>${html(title)}</caption><thead><tr>${head}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}</tbody></table>${notes.map((note) => `<p>${html(note)}</p>`).join('')}`;
}
const style =
  'body{font:14px system-ui,sans-serif;margin:2rem;color:CanvasText;background:Canvas}table{border-collapse:collapse;margin:1.5rem 0}th,td{padding:.25rem .75rem;border-bottom:1px solid;text-align:left}.number{text-align:right}caption{text-align:left;font-weight:600}';

/** Sections as one document; HTML without scripts and without anything from elsewhere. */
export function documentOf(title: string, sections: readonly Section[], format: 'markdown' | 'html'): string {
  if (format === 'markdown') return `# ${mark(title)}\n\n${sections.map((one) => `## ${mark(one.title)}\n\n${markdownSection(one)}`).join('\n')}`;
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><title>${html(title)}</title><style>${style}</style></head><body><h1>${html(title)}</h1>${sections.map(htmlSection).join('\n')}</body></html>\n`;
}
