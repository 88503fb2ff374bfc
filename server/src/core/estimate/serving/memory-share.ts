import type { Device } from './device.js';
import type { Engine } from './engine.js';
import { before, type Release } from './version.js';

/** What decides an engine's own choice of its share. */
export interface ShareInputs {
  readonly engine: Engine;
  readonly device: Device | undefined;
  readonly release: Release | undefined;
  readonly tensor: number;
  readonly stages: number;
  readonly copies: number;
  /** Tokens of one chunk of prompts, where stated. */
  readonly chunk: number | undefined;
  /** Attention groups inside a tensor-parallel group. */
  readonly attentionGroups: boolean;
  readonly speculative: boolean;
}

/** Share of the memory that an engine takes where nobody states it: of the device, or of what is free beside the weights.
 * @source vLLM gpu_memory_utilization 0.9; LMDeploy cache_max_entry_count 0.8; TensorRT-LLM free_gpu_memory_fraction 0.9; TGI cuda_memory_fraction 1 */
export function usualShare(inputs: ShareInputs): number {
  const { engine } = inputs;
  if (engine.id === 'sglang') return sglangShare(inputs);
  return { tgi: 1, lmdeploy: 0.8 }[engine.id] ?? 0.9;
}

const mib = 1024;

/** SGLang leaves what it expects activations, graphs and communication to take, in MiB of the device.
 * @source github:sgl-project/sglang srt/server_args.py _handle_gpu_memory_settings (pull 10975: chunk · 1.5 + graphs · 2 + ranks ÷ 8 · 1024 + 512, at least 10 GiB on large devices); before, by size of the device; before that, by tensor parallel size
 * @assumes pull 10975 came with 0.5.4, the table by size with 0.4.9 */
function sglangShare({ device, release, tensor, stages, copies, chunk, attentionGroups, speculative }: ShareInputs): number {
  const byRanks = tensor >= 16 ? 0.79 : tensor >= 8 ? 0.81 : tensor >= 4 ? 0.85 : tensor >= 2 ? 0.87 : 0.88;
  if (device?.reportedGib === undefined || before(release, [0, 4, 9])) return byRanks;
  const memory = device.reportedGib * mib;
  const ranks = tensor * stages;
  const draft = speculative ? 2 * mib : 0;
  if (before(release, [0, 5, 4])) {
    const kept = memory < 35 * mib ? 2.8 + ranks / 10 : memory < 90 * mib ? 9.5 + ranks / 2 : memory < 160 * mib ? 12 + ranks / 2 : 32;
    return shareOf(memory, kept * mib + draft + (attentionGroups ? 4 * mib : 0));
  }
  const few = tensor < 4;
  const [tokens, graphs] =
    memory < 20 * mib
      ? [2048, 8]
      : memory < 35 * mib
        ? [2048, few ? 24 : 80]
        : memory < 60 * mib
          ? [4096, few ? 32 : 160]
          : memory < 160 * mib
            ? [8192, few ? 256 : 512]
            : [16384, 512];
  const groups = attentionGroups ? graphs * copies * (graphs > 300 ? 4.5 : 3) : 0;
  const reserved = 512 + Math.max(chunk ?? tokens, 2048) * 1.5 + graphs * 2 + (ranks / 8) * mib + groups;
  return shareOf(memory, Math.max(reserved, memory > 60 * mib ? 10 * mib : 0) + draft);
}

const shareOf = (memory: number, kept: number): number => Math.max(0.1, Math.round(((memory - kept) / memory) * 1000) / 1000);
