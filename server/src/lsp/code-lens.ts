import type { CodeLens } from 'vscode-languageserver';
import { cheaperLens, type Document, lensText, measuredText, modelFileHeadline, namedModelFiles } from '../core/index.js';
import { isSettingsFile } from '../host/workspace-settings.js';
import { shownAdvice } from './advice.js';
import { guarded, type Session } from './context.js';
import type { Answer, ShownWorkload } from './reports.js';
import { silenceOf } from './silence.js';
import { sourceLenses } from './spend-sources.js';
import { locate } from './to-lsp.js';
import { budgetTakenBy, viewOf } from './view.js';

/** A list must not keep the editor waiting: past this, the last one is shown and drawn again when the new one is there.
 * With nothing to show yet there is more patience: an empty list would only move the lines twice.
 * @unit ms */
const patience = { again: 100, first: 1500 };

/** Lenses above workloads; never rejected and never empty while something is typed, so that no line jumps. */
export function onCodeLens(session: Session): void {
  const { connection, documents, reports, host } = session;
  connection.onCodeLens(({ textDocument }) =>
    guarded<CodeLens[]>(
      session,
      'code lens',
      () => [],
      async () => {
        if (session.settings.display !== 'lens') return [];
        const uri = documents.programOf(textDocument.uri);
        if (isSettingsFile(uri)) return sourceLenses(session, uri);
        const pending = reports.get(uri);
        const last = reports.last(uri);
        const answer = reports.ready(uri) ?? (await Promise.race([pending, host.delay(last ? patience.again : patience.first).then(() => undefined)]));
        if (answer) return lenses(session, answer, textDocument.uri);
        void pending.then(() => session.refresh());
        const shown = reports.last(uri);
        return shown ? lenses(session, shown, textDocument.uri) : [];
      },
    ),
  );
  connection.onCodeLensResolve((lens) => lens);
}

async function lenses(session: Session, answer: Answer, uri: string): Promise<CodeLens[]> {
  const document = session.engine.document(answer.uri);
  const silence = await silenceOf(session, answer.uri);
  if (!document || silence.whole) return [];
  const shown = answer.workloads.flatMap((one) => {
    const place = locate(document, one.span);
    return place.uri === uri && !silence.workload(one.workload) ? [{ one, start: place.range.start }] : [];
  });
  // All together: a list waits once, however many workloads it has.
  const advice = await Promise.all(shown.map(({ one }) => shownAdvice(session, one)));
  const found: CodeLens[] = await modelFileLenses(session, document, uri);
  for (const [at, { one, start }] of shown.entries()) {
    found.push({ range: { start, end: start }, command: await commandOf(session, one, answer.uri) });
    const measured = measuredText(one.team, one.workload, { locale: session.locale });
    if (measured !== undefined) {
      const command = {
        title: measured,
        command: 'mlCostLens.measuredRuns',
        arguments: [{ uri: answer.uri, id: one.workload.id }],
        tooltip: 'Measured runs of this code',
      };
      found.push({ range: { start, end: start }, command });
    }
    const budget = await budgetTakenBy(session, one);
    if (budget)
      found.push({
        range: { start, end: start },
        command: { title: budget.text, command: 'mlCostLens.spend', arguments: [{ budget: budget.name }], tooltip: 'Show spend against this budget' },
      });
    const cheaper = cheaperLens(advice[at] ?? []);
    if (cheaper !== undefined)
      found.push({
        range: { start, end: start },
        command: {
          title: cheaper,
          command: 'mlCostLens.makeCheaper',
          arguments: [{ uri: answer.uri, id: one.workload.id }],
          tooltip: 'Choose what makes it cheaper',
        },
      });
  }
  return found;
}

/** Above the first mention of a model file that stands in the workspace: what it is made of. */
async function modelFileLenses(session: Session, document: Document, uri: string): Promise<CodeLens[]> {
  const named = namedModelFiles(document);
  if (named.length === 0) return [];
  const found = await session.models.find(named, document.uri, session.engine.roots);
  return found.flatMap(({ named, uri: file, summary }) => {
    const place = locate(document, named.span);
    if (place.uri !== uri) return [];
    const title = `${named.path.replace(/.*\//, '')} · ${modelFileHeadline(summary, { locale: session.locale })}`;
    const { start } = place.range;
    return [
      { range: { start, end: start }, command: { title, command: 'mlCostLens.reveal', arguments: [{ uri: file, line: 0 }], tooltip: 'Open the model file' } },
    ];
  });
}

async function commandOf(session: Session, one: ShownWorkload, uri: string): Promise<NonNullable<CodeLens['command']>> {
  const { title, asks } = lensText(await viewOf(session, one));
  const ref = { uri, id: one.workload.id };
  return asks === undefined
    ? { title, command: 'mlCostLens.explain', arguments: [ref], tooltip: 'Explain this estimate' }
    : { title, command: 'mlCostLens.answer', arguments: [{ ...ref, fact: asks }], tooltip: 'Answer once for this workspace' };
}
