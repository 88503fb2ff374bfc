import type { Chip } from '../chip.js';
import type { Layout } from './layout.js';

/** Collectives over the fast link inside a node reach about this share of its rate.
 * @source NCCL tests, bus bandwidth: 235 of 300 GB/s on A100, 360 to 370 of 450 GB/s on H100 (NVIDIA/nccl-tests PERFORMANCE notes) */
const linkReach = 0.8;
/** @source PCIe transfers between devices through the host: about half of the link's rate */
const pcieReach = 0.5;

/** Rate of a collective over neighbouring devices. @unit B/s per device */
export function groupRate(chip: Chip, layout: Layout, size: number, networkReach: number): number {
  if (size <= Math.min(chip.domain, Math.max(layout.perNode, chip.domain > 8 ? chip.domain : 1))) return inside(chip);
  return Math.min(inside(chip), layout.network * networkReach);
}

/** Rate of the exchange between data-parallel members: over nodes, the members of a node share its network cards.
 * @unit B/s per device */
export function dataRate(chip: Chip, layout: Layout, networkReach: number): number {
  const inner = inside(chip);
  const domain = chip.domain > 8 ? chip.domain : layout.perNode;
  if (layout.gpus <= domain) return inner;
  const membersInside = Math.max(1, domain / (layout.tensor * layout.context * (chip.domain > 8 ? layout.pipeline : 1)));
  return Math.min(inner, layout.network * networkReach * membersInside);
}

const inside = ({ link, pcie }: Chip): number => (link === undefined ? pcie * pcieReach : link * linkReach);

/** Network rate that machines of a generation usually have.
 * @unit B/s per device
 * @source instance pages: p3dn 100 Gbit/s for 8 V100, DGX A100 8 × HDR 200, DGX H100 8 × NDR 400, DGX B200 8 × 400 to 800 */
export function usualNetwork({ generation }: Chip): number {
  if (generation === 'hopper' || generation === 'cdna' || generation === 'blackwell') return 50e9;
  if (generation === 'ampere' || generation === 'tpu') return 25e9;
  if (generation === 'gaudi') return 37.5e9;
  return generation === 'volta' ? 6.25e9 : 3e9;
}
