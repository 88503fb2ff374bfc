import type { Hover } from 'vscode-languageserver';
import { lensText } from '../core/index.js';
import { guarded, type Session } from './session.js';
import { locate, offsetIn } from './to-lsp.js';
import { viewOf } from './view.js';

/** The breakdown of the workload under the pointer. */
export function onHover(session: Session): void {
  session.connection.onHover(({ textDocument, position }) =>
    guarded<Hover | null>(
      session,
      'hover',
      () => null,
      async () => {
        const uri = session.documents.programOf(textDocument.uri);
        const answer = await session.reports.get(uri);
        const document = session.engine.document(uri);
        if (!document) return null;
        const offset = offsetIn(document, textDocument.uri, position);
        const found = answer.workloads.findLast(({ span }) => offset !== undefined && span.start <= offset && offset <= span.end);
        if (!found) return null;
        return { contents: { kind: 'markdown', value: lensText(await viewOf(session, found)).title }, range: locate(document, found.span).range };
      },
    ),
  );
}
