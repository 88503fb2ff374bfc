import { matchesGlob, relativeTo, totalsOf, totalText } from '../core/index.js';
import { outermost, withNested } from '../host/workspace-settings.js';
import { progressNotification, type ScanParams, type ScanResult, scanRequest } from '../protocol/protocol.js';
import { guarded, type Session } from './context.js';
import { reportMarkdown } from './report-markdown.js';

/** Reads the whole workspace, with progress; a cancelled scan answers what it has. */
export function onScan(session: Session): void {
  const { connection, engine, host } = session;
  connection.onRequest(scanRequest, ({ token: progress }: ScanParams, token) =>
    guarded<ScanResult>(
      session,
      'scan',
      () => ({ cancelled: false, files: 0, summary: 'The workspace could not be read: the output channel says why.', markdown: '' }),
      async () => {
        const signal = {
          get cancelled() {
            return token.isCancellationRequested;
          },
        };
        const found: string[] = [];
        for (const root of outermost(engine.roots)) {
          try {
            found.push(...(await host.listFiles(root, signal)));
          } catch (error) {
            session.log(`list ${root}: ${error instanceof Error ? error.message : String(error)}`); // the other roots are still read
          }
        }
        engine.roots = withNested(engine.roots, found);
        const { scanMaxFiles, scanExclude } = session.settings;
        const uris = found.filter((uri) => !scanExclude.some((glob) => matchesGlob(glob, relativeTo(uri, engine.roots)))).slice(0, scanMaxFiles);
        const reports = await engine.scan(uris, ({ done, total }) => session.notify(progressNotification, { token: progress, done, total }), signal);
        session.scanned = reports;
        const workloads = reports.flatMap((report) => report.workloads);
        const files = reports.filter((report) => report.workloads.length > 0).length;
        const left = found.length > uris.length ? ` ${found.length - uris.length} files were left out (settings scan.maxFiles and scan.exclude).` : '';
        const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
        const summary = `${count(workloads.length, 'workload')} in ${count(files, 'file')}: ${totalText(totalsOf(workloads), { locale: session.locale })}.${left}`;
        return {
          cancelled: token.isCancellationRequested,
          files: uris.length,
          summary,
          markdown: await reportMarkdown(session, 'Cost of this workspace', summary, reports),
        };
      },
    ),
  );
}
