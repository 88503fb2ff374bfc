import { type Diagnostic, DiagnosticSeverity, type DocumentDiagnosticReport, DocumentDiagnosticReportKind } from 'vscode-languageserver';
import { adviceOf, readMlcostFile } from '../core/index.js';
import { checkedNow } from '../host/policy.js';
import { isSettingsFile } from '../host/workspace-settings.js';
import { guarded, type Session } from './context.js';
import { silenceOf } from './silence.js';
import { locate, severityOf } from './to-lsp.js';
import { viewOf } from './view.js';

export const diagnosticSource = 'ML Cost Lens';

/** Diagnostics, pulled: only what a person should act on. */
export function onDiagnostics(session: Session): void {
  const { connection, documents, reports } = session;
  connection.languages.diagnostics.on(({ textDocument, previousResultId }) =>
    guarded<DocumentDiagnosticReport>(
      session,
      'diagnostics',
      () => ({ kind: DocumentDiagnosticReportKind.Full, items: [] }),
      async () => {
        const uri = documents.programOf(textDocument.uri);
        const resultId = `${reports.stamp(uri)}/${session.settings.diagnostics}`;
        if (previousResultId === resultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
        const items = await diagnosticsOf(session, uri, textDocument.uri);
        return { kind: DocumentDiagnosticReportKind.Full, resultId, items };
      },
    ),
  );
}

/** Diagnostics of one document, or of one cell of it. */
export async function diagnosticsOf(session: Session, uri: string, shownUri: string): Promise<Diagnostic[]> {
  const document = session.engine.document(uri);
  if (!document || !session.settings.diagnostics) return [];
  const answer = await session.reports.get(uri);
  const silence = await silenceOf(session, uri);
  if (silence.whole && !isSettingsFile(uri)) return [];
  const problems = isSettingsFile(uri) ? readMlcostFile(uri, document.text).problems : answer.problems;
  const items: Diagnostic[] = [];
  for (const { severity, code, message, span, uri: of } of problems) {
    if (of !== uri || silence.code(code)) continue;
    const place = locate(document, span ?? { start: 0, end: 0 });
    if (place.uri !== shownUri && !(span === undefined && document.cells?.[0]?.uri === shownUri)) continue;
    // What a reader stumbled over in somebody's code is no fault of that code.
    const weight = isSettingsFile(uri) ? severityOf(severity) : DiagnosticSeverity.Information;
    items.push({ range: place.range, message, severity: weight, code, source: diagnosticSource });
  }
  for (const one of answer.workloads) {
    if (silence.workload(one.workload)) continue;
    for (const { code, message, severity, span } of adviceOf(await viewOf(session, one))) {
      if (silence.code(code)) continue;
      // A fact out of another file is shown at the workload that it concerns.
      const here = span?.uri === uri ? span : { ...one.span, end: firstLineEnd(document.text, one.span.start, one.span.end) };
      const place = locate(document, here);
      if (place.uri !== shownUri) continue;
      items.push({
        range: place.range,
        message,
        severity: severityOf(severity),
        code,
        source: diagnosticSource,
        data: { uri, id: one.workload.id },
      });
    }
  }
  // What compares two states is asked on the command line only.
  for (const { rule, level, message, span, workload } of (await checkedNow(session.engine, session.host, uri, answer.workloads)).findings) {
    if (span.uri !== uri || silence.code('policy')) continue;
    const place = locate(document, { ...span, end: firstLineEnd(document.text, span.start, span.end) });
    if (place.uri !== shownUri) continue;
    const severity = level === 'block' ? DiagnosticSeverity.Error : level === 'warn' ? DiagnosticSeverity.Warning : DiagnosticSeverity.Information;
    items.push({
      range: place.range,
      message: `${message} [${rule}]`,
      severity,
      code: 'policy',
      source: diagnosticSource,
      ...(workload === undefined ? {} : { data: { uri, id: workload } }),
    });
  }
  return items;
}

function firstLineEnd(text: string, start: number, end: number): number {
  const newline = text.indexOf('\n', start);
  return newline < 0 ? end : Math.min(end, newline);
}
