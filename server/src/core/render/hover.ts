import type { Estimation, Term } from '../model/estimate.js';
import type { Fact, Origin } from '../model/fact.js';
import { factLabel } from '../model/fact-names.js';
import type { Span } from '../model/span.js';
import { hardware, type View } from './lens.js';
import { code, commandLink, escapeMarkdown, table } from './markdown.js';
import { ends, interval, plain, withUnit } from './number.js';
import { quantitiesOf, quantityLabel } from './quantities.js';
import { measuredDetail } from './runs.js';
import { showValue, subject } from './words.js';

/** Where a span stands, as the links name it. */
export interface LinkPlace {
  readonly uri: string;
  /** Zero-based. */
  readonly line: number;
  /** As shown: `line 12`, `run.sh:3`, `cell 2:4`. */
  readonly label: string;
}
export interface HoverInput extends View {
  /** A service of which nobody says how long requests are, at those at which services are compared, and what they are. */
  readonly usual?: { readonly estimation: Estimation; readonly note: string };
  /** What it takes of a budget. */
  readonly budget?: string;
  readonly place: (span: Span) => LinkPlace | undefined;
  /** Names the workload for the commands below. */
  readonly ref: { readonly uri: string; readonly id: string };
}
/** Commands that a hover links to: the view must trust these and no others. */
export const hoverCommands = [
  'mlCostLens.explain',
  'mlCostLens.compare',
  'mlCostLens.whatIf',
  'mlCostLens.history',
  'mlCostLens.answer',
  'mlCostLens.setAssumption',
  'mlCostLens.silence',
  'mlCostLens.reveal',
] as const;

const origins: Readonly<Record<Origin, string>> = {
  literal: 'written',
  variable: 'variable',
  default: 'default',
  'other-file': 'other file',
  'command-line': 'command line',
  measured: 'measured',
  assumption: 'assumed',
};
const shownQuantities = 9;
const shownFacts = 16;

/** The breakdown of one workload, as Markdown. */
export function hoverMarkdown(input: HoverInput): string {
  const { workload, estimation, ref } = input;
  const style = input.style ?? plain;
  const parts: string[] = [];
  const on = hardware(input);
  parts.push(
    `**${escapeMarkdown(subject(workload))}** · ${escapeMarkdown([on, workload.kind.replace('-', ' '), workload.framework].filter(Boolean).join(' · '))}`,
  );
  const quantities = quantitiesOf(estimation).slice(0, shownQuantities);
  if (quantities.length > 0) {
    parts.push(
      table(
        ['', 'likely', '9 of 10 between'],
        quantities.map(([name, one]) => [
          quantityLabel(name),
          escapeMarkdown(withUnit(one.likely, one.unit, style)),
          escapeMarkdown(ends(one, one.unit, style)),
        ]),
        [1, 2],
      ),
    );
  }
  const memory = memoryParts(estimation.estimates['peak_memory_gib']?.term);
  if (memory.length > 0) parts.push(`**Memory** ${memory.map(({ label, value }) => `${escapeMarkdown(label)} ${withUnit(value, 'GiB', style)}`).join(' + ')}`);
  if (input.usual) parts.push(usualText(input.usual, input));
  if (input.budget !== undefined) parts.push(`**Budget** ${escapeMarkdown(input.budget)}`);
  const measured = measuredDetail(input.team, style);
  if (measured.length > 0) parts.push(`**Measured** ${measured.map(escapeMarkdown).join('; ')}`);
  if (workload.facts.length > 0) parts.push(inputs(workload.facts, input));
  if (workload.conflicts.length > 0)
    parts.push(
      `**Stated twice** ${workload.conflicts.map((fact) => `${escapeMarkdown(factLabel(fact.name))} ${code(showValue(fact.value))} ${origin(fact, input)}`).join('; ')}: the value in the table is in force`,
    );
  if (estimation.assumed.length > 0)
    parts.push(
      `**Taken for granted** ${estimation.assumed.map(({ fact, value, why }) => `${escapeMarkdown(factLabel(fact))} ${code(showValue(value))} (${escapeMarkdown(why)})`).join('; ')}`,
    );
  const gaps = [
    ...new Map([...workload.unknown.map((one) => [one.name, one.need] as const), ...estimation.unknown.map((one) => [one.fact, one.need] as const)]),
  ];
  if (gaps.length > 0) parts.push(`**Unknown** ${gaps.map(([name, need]) => `${escapeMarkdown(factLabel(name))}: ${escapeMarkdown(need)}`).join('; ')}`);
  const bases = [...new Set(quantities.flatMap(([, one]) => one.basis.split('; ')))];
  if (bases.length > 0) parts.push(`**Rests on** ${bases.slice(0, 4).map(escapeMarkdown).join('; ')}`);
  const sources = sourcesOf(quantities.flatMap(([, one]) => (one.term ? [one.term] : [])));
  if (sources.length > 0) parts.push(`**Prices** ${sources.slice(0, 3).map(escapeMarkdown).join('; ')}`);
  for (const note of estimation.notes.slice(0, 4)) parts.push(`_${escapeMarkdown(note)}_`);
  parts.push(
    [
      commandLink('Why', 'mlCostLens.explain', [ref], 'The whole calculation'),
      ...(workload.kind === 'api-call' ? [] : [commandLink('Compare', 'mlCostLens.compare', [ref], 'On other accelerators and providers')]),
      commandLink('What if', 'mlCostLens.whatIf', [ref], 'With other facts, beside what is written'),
      commandLink('History', 'mlCostLens.history', [ref], 'The estimate over the commits, and measured runs'),
      commandLink('Edit', 'mlCostLens.setAssumption', [ref], 'Set or pin a value'),
      commandLink('Silence', 'mlCostLens.silence', [ref], 'Show nothing here'),
    ].join(' · '),
  );
  return parts.join('\n\n');
}

/** Shown beside what is known, never in its place: the lens keeps to what somebody stated. */
function usualText({ estimation, note }: NonNullable<HoverInput['usual']>, { ref, style = plain }: HoverInput): string {
  const shown = ['usd_per_1m_tokens', 'usd_per_1k_requests', 'ttft_ms', 'saturation_output_tokens_per_s'].flatMap((name) => {
    const one = estimation.estimates[name];
    return one ? [`${quantityLabel(name)} ${interval(one, style)}`] : [];
  });
  const busy = estimation.assumed.find(({ fact }) => fact === 'utilisation')?.value;
  const share = typeof busy === 'number' ? `, ${Math.round(busy * 100)} % busy` : '';
  return `**At a usual traffic** ${escapeMarkdown(`${shown.join('; ')} (${note}${share})`)} · ${commandLink('Say its traffic', 'mlCostLens.answer', [{ ...ref, fact: 'traffic' }], 'Answer once for this workspace')}`;
}

function inputs(facts: readonly Fact[], input: HoverInput): string {
  const rows = facts.slice(0, shownFacts).map((fact) => [escapeMarkdown(factLabel(fact.name)), code(showValue(fact.value)), origin(fact, input)]);
  const more = facts.length > shownFacts ? `\n\n… and ${facts.length - shownFacts} more` : '';
  return table(['input', 'value', 'from'], rows) + more;
}

function origin(fact: Fact, { place }: HoverInput): string {
  const at = fact.span && place(fact.span);
  // a note that begins with the origin's own words says it already
  const words =
    fact.note === undefined ? origins[fact.origin] : fact.note.startsWith(origins[fact.origin]) ? fact.note : `${origins[fact.origin]}: ${fact.note}`;
  const link = at && commandLink(escapeMarkdown(at.label), 'mlCostLens.reveal', [{ uri: at.uri, line: at.line }]);
  return link === undefined ? escapeMarkdown(words) : `${link} ${escapeMarkdown(words)}`;
}

function memoryParts(term: Term | undefined): readonly Term[] {
  return (term?.children ?? []).filter(({ unit, value }) => unit === 'GiB' && value >= 0.05);
}

/** Sources of prices in the terms, each once, in the order of the tree. */
export function sourcesOf(terms: readonly Term[]): string[] {
  const found = new Set<string>();
  const walk = (term: Term): void => {
    if (term.source !== undefined && term.unit.startsWith('usd')) found.add(`${term.label}: ${term.source}`);
    for (const child of term.children ?? []) walk(child);
  };
  for (const term of terms) walk(term);
  return [...found];
}
