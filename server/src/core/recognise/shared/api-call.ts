import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Document } from '../../text/document.js';
import type { SeenWorkload } from '../types.js';
import { sortFacts } from './facts.js';

/** One request as a workload; of several facts of a name the first holds. */
export function apiCall(
  { document }: { readonly document: Document },
  framework: string,
  span: { start: number; end: number },
  found: readonly (Fact | UnknownFact | undefined)[],
  title?: string,
): SeenWorkload {
  const once = found.filter((fact, index) => fact === undefined || found.findIndex((other) => other?.name === fact.name) === index);
  return {
    kind: 'api-call',
    framework,
    ...(title === undefined ? {} : { title }),
    span: { uri: document.uri, start: span.start, end: span.end },
    refs: [],
    ...sortFacts(once),
  };
}
