import {
  type ChargesOfWork,
  type CodeState,
  type CodeWorkload,
  claimSteps,
  comparedWith,
  type EstimateVariance,
  type KnownNames,
  type LedgerMonth,
  type MlcostSettings,
  relativeTo,
  runOf,
} from '../core/index.js';
import type { Host } from './host.js';
import { inSteps } from './in-steps.js';
import { hasOwnMoney } from './policy.js';
import { meteredRuns } from './spend-usage.js';

/** Workloads by commit, without commits that cannot be told; `reading`: not known yet. */
export type CommitCode = ReadonlyMap<string, readonly CodeWorkload[] | 'reading'>;
/** The code that charges are held against. */
export interface CodeOf {
  /** Its workloads as they stand. */
  readonly now: readonly CodeWorkload[];
  readonly at?: (commits: readonly string[]) => CommitCode | Promise<CommitCode>;
}
/** What code said that it costs, of the commit that ran where it can be read, against what was billed.
 * @errors UnknownRate */
export async function estimateVariances(
  root: string,
  host: Host,
  settings: MlcostSettings,
  months: readonly LedgerMonth[],
  query: ChargesOfWork,
  code: CodeOf,
): Promise<{ readonly estimates: EstimateVariance[]; readonly notes: string[] }> {
  const runs = await meteredRuns(host, root);
  const standing = code.now.filter(hasOwnMoney);
  const { claims, unnamed } = await inSteps(host, claimSteps(months, query, settings.spend.workloads, runs, standing));
  const notes =
    unnamed.length > 0
      ? [
          `${unnamed.length} metered ${unnamed.length === 1 ? 'run has' : 'runs have'} no charge in these days that names them: tag what a run uses with experiment_run.`,
        ]
      : [];
  const bills = claims.flatMap((claim) => claim.billed.map((billed) => ({ claim, billed, run: runOf(runs, billed) })));
  const commits = [...new Set(bills.flatMap(({ run }) => run?.commit ?? []))];
  const states = commits.length > 0 ? await code.at?.(commits) : undefined;
  const stateOf = (commit: string | undefined): CodeState | 'reading' => {
    const workloads = commit === undefined ? undefined : states?.get(commit);
    if (workloads === 'reading') return workloads;
    return workloads && commit !== undefined ? { commit, workloads: workloads.filter(hasOwnMoney) } : { commit: null, workloads: standing };
  };
  const estimates = bills.map(({ claim, billed, run }) => comparedWith(claim, billed, run, stateOf(run?.commit)));
  return { estimates, notes };
}
/** A workload by its path below the root. */
export const codeWorkload = ({ workload, estimation, root }: KnownNames): CodeWorkload => ({
  workload,
  estimation,
  file: relativeTo(workload.span.uri, [root]),
});
