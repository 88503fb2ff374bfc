import type { Proposal, Rule, Subject } from '../types.js';

/** Hours from which a start of some minutes is nothing beside the run; where a run's hours are not known, neither is that. */
const long = 2;
/** How long a pool waits for the next job, where nobody says it. @unit s @source SageMaker documentation, managed warm pools: the example's value; an hour at most */
const keptFor = 1800;

/** What is ready before it is asked for: what it costs more, and what nobody waits for then. */
export const warmPool: Rule = {
  id: 'warm-pool',
  kinds: ['serving', 'training'],
  propose: (subject) => (subject.workload.kind === 'training' ? pool(subject) : replica(subject)),
};

/** Machines of a SageMaker job that wait for the next one of its kind. Interruptible ones and those of a tuner's trials do not. */
function pool({ facts, estimation: { estimates }, workload, context }: Subject): Proposal[] {
  const hours = estimates['wall_hours']?.likely;
  const isSpot = facts.flag('spot') === true || context.market === 'spot';
  if (
    workload.framework !== 'sagemaker' ||
    isSpot ||
    facts.number('keep_alive') !== undefined ||
    facts.number('trials') !== undefined ||
    hours === undefined ||
    hours > long
  )
    return [];
  const hourly = estimates['usd_per_hour']?.likely;
  return [
    {
      id: 'warm-pool',
      title: 'machines that wait for the next job',
      changes: { keep_alive: keptFor },
      unpriced: 'it saves waiting, not money',
      risk: { level: 'none', evidence: ['the same training'] },
      effort: 1,
      notes: [
        'only where a job of the same machines follows soon: it starts on them without the minutes that new ones take',
        hourly === undefined ? 'machines are paid for while they wait' : `while they wait they cost $${Number(hourly.toPrecision(2))} an hour`,
        'needs a quota for warm pools, and the SageMaker SDK from 2.110 on',
      ],
    },
  ];
}

/** One replica that stays warm, where a service is down between requests. */
function replica({ facts, estimation: { estimates } }: Subject): Proposal[] {
  const [up, always, starts, start] = ['usd_per_month_to_zero', 'usd_per_month', 'cold_starts_per_month', 'cold_start_s'].map(
    (name) => estimates[name]?.likely,
  );
  if (facts.number('min_replicas') !== 0 || up === undefined || always === undefined || starts === undefined || start === undefined) return [];
  const more = always - up;
  return [
    {
      id: 'warm-pool',
      title: 'one replica that stays warm',
      changes: {},
      unpriced: 'it saves waiting, not money',
      risk: { level: 'none', evidence: ['the same answers'] },
      effort: 1,
      notes: [
        `about ${Math.round(starts)} starts of ${Math.round(start)} s a month are not waited for`,
        more > 0 ? `it costs about $${Number(more.toPrecision(2))} a month more` : 'it costs no more: starts keep a replica up as long',
      ],
      editable: false,
    },
  ];
}
