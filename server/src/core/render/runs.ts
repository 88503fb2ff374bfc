import type { Learned } from '../estimate/correction.js';
import type { Estimate } from '../model/estimate.js';
import { factLabel } from '../model/fact-names.js';
import type { Workload } from '../model/workload.js';
import type { TeamRun, TeamRuns } from '../runs/learn.js';
import { ends, type NumberStyle, plain, shortNumber, withUnit } from './number.js';
import { quantityLabel } from './quantities.js';

/** A figure that stands for several: the middle one. */
const middle = (values: readonly number[]): number | undefined => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const defined = (values: readonly (number | undefined)[]): number[] => values.filter((value) => value !== undefined);
const runs = (number: number): string => `${number} ${number === 1 ? 'run' : 'runs'}`;

/** Runs of the same job, and figures that stand for them. */
function sameJob(team: TeamRuns): { same: readonly TeamRun[]; hours?: number; usd?: number } {
  const same = team.runs.filter(({ differs, hours }) => differs.length === 0 && hours !== undefined);
  const hours = middle(defined(same.map((run) => run.hours)));
  const usd = middle(defined(same.map((run) => run.usd)));
  return { same, ...(hours === undefined ? {} : { hours }), ...(usd === undefined ? {} : { usd }) };
}

/** The lens beside the estimate: `measured 3 runs: 14.2 h, $52 · estimate 12–18 h`. Undefined where no run of this code was measured. */
export function measuredText(team: TeamRuns | undefined, workload: Workload, style: NumberStyle = plain): string | undefined {
  if (!team || team.runs.length === 0) return undefined;
  const { same, hours, usd } = sameJob(team);
  const before = (name: string): string | undefined => {
    const one = team.before[name];
    return one && `estimate ${rangeOf(one, style)}`;
  };
  if (hours !== undefined) {
    const figures = [withUnit(hours, 'h', style), ...(usd === undefined ? [] : [withUnit(usd, 'usd', style)])].join(', ');
    return [`measured ${runs(same.length)}: ${figures}`, before('wall_hours') ?? '', driftMark(team)].filter(Boolean).join(' · ');
  }
  const rate = workload.kind === 'training' ? undefined : servingFigure(team, style);
  if (rate !== undefined) return [rate, driftMark(team)].filter(Boolean).join(' · ');
  const factor = team.correction?.time ?? team.correction?.memory;
  const what = team.runs.every(({ run }) => run.sources.includes('out-of-memory')) ? 'ran out of memory' : 'with other settings';
  return [
    `measured ${runs(team.runs.length)} ${what}`,
    ...(factor ? [`${team.correction?.time ? 'time' : 'memory'} ${times(factor, style)}`] : []),
    driftMark(team),
  ]
    .filter(Boolean)
    .join(' · ');
}
const driftMark = ({ drift }: TeamRuns): string => (drift ? `${drift.outside} of the last ${drift.of} outside` : '');

function servingFigure(team: TeamRuns, style: NumberStyle): string | undefined {
  for (const name of ['output_tokens_per_s', 'decode_tokens_per_s', 'total_tokens_per_s'] as const) {
    const values = defined(team.runs.map(({ run }) => run.measured[name]));
    const value = middle(values);
    const estimate = team.runs.find(({ run }) => run.measured[name] === value)?.compared.estimation.estimates[name];
    if (value !== undefined)
      return `measured ${runs(values.length)}: ${withUnit(value, 'tokens/s', style)}${estimate ? ` · estimate ${rangeOf(estimate, style)}` : ''}`;
  }
  return undefined;
}

const rangeOf = (estimate: Estimate, style: NumberStyle): string => {
  const range = ends(estimate, estimate.unit, style);
  if (range === '') return withUnit(estimate.likely, estimate.unit, style);
  return /[a-z]/i.test(range) || estimate.unit.startsWith('usd')
    ? range
    : `${range} ${withUnit(estimate.high, estimate.unit, style).replace(/^[\d.,]+\s?/, '')}`;
};
const times = ({ factor }: Learned, style: NumberStyle): string => `× ${shortNumber(factor, style, 3)}`;

/** What a hover says of the runs: figures, the factor with the number of runs, the estimate without them. Plain text, not yet escaped. */
export function measuredDetail(team: TeamRuns | undefined, style: NumberStyle = plain): string[] {
  if (!team) return [];
  const lines: string[] = [];
  const { same, hours, usd } = sameJob(team);
  const newest = team.runs[0]?.run;
  if (same.length > 0 && hours !== undefined)
    lines.push(
      `${runs(same.length)} of this job: ${withUnit(hours, 'h', style)}${usd === undefined ? '' : `, ${withUnit(usd, 'usd', style)} at today’s price`}`,
    );
  const other = team.runs.length - same.length;
  if (other > 0) {
    const names = [...new Set(team.runs.flatMap(({ differs }) => differs))].slice(0, 4).map(factLabel);
    lines.push(`${runs(other)}${same.length > 0 ? ' more' : ''} of this code${names.length > 0 ? ` with another ${names.join(', ')}` : ''}`);
  }
  if (newest)
    lines.push(
      `newest ${newest.at?.slice(0, 10) ?? newest.id}${newest.commit ? ` at commit ${newest.commit.slice(0, 7)}` : ''}, found because ${team.runs[0]?.why ?? ''}`,
    );
  for (const [what, learned, name] of [
    ['time', team.correction?.time, 'gpu_hours'],
    ['memory', team.correction?.memory, 'peak_memory_gib'],
  ] as const) {
    if (!learned) continue;
    const before = team.before[name];
    lines.push(`${what} ${times(learned, style)} from ${learned.basis}${before ? `; without them ${quantityLabel(name)} ${rangeOf(before, style)}` : ''}`);
  }
  const text = driftText(team, style);
  return text === undefined ? lines : [...lines, text];
}

/** Recent runs left the interval: what changed is worth a look. */
export function driftText({ drift }: Pick<TeamRuns, 'drift'>, style: NumberStyle = plain): string | undefined {
  if (!drift) return undefined;
  const { quantity, outside, of, measured, estimate } = drift;
  return `${outside} of the last ${runs(of)} left the estimate: ${quantityLabel(quantity).toLowerCase()} ${withUnit(measured, estimate.unit, style)}, expected ${rangeOf(estimate, style)}. Code, data or machines have changed since the earlier runs.`;
}

/** One line on what the runs change for a workload: `Fine-tune X: time × 1.12 from 3 runs of this code`. */
export function correctionText(title: string, team: TeamRuns | undefined, style: NumberStyle = plain): string | undefined {
  const lines = (
    [
      ['time', team?.correction?.time],
      ['memory', team?.correction?.memory],
    ] as const
  ).flatMap(([what, learned]) => (learned ? [`${what} ${times(learned, style)} from ${learned.basis}`] : []));
  return lines.length === 0 ? undefined : `${title}: ${lines.join('; ')}`;
}
