import { escapeMarkdown, lensText, relativeTo, table, totalsOf, totalText } from '../core/index.js';
import type { FileReport } from '../host/engine.js';
import type { Session } from './context.js';
import { locate } from './to-lsp.js';
import { viewOf } from './view.js';

const maxRows = 500;

/** Workloads of some files as a Markdown document: a table a file, with what is unknown. */
export async function reportMarkdown(session: Session, title: string, summary: string, reports: readonly FileReport[]): Promise<string> {
  const parts = [`# ${title}`, escapeMarkdown(summary)];
  let left = maxRows;
  for (const report of reports) {
    if (report.workloads.length === 0 && report.problems.length === 0) continue;
    const document = session.engine.document(report.uri);
    const rows: string[][] = [];
    for (const one of report.workloads) {
      if (left-- <= 0) break;
      const line = document ? locate(document, one.workload.span).range.start.line + 1 : 0;
      const { title: text } = lensText(await viewOf(session, one));
      const [what = '', ...rest] = text.split(' · ');
      rows.push([String(line), escapeMarkdown(what), escapeMarkdown(rest.join(' · ')), one.workload.countedIn === undefined ? '' : 'counted elsewhere']);
    }
    const total = report.workloads.length > 0 ? ` · ${totalText(totalsOf(report.workloads), { locale: session.locale })}` : '';
    parts.push(`## ${escapeMarkdown(relativeTo(report.uri, session.engine.roots))}${escapeMarkdown(total)}`);
    if (rows.length > 0) parts.push(table(['line', 'workload', 'cost', ''], rows, [0]));
    const problems = report.problems.slice(0, 5).map(({ message }) => `- ${escapeMarkdown(message)}`);
    if (problems.length > 0) parts.push(problems.join('\n'));
  }
  if (left < 0) parts.push(`… and ${-left} more workloads`);
  return `${parts.join('\n\n')}\n`;
}
