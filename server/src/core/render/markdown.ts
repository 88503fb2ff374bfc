/** Text out of a workspace, made safe for Markdown: no link, no code span, no HTML, no line break of its own. */
export const escapeMarkdown = (text: string): string =>
  text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_{}[\]()#+!|~<>$&]/g, (mark) => (mark === '<' ? '&lt;' : mark === '&' ? '&amp;' : `\\${mark}`));

/** A code span that no content can end early. */
export function code(text: string): string {
  const clean = text.replace(/[\r\n]+/g, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  if (longest === 0) return `\`${clean}\``;
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${clean} ${fence}`;
}

/** A table; cells are Markdown already. Columns of numbers are set right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, at) => (right.includes(at) ? '---:' : '---'))), ...rows.map(line)].join('\n');
}

/** A link to one of our commands; the view must list the command as trusted. */
export const commandLink = (label: string, command: string, args: readonly unknown[], title = ''): string =>
  `[${label}](command:${command}?${encodeURIComponent(JSON.stringify(args)).replace(/[()]/g, (mark) => (mark === '(' ? '%28' : '%29'))}${title ? ` "${title.replaceAll('"', "'")}"` : ''})`;
