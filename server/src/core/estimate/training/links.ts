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
