import { blameText, costOf, factLabel, type LineEffect, subject, withUnit } from '../core/index.js';
import type { LineCommit } from '../host/host.js';
import type { Paint } from './report-table.js';

/** What `mlcost blame` has to say of a file. */
export interface FileBlame {
  readonly file: string;
  readonly effects: readonly LineEffect[];
  /** The file's lines as they stand. */
  readonly lines: readonly string[];
  readonly commits: readonly (LineCommit | undefined)[];
  /** Why no commits are known, or what is missing of them. */
  readonly note?: string;
}

/** How an effect is found: stated with every answer. */
const method = 'one line at a time is left out, and what else is said or a default takes its place; effects of lines that work together overlap';

export const blameJson = ({ file, effects, lines, commits, note }: FileBlame): object => ({
  version: 1,
  file,
  method,
  ...(note === undefined ? {} : { note }),
  lines: effects.map(({ line, facts, workload, delta, effect, quantity: first }) => {
    return {
      line,
      text: lines[line - 1] ?? '',
      facts: facts.map(({ name, value, origin }) => ({ name, value, origin })),
      workload: workload.id,
      effect,
      ...(first
        ? {
            quantity: first.name,
            unit: first.after.unit,
            by: first.after.likely - first.before.likely,
            ...(first.before.likely === 0 ? {} : { percent: (first.after.likely / first.before.likely - 1) * 100 }),
            with: first.after.likely,
            without: first.before.likely,
            ...first.on,
          }
        : {}),
      within_noise: delta.withinNoise,
      otherwise: Object.fromEntries(delta.causes.map(({ fact, from }) => [fact, from ?? null])),
      commit: commits[line - 1] ?? null,
    };
  }),
});

export function blameTable({ file, effects, lines, commits, note }: FileBlame, paint: Paint): string {
  const byWorkload = new Map<string, LineEffect[]>();
  for (const one of effects) byWorkload.set(one.workload.id, [...(byWorkload.get(one.workload.id) ?? []), one]);
  const out: string[] = [];
  for (const group of byWorkload.values()) {
    const first = group[0];
    if (!first) continue;
    const { after } = first.delta;
    const own = after && costOf(after);
    const lacks = after?.estimation.unknown[0]?.fact;
    out.push(
      `${paint.bold(subject(first.workload))}  ${own ? withUnit(own.likely, own.unit) : `$?${lacks === undefined ? '' : ` · ${factLabel(lacks)} unknown`}`}`,
    );
    const rows = group.map((one) => ({ one, text: blameText(one), code: clip((lines[one.line - 1] ?? '').trim(), 44) }));
    const [wide, wider] = [Math.max(...rows.map(({ code }) => code.length)), Math.max(...rows.map(({ text }) => text.effect.length))];
    for (const { one, text, code } of rows) {
      const commit = commits[one.line - 1];
      const whose = commit
        ? `${commit.oid.slice(0, 9)} ${commit.date} ${commit.author}: ${clip(commit.subject, 50)}`
        : commits.length > 0
          ? 'not committed'
          : '';
      const shown = text.effect.padEnd(wider);
      const painted = one.effect === 'costs' && !one.delta.withinNoise ? paint.red(shown) : one.effect === 'none' ? paint.dim(shown) : shown;
      out.push(`  ${paint.dim(String(one.line).padStart(5))}  ${code.padEnd(wide)}  ${painted}  ${paint.dim(whose)}`.trimEnd());
      if (text.without !== '' && one.effect !== 'none') out.push(paint.dim(`${''.padEnd(11 + wide)}without it: ${text.without}`));
    }
    out.push('');
  }
  if (out.length === 0) return `${file}: no workload takes a fact from this file\n`;
  return `${paint.bold(file)}\n\n${out.join('\n')}${paint.dim(`Method: ${method}.`)}\n${note === undefined ? '' : `${paint.dim(note)}\n`}`;
}
const clip = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
