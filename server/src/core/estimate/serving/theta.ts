import type { Coefficients } from '../coefficients.js';

/** A fitted coefficient's place in the model: what it is worth before any measurement, and how far measurements may move it.
 * Values are natural logarithms, so that an effect multiplies. A name that ends in `*` is a family of deviations (one an engine, a chip, a format):
 * a member that nothing was measured for stays at the mean. */
export interface Prior {
  readonly name: string;
  readonly mean: number;
  readonly sd: number;
  readonly note: string;
}

const ln = Math.log;
export const priors: readonly Prior[] = [
  { name: 'mem', mean: ln(0.72), sd: 0.15, note: 'share of the memory bandwidth that streaming weights reaches' },
  { name: 'mem.engine.*', mean: 0, sd: 0.12, note: 'deviation by engine' },
  { name: 'mem.format.dense', mean: 0, sd: 0.05, note: 'the reference of the other formats' },
  { name: 'mem.format.*', mean: 0, sd: 0.15, note: 'deviation by weight format: dequantising kernels read slower' },
  { name: 'mem.chip.*', mean: 0, sd: 0.15, note: 'deviation by chip class' },
  { name: 'mem.format.gguf', mean: ln(0.9), sd: 0.15, note: 'block formats unpack on the way' },
  { name: 'mem.format.bnb8', mean: ln(0.5), sd: 0.4, note: 'LLM.int8() splits outliers (arXiv:2208.07339)' },
  { name: 'mem.format.bnb4', mean: ln(0.6), sd: 0.3, note: 'NF4 look-up per weight (arXiv:2305.14314)' },
  { name: 'comp', mean: ln(0.55), sd: 0.2, note: 'share of the dense peak that large matrix products reach' },
  { name: 'comp.moe', mean: ln(0.6), sd: 0.25, note: 'routed products against dense ones: few tokens an expert, gathering and scattering' },
  { name: 'comp.engine.*', mean: 0, sd: 0.2, note: 'deviation by engine' },
  { name: 'comp.format.dense', mean: 0, sd: 0.05, note: 'the reference of the other formats' },
  { name: 'comp.format.*', mean: 0, sd: 0.25, note: 'deviation by weight format' },
  { name: 'comp.format.w4', mean: ln(0.6), sd: 0.3, note: 'dequantisation before the product (arXiv:2306.00978)' },
  { name: 'comp.format.gptq4', mean: ln(0.6), sd: 0.3, note: 'dequantisation before the product' },
  {
    name: 'comp.format.marlin',
    mean: ln(0.9),
    sd: 0.2,
    note: 'unpacked in registers beside the products: near the dense kernels for many tokens (arXiv:2408.11743 §5)',
  },
  { name: 'comp.format.gguf', mean: ln(0.6), sd: 0.4, note: 'integer block kernels' },
  {
    name: 'comp.chip.apple',
    mean: ln(1.5),
    sd: 0.2,
    note: 'the rated peak is that of the shader units, which matrix products reach to 0.87 to 0.93 (github:philipturner/metal-flash-attention README); tensor units stay further below theirs',
  },
  { name: 'comp.chip.cpu', mean: ln(0.7), sd: 0.25, note: 'cores clock down under wide vectors and share caches' },
  { name: 'comp.chip.*', mean: 0, sd: 0.25, note: 'deviation by chip class' },
  { name: 'kernel', mean: ln(12), sd: 0.3, note: 'µs a transformer layer takes at least on the device' },
  { name: 'kernel.engine.*', mean: 0, sd: 0.3, note: 'deviation by engine' },
  { name: 'kernel.format.dense', mean: 0, sd: 0.01, note: 'the reference of the other formats' },
  {
    name: 'kernel.format.w4',
    mean: ln(2),
    sd: 0.3,
    note: 'each of the four products of a layer clears or sums its output in a kernel of its own (github:vllm-project/vllm csrc/quantization awq_gemm: split sums; exllama: cleared output)',
  },
  {
    name: 'kernel.format.gptq4',
    mean: ln(2),
    sd: 0.3,
    note: 'each of the four products of a layer clears or sums its output in a kernel of its own (github:vllm-project/vllm csrc/quantization awq_gemm: split sums; exllama: cleared output)',
  },
  {
    name: 'kernel.format.w8',
    mean: ln(2),
    sd: 0.3,
    note: 'each of the four products of a layer clears or sums its output in a kernel of its own (github:vllm-project/vllm csrc/quantization awq_gemm: split sums; exllama: cleared output)',
  },
  {
    name: 'kernel.format.marlin',
    mean: ln(2),
    sd: 0.3,
    note: 'each of the four products of a layer waits for its parts over all cores (arXiv:2408.11743 §3.4)',
  },
  { name: 'kernel.format.*', mean: 0, sd: 0.15, note: 'deviation by weight format' },
  { name: 'kernel.chip.*', mean: 0, sd: 0.3, note: 'deviation by chip class' },
  { name: 'host.eager', mean: ln(650), sd: 0.25, note: 'µs of the host a layer and step, eager Python' },
  { name: 'host.server', mean: ln(15), sd: 0.5, note: 'µs of the host a layer and step with captured graphs' },
  { name: 'host.native', mean: ln(20), sd: 0.5, note: 'µs of the host a layer and step, C++ loop' },
  { name: 'host.fused', mean: ln(150), sd: 0.4, note: 'µs of the host a layer and step, fused modules under Python' },
  { name: 'host.engine.*', mean: 0, sd: 0.25, note: 'deviation by engine' },
  { name: 'host.format.dense', mean: 0, sd: 0.01, note: 'the reference of the other formats' },
  { name: 'host.format.gptq4', mean: ln(0.93), sd: 0.05, note: 'one fused call a projection, past the dispatch of the framework' },
  { name: 'host.format.w4', mean: ln(1.2), sd: 0.15, note: 'a product and a sum of its parts for each projection' },
  { name: 'host.format.w8', mean: ln(1.3), sd: 0.2, note: 'unpacks and multiplies for each projection' },
  { name: 'host.format.*', mean: 0, sd: 0.25, note: 'deviation by weight format: each dequantising call is launched by the host' },
  { name: 'host.format.bnb8', mean: ln(3), sd: 0.3, note: 'five kernels a projection (arXiv:2208.07339)' },
  { name: 'host.format.bnb4', mean: ln(1.3), sd: 0.25, note: '' },
  { name: 'step.eager', mean: ln(3), sd: 0.4, note: 'ms a step outside the layers: sampling, stopping criteria' },
  { name: 'step.server', mean: ln(2), sd: 0.5, note: 'ms a step outside the layers: scheduler, sampling, detokenising' },
  { name: 'step.native', mean: ln(0.3), sd: 0.5, note: 'ms a step outside the layers' },
  { name: 'step.fused', mean: ln(1), sd: 0.5, note: 'ms a step outside the layers' },
  { name: 'step.engine.*', mean: 0, sd: 0.4, note: 'deviation by engine' },
  { name: 'seq', mean: ln(15), sd: 0.6, note: 'µs a running sequence adds to each step: sampling and bookkeeping' },
  { name: 'attn', mean: ln(0.65), sd: 0.3, note: 'share of the bandwidth that reading the KV cache reaches' },
  { name: 'attn.engine.*', mean: 0, sd: 0.3, note: 'deviation by engine' },
  { name: 'attn.comp', mean: ln(0.5), sd: 0.4, note: "prefill attention's efficiency against that of the matrix products" },
  { name: 'kvcopy', mean: ln(1.5), sd: 0.5, note: 'times an eager engine rereads and copies the cache a step (concatenation, repeat_kv)' },
  { name: 'comm.latency.link', mean: ln(12), sd: 0.4, note: 'µs an all-reduce takes at least over NVLink-class links' },
  { name: 'comm.latency.pcie', mean: ln(30), sd: 0.4, note: 'µs an all-reduce takes at least over PCIe' },
  { name: 'comm.rate', mean: ln(0.5), sd: 0.3, note: 'share of the link rate that an all-reduce reaches' },
  { name: 'pipe', mean: ln(0.8), sd: 0.2, note: 'overlap that splitting a prompt over layer-split devices reaches' },
  { name: 'prefill.eager', mean: ln(25), sd: 0.5, note: 'ms before the first token besides the forward pass: Python set-up of a generation' },
  { name: 'prefill.fused', mean: ln(25), sd: 0.5, note: 'ms before the first token besides the forward pass' },
  { name: 'prefill.server', mean: ln(5), sd: 0.5, note: 'ms before the first token besides the forward pass: scheduling, sampling' },
  { name: 'prefill.native', mean: ln(5), sd: 0.5, note: 'ms before the first token besides the forward pass' },
  { name: 'attn.scores', mean: ln(4), sd: 0.4, note: 'times that unfused attention writes or reads its 32-bit scores' },
  { name: 'prefill.engine.*', mean: 0, sd: 0.5, note: 'deviation by engine' },
  { name: 'sched.inflight', mean: ln(0.8), sd: 0.15, note: 'share of the ideal rate that in-flight batching keeps' },
  { name: 'sched.static', mean: ln(0.85), sd: 0.15, note: 'share of the ideal rate that static batching keeps' },
  { name: 'sched.online', mean: ln(0.85), sd: 0.15, note: 'share of the offline rate that a latency bound leaves' },
  { name: 'sched.engine.*', mean: 0, sd: 0.15, note: 'deviation by engine' },
  { name: 'queue', mean: 0, sd: 0.4, note: 'wait for other prompts against that of a single queue' },
  {
    name: 'waves',
    mean: ln(2),
    sd: 0.5,
    note: 'answers that each of several callers gets in a load test that does not say; the first ones wait for each other',
  },
  { name: 'entry', mean: ln(12), sd: 0.5, note: 'ms before a request over the network is in the batch: parsing, tokenising, event loop' },
  { name: 'tree', mean: ln(1.6), sd: 0.4, note: 'steps saved by speculative decoding at batch 1 (arXiv:2302.01318)' },
  { name: 'p.comp.eager', mean: ln(0.35), sd: 0.25, note: 'single-pass models, one kernel an operation: share of the dense peak' },
  { name: 'p.comp.compiled', mean: ln(0.5), sd: 0.25, note: 'single-pass models, fused and tuned kernels: share of the dense peak' },
  { name: 'p.comp.kind.*', mean: 0, sd: 0.3, note: 'deviation by kind of model' },
  { name: 'p.comp.engine.*', mean: 0, sd: 0.25, note: 'deviation by engine' },
  { name: 'p.comp.format.*', mean: 0, sd: 0.25, note: 'deviation by weight format' },
  { name: 'p.comp.chip.cpu', mean: ln(0.7), sd: 0.3, note: 'cores clock down under wide vectors and share caches' },
  { name: 'p.comp.chip.*', mean: 0, sd: 0.25, note: 'deviation by chip class' },
  {
    name: 'p.mem.eager',
    mean: ln(0.25),
    sd: 0.3,
    note: 'single-pass models: share of the bandwidth, against activations written and read once; unfused normalisation and activation functions repeat the traffic',
  },
  { name: 'p.mem.compiled', mean: ln(0.7), sd: 0.3, note: 'single-pass models, fused kernels: share of the bandwidth' },
  { name: 'p.mem.engine.*', mean: 0, sd: 0.3, note: 'deviation by engine' },
  { name: 'p.mem.kind.*', mean: 0, sd: 0.4, note: 'deviation by kind of model' },
  { name: 'p.mem.chip.neuron', mean: ln(3), sd: 0.4, note: 'activations stay in the on-chip buffers as far as they fit' },
  { name: 'p.mem.chip.cpu', mean: ln(2), sd: 0.4, note: 'activations of one item stay in the caches as far as they fit' },
  { name: 'p.mem.chip.*', mean: 0, sd: 0.15, note: 'deviation by chip class' },
  { name: 'p.kernel', mean: ln(8), sd: 0.3, note: 'µs a kernel takes at least on the device' },
  { name: 'p.kernel.chip.neuron', mean: ln(0.3), sd: 0.3, note: 'a network is one compiled program: nothing is launched' },
  { name: 'p.kernel.chip.*', mean: 0, sd: 0.3, note: 'deviation by chip class' },
  { name: 'p.host.eager', mean: ln(35), sd: 0.4, note: 'µs of the host a weighted layer, eager frameworks' },
  { name: 'p.host.compiled', mean: ln(3), sd: 0.5, note: 'µs of the host a weighted layer, compiled engines' },
  { name: 'p.host.engine.*', mean: 0, sd: 0.4, note: 'deviation by engine' },
  { name: 'p.host.format.amp', mean: ln(1.3), sd: 0.15, note: 'automatic mixed precision casts before each layer' },
  { name: 'p.host.format.*', mean: 0, sd: 0.3, note: 'deviation by format: automatic mixed precision casts at each layer' },
  { name: 'p.fixed.eager', mean: ln(1), sd: 0.5, note: 'ms a call takes besides, eager frameworks: copies, session and dispatch' },
  { name: 'p.fixed.compiled', mean: ln(0.2), sd: 0.5, note: 'ms a call takes besides, compiled engines: copies' },
  { name: 'p.fixed.engine.*', mean: 0, sd: 0.5, note: 'deviation by engine' },
  { name: 'p.boxes.eager', mean: ln(5), sd: 0.5, note: 'ms an image for decoding and suppressing boxes, in Python or on the host' },
  { name: 'p.boxes.compiled', mean: ln(0.1), sd: 0.7, note: 'ms an image for decoding and suppressing boxes, as a kernel of the engine' },
  { name: 'p.online', mean: ln(0.85), sd: 0.2, note: 'share of the offline rate that a latency bound leaves' },
  { name: 'p.scale', mean: ln(0.97), sd: 0.1, note: 'rate kept for each doubling of devices' },
  { name: 'p.speech', mean: ln(1), sd: 0.4, note: 'speech: time against the model of encoder windows and decoder steps' },
  {
    name: 'p.speech.sequential',
    mean: ln(1.6),
    sd: 0.3,
    note: 'speech, window after window: decoder steps against batched windows (windows end at the last time stamp, earlier text is read again, doubtful windows are decoded again; arXiv:2212.04356 §4.5)',
  },
  { name: 'm.frame.eager', mean: ln(0.35), sd: 0.4, note: 'GiB besides weights, cache and activations; allocator-level counts' },
  { name: 'm.frame.server', mean: ln(1.2), sd: 0.4, note: 'GiB of context, CUDA graphs and workspaces' },
  { name: 'm.frame.native', mean: ln(0.5), sd: 0.4, note: 'GiB of context and workspaces' },
  { name: 'm.frame.fused', mean: ln(0.4), sd: 0.4, note: 'GiB of context and workspaces' },
  { name: 'm.frame.cpu.eager', mean: ln(0.8), sd: 0.5, note: 'GiB of a Python framework in main memory' },
  { name: 'm.frame.cpu.native', mean: ln(0.15), sd: 0.5, note: 'GiB of a compiled engine in main memory' },
  { name: 'm.cpu', mean: ln(1.5), sd: 0.3, note: 'Python frameworks on processors: weights as loaded and as repacked for the kernels' },
  { name: 'm.act', mean: ln(1), sd: 0.4, note: 'live activations of a prefill, in units of tokens · (4 hidden + 2 ffn) · 2 B' },
  { name: 'cap.base', mean: ln(0.2), sd: 0.4, note: 'GiB that libraries hold outside of the allocator' },
  { name: 'cap.tp', mean: ln(0.4), sd: 0.5, note: 'GiB of communication buffers with several devices' },
  { name: 'cap.act', mean: ln(1), sd: 0.2, note: 'live activations of the start-up run, in units of tokens · (3 ffn + 3 hidden) · 2 B' },
  { name: 'cap.reserved', mean: ln(1.4), sd: 0.3, note: 'reserved over live, where the engine counted what the allocator had reserved' },
  { name: 'cap.logits.v0', mean: ln(30), sd: 0.4, note: 'bytes a logit that the sampler of vLLM 0 takes at once' },
  { name: 'cap.logits.v1', mean: ln(15), sd: 0.4, note: 'bytes a logit that the sampler takes at once' },
  { name: 'cap.graphs', mean: ln(0.6), sd: 0.5, note: 'GiB of captured graphs, where the engine counts them in its share' },
  { name: 'cap.images', mean: ln(2.5), sd: 0.5, note: 'GiB that the largest image takes in the start-up run' },
  { name: 'm.frag', mean: ln(1.03), sd: 0.05, note: 'reserved over live' },
];

const exact = new Map(priors.filter((prior) => !prior.name.endsWith('*')).map((prior) => [prior.name, prior]));
const families = priors.filter((prior) => prior.name.endsWith('*')).map((prior) => ({ prefix: prior.name.slice(0, -1), prior }));

/** The prior of a coefficient's name, or undefined for a name that is no coefficient. */
export function priorOf(name: string): Prior | undefined {
  return exact.get(name) ?? families.find((family) => name.startsWith(family.prefix))?.prior;
}

/** Reads fitted coefficients by name; one that was not fitted is worth its prior's mean. */
export interface Theta {
  /** The logarithm stored under a name.
   * @errors a name without a prior is a defect of the caller and throws */
  log(name: string): number;
}

export function thetaOf(values: Readonly<Record<string, number>>): Theta {
  return {
    log(name) {
      const value = values[name];
      if (value !== undefined) return value;
      const prior = priorOf(name);
      if (prior === undefined) throw new Error(`no coefficient named ${name}`);
      return prior.mean;
    },
  };
}

/** Product of coefficients. */
export const effect = (theta: Theta, ...names: readonly string[]): number => Math.exp(names.reduce((sum, name) => sum + theta.log(name), 0));

/** A share of a peak: never above 1, whatever the fit says. */
export const share = (theta: Theta, ...names: readonly string[]): number => Math.min(1, effect(theta, ...names));

/** The `theta` part of the serving section of `coefficients.json`. */
export function storedTheta(coefficients: Coefficients): Readonly<Record<string, number>> {
  const stored = coefficients.serving['theta'];
  if (typeof stored !== 'object' || stored === null) return {};
  return Object.fromEntries(Object.entries(stored).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1])));
}
