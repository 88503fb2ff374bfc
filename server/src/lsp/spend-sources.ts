import type { CodeLens } from 'vscode-languageserver';
import { healthLine, type MlcostSettings, type SourceStatus, secretHost, secretVariable, sourceKindOf } from '../core/index.js';
import { pullKept, whyNotHere } from '../host/kept-sources.js';
import { sourceStatuses } from '../host/spend-ledger.js';
import { settingsUri } from '../host/workspace-settings.js';
import { type SpendSourceInfo, type SpendSourceRef, sourcesReadNotification, spendSourcesRequest } from '../protocol/protocol.js';
import { pullSourceRequest } from '../protocol/sources.js';
import { guarded, type Session } from './context.js';
import { locate } from './to-lsp.js';

type Settings = MlcostSettings['spend']['sources'][number];
const hour = 3_600_000;

/** The sources of spend of all folders, for who can read them; in a browser they are read here, through the client. */
export function onSpendSources(session: Session): void {
  const { connection, engine, host, spend } = session;
  connection.onRequest(spendSourcesRequest, () =>
    guarded<SpendSourceInfo[]>(
      session,
      'sources of spend',
      () => [],
      async () =>
        (
          await Promise.all(
            engine.roots.map(async (root) =>
              (
                await sourcesIn(session, root)
              ).map(({ settings, status }) => infoOf(root, settings, status, !host.sources || whyNotHere(settings) === undefined)),
            ),
          )
        ).flat(),
    ),
  );
  connection.onRequest(pullSourceRequest, ({ root, name }: SpendSourceRef) =>
    guarded<string | null>(
      session,
      'a source of spend',
      () => 'it was not read; the log says why',
      () => pullHere(session, root, name),
    ),
  );
  connection.onNotification(sourcesReadNotification, () => {
    for (const root of engine.roots) spend.forget(root);
    session.invalidate();
  });
}
/** One at a time: each writes what all have told. */
let pulling: Promise<unknown> = Promise.resolve();
function pullHere({ engine, host }: Session, root: string, name: string): Promise<string | null> {
  const next = pulling.then(async () => {
    const { sources } = (await engine.settingsOf(root)).spend;
    const settings = sources.find((one) => one.name === name);
    if (!settings || !host.sources || !engine.roots.includes(root)) return 'it is no longer in the settings';
    const { error } = (await pullKept(host, host.sources, root, settings, sources)).health;
    return error ? `${error.message}. To do: ${error.todo}.` : null;
  });
  pulling = next.catch(() => {});
  return next;
}
async function sourcesIn(session: Session, root: string): Promise<{ readonly settings: Settings; readonly status: SourceStatus }[]> {
  const { sources } = (await session.engine.settingsOf(root)).spend;
  const statuses = await sourceStatuses(root, sources, session.host);
  return sources.map((settings, at) => ({ settings, status: statuses[at] as SourceStatus }));
}
function infoOf(root: string, settings: Settings, status: SourceStatus, readsHere: boolean): SpendSourceInfo {
  const variable = secretVariable(settings);
  const { needs } = sourceKindOf(settings);
  const every = settings.refresh_hours;
  return {
    root,
    name: settings.name,
    health: healthLine(status),
    isFailed: status.condition === 'failed',
    dueIn: every === undefined || !readsHere ? null : Math.max(0, every * hour - (status.sinceTried ?? Number.POSITIVE_INFINITY)),
    ...(variable === undefined ? {} : { secret: { variable, host: secretHost(settings), needs } }),
  };
}

/** Above each source in `.mlcost.yaml`: how it is. Where nobody here can read it, who can is said. */
export async function sourceLenses(session: Session, uri: string): Promise<CodeLens[]> {
  const root = session.engine.rootOf(uri);
  if (root === undefined || uri !== settingsUri(root)) return [];
  const found = await sourcesIn(session, root);
  // its text is read for the places only
  await session.reports.get(uri);
  const document = session.engine.document(uri);
  if (!document) return [];
  return found.map(({ settings, status }) => {
    const { start } = locate(document, settings.span).range;
    const title = `${sourceKindOf(settings).title}: ${healthLine(status)}`;
    const why = session.host.sources ? whyNotHere(settings) : undefined;
    return {
      range: { start, end: start },
      command:
        session.readsSources && why === undefined
          ? {
              title,
              command: 'mlCostLens.spendSource',
              arguments: [{ root, name: settings.name } satisfies SpendSourceRef],
              tooltip: 'Read it now, store its secret',
            }
          : { title: `${title} · not read here${why === undefined ? '' : `, ${why}`}: read on a desktop, or by mlcost spend pull`, command: '' },
    };
  });
}
