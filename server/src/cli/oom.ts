import { type EstimateContext, explainMemory, type Forensics } from '../core/index.js';
import { type Estimated, type FileReport, specOf } from '../host/engine.js';

/** Explains a log with the workloads of a project. */
export const explainedLog = (text: string, reports: readonly FileReport[], context: EstimateContext): Forensics | undefined =>
  explainMemory(
    text,
    reports.flatMap((report) => report.workloads).map(({ workload }: Estimated) => ({ workload, spec: specOf(workload) })),
    context,
  );

/** The answer of `mlcost oom --format json`: fields may be added, never renamed. */
export const oomJson = ({ evidence, diagnosis, workload, whose, estimated, capacity, needed, factor, remedies }: Forensics): object => {
  const { frames: _frames, ...rest } = evidence;
  return {
    version: 1,
    evidence: rest,
    term: diagnosis.term,
    why: diagnosis.why,
    workload: workload?.id ?? null,
    whose,
    estimated,
    capacity,
    needed,
    factor,
    remedies,
  };
};
