import type { Workload } from '../model/workload.js';
import type { ResolveInput, ResolveOutput } from './types.js';

/** Joins what the files say into workloads with the facts that are in force. */
export function resolve({ files, focus }: ResolveInput): ResolveOutput {
  const workloads: Workload[] = [];
  for (const uri of focus ?? files.keys()) {
    for (const [at, one] of (files.get(uri)?.workloads ?? []).entries()) {
      workloads.push({
        id: `${uri}#${one.kind}-${at}`,
        kind: one.kind,
        framework: one.framework,
        title: one.title ?? one.framework,
        span: one.span,
        facts: one.facts,
        unknown: one.unknown,
        conflicts: [],
      });
    }
  }
  return { workloads, wants: [], problems: [] };
}
