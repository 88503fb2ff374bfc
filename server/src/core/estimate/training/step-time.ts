import type { Chip } from '../chip.js';
import { type SpeedKnob, stackKnob, type Values } from './coefficients.js';
import type { StackClass } from './framework.js';
import type { TrainingJob } from './job.js';
import { keptSizes } from './kept.js';
import { dataRate, groupRate } from './links.js';
import { chipReach, matrixRate, optimizerWork, overlap, type StepTime } from './rates.js';
import { attended, paramsPerRank, type Shape } from './shape.js';

/** Time of one optimizer step of a transformer: a roofline over the parts of each micro-batch, then what happens once a step.
 * @unit s
 * @source FLOP by part: Kaplan et al. 2020 §2.1, Narayanan et al. 2021 (arXiv 2104.04473) §3; bubble (p − 1)/(m·v): ibid. §2.2;
 * collectives: Chan et al. 2007 (ring volumes); 8-bit products: Dettmers et al. 2022 (arXiv 2208.07339) appendix D; recomputation adds one forward pass: Chen et al. 2016 */
export function transformerStep(job: TrainingJob, shape: Shape, chip: Chip, k: Values<SpeedKnob>): StepTime {
  const { layout, method } = job;
  const { tensor, pipeline, context, micro, accumulation, data } = layout;
  // Encoders come in example code, whatever container it runs in.
  const stack = shape.encoder || shape.relative ? 'everyday' : job.framework.class;
  const fusing = job.uncompiled && stack === 'stack' ? 'everyday' : job.compile && stack === 'everyday' ? 'stack' : stack;
  const tokens = (micro * job.seq) / context;
  const layersHere = shape.layers / pipeline;
  const frozen = method !== 'full';
  const kept = job.kept && keptSizes(job.kept, shape);
  const recompute = kept ? kept.again : job.checkpointing === 'full' ? 1 : job.checkpointing === 'selective' ? 0.08 : 0;
  // A frozen weight needs the gradient of its input but none of its own: two of three products.
  const passes = (frozen ? 2 : 3) + recompute;

  const reach = chipReach(chip, k) * (shape.encoder || shape.relative ? k['encoder.reach'] : stackReach(stack, k));
  const full = matrixRate(job, chip, reach, k);
  const narrowness = (width: number) => width / (width + (k['width.half'] * full) / chip.bandwidth);
  const rate = full * narrowness(Math.min(shape.hidden, shape.ffn) / tensor);
  const few = (count: number) => count / (count + (k['tokens.half'] * full) / chip.bandwidth);
  const dense = shape.body - shape.expertBody;
  const head = shape.vocab * shape.hidden * shape.headShare;
  const perRank = tensor * pipeline;
  const denseTime = (2 * dense * tokens * passes) / perRank / (rate * few(tokens));
  const headTime = (2 * head * tokens * (3 - (frozen ? 1 : 0))) / perRank / (full * narrowness(Math.sqrt((shape.hidden * shape.vocab) / tensor)) * few(tokens));
  const perExpert = shape.experts === undefined ? tokens : (tokens * (shape.expertsPerToken ?? 2) * layout.expert) / shape.experts;
  const expertTime =
    shape.expertBody === 0
      ? 0
      : (2 * shape.expertBody * tokens * passes) /
        perRank /
        (full * narrowness(Math.min(shape.hidden, shape.expertFfn)) * k['expert.reach'] * few(Math.max(1, perExpert)));
  const matrix = denseTime + headTime + expertTime;

  const half = job.clock * chip.peak[job.precision === 'fp32' || job.precision === 'tf32' ? job.precision : 'fp16'];
  const positions = Math.min(job.seq, shape.reach);
  const scores = attended(shape, job.seq) * tokens * (shape.attending / pipeline) * (shape.heads / tensor);
  const scan = (shape.scan * tokens * passes) / perRank / (half * reach * k['scan.reach']);
  const attentionPasses = 3.5 + ((kept ? kept.attention : job.checkpointing === 'full') ? 1 : 0);
  const longRows = positions / (positions + k['attention.half']);
  const attention =
    job.flash && !shape.relative
      ? (4 * scores * shape.headDim * attentionPasses) / (half * reach * k[attentionKnob(chip, stack)] * longRows)
      : (4 * scores * (shape.encoder || shape.relative ? 1 : 2) * shape.headDim * passes) / (half * reach) +
        ((shape.encoder || shape.relative ? 1 : 2) * scores * k['attention.scores'] * passes) / chip.bandwidth;

  const bytes = job.precision === 'fp32' || job.precision === 'tf32' ? 4 : 2;
  const adapters = frozen ? k['adapter.elementwise'] : 1;
  const moved = k[stackKnob('elementwise', fusing)] + (shape.expertBody > 0 ? k['expert.elementwise'] * (shape.expertsPerToken ?? 2) : 0);
  const elementwise =
    ((moved * tokens * shape.hidden * layersHere * (kept ? passes - recompute + 1 : passes) * bytes * adapters) / tensor +
      (tokens * shape.vocab * shape.headShare * k[fusing === 'everyday' ? 'logits.eager' : 'logits.fused'] * 3) / perRank) /
    chip.bandwidth;
  // Products with 8-bit weights quantize their inputs row by row and take outliers apart, each time.
  const dequantize =
    method !== 'qlora'
      ? 0
      : job.weightBits === 8
        ? denseTime * (k['int8.slow'] - 1)
        : ((shape.body / perRank) * k[job.packed ? 'dequantize.packed' : 'dequantize.bytes'] * (passes / 3)) / chip.bandwidth;
  const routed = shape.expertBody > 0 ? k['expert.launch'] : 1;
  // A compiled graph is launched as a whole.
  const launched = job.compile && stack === 'everyday' ? 'stack' : stack;
  const launch = (k[stackKnob('launch', launched)] * shape.launched * passes * routed * (frozen ? k['adapter.launch'] : 1)) / pipeline;

  const hiddenBytes = tokens * shape.hidden * 2;
  const group = groupRate(chip, layout, tensor, k['network.reach']);
  const tensorParallel =
    tensor > 1
      ? (k[stack === 'vendor' ? 'tensor.vendor' : 'tensor.exposed'] * layersHere * (4 + 2 * recompute) * hiddenBytes * 2 * (tensor - 1)) / tensor / group
      : 0;
  const expertParallel = expertExchange(job, shape, chip, k) * layersHere * (4 + 2 * recompute) * (hiddenBytes / tensor);
  const link = dataRate(chip, layout, k['network.reach']);
  const shared = data > 1 ? (data - 1) / data : 0;
  const here = paramsPerRank(shape, perRank, layout.expert);
  const weightBytes = here * (job.weightBits / 8);
  // A pipeline keeps its gathered weights over all micro-batches of a step.
  const gatherShare = pipeline > 1 ? 1 / accumulation : 1;
  // Sharded gradients are handed on after every micro-batch, whole ones once a step.
  const eachTime = layout.sharding === 'gradients' ? (k['data.exposed'] * weightBytes * shared) / link : 0;
  const sharing = layout.shards > 1 ? (layout.shards - 1) / layout.shards : 0;
  const gathers = layout.sharding === 'full' ? (gatherShare * k['shard.volume'] * weightBytes * (2 + (frozen ? 0 : 1)) * sharing) / link : 0;

  // Each micro-batch adds its gradients of trained weights to those of the step.
  const accumulate = frozen ? 0 : (here * k['accumulate.bytes']) / (layout.sharding === 'full' ? layout.shards : 1) / chip.bandwidth;
  const onDevice = accumulate + matrix + attention + scan + elementwise + dequantize + tensorParallel + expertParallel;
  const busy = overlap(onDevice, launch);
  // Copies to the host and back run beside the computing.
  const copied = kept ? (2 * kept.host * tokens * layersHere * bytes) / tensor / chip.pcie : 0;
  const sharded = overlap(busy, gathers);
  const microTime = overlap(sharded, copied) + (frozen ? 0 : eachTime);
  const bubbleShare = pipeline > 1 ? (pipeline - 1) / (accumulation * layout.virtual) : 0;
  const trained = frozen ? (job.trainable ?? 0.01 * shape.params) / perRank : here;
  const exchanges = layout.sharding === 'gradients' && !frozen ? 1 : 2;
  // Groups that each hold all weights exchange what a shard has of their gradients.
  const groups = layout.sharding === 'full' ? (data * context) / layout.shards : 1;
  const exchanged = layout.sharding === 'full' ? ((1 - 1 / groups) * trained) / layout.shards : shared * trained;
  const gradients = (k['data.exposed'] * exchanges * exchanged * 2) / link;
  const shards = layout.sharding === 'none' ? 1 : Math.max(1, layout.shards / (shape.expertBody > 0 ? layout.expert : 1));
  const optimizer = ((trained / shards) * k['optimizer.bytes'] * optimizerWork(job.optimizer)) / (job.offload ? chip.pcie : chip.bandwidth);
  const fixed = k[stackKnob('step', stack)];
  const scale = 1 + k['scale.nodes'] * Math.log2(Math.max(1, layout.gpus / 8));
  const factor = accumulation * scale * (shape.relative ? k['relative.slow'] : 1);
  const bubble = factor * microTime * bubbleShare;
  const total = factor * microTime * (1 + bubbleShare) + gradients + optimizer + fixed;
  const perToken = 6 * (shape.body + head) + 12 * shape.attending * shape.heads * shape.headDim * attended(shape, job.seq) + 3 * shape.scan;
  const units = micro * accumulation * data * job.seq;
  return {
    matrix: factor * matrix,
    attention: factor * (attention + scan),
    elementwise: factor * (elementwise + accumulate),
    launch: factor * (busy - onDevice),
    loading: 0,
    uneven: 0,
    dequantize: factor * dequantize,
    tensorParallel: factor * tensorParallel,
    expertParallel: factor * expertParallel,
    sharding: factor * (sharded - busy + (frozen ? 0 : eachTime)),
    offloading: factor * (microTime - sharded - (frozen ? 0 : eachTime)),
    bubble,
    gradients,
    optimizer,
    fixed,
    total,
    units,
    modelFlop: perToken * units * (frozen ? 2 / 3 : 1),
  };
}

/** Seconds a byte of hidden states for each of the four exchanges a layer: over the fast link to every chosen expert, over the network once to every chosen node.
 * @source Lepikhin et al. 2020 (GShard, arXiv 2006.16668) §3; DeepSeek-AI 2024 (arXiv 2412.19437) §3.2.2: one copy a node, then forwarded inside */
function expertExchange(job: TrainingJob, shape: Shape, chip: Chip, k: Values<SpeedKnob>): number {
  const { layout } = job;
  const chosen = shape.expertsPerToken ?? 2;
  if (layout.expert <= 1 || shape.expertBody === 0) return 0;
  const inside = (k['expert.exposed'] * chosen * (1 - 1 / layout.expert)) / groupRate(chip, layout, 2, k['network.reach']);
  const domain = chip.domain > 8 ? chip.domain : layout.perNode;
  if (layout.expert <= domain) return inside;
  const nodes = layout.expert / domain;
  const reached = nodes * (1 - (1 - 1 / nodes) ** chosen);
  return inside + (k['expert.network'] * reached * (1 - 1 / nodes)) / (layout.network * k['network.reach']);
}

/** Matrix efficiency of a stack by vendor recipes: everyday code never beats the stacks that grew out of it. */
const stackReach = (stack: StackClass, k: Values<SpeedKnob>): number =>
  stack === 'everyday' ? k['stack.stack'] * k['stack.everyday'] : k[stackKnob('stack', stack)];

/** Fused attention reached 70 % of the 16-bit peak on A100 and 35 % of it on H100 before kernels were written anew for Hopper.
 * @source Dao 2023 (arXiv 2307.08691) figure 4; Shah et al. 2024 (arXiv 2407.08608) section 1 */
function attentionKnob(chip: Chip, stack: StackClass): SpeedKnob {
  if (chip.generation === 'ampere' || chip.generation === 'ampere-rtx' || chip.generation === 'ada') return 'attention.ampere';
  return stack === 'vendor' ? 'attention.vendor' : 'attention.later';
}
