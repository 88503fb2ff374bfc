import {
  type Advice,
  applied,
  cheaperDetail,
  type Document,
  frontText,
  paretoFront,
  percentText,
  subject,
  type TextEdit,
  type WaysOrLack,
  waysText,
} from '../core/index.js';
import type { ProvenAdvice } from '../host/advisor.js';
import type { Engine, Estimated } from '../host/engine.js';
import type { Paint } from './report-table.js';

/** What is advised for one workload, the best first. */
export interface Advised {
  readonly one: Estimated;
  readonly advice: readonly ProvenAdvice[];
  /** Which way to serve it, where it is a service or a hosted call. */
  readonly ways?: WaysOrLack | undefined;
}
type Relative = (uri: string) => string;
const documentOf = (engine: Engine) => (uri: string) => engine.fileOf(uri);

/** The answer of `mlcost advise --format json`: contract version 1. Fields may be added, never renamed. */
export function adviseJson(engine: Engine, all: readonly Advised[], relative: Relative): object {
  return {
    version: 1,
    advice: all.flatMap(({ advice }) => advice.map((one) => ({ ...plain(one), edits: lineEdits(one.edits ?? [], documentOf(engine), relative) }))),
    fronts: all.flatMap(({ one, advice }) => {
      const front = paretoFront(advice);
      return front ? [{ workload: one.workload.id, ...front }] : [];
    }),
    ways: all.flatMap(({ one, ways }) => (ways ? [{ workload: one.workload.id, ...ways }] : [])),
  };
}
const plain = ({ id, workload, title, changes, saving, cost, wait, memory, makesItFit, legality, notes, risk, effort }: Advice): object => ({
  id,
  workload,
  title,
  changes,
  saving,
  ...(cost === undefined ? {} : { cost }),
  ...(wait ? { wait } : {}),
  ...(memory ? { memory } : {}),
  ...(makesItFit ? { makesItFit } : {}),
  legality,
  notes,
  risk,
  effort,
});

/** Edits as whole lines: `text` takes the place of the lines from `line` to `endLine`, 1-based. */
export function lineEdits(edits: readonly TextEdit[], documents: (uri: string) => Document | undefined, relative: Relative): object[] {
  const found: object[] = [];
  for (const uri of new Set(edits.map((edit) => edit.uri))) {
    const document = documents(uri);
    if (!document) continue;
    const { lines, text } = document;
    const groups: { first: number; last: number; edits: TextEdit[] }[] = [];
    for (const edit of edits.filter((one) => one.uri === uri).sort((a, b) => a.start - b.start)) {
      const [first, last] = [lines.lineOf(edit.start), lines.lineOf(edit.end)];
      const open = groups.at(-1);
      if (open && first <= open.last) {
        open.last = Math.max(open.last, last);
        open.edits.push(edit);
      } else groups.push({ first, last, edits: [edit] });
    }
    for (const { first, last, edits } of groups) {
      const start = lines.startOf(first);
      const piece = applied(
        text.slice(start, lines.endOf(last)),
        edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start })),
      );
      found.push({ file: relative(uri), line: first + 1, endLine: last + 1, text: piece.replace(/\r?\n$/, '') });
    }
  }
  return found;
}

/** The answer for a person. */
export function adviseTable(engine: Engine, all: readonly Advised[], relative: Relative, paint: Paint): string {
  const lines: string[] = [];
  for (const { one, advice, ways } of all) {
    const served = ways && 'ways' in ways ? waysText(ways) : [];
    if (advice.length === 0 && served.length === 0) continue;
    lines.push(`${paint.bold(subject(one.workload))}  ${paint.dim(one.workload.id)}`);
    for (const each of advice) {
      const best = each.makesItFit ? 'fits' : percentText(each);
      lines.push(`  ${best.padStart(9)}  ${each.title}  ${paint.dim(cheaperDetail(each))}`);
      for (const note of [...each.notes, ...each.risk.evidence]) lines.push(`          ${paint.dim(note)}`);
      for (const edit of lineEdits(each.edits ?? [], documentOf(engine), relative) as { file: string; line: number; text: string }[])
        lines.push(`          ${edit.file}:${edit.line}  ${paint.yellow(edit.text.trim().replaceAll(/\s*\n\s*/g, ' ⏎ '))}`);
      if (each.edits) lines.push(`          ${paint.dim(`mlcost advise --apply '${each.id}'`)}`);
    }
    const front = paretoFront(advice);
    for (const line of [...(front ? frontText(front) : []), ...served]) lines.push(`  ${line}`);
    lines.push('');
  }
  if (lines.length === 0) return all.length === 0 ? 'No machine-learning workload found.\n' : 'Nothing was found that makes these workloads cheaper.\n';
  lines.push(paint.dim('Each saving is estimated by itself: they do not add up.'), '');
  return lines.join('\n');
}

/** Whether it may be written without a person looking at it: no result changes, one file's settings. */
export const isSafe = ({ edits, risk, legality, effort }: ProvenAdvice): boolean =>
  edits !== undefined && risk.level === 'none' && legality === 'native' && effort <= 2;
