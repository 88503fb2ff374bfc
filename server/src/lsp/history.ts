import {
  becauseText,
  comparableFigures,
  type Figure,
  figureText,
  type HistoryAnswer,
  type HistoryAnswerStep,
  type HistoryStep,
  type NumberStyle,
  quantityLabel,
  withUnit,
} from '../core/index.js';
import {
  type HistoryParams,
  type HistoryResult,
  type HistoryRunResult,
  type HistoryStepResult,
  type HistoryTrouble,
  historyRequest,
} from '../protocol/history.js';
import { progressNotification } from '../protocol/protocol.js';
import { noProcess } from './answers.js';
import { asEditor, guarded, type Session } from './context.js';

/** The estimate of a workload over the commits: `mlcost history` answers, in a process of its own that ends with the question. */
export function onHistory(session: Session): void {
  const { connection, engine, host } = session;
  connection.onRequest(historyRequest, ({ ref: { uri, id }, token: name }: HistoryParams, token) =>
    guarded<HistoryResult | HistoryTrouble>(
      session,
      'history',
      () => ({ trouble: 'The history could not be worked out: the output channel has more.' }),
      async () => {
        const root = engine.rootOf(uri);
        if (!host.runTool || !root?.startsWith('file:'))
          return {
            trouble: root === undefined ? 'Open the folder of the repository: the history is that of its commits.' : `The history is in git, and ${noProcess}`,
          };
        const command = { words: ['history', '--format=json', '--progress', '--quiet', '--', id], paths: [] };
        return host
          .runTool(root, command, {
            ...asEditor(session),
            isWhole: true,
            onProgress: (done, total) => session.notify(progressNotification, { token: name, done, total }),
            onEnd: (end) => {
              if (token.isCancellationRequested) end();
              else token.onCancellationRequested(end);
            },
          })
          .then(
            (text) => resultOf(JSON.parse(text) as HistoryAnswer, session.locale),
            (error: Error) => ({ trouble: sentence(error.message) }),
          );
      },
    ),
  );
}
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;

type Step = HistoryStep & { readonly commit?: HistoryAnswer['workloads'][number]['points'][number] };
const stepOf = ({ file, line, figure, facts, unknown }: HistoryAnswerStep): HistoryStep => ({
  file,
  line,
  ...(figure ? { figure } : {}),
  causes: facts.map(({ from, to, ...rest }) => ({ ...rest, ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) })),
  unknown: unknown ?? [],
});

function resultOf({ workloads, commits, read, shallow }: HistoryAnswer, locale: string): HistoryResult | HistoryTrouble {
  const [one] = workloads;
  if (!one) return { trouble: 'This workload is no longer there.' };
  const style = { locale };
  const steps: Step[] = [...one.points.map((commit) => ({ ...stepOf(commit), commit })), ...(one.uncommitted ? [stepOf(one.uncommitted)] : [])];
  const changes = [...one.points, ...(one.uncommitted ? [one.uncommitted] : [])].map(({ change }) => change);
  const last = steps.findLast(({ figure }) => figure)?.figure;
  return {
    title: one.title,
    locale,
    quantity: last ? `${quantityLabel(last.name)}${onText(last)}` : 'Cost unknown',
    unit: last?.unit ?? '',
    commits,
    read,
    isShallow: shallow,
    steps: steps.map((step, at) => shownStep(step, steps[at - 1], changes[at] ?? '', last, style)),
    runs: one.runs.map((run) => shownRun(run, last, style)),
    until: Date.parse(one.until),
  };
}
const onText = ({ accelerator, count }: Figure): string => (accelerator === undefined ? '' : ` on ${count === undefined ? '' : `${count}×`}${accelerator}`);

function shownStep(step: Step, before: Step | undefined, change: string, last: Figure | undefined, style: NumberStyle): HistoryStepResult {
  const { commit, figure, unknown } = step;
  const waits = figure || unknown.length === 0 ? '' : `${unknown.join(', ')} unknown`;
  return {
    oid: commit?.commit ?? '',
    ...(commit ? { at: Date.parse(commit.at) } : {}),
    day: commit ? commit.at.slice(0, 10) : 'now',
    author: commit?.author ?? '',
    subject: commit?.subject ?? 'not committed',
    ...(figure && comparableFigures(figure, last) ? { value: { low: figure.low, likely: figure.likely, high: figure.high } } : {}),
    text: figure ? `${figureText(figure, style)}${spread(figure, style)}` : 'unknown',
    change,
    because: becauseText(step, before) || waits,
  };
}
const spread = ({ low, high, unit }: Figure, style: NumberStyle): string =>
  high > low ? ` (${withUnit(low, unit, style)} to ${withUnit(high, unit, style)})` : '';

function shownRun(
  { id, at, commit, text, usd }: HistoryAnswer['workloads'][number]['runs'][number],
  last: Figure | undefined,
  style: NumberStyle,
): HistoryRunResult {
  return {
    id,
    ...(at === undefined || Number.isNaN(Date.parse(at)) ? {} : { at: Date.parse(at) }),
    day: at?.slice(0, 10) ?? '',
    commit: commit ?? '',
    text,
    ...(usd === undefined || last?.unit !== 'usd' ? {} : { usd }),
    usdText: usd === undefined ? '' : withUnit(usd, 'usd', style),
  };
}
