import type { Accelerator } from '../catalog/types.js';

/** Boards with GDDR memory for data centres keep error correction in that memory, as a sixteenth of it; HBM has chips of its own for it, and GeForce and RTX boards leave it off.
 * @source NVIDIA T4, A10, A40, L4 and L40S product briefs (usable memory with ECC on: 15 of 16, 22.5 of 24, 45 of 48 GB) */
const inlineCorrection = /^(t4g?|a2|a10g?|a16|a40|l2|l4|l20|l40s?)$/;

/** Chips that share main memory with the processor: printed in decimal gigabytes. */
const unified = /^(gb10|jetson-.*)$/;

/** Memory that the driver reports of a board, which is what a process can share out.
 * @unit GiB
 * @source start-up logs of engines, total memory: RTX 3090 23.6 of 24, T4 14.7 of 16, L4 22.2 of 24, A100 39.5 of 40 and 79.2 of 80, V100 31.7 of 32, H200 139.8 of 141 */
export function reportedGib({ id, memoryGib }: Pick<Accelerator, 'id' | 'memoryGib'>): number | undefined {
  if (memoryGib === undefined) return undefined;
  const printed = unified.test(id) ? (memoryGib * 1e9) / 2 ** 30 : inlineCorrection.test(id) ? (memoryGib * 15) / 16 : memoryGib;
  return printed - Math.min(printed * 0.03, 0.3 + 0.0065 * printed);
}
