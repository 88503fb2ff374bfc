import { readFileSync } from 'node:fs';
import { rules } from '../../server/src/core/advise/rules.js';
import type { WorkloadKind } from '../../server/src/core/model/workload.js';
import { cell, table } from './markdown.js';

const groups: readonly (readonly [heading: string, kinds: readonly WorkloadKind[]])[] = [
  ['Training', ['training']],
  ['Serving and batch inference', ['serving', 'batch-inference']],
  ['Hosted calls', ['api-call']],
];

/** What a rule's own file says of it. */
function saysOf(id: string): string {
  const text = readFileSync(new URL(`../../server/src/core/advise/rules/${id}.ts`, import.meta.url), 'utf8');
  const found = /\/\*\* ([^\n]*?)(?: \*\/)?\nexport const \w+: Rule\b/.exec(text)?.[1];
  if (found === undefined) throw new Error(`${id}.ts does not say what the rule is for`);
  return found;
}

/** The page of savings with the list of every rule that there is. */
export function savingsWith(page: string): string {
  const parts = groups.map(([heading, kinds]) => {
    const own = rules.filter((rule) => rule.kinds.some((kind) => kinds.includes(kind))).sort((a, b) => a.id.localeCompare(b.id));
    return `### ${heading}\n\n${table(
      ['rule', 'what it proposes'],
      own.map(({ id }) => [`\`${id}\``, cell(saysOf(id))]),
    )}`;
  });
  const [before, after] = [page.indexOf(start), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error('the page of savings has no place for its rules');
  return `${page.slice(0, before + start.length)}\n\n${parts.join('\n\n')}\n\n${page.slice(after)}`;
}
const start = '<!-- rules: written from the code by `npm run pages` -->';
const end = '<!-- end of the rules -->';
