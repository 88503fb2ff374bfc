import type { Chip } from '../chip.js';

/** Network rate that machines of a generation usually have.
 * @unit B/s per device
 * @source instance pages: p3dn 100 Gbit/s for 8 V100, DGX A100 8 × HDR 200, DGX H100 8 × NDR 400, DGX B200 8 × 400 to 800 */
export function usualNetwork({ generation }: Chip): number {
  if (generation === 'hopper' || generation === 'cdna' || generation === 'blackwell') return 50e9;
  if (generation === 'ampere' || generation === 'tpu') return 25e9;
  if (generation === 'gaudi') return 37.5e9;
  return generation === 'volta' ? 6.25e9 : 3e9;
}
