import type { AssumedFact, Estimate, Estimation, Interval, MissingFact, Term } from '../../model/estimate.js';
import { deviceCount, hardwareOf } from '../devices.js';
import { usableGib } from '../fits.js';
import { exact, scale } from '../interval.js';
import { estimateServing } from '../serving/index.js';
import { type EstimateContext, FactReader, type Spec } from '../spec.js';
import { estimateMaybeFrozen } from './partly-frozen.js';

/** Share of the longest answer that answers have in the mean, where nobody states it.
 * @assumes a third: answers to school mathematics take a fifth of their limit, long chains of thought half of it; what nearly all need was the limit's reason
 * @source a limit of 1024 beside answers of 200 to 300 tokens in verl's example for GSM8K; DAPO (arXiv 2503.14476 figure 7): 1,000 to 6,000 of 20,480 */
const answerShare: Interval = { low: 0.1, likely: 0.33, high: 1 };
/** Tokens of a prompt where nobody states them. @assumes a question with its instructions */
const questionTokens = 256;
/** Scatter of the logarithm of answers' lengths. @assumes 0.7: the longest tenth is then two and a half times the median, as long chains of thought are */
const lengthScatter = 0.7;
/** Sequences that an engine runs at once on one copy of the model. @source vLLM EngineArgs.max_num_seqs: 256 */
const atOnce = 256;
/** Of a round, new weights handed to the engine and the engine woken and put to sleep. @assumes a twentieth
 * @source marin issue 8653 (Qwen3-235B): 1.2 % of a step of nine hours; verl pull request 7833 (9B, 8 B200): some seconds of 83 */
const handover = 0.05;
/** Passes forward alone over all samples: under the weights that made them, and under the reference. None to two; most do one. */
const scoring: Interval = { low: 0, likely: 1, high: 2 };
/** How far a whole round lies from the sum of its parts, as a factor. @assumes 2: of three published ones the sum is 0.9, 0.8 and 0.6 */
const roundHalf = Math.log(2);

/** Frameworks whose batch counts prompts, each of which is a group of samples. @source verl docs, config: data.train_batch_size × rollout.n */
const countsPrompts = new Set(['verl']);
/** Frameworks that generate anew for each batch. @source trl GRPOConfig: steps_per_generation is gradient_accumulation_steps */
const batchIsRound = new Set(['trl', 'axolotl', 'transformers']);
/** Frameworks whose length is of prompt and answer together. @source NeMo-RL: policy.max_total_sequence_length; OpenRLHF: data.max_len */
const wholeLength = new Set(['nemo-rl', 'openrlhf']);

/** Estimates a training; one that learns from its own samples (PPO, GRPO, RLOO …) also generates them and scores them.
 *
 * Samples = prompts × samples a prompt × epochs. Device-hours = steps on all of them · (1 + scoring passes ÷ passes of a step), twice that with a value model
 * (one sample a prompt), + generation, + handing over the weights. Generation = answer tokens ÷ tokens a second of all copies of the model at saturation
 * + rounds · (longest − mean answer) · time a token of one sequence alone, on all devices.
 * @unit GPU-hours
 * Devices that only train or only generate wait for the others: hours are then those of all of them.
 * @limits synchronous rounds, whose parts do not overlap; rewards by rule or by a small model
 * @source Shao et al. 2024 (arXiv 2402.03300); Hu et al. 2024 (arXiv 2405.11143 §3): generation takes most of the time
 * @unknown without the longest answer the hours are not given: they would be those of the steps alone */
export function estimateTrainingWork(spec: Spec, context: EstimateContext): Estimation {
  const facts = new FactReader(spec);
  const framework = frameworkOf(spec);
  if (!facts.has('num_generations') && !(facts.has('max_tokens') && (countsPrompts.has(framework) || wholeLength.has(framework))))
    return estimateMaybeFrozen(spec, context);
  const group = Math.max(1, facts.number('num_generations') ?? 1);
  const limit = positive(facts.number('seq_len'));
  const isWhole = wholeLength.has(framework) && limit !== undefined;
  const answerLimit = positive(facts.number('max_tokens')) ?? (isWhole ? limit : undefined);
  const assumed: AssumedFact[] = [];
  if (answerLimit === undefined) return withoutHours(estimateMaybeFrozen(samplesOf(spec, group), context));

  const prompt = positive(facts.number('input_tokens')) ?? Math.min(isWhole ? answerLimit : (limit ?? Number.POSITIVE_INFINITY), questionTokens);
  if (!facts.has('input_tokens')) assumed.push({ fact: 'input_tokens', value: prompt, why: 'a question with its instructions; not stated' });
  const stated = positive(facts.number('output_tokens'));
  const answer = stated === undefined ? scale(answerShare, answerLimit) : exact(stated);
  if (stated === undefined)
    assumed.push({ fact: 'output_tokens', value: Math.round(answer.likely), why: 'a third of the longest answer; not stated: a tenth of it to all of it' });

  const job = samplesOf(spec, group);
  const longestSample = isWhole ? limit! : (limit ?? prompt) + answerLimit;
  // Memory is of the longest sample, time of the mean one.
  const held = estimateMaybeFrozen({ ...job, facts: { ...job.facts, seq_len: longestSample } }, context);
  const at = (length: number): Estimation => estimateMaybeFrozen(ofLength(job, prompt + length), context);
  const likely = at(answer.likely);
  const { gpu_hours: _hours, wall_hours: _wall, samples_per_s: _samples, step_time_s: _step, train_tokens: _tokens, ...rest } = likely.estimates;
  const memory = withEngine(held.estimates['peak_memory_gib'], spec, context, assumed);
  const base: Estimation = {
    ...likely,
    estimates: { ...rest, ...(memory && { peak_memory_gib: memory }) },
    assumed: [...likely.assumed.filter(({ fact }) => fact !== 'sample_tokens'), ...assumed],
    notes: [...likely.notes, 'with the generation of its samples and their scores, in turn with the steps on the same devices'],
  };
  const steps = likely.estimates['gpu_hours'];
  if (!steps) return base;
  const devicesIn = (one: Spec): number | undefined => {
    const count = deviceCount(one, context.catalog);
    return count.known ? count.value.total.likely : undefined;
  };
  const devices = devicesIn(spec);
  const apart = positive(facts.number('rollout_gpus'));
  // While some work, those that only do the other thing wait.
  const waiting = { steps: (devices ?? 1) / (devicesIn(job) ?? devices ?? 1), generation: apart === undefined ? 1 : (devices ?? apart) / apart };
  const copies = new Copies(job, context, apart ?? devices ?? 1);
  const samples = samplesIn(job, likely);
  const rounds = samples === undefined ? 0 : roundsOf(likely, job, samples, copies.devices);
  const generated = (length: number): number | undefined =>
    samples === undefined ? undefined : map1(copies.hours(samples, rounds, prompt, length, answerLimit), (hours) => hours * waiting.generation);
  const made = generated(answer.likely);
  if (made === undefined) {
    const missing: MissingFact = { fact: 'gpu_type', need: 'say which GPU generates the samples', blocks: ['gpu_hours', 'wall_hours', 'usd'] };
    return { ...base, unknown: [...base.unknown, missing] };
  }
  // With one sample a prompt a second model learns what a prompt is worth; on devices of its own it does so at the same time.
  const valued: Interval = group > 1 || waiting.steps > 1 ? { low: 1, likely: 1, high: 1 } : { low: 1, likely: 2, high: 2.2 };
  const sum = (trained: number, passes: number, models: number, generation: number): number =>
    (trained * waiting.steps * (1 + passes / passesOfStep(facts)) * models + generation) * (1 + handover);
  const end = (length: number, passes: number, models: number): number =>
    sum(at(length).estimates['gpu_hours']?.likely ?? steps.likely, passes, models, generated(length) ?? made);
  const middle = sum(steps.likely, scoring.likely, valued.likely, made);
  const factor = (whole: number, alone: number) => Math.exp(Math.hypot(Math.log(whole / middle), Math.log(alone / steps.likely), roundHalf));
  const hours: Interval = {
    low: middle / factor(end(answer.low, scoring.low, valued.low), steps.low),
    likely: middle,
    high: middle * factor(end(answer.high, scoring.high, valued.high), steps.high),
  };
  const basis = `${steps.basis}; generation at ${Math.round(answer.likely)} tokens an answer`;
  const trained = { ...steps, likely: steps.likely * waiting.steps };
  const total: Estimate = { ...hours, unit: 'GPU-h', basis, term: termOf(middle, trained, made, scoring.likely / passesOfStep(facts), valued.likely) };
  const wall: Estimate = { ...scale(hours, 1 / (devices ?? 1)), unit: 'h', basis };
  return { ...base, estimates: { ...base.estimates, gpu_hours: total, ...(devices !== undefined && { wall_hours: wall }) } };
}

const frameworkOf = (spec: Spec): string => new FactReader(spec).text('framework')?.toLowerCase() ?? '';

/** The peak with what an engine in the trainer's own process keeps while it trains; the low end is without it, as where it has devices of its own or is put to sleep.
 * @unit GiB
 * @source trl GRPOConfig: vllm_mode colocate, vllm_gpu_memory_utilization 0.3, vllm_enable_sleep_mode off; verl and OpenRLHF put it to sleep */
function withEngine(peak: Estimate | undefined, spec: Spec, context: EstimateContext, assumed: AssumedFact[]): Estimate | undefined {
  const facts = new FactReader(spec);
  const hardware = hardwareOf(spec, context.catalog);
  const room = hardware.known ? usableGib(hardware.value.accelerator) : undefined;
  if (!peak || room === undefined || facts.text('rollout_engine') !== 'vllm' || !batchIsRound.has(frameworkOf(spec))) return peak;
  const share = positive(facts.number('gpu_mem_util')) ?? 0.3;
  if (!facts.has('gpu_mem_util')) assumed.push({ fact: 'gpu_mem_util', value: share, why: 'what an engine beside the trainer takes unless told otherwise' });
  const engine = share * room;
  const part: Term = { id: 'engine', label: 'engine beside the trainer', value: engine, unit: 'GiB', formula: 'share of the memory that it takes' };
  const term = peak.term && { ...peak.term, value: peak.term.value + engine, children: [...(peak.term.children ?? []), part] };
  return { ...peak, likely: peak.likely + engine, high: peak.high + engine, ...(term && { term }) };
}

/** The job in samples, not in prompts, and as the trainer lays it out: degrees of the generating engine are not its own. */
function samplesOf(spec: Spec, group: number): Spec {
  const facts = new FactReader(spec);
  const own = facts.has('pipeline_parallel') || facts.has('expert_parallel') || facts.text('strategy') === 'megatron' || facts.text('framework') === 'nemo-rl';
  const { tensor_parallel: degree, gpu_mem_util: _share, ...others } = spec.facts;
  // Devices that generate alone are none that it trains on.
  const { gpus: _all, ...trained } = others;
  const rest = facts.has('rollout_gpus') ? trained : others;
  const size = facts.number('dataset_size');
  const batch = facts.number('global_batch_size');
  const inPrompts = countsPrompts.has(frameworkOf(spec));
  return {
    ...spec,
    facts: {
      ...rest,
      ...(own && degree !== undefined ? { tensor_parallel: degree } : {}),
      ...(size === undefined ? {} : { dataset_size: size * group }),
      ...(inPrompts && batch !== undefined ? { global_batch_size: batch * group } : {}),
    },
  };
}
/** The job with samples of a length; a data set then is a number of tokens. */
function ofLength(spec: Spec, length: number): Spec {
  const facts = new FactReader(spec);
  const { packing: _packing, seq_len_max: _max, ...ofSamples } = spec.facts;
  const [epochs, size] = [facts.number('epochs'), facts.number('dataset_size')];
  if (positive(facts.number('max_steps')) !== undefined || epochs === undefined || size === undefined)
    return { ...spec, facts: { ...ofSamples, seq_len: length } };
  const { dataset_size: _size, ...ofTokens } = ofSamples;
  return { ...spec, facts: { ...ofTokens, seq_len: length, train_tokens: epochs * size * length } };
}
function samplesIn(spec: Spec, { estimates }: Estimation): number | undefined {
  const facts = new FactReader(spec);
  const [epochs, size] = [facts.number('epochs'), facts.number('dataset_size')];
  const steps = positive(facts.number('max_steps'));
  if (steps !== undefined) return map1(batchOf(spec, estimates), (batch) => batch * steps);
  return epochs === undefined || size === undefined ? undefined : epochs * size;
}
/** Samples of an optimizer step. */
function batchOf(spec: Spec, estimates: Estimation['estimates']): number | undefined {
  const stated = positive(new FactReader(spec).number('global_batch_size'));
  if (stated !== undefined) return stated;
  const [rate, time] = [estimates['samples_per_s']?.likely, estimates['step_time_s']?.likely];
  return rate === undefined || time === undefined ? undefined : rate * time;
}
/** Rounds of generation: one a batch, where its size is known; else as many samples at once as the engines run. */
const roundsOf = ({ estimates }: Estimation, spec: Spec, samples: number, devices: number): number =>
  Math.max(1, samples / Math.max(batchOf(spec, estimates) ?? 0, batchIsRound.has(frameworkOf(spec)) ? 1 : (atOnce / 4) * devices));

/** The copies of the model that generate. */
class Copies {
  readonly devices: number;
  private readonly spec: Spec;
  private readonly context: EstimateContext;
  private readonly each: number;
  constructor(spec: Spec, context: EstimateContext, devices: number) {
    this.spec = spec;
    this.context = context;
    this.devices = devices;
    this.each = 1;
    const hardware = hardwareOf(spec, context.catalog);
    const room = hardware.known ? usableGib(hardware.value.accelerator) : undefined;
    const weights = this.serve({ input_tokens: 1, output_tokens: 1 }).estimates['weights_gib']?.likely;
    // Half of the memory for weights, half for the cache: what training holds is put away meanwhile.
    if (room !== undefined && weights !== undefined) while (weights / this.each > 0.5 * room && this.each < devices) this.each *= 2;
  }
  private serve(more: Spec['facts']): Estimation {
    const kept = Object.fromEntries(Object.entries(this.spec.facts).filter(([name]) => modelFacts.test(name)));
    const engine = this.spec.facts['rollout_engine'] ?? 'vllm';
    const degree = this.each > 1 ? { tensor_parallel: this.each } : {};
    return estimateServing({ kind: 'batch-inference', facts: { ...kept, engine, gpus: this.each, ...degree, ...more } }, this.context);
  }
  /** Device-hours that generating takes. */
  hours(samples: number, rounds: number, prompt: number, answer: number, limit: number): number | undefined {
    const lengths = { input_tokens: Math.round(prompt), output_tokens: Math.max(1, Math.round(answer)) };
    const copies = this.devices / this.each;
    const inRound = Math.max(1, Math.min(atOnce, samples / rounds / copies));
    const together = this.serve({ ...lengths, concurrency: Math.round(inRound) });
    const rate = (inRound < atOnce ? together.estimates['output_tokens_per_s'] : together.estimates['saturation_output_tokens_per_s'])?.likely;
    const alone = this.serve({ ...lengths, concurrency: 1 }).estimates['tpot_ms']?.likely;
    if (rate === undefined || rate <= 0 || alone === undefined) return undefined;
    const tail = Math.max(0, Math.min(limit, longestOf(samples / rounds, answer)) - answer);
    return ((samples * answer) / (rate * copies) + (rounds * tail * alone) / 1000) * (this.devices / 3600);
  }
}
/** The longest of some answers of a mean length, whose logarithms scatter normally.
 * @source the largest of n normal values lies about √(2 ln n) above the mean (Cramér 1946 §28.6) */
const longestOf = (number: number, mean: number): number =>
  mean * Math.exp(lengthScatter * Math.sqrt(2 * Math.log(Math.max(1, number))) - lengthScatter ** 2 / 2);
/** What of a training's facts describes the model and the machine, not the job. */
const modelFacts = /^(?:model|model_name|params|n_\w+|vocab_size|head_dim|max_position|gpu_type|state_\w+|experts\w*)$/;

/** Passes over the model that a step takes, each as long as one forward. @source Kaplan et al. 2020 (arXiv 2001.08361 §2.1): backward is twice forward */
const passesOfStep = (facts: FactReader): number => (facts.raw('grad_ckpt') === false || facts.raw('grad_ckpt') === undefined ? 3 : 4);

/** Without the longest answer, hours and what follows from them are left out: they would be those of the steps alone. */
function withoutHours(estimation: Estimation): Estimation {
  const { gpu_hours: _hours, wall_hours: _wall, samples_per_s: _samples, step_time_s: _step, ...estimates } = estimation.estimates;
  const missing: MissingFact = {
    fact: 'max_tokens',
    need: 'it generates its own samples: state the longest answer, or output_tokens',
    blocks: ['gpu_hours', 'wall_hours', 'usd'],
  };
  return { ...estimation, estimates, unknown: [...estimation.unknown, missing] };
}

function termOf(total: number, steps: Estimate, made: number, scored: number, valued: number): Term {
  const part = (id: string, label: string, value: number, formula: string): Term => ({ id, label, value, unit: 'GPU-h', formula });
  return {
    id: 'gpu-hours',
    label: 'GPU-hours',
    value: total,
    unit: 'GPU-h',
    formula: '(steps · (1 + scoring) · value model + generation) · (1 + handing over)',
    facts: ['num_generations', 'max_tokens', 'output_tokens'],
    children: [
      steps.term?.value === steps.likely
        ? { ...steps.term, label: 'optimizer steps on all samples' }
        : {
            ...part('steps', 'optimizer steps on all samples', steps.likely, 'device-hours of the steps · all devices ÷ those that train'),
            ...(steps.term && { children: [steps.term] }),
          },
      part('scoring', 'scores under old and reference weights', steps.likely * scored * valued, 'passes forward ÷ passes of a step'),
      ...(valued > 1 ? [part('value-model', 'value model', steps.likely * (valued - 1), 'as much as the model itself')] : []),
      part('generation', 'generation of the samples', made, 'answer tokens ÷ tokens/s of all copies + rounds · longest tail'),
      part('handover', 'weights to the engine', total * (1 - 1 / (1 + handover)), 'a twentieth'),
    ],
  };
}
const map1 = (value: number | undefined, of: (one: number) => number): number | undefined => (value === undefined ? undefined : of(value));
const positive = (value: number | undefined): number | undefined => (value !== undefined && value > 0 ? value : undefined);
