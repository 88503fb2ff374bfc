import type { Chip } from '../chip.js';
import type { FactReader } from '../spec.js';
import type { Framework } from './framework.js';
import { usualNetwork } from './network.js';
import type { SampleWork } from './sample-work.js';
import { paramsPerRank, type Shape } from './shape.js';

export type Sharding = 'none' | 'optimizer' | 'gradients' | 'full';

/** How the work is spread over devices and steps. */
export interface Layout {
  readonly gpus: number;
  readonly gpusKnown: boolean;
  readonly perNode: number;
  readonly tensor: number;
  readonly pipeline: number;
  readonly context: number;
  readonly expert: number;
  readonly data: number;
  /** Devices that share one copy of the weights or states between them, where they are sharded. */
  readonly shards: number;
  readonly virtual: number;
  readonly sharding: Sharding;
  /** Samples per forward pass of one data-parallel member. */
  readonly micro: number;
  readonly accumulation: number;
  /** Samples per optimizer step over all devices; undefined when not known from facts. */
  readonly globalBatch: number | undefined;
  readonly batchKnown: boolean;
  readonly modelParallelKnown: boolean;
  /** Network rate per device across nodes. @unit B/s */
  readonly network: number;
}

interface LayoutInput {
  readonly facts: FactReader;
  /** Devices of the named instance type. */
  readonly perMachine: number | undefined;
  readonly chip: Chip | undefined;
  readonly shape: Shape | undefined;
  readonly sample: SampleWork | undefined;
  readonly seq: number;
  readonly method: 'full' | 'lora' | 'qlora';
  readonly weightBits: number;
  readonly framework: Framework;
  readonly assume: (fact: string, value: string | number | boolean, why: string) => void;
}

const atLeastOne = (value: number | undefined): number | undefined => (value !== undefined && value >= 1 ? value : undefined);

/** The layout that the facts state; what they leave open follows from the batch, the devices and the memory. */
export function layoutOf(input: LayoutInput): Layout {
  const { facts, chip, shape, assume } = input;
  const degree = (name: string) => atLeastOne(facts.number(name));
  const statedTensor = degree('tensor_parallel');
  const statedPipeline = degree('pipeline_parallel');
  const context = degree('context_parallel') ?? 1;
  const product = degree('model_parallel');
  const strategy = facts.text('strategy')?.toLowerCase() ?? '';
  const nodes = degree('num_nodes') ?? degree('instance_count') ?? degree('replicas');
  const perNodeFact = degree('gpu_count') ?? degree('nproc_per_node') ?? atLeastOne(input.perMachine);
  const statedData = degree('data_parallel');
  const fromDegrees = statedData === undefined ? undefined : statedData * (statedTensor ?? 1) * (statedPipeline ?? 1) * context;
  const gpusStated = degree('gpus') ?? (perNodeFact === undefined ? undefined : perNodeFact * (nodes ?? 1)) ?? fromDegrees;
  const gpus = gpusStated ?? fewest(input);
  if (gpusStated === undefined) assume('gpus', gpus, 'number of devices not stated: rates are per device');

  const shardsAll = /fsdp|zero-?3|stage-?3/.test(strategy);
  const plain = /^(none|ddp|fsdp|zero-?[123]|deepspeed)$/.test(strategy) || (strategy === '' && shardingStack(input.framework));
  const globalStated = atLeastOne(facts.number('global_batch_size'));
  const microStated = atLeastOne(facts.number('batch_size'));
  const accumulationStated = atLeastOne(facts.number('grad_accum'));
  const modelParallelKnown = statedTensor !== undefined || product !== undefined || plain || gpus === 1;
  let width = (statedTensor ?? 1) * (statedPipeline ?? 1) * context;
  if (product !== undefined) width = product;
  else if (!modelParallelKnown) width = guessedWidth(input, gpus, globalStated, accumulationStated, microStated);
  width = Math.min(width, gpus);
  const expert = degree('expert_parallel') ?? (modelParallelKnown ? 1 : usualExpertRanks(shape, chip, gpus));
  const domain = chip?.domain ?? 8;
  const interleaved = !modelParallelKnown && input.framework.class === 'vendor' ? 4 : 1;
  // Routed models are split over experts and stages rather than inside a matrix.
  // Inside a matrix only over a fast link (Narayanan et al. 2021, arXiv 2104.04473 §3.2).
  const inMatrix = (shape !== undefined && shape.expertBody > 0) || chip?.link === undefined ? 1 : Math.min(8, domain);
  const tensor = statedTensor ?? (product !== undefined || !modelParallelKnown ? Math.min(width, inMatrix) : 1);
  const pipeline = statedPipeline ?? (product !== undefined || !modelParallelKnown ? Math.max(1, Math.round(width / tensor / context)) : 1);
  // What a configuration calls data parallel is a part of it where weights are sharded beside: the devices say how many there are.
  const data = Math.max(1, Math.floor(gpus / (tensor * pipeline * context)));
  const perNode = perNodeFact ?? (nodes !== undefined && gpusStated !== undefined ? Math.max(1, Math.round(gpus / nodes)) : Math.min(gpus, 8));

  const perMember = globalStated === undefined ? undefined : globalStated / data;
  const batch = batchOf(input, { perMember, micro: microStated, accumulation: accumulationStated, data, pipeline });
  const sharding: Sharding = shardsAll
    ? 'full'
    : /zero-?2|deepspeed/.test(strategy)
      ? 'gradients'
      : /zero|optimizer/.test(strategy) ||
          (strategy === '' &&
            data > 1 &&
            !shardingStack(input.framework) &&
            (input.framework.class === 'vendor' || (!modelParallelKnown && tensor * pipeline > 1)))
        ? 'optimizer'
        : strategy === '' && tensor * pipeline === 1 && shape !== undefined && data > 1 && shape.params > 2.5e9 && input.method === 'full'
          ? 'full'
          : 'none';
  if (strategy === '' && sharding !== 'none') assume('strategy', sharding === 'full' ? 'fsdp' : 'zero1', 'usual for a model of this size on several devices');
  if (strategy === 'deepspeed') assume('zero_stage', 2, 'stage not stated: the usual one');
  return {
    gpus,
    gpusKnown: gpusStated !== undefined,
    perNode: Math.max(1, Math.min(gpus, perNode)),
    tensor,
    pipeline,
    context,
    expert,
    data,
    shards: Math.min(data * context, degree('shard_size') ?? data * context),
    virtual: degree('virtual_pipeline') ?? interleaved,
    sharding,
    micro: batch.micro,
    accumulation: batch.accumulation,
    globalBatch: globalStated ?? (gpusStated !== undefined && microStated !== undefined ? microStated * (accumulationStated ?? 1) * data : undefined),
    batchKnown: batch.known,
    modelParallelKnown,
    network: networkOf(facts.text('interconnect'), chip, perNode),
  };
}

/** JAX stacks shard weights over all devices unless told otherwise. */
const shardingStack = (framework: Framework): boolean => framework.name === 'maxtext' || framework.name === 'easylm';

/** Smallest power of two over which weights, gradients and sharded optimizer states fit, but enough that every group has a sample.
 * @assumes 4 B of weights and gradients a parameter per device, 12 B of states sharded over data-parallel members (Rajbhandari et al. 2020) */
function guessedWidth(input: LayoutInput, gpus: number, global: number | undefined, accumulation: number | undefined, micro: number | undefined): number {
  const { chip, shape } = input;
  if (!chip || !shape) return 1;
  if (global !== undefined && accumulation !== undefined && accumulation > 1) return powerOfTwo((gpus * accumulation * (micro ?? 1)) / global);
  const room = 0.7 * (chip.memoryGib ?? 80) * 2 ** 30;
  let width = 1;
  while (width < gpus) {
    const data = gpus / width;
    const here = paramsPerRank(shape, width, usualExpertRanks(shape, chip, data));
    const bytes = input.method === 'full' ? here * 4 + (shape.params / width / data) * 12 : here * (input.weightBits / 8);
    if (bytes <= room && (global === undefined || data <= global)) break;
    width *= 2;
  }
  if (width > 1) input.assume('tensor_parallel', width, 'smallest split in which the job fits');
  return width;
}

/** Large models need more than one device: the fewest that hold weights, gradients and states. */
function fewest({ chip, shape, method }: LayoutInput): number {
  if (!chip || !shape || method !== 'full' || shape.params < 30e9) return 1;
  return 2 ** Math.ceil(Math.log2((16 * shape.params) / (0.5 * (chip.memoryGib ?? 80) * 2 ** 30)));
}

/** Routed experts are spread over the devices that share a fast link. */
const usualExpertRanks = (shape: Shape | undefined, chip: Chip | undefined, devices: number): number =>
  shape !== undefined && shape.expertBody > 0 ? Math.max(1, Math.min(Math.min(64, chip?.domain ?? 8), shape.experts ?? 1, powerOfTwo(devices))) : 1;

const powerOfTwo = (value: number): number => 2 ** Math.max(0, Math.round(Math.log2(Math.max(1, value))));

interface Batch {
  readonly perMember: number | undefined;
  readonly micro: number | undefined;
  readonly accumulation: number | undefined;
  readonly data: number;
  readonly pipeline: number;
}

function batchOf(input: LayoutInput, { perMember, micro, accumulation, data, pipeline }: Batch) {
  const isSample = input.sample !== undefined && input.sample.tokens === undefined;
  if (micro !== undefined) {
    const steps = Math.max(accumulation ?? 1, perMember === undefined ? 1 : perMember / micro);
    // A pipeline cuts what is called its batch into micro-batches: with fewer than stages it could not run.
    const cut = pipeline > 1 && steps < pipeline && micro > 1 ? Math.min(micro, Math.ceil(pipeline / steps) * 4) : 1;
    return { micro: micro / cut, accumulation: steps * cut, known: true };
  }
  if (perMember !== undefined) {
    const capped = isSample ? Math.max(1, perMember) : Math.min(perMember, Math.max(1, Math.round(usualTokens(input) / input.seq)));
    const size = accumulation === undefined ? capped : perMember / accumulation;
    return { micro: Math.max(size, 1e-3), accumulation: accumulation ?? Math.max(1, perMember / Math.max(capped, 1e-3)), known: true };
  }
  const size = isSample ? (input.sample?.usualBatch ?? 1) : Math.max(1, Math.round(usualTokens(input) / input.seq));
  input.assume('batch_size', size, 'not stated: a batch that fills the device');
  const usual = isSample || input.method !== 'full' || input.shape === undefined ? 1 : Math.round(usualStepTokens(input.shape) / (size * input.seq * data));
  return { micro: size, accumulation: accumulation ?? Math.max(1, pipeline > 1 ? 8 * pipeline : 1, usual), known: false };
}

/** Tokens of an optimizer step where nobody said.
 * @assumes half a million for small models, two to four million from some billion parameters on (Brown et al. 2020, table 2.1) */
function usualStepTokens({ params }: Shape): number {
  return params > 10e9 ? 4e6 : params > 1e9 ? 2e6 : 5e5;
}

/** Tokens of one forward pass where nobody said: small models take more. */
function usualTokens({ shape }: LayoutInput): number {
  if (shape?.encoder === true) return 16384;
  return shape !== undefined && shape.params < 3e9 ? 16384 : 8192;
}

/** Per-device network rate out of words such as `8x HDR InfiniBand 200 Gb/s` or `RoCE 1600 Gbps/node`; else what such machines usually have.
 * @unit B/s */
function networkOf(text: string | undefined, chip: Chip | undefined, perNode: number): number {
  const usual = chip === undefined ? 3e9 : usualNetwork(chip);
  if (text === undefined) return usual;
  const rate = /(\d+(?:\.\d+)?)\s*(?:gbps|gb\/s|gbit|g\b)/i.exec(text);
  if (!rate || /nvlink|nvswitch|xgmi|infinity fabric/i.test(text)) return usual;
  const times = /(\d+)\s*x\s/i.exec(text);
  const bytes = (Number(rate[1]) * 1e9) / 8;
  if (/per gpu|\/gpu/i.test(text)) return bytes;
  return (bytes * Number(times?.[1] ?? 1)) / Math.max(1, perNode);
}
