import { cheaperDetail, escapeMarkdown, lensText, mainCost, relativeTo, subject, table, totalsOf, totalText } from '../core/index.js';
import type { Estimated } from '../host/engine.js';
import { hasOwnMoney } from '../host/policy.js';
import { type AnswerParams, answerRequest, type MarkdownResult, type Question } from '../protocol/protocol.js';
import { asEditor, guarded, type Session } from './context.js';
import { scanWorkspace } from './scan.js';
import { viewOf } from './view.js';
import { budgetLines } from './workloads.js';

const mostRows = 12;
export const noProcess = 'git and programs are not reached in this kind of workspace: open the folder on your own machine for this.';

/** Answers to questions in words. All figures are computed here; no language model takes part. */
export function onAnswer(session: Session): void {
  const { connection } = session;
  connection.onRequest(answerRequest, (params: AnswerParams, token) =>
    guarded<MarkdownResult>(
      session,
      'answer',
      () => ({ title: 'No answer', markdown: 'This could not be answered: the output channel says why.' }),
      async () => {
        const answer = Object.hasOwn(answers, params.question) ? answers[params.question] : undefined;
        const signal = {
          get cancelled() {
            return token.isCancellationRequested;
          },
        };
        return answer ? await answer(session, params, signal) : { title: 'No answer', markdown: 'Nobody knows that question.' };
      },
    ),
  );
}

type Signal = { readonly cancelled: boolean };
/** @param place only what stands in this file or folder */
type Answer = (session: Session, params: AnswerParams, signal: Signal, place?: string) => Promise<MarkdownResult>;
export const answers: Readonly<Record<Question, Answer>> = {
  top: async (session, _params, signal, place) => {
    const all = (await found(session, signal, place)).sort((a, b) => sizeOf(b) - sizeOf(a));
    const style = { locale: session.locale };
    const rows: string[][] = [];
    for (const one of all.slice(0, mostRows)) {
      const [what = '', ...rest] = lensText(await viewOf(session, one)).title.split(' · ');
      rows.push([escapeMarkdown(what), escapeMarkdown(rest.join(' · ')), escapeMarkdown(relativeTo(one.workload.span.uri, session.engine.roots))]);
    }
    if (rows.length === 0) return { title: 'Dearest workloads', markdown: 'No ML workload was found in this workspace.' };
    const more = all.length > mostRows ? `\n\n… and ${all.length - mostRows} more.` : '';
    return {
      title: 'Dearest workloads',
      markdown: `${table(['workload', 'cost', 'file'], rows)}${more}\n\nIn all ${escapeMarkdown(totalText(totalsOf(all), style))}.`,
    };
  },
  cheaper: async (session, { uri }, signal, place) => {
    const all = await found(session, signal, place);
    const program = uri === undefined ? undefined : session.documents.programOf(uri);
    const here = all.filter(({ workload }) => workload.span.uri === program);
    const rows: { by: number; row: string[] }[] = [];
    for (const one of here.length > 0 ? here : all.sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, mostRows)) {
      if (signal.cancelled) break;
      const [best] = await session.advisor.proven(one);
      if (best)
        rows.push({
          by: sizeOf(one),
          row: [
            escapeMarkdown(subject(one.workload)),
            escapeMarkdown(best.title),
            `${escapeMarkdown(cheaperDetail(best, { locale: session.locale }))}${best.edits ? ' · has an edit' : ''}`,
          ],
        });
    }
    const where = here.length > 0 ? 'in the file in front' : 'in this workspace';
    if (rows.length === 0) return { title: 'What is cheaper', markdown: `Nothing cheaper is known for the workloads ${where}.` };
    return {
      title: 'What is cheaper',
      markdown: table(
        ['workload', 'change', 'saves'],
        rows.sort((a, b) => b.by - a.by).map(({ row }) => row),
      ),
    };
  },
  why: async (session, { folder, base }) => {
    const { host } = session;
    const title = 'Why costs changed';
    if (!host.runTool || !folder.startsWith('file:')) return { title, markdown: `What changed is in git, and ${noProcess}` };
    if (base !== undefined && /^-|[\s\0]/.test(base)) return { title, markdown: `'${escapeMarkdown(base)}' is no name of a commit.` };
    const diff = (from: string, to: readonly string[]): Promise<string> =>
      (host.runTool as NonNullable<typeof host.runTool>)(folder, { words: ['diff', '--format=markdown', '--', from, ...to], paths: [] }, asEditor(session));
    try {
      const now = await diff(base ?? 'HEAD', []);
      // Nothing was changed since the last commit: it is asked what that one did.
      const text = base === undefined && /^### ML cost: no change$/m.test(now) ? await diff('HEAD~1', ['HEAD']).catch(() => now) : now;
      return { title, markdown: text.replace(/^<!--.*?-->\s*/, '') };
    } catch (error) {
      return { title, markdown: escapeMarkdown(error instanceof Error ? error.message : String(error)) };
    }
  },
  budget: async (session, { folder }) => {
    const lines = await budgetLines(session, folder);
    const rows = lines.map(({ label, description }) => [escapeMarkdown(label), escapeMarkdown(description)]);
    return { title: 'Budgets', markdown: rows.length === 0 ? 'No budget is written in `.mlcost.yaml`.' : table(['budget', 'state'], rows) };
  },
};

/** The workloads of the workspace, or of a file or folder in it, that have money of their own; read anew, so that unsaved text counts. */
export async function found(session: Session, signal: Signal, place?: string): Promise<Estimated[]> {
  const { reports } = await scanWorkspace(session, signal);
  const isThere = (uri: string): boolean => place === undefined || uri === place || uri.startsWith(`${place}/`);
  return reports.flatMap(({ workloads }) => workloads).filter((one) => hasOwnMoney(one) && isThere(one.workload.span.uri));
}
/** Dollars of a run or a month; what has no such figure comes last. */
function sizeOf({ workload, estimation }: Estimated): number {
  const cost = mainCost(workload.kind, estimation);
  return cost && (cost.unit === 'usd' || cost.unit === 'usd/month') ? cost.likely : -1;
}
