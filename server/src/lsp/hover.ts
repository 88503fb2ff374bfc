import type { Hover } from 'vscode-languageserver';
import { explainSetting, hoverMarkdown } from '../core/index.js';
import { isSettingsFile } from '../host/workspace-settings.js';
import { guarded, type Session } from './context.js';
import { locate, offsetIn } from './to-lsp.js';
import { hoverInput } from './view.js';

/** The breakdown of the workload under the pointer; in `.mlcost.yaml` what a setting means. */
export function onHover(session: Session): void {
  session.connection.onHover(({ textDocument, position }) =>
    guarded<Hover | null>(
      session,
      'hover',
      () => null,
      async () => {
        const uri = session.documents.programOf(textDocument.uri);
        const answer = session.reports.ready(uri) ?? (await session.reports.get(uri));
        const document = session.engine.document(uri);
        const offset = document && offsetIn(document, textDocument.uri, position);
        if (!document || offset === undefined) return null;
        if (isSettingsFile(uri)) {
          const said = explainSetting(document.text, offset);
          return said ? { contents: { kind: 'markdown', value: said.markdown }, range: locate(document, said).range } : null;
        }
        // The innermost: a long file may be one workload around another.
        const found = answer.workloads
          .filter(({ span }) => span.start <= offset && offset <= span.end)
          .sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start))[0];
        if (!found) return null;
        const { range } = locate(document, found.span);
        // Inside a long workload the breakdown would stand in the way of every other hover.
        if (range.end.line - range.start.line > 40 && position.line > range.start.line + 3) return null;
        return { contents: { kind: 'markdown', value: hoverMarkdown(await hoverInput(session, uri, found)) }, range };
      },
    ),
  );
}
