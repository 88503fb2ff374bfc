import { grammarsFor, recognise } from '../../server/src/core/recognise/recognise.js';
import type { SeenWorkload, Sighting } from '../../server/src/core/recognise/types.js';
import { createDocument, placeOf } from '../../server/src/core/text/document.js';
import { testGrammars } from './grammars.js';

/** What recognition says of a text, in short: `kind framework @line-endLine {fact: value @line origin …} ?unknown`. */
export async function seen(name: string, text: string): Promise<{ sighting: Sighting; short: string[] }> {
  const document = createDocument(`file:///w/${name}`, text);
  for (const grammar of grammarsFor(document)) await testGrammars().load(grammar);
  const sighting = recognise(document, testGrammars());
  const line = (span: { start: number; end: number; uri: string } | undefined) => (span?.uri === document.uri ? placeOf(document, span).line : '-');
  const short = sighting.workloads.map((w: SeenWorkload) => {
    const place = placeOf(document, w.span);
    const facts = w.facts.map((fact) => `${fact.name}=${fact.value}@${line(fact.span)}${fact.origin === 'literal' ? '' : ` ${fact.origin}`}`);
    return `${w.kind} ${w.framework} ${place.line}-${place.endLine} {${facts.join(', ')}}${w.unknown.map((u) => ` ?${u.name}`).join('')}`;
  });
  return { sighting, short };
}
