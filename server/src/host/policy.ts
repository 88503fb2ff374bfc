import { checkPolicy, type PolicyResult, relativeTo, type Subject, surroundingsOf } from '../core/index.js';
import { type Engine, type Estimated, specOf } from './engine.js';
import { type Host, today } from './host.js';

/** True for a workload with money of its own: what another one counts is judged there. */
export const hasOwnMoney = ({ workload }: Pick<Estimated, 'workload'>): boolean => workload.countedIn === undefined && !workload.fragment;

/** Holds workloads as they stand against the policy of the workspace that a file belongs to. */
export async function checkedNow(
  engine: Engine,
  host: Host,
  uri: string,
  workloads: readonly Estimated[],
): Promise<PolicyResult & { readonly rules: number; readonly workloads: number }> {
  const settings = await engine.settingsOf(uri);
  // asked at every edit, and most workspaces have no policy
  if (settings.policy.length + settings.waivers.length === 0)
    return { findings: [], kept: [], asked: 0, open: 0, rules: 0, workloads: workloads.filter(hasOwnMoney).length };
  const subjects = workloads
    .filter(hasOwnMoney)
    .map((one): Subject => ({ state: { ...one, spec: specOf(one.workload) }, file: relativeTo(one.workload.span.uri, engine.roots) }));
  const around = surroundingsOf(settings.tags, await engine.context(uri), today(host));
  return { ...checkPolicy({ rules: settings.policy, waivers: settings.waivers }, subjects, around), rules: settings.policy.length, workloads: subjects.length };
}
