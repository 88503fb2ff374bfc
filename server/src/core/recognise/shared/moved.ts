import type { Span } from '../../model/span.js';
import type { SeenWorkload } from '../types.js';

/** A workload of a program inside another file, with its places in that file. */
export function movedTo(seen: SeenWorkload, place: (offset: number) => number): SeenWorkload {
  const moved = (span: Span): Span => ({ uri: span.uri, start: place(span.start), end: place(Math.max(span.start, span.end - 1)) + 1 });
  return {
    ...seen,
    span: moved(seen.span),
    facts: seen.facts.map((fact) => (fact.span ? { ...fact, span: moved(fact.span) } : fact)),
    unknown: seen.unknown.map((fact) => (fact.span ? { ...fact, span: moved(fact.span) } : fact)),
    refs: seen.refs.map((ref) => ({ ...ref, span: moved(ref.span) })),
  };
}
