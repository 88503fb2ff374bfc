import { matchesGlob, relativeTo, totalsOf, totalText } from '../core/index.js';
import type { FileReport, Progress } from '../host/engine.js';
import type { Cancellation } from '../host/host.js';
import { outermost, withNested } from '../host/workspace-settings.js';
import { progressNotification, type ScanParams, type ScanResult, scanRequest } from '../protocol/protocol.js';
import { guarded, type Session } from './context.js';
import { reportMarkdown } from './report-markdown.js';

/** Reads the whole workspace, with progress; a cancelled scan answers what it has. */
export function onScan(session: Session): void {
  session.connection.onRequest(scanRequest, ({ token: progress }: ScanParams, token) =>
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
        const { reports, uris, found } = await scanWorkspace(session, signal, ({ done, total }) =>
          session.notify(progressNotification, { token: progress, done, total }),
        );
        const workloads = reports.flatMap((report) => report.workloads);
        const files = reports.filter((report) => report.workloads.length > 0).length;
        const left = found > uris ? ` ${found - uris} files were left out (settings scan.maxFiles and scan.exclude).` : '';
        const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
        const summary = `${count(workloads.length, 'workload')} in ${count(files, 'file')}: ${totalText(totalsOf(workloads), { locale: session.locale })}.${left}`;
        return {
          cancelled: token.isCancellationRequested,
          files: uris,
          summary,
          markdown: await reportMarkdown(session, 'Cost of this workspace', summary, reports),
        };
      },
    ),
  );
}

/** Reads every file of the workspace that is not left out; what was found stays in the session.
 * @returns how many files were read, of how many that were found */
export async function scanWorkspace(
  session: Session,
  signal: Cancellation,
  onProgress: (progress: Progress) => void = () => {},
): Promise<{ readonly reports: readonly FileReport[]; readonly uris: number; readonly found: number }> {
  const { engine, host } = session;
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
  const reports = await engine.scan(uris, onProgress, signal);
  session.scanned = reports;
  return { reports, uris: uris.length, found: found.length };
}
