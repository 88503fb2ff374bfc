import type { Term } from '../model/estimate.js';
import { type HoverInput, hoverMarkdown } from './hover.js';
import { lensText } from './lens.js';
import { escapeMarkdown } from './markdown.js';
import { interval, type NumberStyle, plain, withUnit } from './number.js';
import { quantitiesOf, quantityLabel } from './quantities.js';

/** The whole calculation of one workload as a Markdown document: every quantity, its range, what it rests on, the tree of terms.
 * The document is shown without commands, so that it can be saved and sent. */
export function explainMarkdown(input: HoverInput): string {
  const style = input.style ?? plain;
  const { title } = lensText(input);
  const quantities = quantitiesOf(input.estimation);
  const trees = quantities.flatMap(([name, one]) => {
    const head = `### ${escapeMarkdown(quantityLabel(name))}: ${escapeMarkdown(interval(one, style))}\n\nRests on: ${escapeMarkdown(one.basis)}`;
    return one.term ? [`${head}\n\n${tree(one.term, style, 0)}`] : [head];
  });
  const breakdown = hoverMarkdown(input)
    .replace(/\[([^\]]+)\]\(command:[^)]*\)/g, '$1')
    .split('\n\n')
    .slice(1, -1)
    .join('\n\n');
  return [
    `# ${escapeMarkdown(title)}`,
    breakdown,
    '## How each number was made',
    ...(trees.length > 0 ? trees : ['Nothing could be calculated: see what is unknown above.']),
  ].join('\n\n');
}

function tree(term: Term, style: NumberStyle, depth: number): string {
  const parts = [
    `${escapeMarkdown(term.label)}: **${escapeMarkdown(withUnit(term.value, term.unit, style))}**`,
    ...(term.formula === undefined ? [] : [escapeMarkdown(term.formula)]),
    ...(term.source === undefined ? [] : [`_${escapeMarkdown(term.source)}_`]),
  ];
  const line = `${'  '.repeat(depth)}- ${parts.join(' · ')}`;
  return [line, ...(term.children ?? []).map((child) => tree(child, style, depth + 1))].join('\n');
}
