import { dimensionAt, firstQuery, type KnownNames, type PanelQuery, type SpendUpdate, spendUpdate } from '../core/index.js';
import { panelView } from '../host/spend-panel.js';
import { type SpendPanelParams, type SpendPanelResult, type SpendQuery, type SpendTrouble, spendPanelRequest } from '../protocol/spend-panel.js';
import { guarded, type Session } from './context.js';
import { locate } from './to-lsp.js';
import { workloadsByFile } from './workloads.js';

/** The spend of a workspace folder against its budgets; only what whoever asks does not have yet. */
export function onSpendPanel(session: Session): void {
  session.connection.onRequest(spendPanelRequest, ({ root, query, known }: SpendPanelParams) =>
    guarded<SpendPanelResult | SpendTrouble>(
      session,
      'spend panel',
      () => ({ trouble: 'The spend could not be worked out: the output channel has more.' }),
      async () => {
        const { roots } = session.engine;
        const chosen = roots.find((one) => one === root) ?? (await firstWithSpend(session));
        if (chosen === undefined) return { trouble: 'Open a folder: budgets and spend belong to one.' };
        try {
          return {
            root: chosen,
            roots: roots.map((uri) => ({ uri, label: decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1)) })),
            update: await updateOf(session, chosen, checked(query), typeof known === 'object' && known !== null ? known : {}),
          };
        } catch (error) {
          session.log(`spend panel: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
          return { trouble: error instanceof Error ? error.message : String(error) };
        }
      },
    ),
  );
}

async function firstWithSpend({ engine, active }: Session): Promise<string | undefined> {
  const own = active === undefined ? undefined : engine.rootOf(active);
  const order = [...(own === undefined ? [] : [own]), ...engine.roots];
  for (const root of order) {
    const { budgets, spend } = await engine.settingsOf(root);
    if (budgets.length + spend.files.length > 0) return root;
  }
  return order[0];
}

async function updateOf(session: Session, root: string, query: PanelQuery, known: Readonly<Record<string, string>>): Promise<SpendUpdate> {
  const { engine, host } = session;
  const settings = await engine.settingsOf(root);
  const spend = await session.spend.spend(root, settings);
  const names = namesOf(session, root);
  const code = {
    host,
    root,
    settings,
    spend,
    data: engine.data,
    style: { locale: session.locale },
    names,
    codeAt: (commits: readonly string[]) => session.commits.at(root, commits),
  };
  return spendUpdate(await panelView(code, query), known);
}

/** What the code calls its workloads, for the places that spend leads to. */
function namesOf(session: Session, root: string): KnownNames[] {
  const { engine } = session;
  return [...workloadsByFile(session).values()].flat().flatMap(({ workload, estimation }) => {
    if (engine.rootOf(workload.span.uri) !== root) return [];
    const document = engine.document(workload.span.uri);
    const place = document && locate(document, workload.span);
    return [{ workload, estimation, root, uri: place?.uri ?? workload.span.uri, line: place?.range.start.line ?? 0 }];
  });
}

/** A question as it came over the wire. */
function checked(query: SpendQuery | undefined): PanelQuery {
  if (typeof query !== 'object' || query === null) return firstQuery;
  const { period, team, by, cost } = query;
  return {
    period: typeof period === 'string' ? period : firstQuery.period,
    team: typeof team === 'string' ? team : null,
    by: typeof by === 'string' && Object.hasOwn(dimensionAt, by) ? (by as PanelQuery['by']) : firstQuery.by,
    cost: cost === 'effective' ? 'effective' : 'billed',
  };
}
