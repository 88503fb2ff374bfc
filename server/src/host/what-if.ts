import { type ChangeNoise, matchesGlob, type NamedSet, type Now, type Outcome, outcomeOf, relativeTo, type Scenario } from '../core/index.js';
import { contextFor, type Engine, type Estimated, specOf } from './engine.js';

/** A workload as suppositions are made of it. */
export const nowOf = async (one: Estimated, engine: Engine): Promise<Now> => ({
  spec: specOf(one.workload),
  estimation: one.estimation,
  context: contextFor(one, await engine.context(one.workload.span.uri)),
});

/** A column of a what-if; one that is for some files leaves the other workloads as they are. */
export interface Column extends NamedSet {
  readonly files?: string;
}
export const columnOf = ({ name, set, files }: Scenario): Column => ({ name, set, ...(files === undefined ? {} : { files }) });

/** A workload under each column's suppositions. */
export async function supposed(one: Estimated, columns: readonly Column[], engine: Engine, noise: ChangeNoise): Promise<Outcome> {
  const path = relativeTo(one.workload.span.uri, engine.roots);
  const sets = columns.map(({ name, set, files }) => ({ name, set: files === undefined || matchesGlob(files, path) ? set : {} }));
  return outcomeOf(await nowOf(one, engine), sets, noise);
}
