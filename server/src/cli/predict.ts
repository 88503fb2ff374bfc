import { type EstimateContext, estimate, type FactValue, type Spec, type Term, type WorkloadKind } from '../core/index.js';

const kinds: readonly string[] = ['training', 'serving', 'batch-inference', 'api-call', 'resource'];

/** Answers one line of `mlcost predict`. A wrong line is answered with its error; the others go on. */
export function predictLine(line: string, context: EstimateContext, options: { readonly terms: boolean }): string {
  let id: unknown;
  try {
    const input: unknown = JSON.parse(line);
    if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new Error('not an object');
    const { kind, facts, id: given } = input as Record<string, unknown>;
    id = given;
    const { estimates, unknown, assumed } = estimate(specOf(kind, facts), context);
    const metrics = Object.fromEntries(Object.entries(estimates).map(([name, { low, likely, high }]) => [name, { low, likely, high }]));
    const terms: Record<string, Term> = {};
    if (options.terms) for (const [name, one] of Object.entries(estimates)) if (one.term) terms[name] = one.term;
    return JSON.stringify({
      id: id ?? null,
      metrics,
      ...(options.terms ? { terms } : {}),
      unknown: [...new Set(unknown.map((one) => one.fact))],
      assumed: assumed.map(({ fact, value, why }) => ({ name: fact, value, why })),
    });
  } catch (error) {
    return JSON.stringify({ id: id ?? null, error: error instanceof Error ? error.message : String(error) });
  }
}

function specOf(kind: unknown, facts: unknown): Spec {
  if (typeof kind !== 'string' || !kinds.includes(kind)) throw new Error(`kind is one of ${kinds.join(', ')}`);
  if (typeof facts !== 'object' || facts === null || Array.isArray(facts)) throw new Error('facts is an object of names and values');
  const known: Record<string, FactValue> = {};
  for (const [name, value] of Object.entries(facts))
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') known[name] = value;
  return { kind: kind as WorkloadKind, facts: known };
}
