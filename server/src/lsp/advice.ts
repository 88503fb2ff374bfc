import { type CodeAction, CodeActionKind, type Range } from 'vscode-languageserver';
import {
  type Advice,
  autoscaling,
  batchScript,
  benchmarkOf,
  type Catalog,
  cheaperDetail,
  type Document,
  frontText,
  type Generated,
  paretoFront,
  percentText,
  subject,
  taskBudget,
  waysText,
} from '../core/index.js';
import type { ProvenAdvice } from '../host/advisor.js';
import { specOf } from '../host/engine.js';
import type { TakenAdvice } from '../host/host.js';
import { type AdviceResult, type AdviceTaken, type AdvisedChange, adviceRequest, adviceTakenNotification, type WorkloadRef } from '../protocol/protocol.js';
import { guarded, type Session, warn } from './context.js';
import type { ShownWorkload } from './reports.js';
import { silenceOf } from './silence.js';
import { locate } from './to-lsp.js';
import { findWorkload } from './view.js';
import { workspaceEdit } from './workspace-edit.js';

/** What makes a workload cheaper, for a person to choose from; each with its edit where it has one. */
export function onAdvice(session: Session): void {
  session.connection.onRequest(adviceRequest, (ref: WorkloadRef) =>
    guarded<AdviceResult | null>(
      session,
      'advice',
      () => null,
      async () => {
        const found = await findWorkload(session, ref);
        if (!found) return null;
        const ways = await session.advisor.ways(found);
        // The last that is waited for: its edits are measured on the texts as they are now.
        const all = await session.advisor.proven(found);
        const front = paretoFront(all);
        const style = { locale: session.locale };
        return {
          title: subject(found.workload),
          advice: all.map((advice) => ({
            id: advice.id,
            label: `${labelOf(advice)}: ${advice.title}`,
            description: cheaperDetail(advice, { locale: session.locale }),
            detail: [...advice.notes, ...advice.risk.evidence].join('; '),
            taken: takenOf(found.workload.span.uri, advice),
            changes: changesOf(session, advice),
          })),
          // A long heading would hide what stands beside it in a list.
          compared: [
            front ? ['Best of cost, quality, waiting', ...frontText(front, style).slice(1)] : [],
            ways && 'ways' in ways ? waysText(ways, style) : [],
          ].filter(({ length }) => length > 0),
        };
      },
    ),
  );
}

/** Writes advice that was taken into the log of its folder, as `mlcost advise --apply` does. */
export function onAdviceTaken(session: Session): void {
  const { connection, engine, host, log } = session;
  connection.onNotification(adviceTakenNotification, (taken: unknown) => {
    const advice = readTaken(taken);
    const root = advice && engine.rootOf(advice.uri);
    if (!advice || root === undefined || !host.noteAdvice) return;
    const { noteAdvice } = host;
    void engine
      .settingsOf(root)
      .then((settings) => noteAdvice(root, settings, advice))
      .catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        log(`audit log: ${why}`);
        // a log with a gap that nobody knows of is none
        warn(session, `The audit log does not have that “${advice.title}” was taken: ${why}`);
      });
  });
}
const takenOf = (uri: string, { id, workload, title, changes }: ProvenAdvice): AdviceTaken => ({ uri, id, workload, title, changes });
/** As it came over the wire: it is written as it is, so it has to be what was told. */
function readTaken(value: unknown): (TakenAdvice & { readonly uri: string }) | undefined {
  if (typeof value !== 'object' || value === null || JSON.stringify(value).length > 20_000) return undefined;
  const { uri, id, workload, title, changes } = value as Partial<Record<keyof AdviceTaken, unknown>>;
  if (![uri, id, workload, title].every((one) => typeof one === 'string') || !Array.isArray(changes)) return undefined;
  return { uri, id, workload, title, changes } as TakenAdvice & { readonly uri: string };
}

/** Quick fixes at a workload: those whose edit was tried. The best may be the preferred one only if it changes no result. */
export async function adviceActions(session: Session, uri: string, range: Range): Promise<CodeAction[]> {
  const program = session.documents.programOf(uri);
  const document = session.engine.document(program);
  const answer = session.reports.ready(program) ?? (await session.reports.get(program));
  const silence = await silenceOf(session, program);
  if (!document || silence.whole) return [];
  const actions: CodeAction[] = [];
  for (const one of answer.workloads) {
    const place = locate(document, one.span);
    if (place.uri !== uri || silence.workload(one.workload) || !touches(place.range, range) || one.span.start !== one.workload.span.start) continue;
    const folder = program.slice(0, program.lastIndexOf('/'));
    const { catalog } = await session.engine.context(uri);
    // The last that is waited for: its edits are measured on the texts as they are now.
    const proven = await session.advisor.proven(one);
    if (session.client.createFiles) actions.push(...files(one, document, proven, catalog).map(({ title, made }) => newFile(title, folder, made)));
    for (const advice of proven) {
      const changes = changesOf(session, advice);
      if (changes.length === 0) continue;
      actions.push({
        title: `${labelOf(advice)}: ${advice.title} (${cheaperDetail(advice, { locale: session.locale })})`,
        kind: CodeActionKind.QuickFix,
        edit: workspaceEdit(
          session,
          changes.map(({ uri, range, text }) => ({ uri, edit: { range, newText: text } })),
        ),
        // the editor runs it after the edit: only what was taken is told
        command: { title: 'Note in the audit log', command: 'mlCostLens.adviceTaken', arguments: [takenOf(one.workload.span.uri, advice)] },
        ...(advice.risk.level === 'none' && !actions.some(({ kind }) => kind === CodeActionKind.QuickFix) ? { isPreferred: true } : {}),
      });
    }
  }
  return actions;
}

/** What can be written beside a workload: autoscaling of a Deployment, and the benchmark that proves the best advice that may cost quality. */
function files(
  { workload, estimation }: ShownWorkload,
  document: Document,
  all: readonly ProvenAdvice[],
  catalog: Catalog,
): { title: string; made: Generated & { made: true } }[] {
  const spec = specOf(workload);
  const risky = all.find(({ risk, editable }) => editable && (risk.level === 'low' || risk.level === 'medium'));
  const candidates: readonly (readonly [title: string, made: Generated])[] = [
    ...(workload.kind === 'serving'
      ? ([
          ['Generate cost-aware autoscaling (HPA)', autoscaling(workload, spec, estimation, document, 'hpa')],
          ['Generate cost-aware autoscaling (KEDA)', autoscaling(workload, spec, estimation, document, 'keda')],
        ] as const)
      : []),
    ...(workload.kind === 'api-call'
      ? ([
          ['Write the program that sends these calls in batches', batchScript(workload, spec)],
          ['Write what bounds a task: tokens, dollars, steps, seconds, retries', taskBudget(workload, spec, catalog)],
        ] as const)
      : []),
    ...(risky && workload.kind !== 'training' ? ([[`Write the benchmark that proves: ${risky.title}`, benchmarkOf(spec, risky)]] as const) : []),
  ];
  return candidates.flatMap(([title, made]) => (made.made ? [{ title, made }] : []));
}
/** A file that is there already is not overwritten: the editor says so. */
function newFile(title: string, folder: string, { name, text }: Generated & { made: true }): CodeAction {
  const uri = `${folder}/${name}`;
  const start = { line: 0, character: 0 };
  return {
    title,
    kind: CodeActionKind.Refactor,
    edit: {
      documentChanges: [
        { kind: 'create', uri, options: { overwrite: false, ignoreIfExists: false } },
        { textDocument: { uri, version: null }, edits: [{ range: { start, end: start }, newText: text }] },
      ],
    },
  };
}

const labelOf = (advice: ProvenAdvice): string => (advice.makesItFit ? 'Fits' : percentText(advice));
const touches = (a: Range, b: Range): boolean => a.start.line <= b.end.line && b.start.line <= a.end.line;

function changesOf(session: Session, advice: ProvenAdvice): readonly AdvisedChange[] {
  return (advice.edits ?? []).flatMap((edit) => {
    const document = session.engine.fileOf(edit.uri);
    if (!document) return [];
    const { text } = document;
    const next = text.indexOf('\n', edit.end);
    const lines = text.slice(text.lastIndexOf('\n', edit.start - 1) + 1, next < 0 ? text.length : next).split(/\r?\n/);
    return [{ ...locate(document, edit), text: edit.text, lines: lines.map((line) => line.replace(/\r$/, '')) }];
  });
}

/** How long a list of lenses waits for advice: a second lens that goes and comes with every edit would flicker. @unit ms */
const patience = 60;

/** Advice of what is shown, for a second lens. The first one of a session is not waited for: the list is drawn again when it is there. */
export async function shownAdvice(session: Session, one: ShownWorkload): Promise<readonly Advice[]> {
  const { advisor, host } = session;
  const ready = advisor.ready(one);
  if (ready) return ready;
  const pending = advisor.of(one).catch((error: unknown): readonly Advice[] => {
    session.log(`advice: ${String(error)}`);
    return [];
  });
  const soon = advisor.warm ? await Promise.race([pending, host.delay(patience).then(() => undefined)]) : undefined;
  if (soon) return soon;
  void pending.then((found) => found.length > 0 && session.refresh());
  return [];
}
