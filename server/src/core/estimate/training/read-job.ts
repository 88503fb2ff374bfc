import type { AssumedFact, MissingFact } from '../../model/estimate.js';
import { type Chip, chipNamed, hasTf32 } from '../chip.js';
import { type EstimateContext, FactReader, type Spec } from '../spec.js';
import { fitting } from './fitting.js';
import { type Framework, frameworkOf } from './framework.js';
import type { Checkpointing, ComputePrecision, Method, TrainingJob } from './job.js';
import { keptOf } from './kept.js';
import { layoutOf } from './layout.js';
import { usualWorkers } from './sample-step.js';
import { readsPhotographs, type SampleWork, sampleWorkOf } from './sample-work.js';
import { type Shape, shapeOf } from './shape.js';

/** Padded to the longest of a micro-batch, instruction samples fill this share of the length limit.
 * @assumes alpaca-like samples: mean of 0.1 to 0.3 of the limit in the rows that print it */
const paddedShare = 0.4;
const realOfPadded = 0.7;

/** Chips that cannot train.
 * @source AWS Neuron documentation: Inferentia is for inference, Trainium for both */
const infersOnly = /^inferentia/;

/** Generations that have no kernels for quantized weights under training.
 * @source bitsandbytes documentation 0.50, installation: NVIDIA, AMD, Intel and Gaudi; AWS Neuron (optimum-neuron training guides: adapters on bf16 weights) and
 * TPUs are not among them */
const unquantized = /^(?:neuron|tpu)$/;

/** Reads a training workload out of its facts.
 * @unknown the chip and the model's size are never invented */
export function trainingJob(spec: Spec, context: EstimateContext): TrainingJob {
  const facts = new FactReader(spec);
  const assumed: AssumedFact[] = [];
  const unknown: MissingFact[] = [];
  const assume = (fact: string, value: string | number | boolean, why: string) => assumed.push({ fact, value, why });

  const machine = facts.text('instance_type');
  const offer = machine === undefined ? undefined : context.catalog.instance(machine)[0];
  const chipName = facts.text('gpu_type') ?? offer?.acceleratorId;
  const found = chipName === undefined ? undefined : chipNamed(chipName, context.catalog);
  const refused = found !== undefined && infersOnly.test(found.chip.id);
  const chip = refused ? undefined : found?.chip;
  if (found?.open === true && chip) assume('gpu_type', chip.id, `${chipName} without form factor: the usual one`);
  const speed = ['tokens_per_s_per_gpu', 'samples_per_s', 'step_time_s', 'gpu_hours', 'wall_hours'];
  if (chip === undefined)
    unknown.push({
      fact: 'gpu_type',
      need: refused
        ? `${chipName} runs inference only: name an accelerator that trains`
        : chipName === undefined
          ? 'name the accelerator'
          : `no accelerator called ${chipName} is in the catalog`,
      blocks: speed,
    });

  const modelName = facts.text('model') ?? facts.text('model_name') ?? '';
  const sample = sampleWorkOf(facts, context.catalog);
  const resolved = sample?.tokens === undefined && sample !== undefined ? undefined : shapeOf(facts, context.catalog);
  const shape = resolved?.shape;
  if (resolved?.source === 'name') assume('params', resolved.shape.params, `size written in the name ${modelName}`);
  if (shape === undefined && sample === undefined)
    unknown.push({ fact: 'model', need: 'name a published model, or give params or n_layer and n_embd', blocks: [...speed, 'peak_memory_gib'] });

  const compileFact = facts.flag('compile');
  const method = methodOf(facts);
  const framework = frameworkOf(
    facts.text('framework'),
    compileFact,
    method === 'full' && (facts.number('gpus') ?? 0) >= 32,
    facts.text('strategy')?.toLowerCase(),
  );
  if (!framework.stated) assume('framework', framework.class === 'stack' ? 'training stack' : 'everyday code', 'no framework was named');
  const quantization = facts.text('quantization')?.toLowerCase() ?? '';
  const starts = method !== 'qlora' || chip === undefined || !unquantized.test(chip.generation);
  if (!starts)
    unknown.push({
      fact: 'quantization',
      need: `${chip.id} has no kernels for quantized weights in training: train adapters on 16-bit weights, or name a GPU`,
      blocks: [...speed, 'peak_memory_gib'],
    });
  const weightBits = method !== 'qlora' ? 16 : /8/.test(quantization) ? 8 : 4;
  const precision = precisionOf(facts, chip, framework, shape !== undefined && !shape.encoder, sample, assume);
  const checkpointing = checkpointingOf(facts, shape, framework, method, assume);
  const flashFact = facts.flag('flash_attention');
  const flash = flashFact ?? hasFused(chip, shape, framework);
  if (flashFact === undefined && shape)
    assume('flash_attention', flash, flash ? 'default of current attention kernels' : 'not available on this chip, in this stack or for this model');
  const optimizer = (facts.text('optimizer') ?? 'adamw').toLowerCase();

  const length = lengthOf(facts, shape, sample, assume);
  if (sample !== undefined && !facts.has('loader_workers') && readsPhotographs(sample, facts) && framework.class === 'everyday')
    assume('loader_workers', usualWorkers, 'not stated: as published recipes set it');
  const layout = layoutOf({ facts, perMachine: offer?.acceleratorCount, chip, shape, sample, seq: length.seq, method, weightBits, framework, assume });
  const whole = /embed|head/.test(facts.text('trainable') ?? '') && shape !== undefined ? shape.embedding : 0;
  const trainable =
    facts.number('trainable_params') ??
    (shape === undefined
      ? sampleTrainable(sample?.params, method, facts.number('lora_rank'))
      : method === 'full'
        ? shape.params
        : whole + adapterParams(shape, facts.number('lora_rank')));
  return fitting({
    facts,
    chip,
    starts,
    shape,
    sample,
    framework,
    method,
    trainable,
    loraRank: facts.number('lora_rank'),
    precision,
    clock: clockOf(facts, chip),
    weightBits,
    packed: /gptq|awq|int4|exl/.test(quantization) || /gptq|awq|int4/i.test(modelName),
    checkpointing,
    kept: checkpointing === 'selective' ? keptOf(facts) : undefined,
    flash,
    compile: compileFact === true,
    uncompiled: compileFact === false,
    channelsLast: facts.flag('channels_last') === true,
    workers: facts.number('loader_workers'),
    photographs: sample !== undefined && readsPhotographs(sample, facts),
    latentsCached: facts.flag('latents_cached') ?? framework.class === 'vendor',
    optimizer,
    optimizerInBackward: facts.flag('optimizer_in_backward') === true,
    offload: facts.has('offload') && facts.raw('offload') !== false && facts.raw('offload') !== 'none',
    ...length,
    layout,
    assumed,
    unknown,
  });
}

/** True where attention runs in a fused kernel unless told otherwise. */
function hasFused(chip: Chip | undefined, shape: Shape | undefined, { name, class: kind }: Framework): boolean {
  if (name === 'megatron-deepspeed' || /^(?:volta|turing|pascal)$/.test(chip?.generation ?? '')) return false;
  // Library code adds learnt position biases to the scores in a step of its own; compilers fuse them.
  return shape?.biased !== true || kind !== 'everyday' || chip?.generation === 'tpu';
}

/** Weights of rank-r adapters on all linear layers: r·(in + out) each, seven a layer.
 * @source Hu et al. 2021, arXiv 2106.09685 §4.1 */
function adapterParams(shape: Shape, rank: number | undefined): number {
  const r = rank === undefined || rank === 0 ? 16 : rank;
  return shape.layers * r * (4 * 2 * shape.hidden + 3 * (shape.hidden + shape.ffn));
}

/** The same of a model whose layers are not listed: about 1200 matrices, as wide as they are high (Stable Diffusion, FLUX). */
function sampleTrainable(params: number | undefined, method: Method, rank: number | undefined): number | undefined {
  if (params === undefined || method === 'full') return params;
  const width = Math.sqrt(params / 1200);
  return Math.min(params, (2 * params * (rank === undefined || rank === 0 ? 16 : rank)) / width);
}

function methodOf(facts: FactReader): Method {
  const said = `${facts.text('finetune_method') ?? ''} ${facts.text('task') ?? ''} ${facts.text('peft') ?? ''}`.toLowerCase();
  const quantization = facts.text('quantization')?.toLowerCase() ?? '';
  const partly = facts.flag('frozen_weights') === true && facts.has('trainable_params');
  const frozen = partly || /\bq?lora|adapter|peft|\bia3|dora\b/.test(said) || facts.has('peft') || (facts.number('lora_rank') ?? 0) > 0;
  if (/full/.test(`${facts.text('peft') ?? ''} ${facts.text('finetune_method') ?? ''}`)) return 'full';
  if (/qlora/.test(said) || (frozen && /4bit|nf4|int4|fp4|gptq|awq|8bit|int8/.test(quantization))) return 'qlora';
  return frozen ? 'lora' : 'full';
}

/** Clock under a power limit.
 * @assumes dynamic power grows with about the 2.5th power of the clock, voltage with it */
function clockOf(facts: FactReader, chip: Chip | undefined): number {
  const usual = chip?.accelerator.tdpW;
  const limit = facts.number('power_limit') ?? Number(/(\d{2,4})\s*w\b/i.exec(facts.text('gpu_variant') ?? '')?.[1] ?? Number.NaN);
  if (usual === undefined || !(limit > 0) || limit >= usual) return 1;
  return Math.max(0.3, (limit / usual) ** 0.4);
}

type Assume = (fact: string, value: string | number | boolean, why: string) => void;

/** True where 32-bit numbers are multiplied by tensor units, as TensorFlow and JAX let them on chips that can, and cuDNN under PyTorch for convolutions alone.
 * @source pytorch docs, notes/cuda: torch.backends.cudnn.allow_tf32 is True, cuda.matmul.allow_tf32 is False; tensorflow docs, enable_tensor_float_32_execution: on;
 * jax docs, default_matmul_precision */
function isWideTensor(chip: Chip | undefined, { name }: Framework, sample: SampleWork | undefined): boolean {
  if (chip === undefined || !hasTf32(chip.generation)) return false;
  return /^(?:tensorflow|keras|easylm)$/.test(name) || (sample !== undefined && (sample.squares > 0 || /^(?:depthwise|grouped|gan)$/.test(sample.kind)));
}

function precisionOf(
  facts: FactReader,
  chip: Chip | undefined,
  framework: Framework,
  language: boolean,
  sample: SampleWork | undefined,
  assume: Assume,
): ComputePrecision {
  const said = (facts.text('matmul_precision') ?? facts.text('precision'))?.toLowerCase();
  if (said !== undefined && said !== 'auto') {
    if (/fp4|nvfp4|mxfp4/.test(said)) return 'fp4';
    if (/fp8|e4m3/.test(said)) return 'fp8';
    if (/bf16|bfloat16/.test(said)) return 'bf16';
    if (/fp16|float16|16-mixed|\b16\b|half/.test(said)) return 'fp16';
    if (/tf32/.test(said)) return 'tf32';
    if (/32/.test(said)) return isWideTensor(chip, framework, sample) ? 'tf32' : 'fp32';
    return 'bf16';
  }
  const half = chip?.generation === 'volta' || chip?.generation === 'turing' || chip?.generation === 'pascal' ? 'fp16' : 'bf16';
  if (
    language &&
    framework.class === 'vendor' &&
    chip?.accelerator.fp8Tflops !== undefined &&
    ['hopper', 'blackwell', 'cdna', 'gaudi'].includes(chip.generation)
  ) {
    assume('precision', 'fp8', 'vendor recipes for language models run in fp8 on this chip');
    return 'fp8';
  }
  assume('precision', half, 'usual 16-bit type of this chip');
  return half;
}

function checkpointingOf(facts: FactReader, shape: Shape | undefined, framework: Framework, method: Method, assume: Assume): Checkpointing {
  const policy = facts.text('remat_policy')?.toLowerCase();
  const raw = facts.raw('grad_ckpt') ?? (policy === undefined || /^(?:full|none)$/.test(policy) ? policy : 'selective');
  if (raw === true || raw === 'full' || raw === 'true' || raw === 'offload' || raw === 'unsloth') return 'full';
  if (raw === 'selective') return 'selective';
  if (raw !== undefined) return 'none';
  const value: Checkpointing =
    ['unsloth', 'torchtune'].includes(framework.name) ||
    (method === 'qlora' && framework.class === 'everyday') ||
    (shape !== undefined && shape.params > 25e9 && framework.class !== 'vendor')
      ? 'full'
      : 'none';
  if (shape) assume('grad_ckpt', value, value === 'full' ? 'convention for this kind of job' : 'off unless switched on');
  return value;
}

function lengthOf(
  facts: FactReader,
  shape: Shape | undefined,
  sample: SampleWork | undefined,
  assume: Assume,
): Pick<TrainingJob, 'seq' | 'seqMax' | 'realShare' | 'lengthKnown'> {
  const stated = facts.number('seq_len');
  const whole = (length: number) => ({ seq: length, seqMax: length, realShare: 1, lengthKnown: true });
  if (shape?.positions !== undefined) return whole(shape.positions);
  if (stated !== undefined && stated > 0) return whole(stated);
  const limit = facts.number('seq_len_max');
  if (limit !== undefined && limit > 0) {
    if (facts.flag('packing') === true) return whole(limit);
    assume('padding', paddedShare, 'samples padded to the longest of a micro-batch fill this share of the limit');
    return { seq: paddedShare * limit, seqMax: limit, realShare: realOfPadded, lengthKnown: true };
  }
  // Instruction samples have a few hundred tokens, the longest of a run some thousand.
  const tuned =
    shape?.encoder !== true && (facts.has('lora_rank') || facts.has('peft') || /tune|lora/.test(facts.text('task') ?? '') || facts.has('finetune_method'));
  const longest = shape?.maxPosition ?? Number.POSITIVE_INFINITY;
  const value = sample?.tokens ?? Math.min(longest, shape?.encoder === true || tuned ? 512 : 2048);
  if (shape && sample?.tokens === undefined) assume('seq_len', value, 'not stated: tokens per second depend little on it');
  return { seq: value, seqMax: tuned ? Math.min(longest, 4 * value) : value, realShare: 1, lengthKnown: false };
}
