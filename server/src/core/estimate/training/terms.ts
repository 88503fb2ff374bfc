import type { Term } from '../../model/estimate.js';
import type { TrainingJob } from './job.js';
import type { MemoryParts } from './memory.js';
import type { Speed } from './speed.js';

/** The step's time as a tree; its leaves add up to the step. */
export function stepTerm(job: TrainingJob, { step }: Speed): Term {
  const part = (id: string, label: string, value: number, formula: string, facts: readonly string[]): Term => ({ id, label, value, unit: 's', formula, facts });
  const children = [
    part('matrix', 'matrix products', step.matrix, '2 FLOP a weight, token and pass ÷ reached rate (Kaplan et al. 2020 §2.1)', [
      'model',
      'batch_size',
      'seq_len',
      'precision',
      'gpu_type',
    ]),
    part('attention', 'attention', step.attention, '4·s·h FLOP a token and layer, causal half (Narayanan et al. 2021 §3)', ['seq_len', 'flash_attention']),
    part('elementwise', job.sample ? 'activation traffic' : 'norms, residuals, loss', step.elementwise, 'bytes moved ÷ memory bandwidth', ['gpu_type']),
    part('launch', 'host work that computing does not hide', step.launch, 'seconds a layer and pass', ['framework', 'compile']),
    part('loading', 'waiting for images', step.loading, 'seconds of a core to read, decode and augment an image ÷ loading processes', [
      'loader_workers',
      'image_size',
      'framework',
    ]),
    part('uneven', 'waiting for the slowest device', step.uneven, 'scatter of the step · √(2 ln devices) (Chen et al. 2016)', ['gpus']),
    part('dequantize', 'turning 4-bit weights into 16-bit ones', step.dequantize, 'bytes moved ÷ memory bandwidth', ['quantization']),
    part('tensor-parallel', 'tensor-parallel exchange', step.tensorParallel, '4 all-reduces a layer (Shoeybi et al. 2019)', ['tensor_parallel']),
    part('expert-parallel', 'expert-parallel exchange', step.expertParallel, '4 all-to-all a layer (Lepikhin et al. 2020)', ['expert_parallel']),
    part('sharding', 'gathers and scatters of sharded weights', step.sharding, '3 × weight bytes a micro-batch (Rajbhandari et al. 2020 §7)', ['strategy']),
    part('offloading', 'activations to the host and back', step.offloading, 'bytes kept there ÷ PCIe, beside the computing', ['remat_policy']),
    part('bubble', 'pipeline bubble', step.bubble, '(p − 1) ÷ (m·v) (Narayanan et al. 2021 §2.2)', ['pipeline_parallel', 'virtual_pipeline', 'grad_accum']),
    part('gradients', 'gradient exchange', step.gradients, 'ring all-reduce, exposed share', ['gpus', 'strategy']),
    part('optimizer', 'optimizer step', step.optimizer, 'bytes a parameter ÷ memory bandwidth', ['optimizer']),
    part('fixed', 'fixed work a step', step.fixed, 'fitted', ['framework']),
  ].filter((term) => term.value > 0);
  const known = children.reduce((sum, term) => sum + term.value, 0);
  if (step.total - known > 1e-6 * step.total)
    children.push(part('rest', 'overlap that is not perfect', step.total - known, 'smooth maximum of overlapping parts', []));
  return { id: 'step', label: 'one optimizer step', value: step.total, unit: 's', children };
}

/** The peak of one device as a tree; its leaves add up to the peak. */
export function memoryTerm(parts: MemoryParts, job: TrainingJob): Term {
  const part = (id: string, label: string, bytes: number, formula: string, facts: readonly string[]): Term => ({
    id,
    label,
    value: bytes / 2 ** 30,
    unit: 'GiB',
    formula,
    facts,
  });
  const children = [
    part('weights', 'weights', parts.weights, 'bytes a parameter ÷ shards', ['model', 'precision', 'quantization', 'strategy']),
    part('gradients', 'gradients', parts.gradients, 'bytes a parameter ÷ shards', ['strategy']),
    part('optimizer', 'optimizer states and master weights', parts.optimizer, `${job.optimizer}: bytes a parameter ÷ shards (Rajbhandari et al. 2020 §3)`, [
      'optimizer',
      'strategy',
      'offload',
    ]),
    part('adapters', 'adapters with gradients and states', parts.adapters, '16 B a trained parameter', ['lora_rank']),
    part('activations', 'activations', parts.activations, 'values a token and layer (Korthikanti et al. 2022 §4)', [
      'batch_size',
      'seq_len',
      'grad_ckpt',
      'remat_policy',
      'flash_attention',
    ]),
    part('logits', 'logits and loss', parts.logits, 'tokens × vocabulary × bytes', ['vocab_size', 'batch_size', 'seq_len']),
    part('buffers', 'gathered weights and buckets', parts.buffers, 'two layers and the embedding', ['strategy']),
    part('context', 'device context and workspaces', parts.context, 'fitted', []),
    part('fragmentation', 'fragmentation', parts.fragmentation, 'fitted share of the above', []),
  ].filter((term) => term.value > 0);
  return { id: 'memory', label: 'peak memory of one device', value: children.reduce((sum, term) => sum + term.value, 0), unit: 'GiB', children };
}
