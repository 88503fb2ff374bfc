import { explainMemory, forensicsMarkdown, observedRun, relativeTo, sharedRow, sharedRunsFile } from '../core/index.js';
import { type Estimated, specOf } from '../host/engine.js';
import { today } from '../host/host.js';
import { type OutOfMemoryParams, type OutOfMemoryResult, outOfMemoryRequest } from '../protocol/protocol.js';
import { guarded, type Session } from './context.js';

/** Explains the text of an out-of-memory error or of a server's start, with the workloads of open documents and of the last scan. */
export function onOutOfMemory(session: Session): void {
  const { connection, engine, host, locale } = session;
  connection.onRequest(outOfMemoryRequest, ({ text }: OutOfMemoryParams) =>
    guarded<OutOfMemoryResult | null>(
      session,
      'out of memory',
      () => null,
      async () => {
        const byFile = new Map<string, readonly Estimated[]>(session.scanned.map(({ uri, workloads }) => [uri, workloads]));
        for (const uri of session.reports.all()) if (engine.isOpen(uri)) byFile.set(uri, (await session.reports.get(uri)).workloads);
        const candidates = [...byFile.values()].flat().map(({ workload }) => ({ workload, spec: specOf(workload) }));
        const context = await engine.context(session.active ?? engine.roots[0]);
        const found = explainMemory(text, candidates, context);
        if (!found) return null;
        const root = found.workload && engine.rootOf(found.workload.span.uri);
        const path = found.workload && relativeTo(found.workload.span.uri, engine.roots);
        const run = path === undefined ? undefined : observedRun(found, path, today(host));
        const row = run && sharedRow(run, path, context.catalog);
        return {
          markdown: forensicsMarkdown(found, { locale }),
          ...(row === undefined || root === undefined ? {} : { keep: { uri: `${root}/${sharedRunsFile}`, row } }),
        };
      },
    ),
  );
}
