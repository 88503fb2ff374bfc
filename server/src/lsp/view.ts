import { cellAt, comparable, type HoverInput, type LinkPlace, type Span, takesText, type View } from '../core/index.js';
import { contextFor, type Estimated, specOf } from '../host/engine.js';
import type { WorkloadRef } from '../protocol/protocol.js';
import type { Session } from './context.js';
import type { ShownWorkload } from './reports.js';
import { locate } from './to-lsp.js';

/** What the texts about a workload need, from this session. */
export async function viewOf(session: Session, { workload, estimation, alternatives, team }: Estimated): Promise<View> {
  const { catalog } = await session.engine.context(workload.span.uri);
  return {
    workload,
    estimation,
    catalog,
    style: { locale: session.locale },
    showIntervals: session.settings.showIntervals,
    ...(alternatives ? { alternatives } : {}),
    ...(team ? { team } : {}),
  };
}
export async function hoverInput(session: Session, uri: string, one: Estimated): Promise<HoverInput> {
  const budget = await budgetTakenBy(session, one);
  const usual = await usualTraffic(session, one);
  return {
    ...(await viewOf(session, one)),
    ...(usual ? { usual } : {}),
    ...(budget ? { budget: budget.text } : {}),
    ref: { uri, id: one.workload.id },
    place: (span) => linkPlace(session, uri, span),
  };
}

/** A service without a price of its tokens, because nobody says how long requests are, at those at which services are compared. */
async function usualTraffic(session: Session, one: Estimated): Promise<HoverInput['usual']> {
  const { workload, estimation } = one;
  if (workload.kind !== 'serving' || workload.countedIn !== undefined || estimation.estimates['usd_per_1m_tokens']) return undefined;
  const context = contextFor(one, await session.engine.context(workload.span.uri));
  const { estimation: compared, note } = comparable(specOf(workload), estimation, context);
  return note !== undefined && compared.estimates['usd_per_1m_tokens'] ? { estimation: compared, note } : undefined;
}

/** What a run takes of what its tightest budget has left; undefined where a cost or a budget is not known. */
export async function budgetTakenBy(
  session: Session,
  { workload, estimation }: Estimated,
): Promise<(NonNullable<ReturnType<typeof takesText>> & { readonly name: string }) | undefined> {
  const usd = estimation.estimates['usd']?.likely;
  const root = session.engine.rootOf(workload.span.uri);
  if (usd === undefined || root === undefined || workload.countedIn !== undefined) return undefined;
  const all = (await session.spend.own(root, await session.engine.settingsOf(root))).flatMap((state) => {
    const takes = takesText(usd, state, { locale: session.locale });
    return takes ? [{ ...takes, name: state.budget.name }] : [];
  });
  return all.find(({ blocked }) => blocked) ?? all[0];
}

/** The workload that a command names; undefined if it is gone. */
export async function findWorkload(session: Session, ref: WorkloadRef): Promise<ShownWorkload | undefined> {
  if (typeof ref?.uri !== 'string' || typeof ref.id !== 'string') return undefined;
  return (await session.reports.get(session.documents.programOf(ref.uri))).workloads.find(({ workload }) => workload.id === ref.id);
}

function linkPlace(session: Session, from: string, span: Span): LinkPlace | undefined {
  const document = session.engine.document(span.uri);
  if (!document) return undefined;
  const { uri, range } = locate(document, span);
  const line = range.start.line;
  const cell = cellAt(document, span.start);
  const name = decodeURIComponent(span.uri.slice(span.uri.lastIndexOf('/') + 1));
  const inside = cell?.uri === undefined ? `line ${line + 1}` : `cell ${cell.index + 1}, line ${line + 1}`;
  return { uri, line, label: span.uri === from ? inside : `${name}:${line + 1}` };
}
