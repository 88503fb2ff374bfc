import type { HostedBook } from '../../catalog/hosted.js';
import type { Rule } from '../types.js';

/** A smaller model of the same maker: what it costs is known, whether it answers well enough is not. */
export const cheaperHosted: Rule = {
  id: 'cheaper-hosted',
  kinds: ['api-call'],
  propose({ facts, context }) {
    const model = facts.text('model');
    const smaller = model === undefined ? undefined : smallerModel(model, context.catalog.hostedBook, facts.text('api_provider') ?? facts.text('provider'));
    if (smaller === undefined) return [];
    return [
      {
        id: `model-${smaller}`,
        title: smaller,
        changes: { model: smaller },
        risk: { level: 'unmeasured', evidence: ['a smaller model of the same family: measure it on your own cases'] },
        effort: 2,
      },
    ];
  },
};

/** How makers name the next smaller model of a family. */
const steps: readonly (readonly [RegExp, string])[] = [
  [/opus/, 'sonnet'],
  [/sonnet/, 'haiku'],
  [/-pro\b/, '-flash'],
  [/-flash(?!-lite)\b/, '-flash-lite'],
  [/-mini\b/, '-nano'],
  [/large/, 'medium'],
  [/(large|medium)/, 'small'],
  [/^((?:.*\/)?gpt-[\w.]+|(?:.*\/)?o\d)$/, '$1-mini'],
];
/** The next smaller one that is listed under exactly that name, at the same provider; a snapshot's date is that model's own. */
export function smallerModel(model: string, book: HostedBook, provider?: string): string | undefined {
  const found = book.find(model, provider);
  if (!found.found) return undefined;
  const plain = model.replace(/-(\d{8}|\d{4}-\d{2}-\d{2})$/, '');
  for (const [pattern, by] of steps) {
    const name = plain.replace(pattern, by);
    const other = name === plain ? undefined : book.find(name, found.provider);
    if (other?.found && other.provider === found.provider && other.model !== found.model) return name;
  }
  return undefined;
}
