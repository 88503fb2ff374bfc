import { correctionText, type RunRow, relativeTo, runRows, runsMarkdown, sharedRow, sharedRunsFile, subject } from '../core/index.js';
import type { Estimated } from '../host/engine.js';
import { type MarkdownResult, type RunsParams, runsRequest, type ShareRunsResult, shareRunsRequest } from '../protocol/protocol.js';
import { guarded, type Session } from './context.js';
import { findWorkload } from './view.js';

/** The measured runs of the workspace: what was found, whose each one is, what they change; and as rows that a team can share. */
export function onRuns(session: Session): void {
  const { connection, engine, locale } = session;
  connection.onRequest(runsRequest, ({ ref }: RunsParams) =>
    guarded<MarkdownResult | null>(
      session,
      'runs',
      () => null,
      async () => {
        const found = ref && (await findWorkload(session, ref));
        const root = found ? engine.rootOf(found.workload.span.uri) : rootInView(session);
        const { rows, all } = await rowsOf(session, root);
        const { catalog } = await engine.context(root);
        const shown = found ? rows.filter((row) => row.workload?.id === found.workload.id || found.team?.runs.some(({ run }) => run === row.run)) : rows;
        const corrections = (found ? [found] : all).flatMap(({ workload, team }) => correctionText(subject(workload), team, { locale }) ?? []);
        return { title: found ? `Runs of ${subject(found.workload)}` : 'Measured runs', markdown: runsMarkdown(shown, corrections, catalog, { locale }) };
      },
    ),
  );
  connection.onRequest(shareRunsRequest, () =>
    guarded<ShareRunsResult | null>(
      session,
      'share runs',
      () => null,
      async () => {
        const root = rootInView(session);
        if (root === undefined) return null;
        const { rows } = await rowsOf(session, root);
        const { catalog } = await engine.context(root);
        const lines = rows.flatMap(({ run, workload }) => sharedRow(run, workload && relativeTo(workload.span.uri, engine.roots), catalog) ?? []);
        return { uri: `${root}/${sharedRunsFile}`, text: lines.map((line) => `${line}\n`).join(''), rows: lines.length };
      },
    ),
  );
}

const rootInView = ({ active, engine }: Session): string | undefined => (active === undefined ? undefined : engine.rootOf(active)) ?? engine.roots[0];

/** Runs with their workloads, those of open documents and of the last scan. */
async function rowsOf(session: Session, root: string | undefined): Promise<{ rows: RunRow[]; all: Estimated[] }> {
  const { engine, reports, scanned } = session;
  if (root === undefined) return { rows: [], all: [] };
  if (await engine.loadRuns(root)) session.invalidate();
  const byFile = new Map<string, readonly Estimated[]>(scanned.map(({ uri, workloads }) => [uri, workloads]));
  for (const uri of reports.all()) if (engine.isOpen(uri)) byFile.set(uri, (await reports.get(uri)).workloads);
  const all = [...byFile.values()].flat().filter(({ workload }) => engine.rootOf(workload.span.uri) === root);
  const { catalog } = await engine.context(root);
  return { rows: runRows(await engine.runsOf(root, true), await engine.runsOf(root), all, engine.roots, catalog), all };
}
