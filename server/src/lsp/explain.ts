import { explainMarkdown, subject } from '../core/index.js';
import { estimateDocumentRequest, explainRequest, type MarkdownResult, type WorkloadRef } from '../protocol/protocol.js';
import { guarded, type Session } from './context.js';
import { reportMarkdown } from './report-markdown.js';
import { findWorkload, hoverInput } from './view.js';

/** Documents that say how a number was made: of one workload, and of one file. */
export function onExplain(session: Session): void {
  const { connection, documents, engine } = session;
  connection.onRequest(explainRequest, (ref: WorkloadRef) =>
    guarded<MarkdownResult | null>(
      session,
      'explain',
      () => null,
      async () => {
        const found = await findWorkload(session, ref);
        return found ? { title: subject(found.workload), markdown: explainMarkdown(await hoverInput(session, documents.programOf(ref.uri), found)) } : null;
      },
    ),
  );
  connection.onRequest(estimateDocumentRequest, ({ uri: shown }: { uri: string }) =>
    guarded<MarkdownResult | null>(
      session,
      'estimate document',
      () => null,
      async () => {
        const uri = documents.programOf(shown);
        const report = await engine.report(uri);
        const name = decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
        if (report.workloads.length === 0) return { title: name, markdown: '' };
        const inputs = [];
        for (const one of report.workloads) inputs.push(explainMarkdown(await hoverInput(session, uri, one)).replace(/^#/gm, '##'));
        return { title: name, markdown: [await reportMarkdown(session, `Cost of ${name}`, '', [report]), ...inputs].join('\n\n') };
      },
    ),
  );
}
