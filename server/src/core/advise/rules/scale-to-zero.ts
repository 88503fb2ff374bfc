import type { Proposal, Rule, Subject } from '../types.js';

/** Idle seconds after which platforms take a replica down where nobody says another number.
 * @source KEDA documentation, ScaledObject: `cooldownPeriod` 300; Knative documentation: a stable window of 60 and a grace period of 30; Modal documentation: `scaledown_window` 60 */
const usualWait: Readonly<Record<string, number>> = { modal: 60, 'cloud-run': 900, knative: 90, kserve: 90 };
const kedaWait = 300;

/** No replica while nobody asks, where the stated traffic leaves a service idle: what is up is billed, with its starts. */
export const scaleToZero: Rule = {
  id: 'scale-to-zero',
  kinds: ['serving'],
  propose(subject) {
    const { facts, estimation, workload } = subject;
    const least = facts.number('min_replicas') ?? facts.number('replicas') ?? 1;
    const idle = estimation.estimates['usd_per_month_idle'];
    if (least < 1 || !idle || idle.likely <= 0) return [];
    const wait = facts.number('idle_timeout') ?? usualWait[workload.framework] ?? kedaWait;
    const can = whatScales(subject);
    return [
      {
        id: 'scale-to-zero',
        title: 'no replica while nobody asks',
        changes: { min_replicas: 0 },
        // A fixed number is what the least was; one replica stands while there is traffic.
        supposed: { idle_timeout: wait, ...(facts.has('max_replicas') ? {} : { max_replicas: least }) },
        risk: { level: 'none', evidence: ['the same answers; the first request after a pause waits for a start'] },
        effort: can === undefined ? 1 : 3,
        notes: [`down after ${wait} s without requests; requests at random times`, ...(can === undefined ? [] : [can])],
        ...(can === undefined ? {} : { editable: false as const }),
      } satisfies Proposal,
    ];
  },
};

/** Why an edit of the smallest number is not enough; undefined where it is. */
function whatScales({ facts }: Subject): string | undefined {
  if (facts.text('scaler') === 'hpa') return 'an HPA keeps at least one replica: `mlcost autoscale --scaler keda` writes what goes to none';
  if (!facts.has('min_replicas'))
    return 'needs what scales to zero: KEDA (`mlcost autoscale --scaler keda`), Knative, KServe or a platform that bills by the second';
  return undefined;
}
