import { bestOffers, compare, compareText, escapeMarkdown, relativeTo, subject, table } from '../core/index.js';
import { contextFor, type Estimated, specOf } from '../host/engine.js';
import { checkedNow } from '../host/policy.js';
import { tools } from '../host/tools.js';
import { type ToolParams, type ToolResult, toolRequest } from '../protocol/protocol.js';
import { answers, found, noProcess } from './answers.js';
import { asEditor, guarded, type Session } from './context.js';

const mostOffers = 8;

/** Answers to agents' tools. All figures are computed here; no language model takes part. */
export function onTool(session: Session): void {
  session.connection.onRequest(toolRequest, (params: ToolParams) =>
    guarded<ToolResult>(
      session,
      'tool',
      () => ({ text: 'This could not be answered: the output channel of ML Cost Lens says why.', failed: true }),
      () => toolAnswer(session, params),
    ),
  );
}

/** The command that answers the tool; where no process can be started, what the editor itself can say. */
async function toolAnswer(session: Session, { name, input, folder }: ToolParams): Promise<ToolResult> {
  const known = tools();
  const tool = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!tool) return { text: `there is no tool '${name}'`, failed: true };
  const read = tool.input.safeParse(input ?? {});
  if (!read.success) return { text: read.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`).join('; '), failed: true };
  if (!session.engine.roots.includes(folder)) return { text: `${folder} is no folder of this workspace`, failed: true };
  if (session.host.runTool && folder.startsWith('file:')) {
    const { runTool } = session.host;
    return runTool(folder, tool.command(read.data), asEditor(session)).then(
      (text) => ({ text }),
      (error: Error) => ({ text: error.message, failed: true }),
    );
  }
  const here = Object.hasOwn(withoutProcess, name) ? withoutProcess[name] : undefined;
  const asked: Readonly<Record<string, unknown>> = read.data;
  if (!here || asked['base'] !== undefined) return { text: noProcess, failed: true };
  const instead = ['set', 'accelerator', 'gpus', 'provider'].find((one) => asked[one] !== undefined);
  if (instead !== undefined) return { text: `${instead}: facts to take instead are not looked at here, because programs are not reached`, failed: true };
  const place = placeOf(folder, String(asked['path'] ?? '.'));
  if (place === undefined) return { text: `${String(asked['path'])} is not in this project`, failed: true };
  return { text: await here(session, folder, place) };
}

/** A file or folder of the project; nothing for a way out of it. */
function placeOf(folder: string, path: string): string | undefined {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  if (path.startsWith('/') || path.includes('\\') || steps.includes('..')) return undefined;
  return [folder, ...steps.map(encodeURIComponent)].join('/');
}

const whole = { cancelled: false };
const withoutProcess: Readonly<Record<string, (session: Session, folder: string, place: string) => Promise<string>>> = {
  estimate: async (session, folder, place) => (await answers.top(session, { question: 'top', folder }, whole, place)).markdown,
  advise: async (session, folder, place) => (await answers.cheaper(session, { question: 'cheaper', folder }, whole, place)).markdown,
  budget: async (session, folder) => (await answers.budget(session, { question: 'budget', folder }, whole)).markdown,
  compare: async (session, _folder, place) => {
    const all = await found(session, whole, place);
    const parts = await Promise.all(all.map((one) => offersOf(session, one)));
    return parts.length === 0 ? 'No ML workload was found there.' : parts.join('\n\n');
  },
  policy: async (session, folder) => {
    const all = (await found(session, whole)).filter(({ workload }) => workload.span.uri.startsWith(`${folder}/`));
    const { findings, rules, asked, open } = await checkedNow(session.engine, session.host, `${folder}/.`, all);
    if (rules === 0) return 'No policy is written in `.mlcost.yaml`.';
    const level = { block: 'blocks', warn: 'warns', note: 'waived' };
    const rows = findings.map((one) => [level[one.level], relativeTo(one.span.uri, session.engine.roots), one.message, one.rule].map(escapeMarkdown));
    const pass = !findings.some((one) => one.level === 'block');
    const head = `${pass ? 'pass' : 'fail'}: ${all.length} workloads against ${rules} rules, ${open} of ${asked} undecided. What changed is in git, and not looked at here.`;
    return rows.length === 0 ? head : `${head}\n\n${table(['', 'file', 'what', 'rule'], rows)}`;
  },
};

/** The cheapest offers of a workload. */
async function offersOf(session: Session, one: Estimated): Promise<string> {
  const context = contextFor(one, await session.engine.context(one.workload.span.uri));
  const rows = bestOffers(compare(specOf(one.workload), context)).slice(0, mostOffers);
  const head = `**${escapeMarkdown(subject(one.workload))}** ${escapeMarkdown(relativeTo(one.workload.span.uri, session.engine.roots))}`;
  if (rows.length === 0)
    return `${head}: ${one.workload.kind === 'api-call' ? 'a hosted API has no accelerators to choose' : 'nothing to compare, see what is unknown in its estimate'}.`;
  const cells = rows.map((row) => compareText(row, context.catalog, { locale: session.locale }));
  return `${head}\n\n${table(
    ['accelerator', 'cost', 'duration or latency', 'fits', 'offer', 'price of'],
    cells.map((cell) => [cell.accelerator, cell.cost, cell.hours || cell.latency, cell.fits, cell.offer, cell.asOf].map(escapeMarkdown)),
  )}`;
}
