import type { Device } from './device.js';
import type { Engine } from './engine.js';
import type { WeightFormat } from './formats.js';
import { before, type Release } from './version.js';

/** What the kernels of an engine make of a format on a chip: formats that the chip's units do not know are unpacked to 16 bits, and fused kernels exist from some release and chip on.
 * @param routed the model has routed experts
 * @param variant of the kernels, where the checkpoint or the load states one (`gemm`, `gemv`) */
export function kernelsFor(
  format: WeightFormat,
  engine: Engine,
  device: Device | undefined,
  release: Release | undefined,
  routed: boolean,
  variant: string | undefined,
): WeightFormat {
  if (device === undefined) return format;
  if (format.kernels === 'fp4' && engine.id === 'llamacpp') return { ...format, compute: 'fp16', kernels: 'gguf' };
  if (format.kernels === 'fp4' && !multipliesFp4(engine, device, routed)) return { ...format, compute: 'fp16', kernels: 'marlin' };
  if (/^(?:w4|gptq4|w8)$/.test(format.kernels) && hasMarlin(format, engine, device, release)) return { ...format, kernels: 'marlin' };
  if (variant === 'gemv' && (format.kernels === 'w4' || format.kernels === 'gptq4')) return { ...format, rows: vectorRows };
  return format;
}

/** Rows that a matrix-vector kernel takes before it hands over to one of matrices, which is tuned no better for many.
 * @source github:casper-hansen/AutoAWQ modules/linear/gemv.py (8), README: GEMV is for batch 1 and not for large contexts */
const vectorRows = 8;

/** FP4 units are Blackwell's; vLLM's kernels of routed experts for them do not cover its workstation and desktop chips, whose experts run on weights alone.
 * @source vLLM's warning on chips without FP4 units (weight-only, Marlin), github:vllm-project/vllm issues 50925 (NVFP4 experts on sm_121) and 41477 (MXFP4 experts on sm_121) */
const multipliesFp4 = (engine: Engine, device: Device, routed: boolean): boolean =>
  device.class === 'blackwell' || (device.class === 'blackwell-rtx' && !(routed && engine.id === 'vllm'));

/** Fused kernels for 4- and 8-bit integer weights, from Ampere on.
 * @source github:vllm-project/vllm releases v0.4.2 (gptq_marlin) and v0.5.3 (awq_marlin); github:huggingface/text-generation-inference release v2.1 (Marlin for GPTQ and AWQ); SGLang documentation, quantization (Marlin); arXiv:2408.11743 */
function hasMarlin({ kernels }: WeightFormat, engine: Engine, { class: chip }: Device, release: Release | undefined): boolean {
  if (!/^(?:ampere|ampere-rtx|ada|hopper|blackwell|blackwell-rtx)$/.test(chip)) return false;
  if (engine.id === 'vllm') return !before(release, kernels === 'w4' ? [0, 5, 3] : [0, 4, 2]);
  if (engine.id === 'tgi') return !before(release, [2, 1]);
  return engine.id === 'sglang';
}
