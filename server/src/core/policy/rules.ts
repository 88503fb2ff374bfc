import { dimensionsOf } from '../estimate/dimensions.js';
import { FactReader } from '../estimate/spec.js';
import type { Estimate } from '../model/estimate.js';
import type { FactValue } from '../model/fact.js';
import { changeText, signed } from '../render/delta.js';
import { withUnit } from '../render/number.js';
import { showValue } from '../render/words.js';
import type { PolicyRow, RuleName } from '../settings/policy-schema.js';
import { matchesGlob } from '../text/uri.js';
import { judgeExpression } from './expression.js';
import type { Subject, Surroundings, Verdict } from './types.js';

type Limit<K extends RuleName> = NonNullable<PolicyRow[K]>;
type Rule<K extends RuleName> = (limit: Limit<K>, subject: Subject, around: Surroundings) => Verdict | undefined;

const kept: Verdict = { is: 'kept' };
const broken = (why: string, fact?: string): Verdict => ({ is: 'broken', why, ...(fact === undefined ? {} : { fact }) });
const open = (missing: string): Verdict => ({ is: 'open', missing });

const factOf = ({ state }: Subject, ...names: string[]): { name: string; value: FactValue } | undefined => {
  for (const name of names) {
    const value = state.spec.facts[name];
    if (value !== undefined) return { name, value };
  }
  return undefined;
};
const figure = ({ state }: Subject, ...names: string[]): Estimate | undefined => names.map((name) => state.estimation.estimates[name]).find((one) => one);

/** A figure against its limit: what is only known at most is held against it too. */
function atMost(limit: number, subject: Subject, what: string, ...names: string[]): Verdict {
  const found = figure(subject, ...names);
  if (!found) return open(missing(subject, what));
  const shown = withUnit(found.likely, found.unit);
  return found.likely > limit ? broken(`${shown} is over ${withUnit(limit, found.unit)}`) : kept;
}
const missing = ({ state }: Subject, what: string): string => state.estimation.unknown[0]?.fact ?? what;

function among(
  allowed: readonly string[],
  found: { name: string; value: FactValue } | undefined,
  what: string,
  same: (a: string, b: string) => boolean,
): Verdict {
  if (!found) return open(what);
  return allowed.some((one) => same(one, String(found.value)))
    ? kept
    : broken(`${what} ${showValue(found.value)} is not among ${allowed.join(', ')}`, found.name);
}
const glob = (pattern: string, text: string): boolean => matchesGlob(pattern.toLowerCase(), text.toLowerCase());
const chosen = (value: string | undefined, name: string): { name: string; value: string } | undefined => (value === undefined ? undefined : { name, value });
/** It is stated, and its value is not known. */
const isOpen = ({ state }: Subject, fact: string): boolean => state.workload.unknown.some(({ name }) => name === fact);
const rents = ({ state }: Subject): boolean => state.workload.kind !== 'api-call';
const isAgent = ({ state }: Subject): boolean =>
  /agent|crewai|langgraph|autogen/i.test(state.workload.framework) || state.spec.facts['max_steps'] !== undefined;

/** One judgement a rule. `undefined`: the rule does not concern this workload. */
export const rules: { readonly [K in RuleName]: Rule<K> } = {
  max_gpus: (limit, subject, around) => {
    if (!rents(subject)) return undefined;
    const count = gpusOf(subject, around);
    return count === undefined
      ? open('number of GPUs')
      : count > limit
        ? broken(`${count} GPUs are over ${limit}`, factOf(subject, 'gpus', 'gpu_count', 'nproc_per_node', 'tensor_parallel')?.name)
        : kept;
  },
  max_gpu_hours: (limit, subject) => (isRun(subject) ? atMost(limit, subject, 'GPU-hours', 'gpu_hours', 'gpu_hours_max') : undefined),
  max_usd_per_run: (limit, subject) => (isRun(subject) ? atMost(limit, subject, 'cost', 'usd', 'usd_max') : undefined),
  max_usd_per_month: (limit, subject) => (isRun(subject) ? undefined : atMost(limit, subject, 'cost a month', 'usd_per_month', 'usd_per_month_max')),
  max_usd_per_1k_inferences: (limit, subject) => {
    if (subject.state.workload.kind === 'training' || subject.state.workload.kind === 'resource') return undefined;
    const call = figure(subject, 'usd_per_call', 'usd_per_call_max');
    if (!call) return atMost(limit, subject, 'cost of a request', 'usd_per_1k_requests');
    return call.likely * 1000 > limit ? broken(`${withUnit(call.likely * 1000, 'usd/1k requests')} is over ${withUnit(limit, 'usd/1k requests')}`) : kept;
  },
  max_params: (limit, subject, { catalog }) => {
    const { kind } = subject.state.workload;
    if (kind === 'resource' || kind === 'api-call') return undefined;
    const params = dimensionsOf(new FactReader(subject.state.spec), catalog)?.params;
    if (params === undefined) return open('number of parameters');
    return params > limit ? broken(`${withUnit(params, 'params')} are over ${withUnit(limit, 'params')}`, factOf(subject, 'params', 'model')?.name) : kept;
  },
  max_tokens: (limit, subject) => {
    if (subject.state.workload.kind !== 'api-call') return undefined;
    const found = factOf(subject, 'max_tokens');
    if (!found && isOpen(subject, 'max_tokens')) return open('max_tokens');
    if (!found) return /embedding/i.test(String(factOf(subject, 'model')?.value ?? '')) ? undefined : broken('the answer has no limit');
    return Number(found.value) > limit ? broken(`${showValue(found.value)} output tokens are over ${limit}`, found.name) : kept;
  },
  max_steps: (limit, subject) => {
    if (subject.state.workload.kind !== 'api-call' || !isAgent(subject)) return undefined;
    const found = factOf(subject, 'max_steps');
    if (!found) return isOpen(subject, 'max_steps') ? open('max_steps') : broken('the agent has no limit of steps');
    return Number(found.value) > limit ? broken(`${showValue(found.value)} steps are over ${limit}`, found.name) : kept;
  },
  max_retries: (limit, subject) => {
    const found = factOf(subject, 'max_retries');
    if (!found) return subject.state.workload.kind === 'api-call' ? open('repeats of a failed call') : undefined;
    return Number(found.value) > limit ? broken(`${showValue(found.value)} retries are over ${limit}`, found.name) : kept;
  },
  max_checkpoints_kept: (limit, subject) => {
    if (subject.state.workload.kind !== 'training' || !savesCheckpoints(subject)) return undefined;
    const found = factOf(subject, 'save_total_limit');
    if (!found) return isOpen(subject, 'save_total_limit') ? open('checkpoints kept') : broken('it keeps all its checkpoints: no limit is stated');
    return Number(found.value) > limit ? broken(`${showValue(found.value)} kept checkpoints are over ${limit}`, found.name) : kept;
  },
  max_kwh: (limit, subject) => (rents(subject) ? atMost(limit, subject, 'energy', 'energy_kwh', 'energy_kwh_per_month') : undefined),
  max_carbon_kg: (limit, subject) => (rents(subject) ? atMost(limit, subject, 'carbon', 'carbon_kg', 'carbon_kg_per_month') : undefined),
  max_increase_percent: (limit, subject) => {
    const first = costDelta(subject);
    if (!first) return undefined;
    const percent = (first.after.likely / first.before.likely - 1) * 100;
    return percent > limit && subject.delta?.withinNoise !== true ? broken(`${changeText(first.before.likely, first.after.likely)} is over +${limit} %`) : kept;
  },
  max_increase_usd: (limit, subject) => {
    const first = costDelta(subject);
    const fresh = subject.delta?.state === 'new' ? figure(subject, 'usd', 'usd_per_month', 'usd_max', 'usd_per_month_max') : undefined;
    const by = first ? first.after.likely - first.before.likely : fresh?.likely;
    const unit = (first?.after ?? fresh)?.unit ?? 'usd';
    if (by === undefined) return subject.delta?.state === 'new' ? open(missing(subject, 'cost')) : undefined;
    return by > limit && subject.delta?.withinNoise !== true ? broken(`${signed(by, unit)} is over ${signed(limit, unit)}`) : kept;
  },
  max_decrease_percent: (limit, subject) => {
    const first = costDelta(subject);
    if (!first) return undefined;
    const percent = (1 - first.after.likely / first.before.likely) * 100;
    return percent > limit && subject.delta?.withinNoise !== true
      ? broken(`${changeText(first.before.likely, first.after.likely)} is more than −${limit} %: was work lost?`)
      : kept;
  },
  max_decrease_usd: (limit, subject) => {
    const first = costDelta(subject);
    const by = first && first.before.likely - first.after.likely;
    if (!first || by === undefined) return undefined;
    return by > limit && subject.delta?.withinNoise !== true
      ? broken(`${signed(-by, first.after.unit)} is more than ${signed(-limit, first.after.unit)}: was work lost?`)
      : kept;
  },
  allowed_accelerators: (limit, subject, { catalog }) => {
    if (!rents(subject)) return undefined;
    const id = (name: string): string => catalog.accelerator(name)?.id ?? name.toLowerCase();
    const machine = factOf(subject, 'instance_type');
    const inside = machine && catalog.hardware(String(machine.value));
    return among(
      limit,
      factOf(subject, 'gpu_type') ?? (inside ? { name: 'instance_type', value: inside.acceleratorId } : undefined),
      'GPU',
      (a, b) => id(a) === id(b),
    );
  },
  allowed_instances: (limit, subject) => {
    const found = factOf(subject, 'instance_type');
    return rents(subject) && found ? among(limit, found, 'instance type', glob) : undefined;
  },
  allowed_providers: (limit, subject, { provider }) =>
    rents(subject)
      ? among(limit, factOf(subject, 'provider', 'cloud') ?? chosen(provider, 'provider'), 'provider', (a, b) => a.toLowerCase() === b.toLowerCase())
      : undefined,
  allowed_regions: (limit, subject, { region }) =>
    rents(subject) ? among(limit, factOf(subject, 'region') ?? chosen(region, 'region'), 'region', glob) : undefined,
  allowed_markets: (limit, subject, { market }) => {
    if (!rents(subject)) return undefined;
    const spot = factOf(subject, 'spot');
    const found = spot ? { name: 'spot', value: spot.value === true ? 'spot' : (market ?? 'on-demand') } : chosen(market, 'market');
    return among(limit, found, 'market', (a, b) => a === b);
  },
  required_precision: (limit, subject) => {
    if (!rents(subject) || subject.state.workload.kind === 'resource') return undefined;
    const found = factOf(subject, 'quantization', 'weights') ?? factOf(subject, 'precision');
    return among(limit, found, 'precision', (a, b) => b.toLowerCase().includes(a.toLowerCase()));
  },
  required_tags: (limit, _subject, { tags }) => {
    const absent = limit.filter((name) => !tags[name]);
    return absent.length > 0 ? broken(`${absent.length === 1 ? 'tag' : 'tags'} ${absent.join(', ')} missing under \`tags\``) : kept;
  },
  spot_needs_checkpoints: (_limit, subject, { market }) => {
    const { kind } = subject.state.workload;
    if (kind !== 'training' && kind !== 'batch-inference') return undefined;
    const spot = factOf(subject, 'spot');
    if (spot ? spot.value !== true : market !== 'spot') return undefined;
    return savesCheckpoints(subject) ? kept : broken('it runs on spot capacity and saves no checkpoint', spot?.name);
  },
  no_idle_replicas: (_limit, subject) => {
    if (subject.state.workload.kind !== 'serving') return undefined;
    const least = factOf(subject, 'min_replicas');
    if (least && Number(least.value) === 0) return kept;
    return factOf(subject, 'requests_per_s', 'calls_per_month', 'num_requests') ? kept : broken('it always stands and no traffic is stated');
  },
  cost_needs_gain: ({ file, metric, min_gain, from_percent = 5, lower_is_better }, subject, around) => {
    const first = costDelta(subject);
    if (!first || subject.delta?.withinNoise === true || (first.after.likely / first.before.likely - 1) * 100 < from_percent) return undefined;
    const { before, after } = around.metric?.(file, metric) ?? {};
    if (before === undefined || after === undefined) return open(`${metric} in ${file}`);
    const gain = lower_is_better ? before - after : after - before;
    const shown = `${metric} ${Number(before.toPrecision(6))} → ${Number(after.toPrecision(6))}`;
    return gain < min_gain ? broken(`${changeText(first.before.likely, first.after.likely)} for ${shown}: a gain of ${min_gain} is asked`) : kept;
  },
  expression: judgeExpression,
};

const savesCheckpoints = ({ state }: Subject): boolean =>
  Object.entries(state.spec.facts).some(([name, value]) => /^(save_|checkpoint)/.test(name) && value !== 'no' && value !== false && value !== 0);
const isRun = ({ state }: Subject): boolean => state.workload.kind === 'training' || state.workload.kind === 'batch-inference';
/** What a change did to the cost: speed alone is no cost. */
function costDelta({ delta }: Subject) {
  const first = delta?.quantities.find(({ name }) => name.includes('usd') || name.startsWith('gpu_hours'));
  return first && first.before.likely > 0 ? first : undefined;
}
function gpusOf(subject: Subject, { catalog }: Surroundings): number | undefined {
  const found = figure(subject, 'gpus')?.likely ?? factOf(subject, 'gpus')?.value;
  if (found !== undefined) return Number(found);
  const count = factOf(subject, 'gpu_count', 'nproc_per_node');
  const machine = factOf(subject, 'instance_type');
  const perNode = count ? Number(count.value) : machine && catalog.hardware(String(machine.value))?.acceleratorCount;
  const nodes = factOf(subject, 'num_nodes', 'instance_count');
  return perNode === undefined || !Number.isFinite(perNode) ? undefined : perNode * (nodes ? Number(nodes.value) : 1);
}
