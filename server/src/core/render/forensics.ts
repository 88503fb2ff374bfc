import type { Forensics, Remedy } from '../forensics/explain.js';
import { factLabel } from '../model/fact-names.js';
import { escapeMarkdown, table } from './markdown.js';
import { ends, type NumberStyle, plain, shortNumber, withUnit } from './number.js';
import { showValue, subject } from './words.js';

const terms: Readonly<Record<Forensics['diagnosis']['term'], string>> = {
  weights: 'weights',
  gradients: 'gradients',
  optimizer: 'optimizer states',
  activations: 'activations',
  logits: 'logits and loss',
  'kv-cache': 'KV cache',
  fragmentation: 'fragmentation',
  'other-process': 'another process on the GPU',
  'sharding-buffers': 'gathered weights of sharding',
  unknown: 'not told',
};
const fitsMark = (fits: boolean | undefined): string => (fits === true ? '✓ fits' : fits === false ? '✗ does not fit' : 'not sure');

/** What was measured, as label and value. */
function measured({ evidence, capacity, needed }: Forensics, style: NumberStyle): [string, string][] {
  const gib = (value: number): string => withUnit(value, 'GiB', style);
  const rows: [string, number | undefined][] = [
    ['memory of the GPU', capacity],
    ['held by tensors', evidence.allocated],
    ['reserved and unused', evidence.unallocated],
    ['held by this process', evidence.inUse],
    ['held by others', evidence.others],
    ['free', evidence.free],
    ['asked for', evidence.tried],
    ['needed at least', needed],
    ['weights', evidence.weights],
    ['left for the KV cache', evidence.cacheFree],
    ['one longest sequence needs', evidence.cacheNeeded],
  ];
  const found = rows.flatMap(([label, value]): [string, string][] => (value === undefined ? [] : [[label, gib(value)]]));
  if (evidence.cacheTokens !== undefined) found.push(['tokens that the cache holds', shortNumber(evidence.cacheTokens, style, 6)]);
  if (evidence.fittingLength !== undefined) found.push(['longest length that fits', shortNumber(evidence.fittingLength, style, 6)]);
  return found;
}

function remedyCells({ title, changes, memory, fits, note }: Remedy, style: NumberStyle): string[] {
  const range = memory ? ends(memory, 'GiB', style) : '';
  const size = memory ? `${withUnit(memory.likely, 'GiB', style)}${range === '' ? '' : ` (${range})`}` : '';
  const edits = changes.map(({ fact, from, to }) => `${factLabel(fact)} ${from === undefined ? '' : `${showValue(from)} → `}${showValue(to)}`).join(', ');
  return [title, edits, size, fitsMark(fits), note ?? ''];
}

/** The explanation of a log as a Markdown document. */
export function forensicsMarkdown(found: Forensics, style: NumberStyle = plain): string {
  const { evidence, diagnosis, workload, whose, estimated, factor, remedies } = found;
  const title = evidence.outcome === 'started' ? 'Memory of a server’s start' : evidence.outcome === 'cache-too-small' ? 'KV cache too small' : 'Out of memory';
  return [
    `# ${title}`,
    `**${escapeMarkdown(terms[diagnosis.term])}**: ${escapeMarkdown(diagnosis.why)}.`,
    `Line ${evidence.line}: ${escapeMarkdown(evidence.message)}`,
    `**Workload** ${workload ? escapeMarkdown(`${subject(workload)} (${workload.id})`) : 'none'}: ${escapeMarkdown(whose)}.`,
    table(
      ['measured', ''],
      measured(found, style).map((row) => row.map(escapeMarkdown)),
      [1],
    ),
    ...(estimated
      ? [
          `**Estimate** ${escapeMarkdown(`${withUnit(estimated.likely, 'GiB', style)} (${ends(estimated, 'GiB', style)})`)}${
            factor !== undefined && factor > 1
              ? `; what was measured is ${escapeMarkdown(shortNumber(factor, style, 3))} times that at least, and the figures below are corrected by it`
              : ''
          }.`,
        ]
      : []),
    ...(remedies.length > 0
      ? [
          `## What would fit\n\n${table(
            ['change', 'settings', 'memory', '', ''],
            remedies.map((one) => remedyCells(one, style).map(escapeMarkdown)),
          )}`,
          '“Fits” is said only where the high end of the estimate fits.',
        ]
      : []),
  ].join('\n\n');
}

/** The same for a terminal. */
export function forensicsText(found: Forensics, style: NumberStyle = plain): string {
  const { evidence, diagnosis, workload, whose, estimated, factor, remedies } = found;
  const lines = [
    `${evidence.outcome === 'started' ? 'A server’s start' : evidence.outcome === 'cache-too-small' ? 'KV cache too small' : 'Out of memory'}: ${terms[diagnosis.term]}`,
    `  ${diagnosis.why}`,
    `  line ${evidence.line}: ${evidence.message}`,
    `  workload: ${workload ? `${subject(workload)} (${workload.id}), ` : 'none: '}${whose}`,
    '',
    ...measured(found, style).map(([label, value]) => `  ${label.padEnd(28)} ${value}`),
    ...(estimated
      ? [
          `  ${'estimate'.padEnd(28)} ${withUnit(estimated.likely, 'GiB', style)} (${ends(estimated, 'GiB', style)})${factor !== undefined && factor > 1 ? `, low by at least × ${shortNumber(factor, style, 3)}` : ''}`,
        ]
      : []),
  ];
  if (remedies.length > 0) {
    const cells = remedies.map((one) => remedyCells(one, style));
    const widths = [0, 1, 2, 3].map((at) => Math.min(70, Math.max(...cells.map((row) => row[at]?.length ?? 0))));
    lines.push('', 'What would fit', ...cells.map((row) => `  ${row.map((cell, at) => (at < 4 ? cell.padEnd(widths[at] ?? 0) : cell)).join('  ')}`.trimEnd()));
  }
  return `${lines.join('\n')}\n`;
}
