import { cacheLimit } from './capacity.js';
import { decodeStep, prefillTime, type Runner } from './llm.js';
import { speculativeGain } from './speculative.js';
import { effect, share, type Theta } from './theta.js';
import type { ServingCase } from './workload.js';

/** Steady state of one copy of the model under some number of running sequences. @unit s, tokens/s */
export interface LoadPoint {
  readonly running: number;
  readonly stepTime: number;
  readonly perToken: number;
  readonly firstToken: number;
  readonly outputRate: number;
  /** Share of the time that prompts take. */
  readonly promptShare: number;
}

/** Sequences that run together when nothing but the deployment limits them: the cache, `max_num_seqs`, the engine's default. */
export function saturationBatch(each: ServingCase, run: Runner, theta: Theta, input: number, output: number): number {
  const held = each.staticBatch ? input + output : input + output * 0.55;
  const byCache = cacheLimit(each, run, Math.max(1, held), theta) ?? 64;
  const byEngine = each.maxNumSeqs ?? (run.engine.inflight ? (defaultSequences[run.engine.id] ?? 512) : 64);
  return Math.max(1, Math.min(byCache, byEngine));
}

/** Documented defaults of the number of sequences that an engine runs together.
 * @source vLLM engine arguments (max_num_seqs 256), TensorRT-LLM build flags (max_batch_size 2048), TGI launcher (max_batch_total_tokens decides) */
const defaultSequences: Readonly<Record<string, number>> = { vllm: 256, trtllm: 2048, sglang: 1024, tgi: 256, lmdeploy: 256, qserve: 256, llamacpp: 4 };

/** One copy with `running` sequences at all times: each output token costs its share of a step and of its prompt. */
export function loadPoint(each: ServingCase, run: Runner, theta: Theta, running: number, input: number, output: number): LoadPoint {
  const context = input + output / 2;
  const step = decodeStep(run, theta, running * each.beams, context).total / speculativeGain(each, run, theta, running, context);
  const prompt = promptTime(each, run, theta, input);
  const cycle = running * prompt + output * step;
  return {
    running,
    stepTime: step,
    perToken: output > 0 ? cycle / output : step,
    firstToken: 0,
    outputRate: output > 0 ? (running * each.beams * output) / cycle : 0,
    promptShare: output > 0 ? (running * prompt) / cycle : 0,
  };
}

/** One prompt's share of a full chunk of prompts. */
function promptTime(each: ServingCase, run: Runner, theta: Theta, input: number): number {
  const tokens = input * (1 - each.cachedShare);
  if (tokens < 1) return 0;
  const together = Math.max(1, Math.round(4096 / tokens));
  const fixed = effect(theta, `prefill.${run.engine.group}`, `prefill.engine.${run.engine.id}`) * 1e-3;
  return Math.max(0, prefillTime(run, theta, tokens, together).total - fixed) / together;
}

/** Rate of a full deployment: every copy saturated, less what scheduling loses. */
export function saturated(each: ServingCase, run: Runner, theta: Theta, input: number, output: number, batch?: number): LoadPoint {
  const running = batch ?? saturationBatch(each, run, theta, input, output);
  const stages = run.layout.stages;
  const point = loadPoint(each, run, theta, running, input, output);
  const keeps =
    share(theta, each.staticBatch ? 'sched.static' : 'sched.inflight', `sched.engine.${run.engine.id}`) *
    (each.mode === 'online' ? share(theta, 'sched.online') : 1);
  const overlap = stages > 1 && !run.engine.layerSplit ? stages * 0.8 : 1;
  return { ...point, outputRate: point.outputRate * keeps * overlap * run.layout.copies };
}

/** Time to the first token of `running` callers that each send the next prompt when the last is answered.
 * The first wave comes at once, so that its prompts wait for half of the others; later ones are spread out, and meet another prompt as often as prompts take part of the time.
 * @unit s */
export function closedFirstToken(each: ServingCase, theta: Theta, prompt: number, running: number, cycle: number): number {
  const waves = each.requests === undefined ? effect(theta, 'waves') : Math.max(1, each.requests / running);
  const together = (running - 1) / 2 / Math.max(1, waves);
  const meets = (effect(theta, 'queue') * Math.min(1, (running * prompt) / Math.max(1e-9, running * prompt + cycle))) / 2;
  return prompt * (1 + together + meets) + onlineEntry(each, theta);
}

/** What a request over the network costs before it is in the batch: parsing, tokenising, the event loop. @unit s */
const onlineEntry = (each: ServingCase, theta: Theta): number => (each.mode === 'online' && each.engine.group === 'server' ? effect(theta, 'entry') * 1e-3 : 0);

/** Steady state at a stated arrival rate (requests/s of the deployment): the running sequences follow Little's law, and a rate above saturation queues. */
export function atRate(
  each: ServingCase,
  run: Runner,
  theta: Theta,
  rate: number,
  input: number,
  output: number,
): LoadPoint & { readonly saturated: boolean; readonly capacity: number } {
  const copies = run.layout.copies;
  const limit = saturationBatch(each, run, theta, input, output);
  const full = saturated({ ...each, mode: 'offline-max' }, run, theta, input, output);
  const capacity = output > 0 ? full.outputRate / output : Number.POSITIVE_INFINITY;
  const arrivals = rate / copies;
  const prompt = promptTime(each, run, theta, input);
  let running = 1;
  let perToken = 0;
  let step = 0;
  for (let turn = 0; turn < 40; turn++) {
    step = decodeStep(run, theta, running, input + output / 2).total / speculativeGain(each, run, theta, running, input + output / 2);
    const busy = Math.min(0.9, arrivals * prompt);
    perToken = step / (1 - busy);
    const next = Math.min(limit, Math.max(1, arrivals * (prompt + output * perToken)));
    running = Math.sqrt(running * next);
  }
  const over = rate > capacity;
  // a prompt waits for the prompts before it (M/D/1: ρ ÷ 2(1 − ρ) service times, Pollaczek and Khinchine) and for half of the steps that run together
  const busy = Math.min(0.9, arrivals * prompt);
  const alone = prefillTime(run, theta, Math.max(1, input * (1 - each.cachedShare)), 1).total;
  const first = alone * (1 + (effect(theta, 'queue') * busy) / (2 * (1 - busy))) + onlineEntry(each, theta) + (each.schedulerSteps * step) / 2;
  const wait = over && each.requests !== undefined ? Math.max(0, each.requests / capacity - each.requests / rate) / 2 : 0;
  return {
    running,
    stepTime: step,
    perToken,
    firstToken: first + wait,
    outputRate: Math.min(rate, capacity) * output,
    promptShare: full.promptShare,
    saturated: over,
    capacity,
  };
}
