import type { Accelerator } from '../catalog/types.js';
import { hardwareOf } from '../estimate/devices.js';
import { dimensionsOf } from '../estimate/dimensions.js';
import { estimate } from '../estimate/estimate.js';
import { type Fits, fitsOf } from '../estimate/fits.js';
import { type Release, releaseOf } from '../estimate/serving/version.js';
import { type EstimateContext, FactReader, type Spec } from '../estimate/spec.js';
import type { Estimation } from '../model/estimate.js';
import type { FactValue } from '../model/fact.js';
import type { Workload } from '../model/workload.js';
import type { Ruling } from './legality.js';
import { objectiveOf } from './objective.js';
import type { Risk } from './risk.js';
import { rules } from './rules.js';
import type { Advice, AdviceBook, FactChange, Proposal, Subject, Wait } from './types.js';

/** Less than this is within what two estimates of the same code can differ by for reasons that no advice is about. */
const worthPercent = 3;
/** What may change results has to win more. */
const worthRisk = 10;
/** How many proposals are taken together at most: what nobody reads is no decision. */
const mostCombined = 4;

/** Everything that makes one workload cheaper, or makes it fit: legal, worth it, estimated by the same code; the best first.
 * One may combine several of the others; its saving is estimated for all together, never added up.
 * @param estimation of the workload as it stands, with the same spec and context */
export function advise(workload: Workload, asStated: Spec, asEstimated: Estimation, book: AdviceBook, context: EstimateContext): Advice[] {
  if (workload.fragment) return [];
  const { spec, estimation, note } = comparable(asStated, asEstimated, context);
  const hardware = spec.kind === 'api-call' ? undefined : hardwareOf(spec, context.catalog);
  const subject: Subject = {
    workload,
    facts: new FactReader(spec),
    estimation,
    fits: fitsOf(estimation),
    book,
    context,
    ...(hardware?.known ? { chip: hardware.value.accelerator } : {}),
    ...sizeOfModel(spec, context),
  };
  const judge = (proposals: readonly Proposal[]): Judged | undefined => judged(subject, spec, proposals);
  const proposals = rules.filter((rule) => rule.kinds.includes(workload.kind)).flatMap((rule) => rule.propose(subject));
  const single = proposals
    .flatMap((proposal) => (isTold(subject, spec, proposal) ? (judge([proposal]) ?? []) : unpriced(subject, spec, proposal)))
    .sort(byWorth);
  if (subject.fits === 'does-not-fit' && !single.some(({ advice }) => advice.makesItFit)) single.push(...rescue(subject, spec, proposals, judge));
  // What one edit does together with what a person has to arrange, or has to think about, is no edit.
  const combined = combine(
    single.filter(({ advice }) => advice.saving.percent !== undefined && advice.editable && advice.effort < 3 && advice.risk.level !== 'unmeasured'),
    judge,
  );
  // What rescues may be what combines best as well.
  const all = (combined && !single.some(({ advice }) => advice.id === combined.advice.id) ? [combined, ...single] : single).sort(byWorth);
  return all.map(({ advice }) => (note === undefined || !advice.saving.unit.includes('token') ? advice : { ...advice, notes: [note, ...advice.notes] }));
}

/** Parameters as stated, else of the model by its name. */
function sizeOfModel(spec: Spec, { catalog }: EstimateContext): { params?: number } {
  const model = dimensionsOf(new FactReader(spec), catalog);
  return model ? { params: model.params } : {};
}

/** The request at which services are compared while nobody states one.
 * @source ShareGPT and LMSYS-Chat conversations, the usual benchmark traffic, have means of this order */
const referenceRequest = { input_tokens: 1024, output_tokens: 256 };
/** The same workload with what a comparison needs: a service's tokens have no price while nobody says how long requests are. */
export function comparable(spec: Spec, estimation: Estimation, context: EstimateContext): { spec: Spec; estimation: Estimation; note?: string } {
  if (spec.kind !== 'serving' || spec.facts['input_tokens'] !== undefined || spec.facts['output_tokens'] !== undefined) return { spec, estimation };
  const full = { ...spec, facts: { ...spec.facts, ...referenceRequest } };
  const { input_tokens: input, output_tokens: output } = referenceRequest;
  return { spec: full, estimation: estimate(full, context), note: `compared at ${input} tokens in and ${output} out a request: nobody states them` };
}

interface Judged {
  readonly proposals: readonly Proposal[];
  readonly advice: Advice;
  /** What decides the order: percent saved, less for risk and effort. */
  readonly worth: number;
}

/** The alternative's estimate against the workload's own; undefined where it is refused, fits worse, or is not worth it. */
function judged(subject: Subject, spec: Spec, proposals: readonly Proposal[]): Judged | undefined {
  const changes = changesOf(proposals);
  const changed = Object.entries(changes).filter(([fact, to]) => spec.facts[fact] !== to);
  if (changed.length === 0) return undefined;
  const law = lawOf(subject, spec, changed);
  if (!law) return undefined;
  const after = estimate(withChanges(spec, proposals), subject.context);
  const fits = fitsOf(after);
  const rescued = (subject.fits === 'does-not-fit' || subject.fits === 'tight') && fits === 'fits';
  if (!rescued && order.indexOf(fits) > order.indexOf(subject.fits)) return undefined;
  const share = (one: Estimation): number => one.estimates['memory_share']?.likely ?? 0;
  // Between fits and does not fit: an alternative that likely does not is none where the workload itself likely does.
  if (share(after) > 1 && share(after) > share(subject.estimation)) return undefined;
  const capacity = spec.kind === 'serving' && changed.some(([fact]) => hardwareFacts.test(fact)) ? capacityOf(subject.estimation, after) : undefined;
  if (capacity && (capacity.refused || (capacity.ratio === undefined && 'gpu_type' in changes))) return undefined;
  const objective = objectiveOf(subject.estimation, after);
  // A chip without a price is not to be had where the workload's own is.
  const isPriced = (one: Estimation): boolean => one.estimates['usd_per_hour'] !== undefined;
  if ('gpu_type' in changes && isPriced(subject.estimation) && !isPriced(after)) return undefined;
  // Hours of different chips are not the same good.
  if ('gpu_type' in changes && objective && !objective.before.unit.startsWith('usd')) return undefined;
  const percent = objective && (1 - objective.after.likely / objective.before.likely) * 100;
  const risk = worst(proposals.map((proposal) => proposal.risk));
  const worth = percent !== undefined && percent >= (risk.level === 'none' ? worthPercent : worthRisk);
  // What does not fit cannot be run: its price is no measure of what makes it fit.
  if (!worth && !(rescued && (subject.fits === 'does-not-fit' || (percent ?? 0) > -60))) return undefined;
  const peak = after.estimates['peak_memory_gib'];
  const isMoney = objective?.before.unit.startsWith('usd') === true;
  const round = (value: number): number => Number(value.toPrecision(4));
  const effort = Math.max(...proposals.map((proposal) => proposal.effort)) as 1 | 2 | 3;
  return {
    proposals,
    worth: (percent ?? 0) * trust[risk.level] - effort + (rescued ? 100 * trust[risk.level] : 0),
    advice: {
      id: `${subject.workload.id}/${proposals.map((proposal) => proposal.id).join('+')}`,
      workload: subject.workload.id,
      title: proposals.map((proposal) => proposal.title).join(' + '),
      changes: changed.map(([fact, to]): FactChange => {
        const from = spec.facts[fact];
        return { fact, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      }),
      ...(proposals.some(({ supposed }) => supposed) ? { supposed: supposedOf(proposals) } : {}),
      saving: {
        ...(objective && isMoney ? { usd: round(objective.before.likely - objective.after.likely) } : {}),
        ...(percent === undefined ? {} : { percent: round(percent) }),
        unit: objective?.before.unit ?? 'GiB',
      },
      ...(objective ? { cost: round(objective.after.likely) } : {}),
      ...waitOf(subject.estimation, after),
      ...(peak ? { memory: { low: peak.low, likely: peak.likely, high: peak.high } } : {}),
      ...(rescued ? { makesItFit: true as const } : {}),
      legality: law.answer,
      notes: [...new Set([...(capacity?.note === undefined ? [] : [capacity.note]), ...law.reasons, ...proposals.flatMap((proposal) => proposal.notes ?? [])])],
      risk,
      effort,
      editable: proposals.every((proposal) => proposal.editable !== false),
    },
  };
}
/** True where the estimate follows what the proposal changes: its figure decides then, whatever the rule says of it. */
function isTold(subject: Subject, spec: Spec, proposal: Proposal): boolean {
  if (proposal.unpriced === undefined) return true;
  const objective = Object.keys(proposal.changes).length > 0 && objectiveOf(subject.estimation, estimate(withChanges(spec, [proposal]), subject.context));
  return objective !== false && objective !== undefined && Math.abs(objective.after.likely / objective.before.likely - 1) > 1e-9;
}
/** What nobody can put a figure on beforehand, and is worth doing all the same. */
function unpriced(subject: Subject, spec: Spec, proposal: Proposal): Judged | readonly [] {
  const changed = Object.entries(proposal.changes).filter(([fact, to]) => spec.facts[fact] !== to);
  if (!lawOf(subject, spec, changed)) return [];
  const { id, title, changes, risk, effort, notes = [], editable } = proposal;
  return {
    proposals: [proposal],
    worth: -1000 - effort,
    advice: {
      id: `${subject.workload.id}/${id}`,
      workload: subject.workload.id,
      title,
      changes: Object.entries(changes).flatMap(([fact, to]): FactChange[] => {
        const from = spec.facts[fact];
        return to === undefined ? [] : [{ fact, to, ...(from === undefined ? {} : { from }) }];
      }),
      saving: { unit: 'usd' },
      legality: 'native',
      notes: [`no figure: ${proposal.unpriced}`, ...notes],
      risk,
      effort,
      editable: editable !== false,
    },
  };
}
const changesOf = (proposals: readonly Proposal[]): Readonly<Record<string, FactValue | undefined>> =>
  Object.assign({}, ...proposals.map((proposal) => proposal.changes));
const supposedOf = (proposals: readonly Proposal[]): Readonly<Record<string, FactValue>> =>
  Object.assign({}, ...proposals.map((proposal) => proposal.supposed ?? {}));
/** The workload with what proposals change; a fact that one takes away is no longer stated. */
function withChanges(spec: Spec, proposals: readonly Proposal[]): Spec {
  const facts = Object.entries({ ...spec.facts, ...supposedOf(proposals), ...changesOf(proposals) });
  return { ...spec, facts: Object.fromEntries(facts.filter((entry): entry is [string, FactValue] => entry[1] !== undefined)) };
}
const order: readonly Fits[] = ['fits', 'unknown', 'tight', 'does-not-fit'];
/** How much of a saving counts for the order, by the risk that it is bought with. */
const trust: Readonly<Record<Risk['level'], number>> = { none: 1, low: 0.9, medium: 0.6, unmeasured: 0.5, high: 0.3 };
const byWorth = (a: Judged, b: Judged): number => b.worth - a.worth || a.advice.id.localeCompare(b.advice.id);

const hardwareFacts = /^(gpu_type|gpus|gpu_count|tensor_parallel|replicas)$/;
/** True where the stated traffic leaves a service idle at times. */
const hasRoom = ({ estimates }: Estimation): boolean => (estimates['usd_per_month_idle']?.likely ?? 0) > 0;
/** What a service on other hardware can still take. Cheaper by the month and dearer by the token is no saving for a service that is busy; where its traffic is stated and leaves it idle at times, it is one. */
function capacityOf(before: Estimation, after: Estimation): { ratio?: number; note?: string; refused?: boolean } {
  const rate = (one: Estimation): number | undefined => (one.estimates['saturation_output_tokens_per_s'] ?? one.estimates['output_tokens_per_s'])?.likely;
  const [a, b] = [rate(before), rate(after)];
  if (a === undefined || b === undefined || a <= 0) return { note: 'how much traffic it can take is not estimated: say how long prompts and answers are' };
  const ratio = b / a;
  const price = (one: Estimation): number => one.estimates['usd_per_1m_tokens_full']?.likely ?? 0;
  return {
    ratio,
    ...(ratio < 0.95 ? { note: `takes ${Math.round(ratio * 100)} % of the traffic that it could before` } : {}),
    ...(price(after) > price(before) * 1.05 && !hasRoom(after) ? { refused: true } : {}),
  };
}

/** What the chip and the engine say to all changes: refused as soon as one is, or as soon as nothing is known of one. Another chip has to take what is in force as well. */
function lawOf(subject: Subject, spec: Spec, changed: readonly (readonly [string, FactValue | undefined])[]) {
  const { book, context, workload } = subject;
  const other = changed.find(([fact]) => fact === 'gpu_type')?.[1];
  const chip = other === undefined ? subject.chip : context.catalog.accelerator(String(other));
  const release = releaseInForce(workload);
  const of = (fact: string, value: FactValue, on: Accelerator | undefined) => on && book.rulings.of(fact, value, on, workload.framework, release);
  let answer: Advice['legality'] = 'native';
  const reasons: string[] = [];
  const take = (ruling: Ruling | undefined): boolean => {
    if (!ruling || ruling.answer === 'refused') return false;
    if (ruling.answer === 'fallback') answer = 'fallback';
    if (ruling.reason !== undefined) reasons.push(ruling.reason);
    return true;
  };
  const isRuled = (fact: string, value: FactValue): boolean =>
    value !== false &&
    book.rulings.speaksOf(fact) &&
    !(fact === 'optimizer' && !/8bit/.test(String(value))) &&
    !(fact === 'kv_cache_dtype' && value === 'auto');
  for (const [fact, to] of changed) if (to !== undefined && isRuled(fact, to) && !take(of(fact, to, chip))) return undefined;
  if (chip === subject.chip) return { answer, reasons };
  for (const [fact, value] of Object.entries(inForce(subject, spec))) {
    if (changed.some(([name]) => name === fact) || !isRuled(fact, value)) continue;
    const [now, then] = [of(fact, value, subject.chip), of(fact, value, chip)];
    // What nobody has ruled on for either chip is no difference between them.
    if (!now && !then) continue;
    if (!take(then)) return undefined;
  }
  return { answer, reasons };
}
/** What a chip has to be able to do: as stated, else as the model is published. */
function inForce({ context, estimation, facts }: Subject, spec: Spec): Readonly<Record<string, FactValue>> {
  const assumed = (name: string): FactValue | undefined => estimation.assumed.find(({ fact }) => fact === name)?.value;
  const stored = context.catalog.model(facts.text('model') ?? '')?.dtype;
  const precision = spec.facts['precision'] ?? assumed('precision') ?? (stored === 'bfloat16' && spec.kind !== 'training' ? 'bf16' : undefined);
  const quantization = spec.facts['quantization'] ?? assumed('weights');
  return { ...spec.facts, ...(precision === undefined ? {} : { precision }), ...(quantization === undefined ? {} : { quantization }) };
}

/** The release of the engine that the project pins; a range is none. */
function releaseInForce({ facts, framework }: Workload): Release | undefined {
  const pinned = facts.find(({ name }) => name === 'library_version')?.value;
  const [, library, version] = /^(\S+) (\d+(?:\.\d+)*)$/.exec(String(pinned ?? '')) ?? [];
  return library === framework ? releaseOf(version) : undefined;
}

function worst(risks: readonly Risk[]): Risk {
  const levels: readonly Risk['level'][] = ['none', 'low', 'medium', 'unmeasured', 'high'];
  const level = levels[Math.max(...risks.map((risk) => levels.indexOf(risk.level)))] ?? 'unmeasured';
  const recoveries = risks.flatMap(({ recovery }) => recovery ?? []);
  // Losses of changes that are made together multiply: nobody measured that they cancel.
  const kept = (end: 'low' | 'median' | 'high'): number => Number(recoveries.reduce((all, one) => (all * one[end]) / 100, 100).toFixed(1));
  const known = recoveries.length > 0 && risks.every((risk) => risk.level === 'none' || risk.recovery);
  return {
    level,
    evidence: [...new Set(risks.flatMap((risk) => risk.evidence))],
    ...(known ? { recovery: { low: kept('low'), median: kept('median'), high: kept('high') } } : {}),
  };
}

/** The first of these that both sides tell. */
function waitOf(before: Estimation, after: Estimation): { wait?: Wait } {
  for (const name of ['wall_hours', 'latency_ms', 'tpot_ms'] as const) {
    const [a, b] = [before.estimates[name]?.likely, after.estimates[name]?.likely];
    if (a !== undefined && b !== undefined) return { wait: { name, before: Number(a.toPrecision(4)), after: Number(b.toPrecision(4)) } };
  }
  return {};
}

/** Where no single change makes it fit: the change that takes most off the peak, then the next, until it does; with no more risk than it takes. */
function rescue(subject: Subject, spec: Spec, proposals: readonly Proposal[], judge: (proposals: readonly Proposal[]) => Judged | undefined): Judged[] {
  const peak = (some: readonly Proposal[]): number =>
    estimate(withChanges(spec, some), subject.context).estimates['memory_share']?.high ?? Number.POSITIVE_INFINITY;
  for (const levels of [['none'], ['none', 'low'], ['none', 'low', 'medium']]) {
    const taken: Proposal[] = [];
    for (let now = peak([]); taken.length < mostCombined; ) {
      const touched = new Set(taken.flatMap(({ changes }) => Object.keys(changes)));
      const best = proposals
        .filter(({ changes, editable, risk }) => editable !== false && levels.includes(risk.level) && !Object.keys(changes).some((fact) => touched.has(fact)))
        .map((one) => ({ one, high: peak([...taken, one]) }))
        .sort((a, b) => a.high - b.high)[0];
      if (!best || best.high > now * 0.97) break;
      taken.push(best.one);
      now = best.high;
      const found = judge(taken);
      if (found?.advice.makesItFit) return [found];
    }
  }
  return [];
}

/** Takes the best, then each next one that wins more on top of it and does not touch the same facts. */
function combine(single: readonly Judged[], judge: (proposals: readonly Proposal[]) => Judged | undefined): Judged | undefined {
  let best = single[0];
  if (!best) return undefined;
  for (const next of single.slice(1)) {
    if (best.proposals.length === mostCombined) break;
    const taken = new Set(best.advice.changes.map((change) => change.fact));
    if (next.advice.risk.level === 'high' || next.advice.changes.some((change) => taken.has(change.fact))) continue;
    const both = judge([...best.proposals, ...next.proposals]);
    if (both && (both.advice.saving.percent ?? 0) >= (best.advice.saving.percent ?? 0) + worthPercent) best = both;
  }
  return best.proposals.length > 1 ? best : undefined;
}
