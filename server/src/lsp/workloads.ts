import { type BudgetState, budgetText, lensText, lineEndText, relativeTo, spentDetail, spentText, totalsOf, totalText, treeText } from '../core/index.js';
import type { Estimated } from '../host/engine.js';
import { type FileNode, type StatusParams, statusNotification, type WorkloadNode, type WorkloadsResult, workloadsRequest } from '../protocol/protocol.js';
import { guarded, type Session } from './context.js';
import { silenceOf } from './silence.js';
import { locate } from './to-lsp.js';
import { viewOf } from './view.js';

/** Workloads for the tree: those of open documents as they stand, and those that the last scan found. */
export function onWorkloads(session: Session): void {
  session.connection.onRequest(workloadsRequest, () =>
    guarded<WorkloadsResult>(
      session,
      'workloads',
      () => ({ files: [], total: '', budgets: [] }),
      async () => {
        const byFile = workloadsByFile(session);
        const style = { locale: session.locale };
        const files: FileNode[] = [];
        for (const [uri, workloads] of [...byFile].sort(([a], [b]) => a.localeCompare(b))) {
          if (workloads.length === 0) continue;
          files.push({ uri, total: totalText(totalsOf(workloads), style), workloads: await nodes(session, uri, workloads) });
        }
        const budgets = (await Promise.all(session.engine.roots.map((root) => budgetLines(session, root)))).flat();
        const all = [...byFile.values()].flat();
        return {
          files,
          total: all.length === 0 ? '' : totalText(totalsOf(all), style),
          budgets: budgets.map(({ label, description }) => ({ label, description })),
        };
      },
    ),
  );
}

/** Workloads by file: those of open documents as they stand, and those that the last scan found. */
export function workloadsByFile(session: Session): ReadonlyMap<string, readonly Estimated[]> {
  const byFile = new Map<string, readonly Estimated[]>(session.scanned.map(({ uri, workloads }) => [uri, workloads]));
  for (const uri of session.reports.all()) {
    const answer = session.reports.last(uri);
    if (answer && session.engine.isOpen(uri)) byFile.set(uri, answer.workloads);
  }
  return byFile;
}

async function nodes(session: Session, uri: string, workloads: readonly Estimated[]): Promise<WorkloadNode[]> {
  const document = session.engine.document(uri);
  const found: WorkloadNode[] = [];
  for (const one of workloads) {
    const view = await viewOf(session, one);
    const { label, description, state } = treeText(view);
    const place = document ? locate(document, one.workload.span) : undefined;
    found.push({
      ref: { uri, id: one.workload.id },
      kind: one.workload.kind,
      label,
      description: one.workload.countedIn === undefined ? description : `${description} (counted elsewhere)`,
      tooltip: lensText(view).title,
      place: { uri: place?.uri ?? uri, line: place?.range.start.line ?? 0, character: place?.range.start.character ?? 0 },
      state,
    });
  }
  return found;
}

interface BudgetLine {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly state: BudgetState['state'];
}
const urgency: Readonly<Record<BudgetState['state'], number>> = { over: 0, warn: 1, ok: 2, unknown: 3 };
/** The budgets of a root, the worst first: as spent where the ledger tells, else as planned. Spend is never invented. */
export async function budgetLines(session: Session, root: string): Promise<BudgetLine[]> {
  const style = { locale: session.locale };
  const settings = await session.engine.settingsOf(root);
  const states = await session.spend.states(root, settings);
  if (states.length === 0)
    return settings.budgets.map((one) => {
      const { label, description } = budgetText(one, style);
      return {
        label,
        description: `${description} planned`,
        tooltip: `Budget ${label}: ${description} planned; spend is not known`,
        state: 'unknown' as const,
      };
    });
  return [...states]
    .sort((a, b) => urgency[a.state] - urgency[b.state])
    .map((one) => {
      const { label, description } = budgetText(one.budget, style);
      const spent = spentText(one);
      return {
        label,
        description: spent === undefined ? `${description} planned` : spent.slice(label.length + 1),
        tooltip: `Budget ${spentDetail(one, style)}`,
        state: one.state,
      };
    });
}

/** Tells the client what the status bar shows for the document that the person looks at. */
export async function sendStatus(session: Session): Promise<void> {
  const { active: uri } = session;
  if (uri === undefined) return;
  const style = { locale: session.locale };
  const answer = await session.reports.get(uri);
  if (session.active !== uri) return;
  const silence = await silenceOf(session, uri);
  const shown = silence.whole ? [] : answer.workloads.filter(({ workload }) => !silence.workload(workload));
  const root = session.engine.rootOf(uri);
  const budgets = root === undefined ? [] : await budgetLines(session, root);
  const lines = await Promise.all(shown.map(async (one) => lensText(await viewOf(session, one))));
  const state =
    lines.some((one) => one.state === 'warn') || budgets.some((one) => one.state === 'over' || one.state === 'warn')
      ? 'warn'
      : lines.some((one) => one.state === 'unknown')
        ? 'unknown'
        : 'ok';
  const text = [
    ...(shown.length > 0 ? [totalsText(shown, shown[0] && lineEndText(await viewOf(session, shown[0])), style)] : []),
    ...budgets.slice(0, 1).map(({ label, description }) => `${label} ${description}`),
  ].join(' · ');
  const tooltip = [relativeTo(uri, session.engine.roots), ...lines.map(({ title }) => `- ${title}`), ...budgets.map(({ tooltip: said }) => `- ${said}`)].join(
    '\n',
  );
  const [worst] = budgets;
  const params: StatusParams = {
    uri,
    text,
    tooltip,
    state: text === '' ? 'none' : shown.length === 0 && state === 'unknown' ? 'ok' : state,
    ...(worst ? { budget: worst.label } : {}),
  };
  session.notify(statusNotification, params);
}

function totalsText(shown: readonly Estimated[], first: string | undefined, style: { readonly locale: string }): string {
  const totals = totalsOf(shown);
  if (totals.counted > 0) return totalText(totals, style);
  return shown.length === 1 && first !== undefined ? first : `${shown.length} workload${shown.length === 1 ? '' : 's'}, no total`;
}
