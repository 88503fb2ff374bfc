import type { CodeLens } from 'vscode-languageserver';
import { lensText } from '../core/index.js';
import type { Answer, ShownWorkload } from './reports.js';
import { guarded, type Session } from './session.js';
import { locate } from './to-lsp.js';
import { viewOf } from './view.js';

/** A list must not keep the editor waiting: past this, the last one is shown and drawn again when the new one is there.
 * With nothing to show yet there is more patience: an empty list would only move the lines twice.
 * @unit ms */
const patience = { again: 100, first: 1500 };

interface LensData {
  readonly uri: string;
  readonly id: string;
}

/** Lenses above workloads: titles at once where the answer is there, else on resolve; never rejected, so that no line jumps. */
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
        const pending = reports.get(uri);
        const last = reports.last(uri);
        const wait = last ? patience.again : patience.first;
        const answer = reports.ready(uri) ?? (await Promise.race([pending, host.delay(wait).then(() => undefined)]));
        if (answer) return lenses(session, answer, textDocument.uri);
        void pending.then(() => session.refresh());
        return last ? lenses(session, last, textDocument.uri) : [];
      },
    ),
  );
  connection.onCodeLensResolve((lens) => lens);
}

async function lenses(session: Session, answer: Answer, uri: string): Promise<CodeLens[]> {
  const document = session.engine.document(answer.uri);
  if (!document) return [];
  const found: CodeLens[] = [];
  for (const one of answer.workloads) {
    const place = locate(document, one.span);
    if (place.uri !== uri) continue;
    const { start } = place.range;
    const data: LensData = { uri: answer.uri, id: one.workload.id };
    const command = await commandOf(session, one, data);
    found.push({ range: { start, end: start }, command, data });
  }
  return found;
}

async function commandOf(session: Session, one: ShownWorkload, data: LensData): Promise<NonNullable<CodeLens['command']>> {
  const { title, asks } = lensText(await viewOf(session, one));
  return asks === undefined
    ? { title, command: 'mlCostLens.explain', arguments: [data], tooltip: 'Explain this estimate' }
    : { title, command: 'mlCostLens.answer', arguments: [{ ...data, fact: asks }], tooltip: 'Answer once for this workspace' };
}
