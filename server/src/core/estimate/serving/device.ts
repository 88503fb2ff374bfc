import type { Catalog } from '../../catalog/catalog.js';
import { nameKey } from '../../catalog/catalog.js';
import type { Cpu } from '../../catalog/types.js';
import { type Chip, chipNamed } from '../chip.js';
import type { FactReader } from '../spec.js';
import type { WeightFormat } from './formats.js';

/** The chip that runs, in the units of the formulas. */
export interface Device {
  readonly id: string;
  /** Chips that behave alike where a single one was never measured. */
  readonly class: string;
  /** @unit bytes/s */
  readonly bandwidth: number;
  /** @unit GiB */
  readonly memoryGib: number | undefined;
  /** What the driver reports of it. @unit GiB */
  readonly reportedGib: number | undefined;
  /** One direction to the peers of one node. @unit bytes/s */
  readonly link: number;
  readonly fastLink: boolean;
  /** @unit FLOP/s */
  readonly peak: Readonly<Record<WeightFormat['compute'], number>>;
  /** Cores of one chip that each run a copy of a small model by itself. */
  readonly cores: number;
  /** The written name did not say which of several chips it is. */
  readonly ambiguous: boolean;
  /** Peaks or bandwidth come from the architecture, not from a row of their own. */
  readonly guessed: boolean;
}

/** Resolves `gpu_type` (or the processor named there). Undefined where nothing is named or nothing of that name is known. */
export function deviceOf(facts: FactReader, catalog: Catalog): Device | undefined {
  const written = facts.text('gpu_type');
  if (written === undefined) return undefined;
  const processor = /^cpu|xeon|epyc|ryzen|core\(?tm|graviton/i.test(written) && catalog.accelerator(written) === undefined;
  if (processor) return fromCpu(written, catalog.cpus);
  const found = chipNamed(written, catalog);
  return found && fromChip(found.chip, found.open, /1gcd/.test(written) ? 0.5 : 1);
}

/** @param part of the chip that runs: one die of two */
function fromChip(chip: Chip, ambiguous: boolean, part: number): Device {
  const { generation, peak } = chip;
  const clock = part * sustainedClock(generation, peak.fp16 / 1e12, chip.accelerator.tdpW);
  const { bf16: _, ...types } = peak;
  return {
    id: chip.id,
    class: generation,
    bandwidth: chip.bandwidth * part,
    memoryGib: chip.memoryGib === undefined ? undefined : chip.memoryGib * part,
    reportedGib: chip.reportedGib === undefined ? undefined : chip.reportedGib * part,
    link: chip.link ?? pcieRate(chip),
    fastLink: chip.link !== undefined,
    peak: Object.fromEntries(Object.entries(types).map(([type, rate]) => [type, rate * clock])) as Device['peak'],
    cores: generation === 'neuron' ? (/inferentia1/.test(chip.id) ? 4 : 2) : 1,
    ambiguous,
    guessed: chip.inferred,
  };
}

/** One direction over PCIe between cards, 0.78 of the lanes' rate. Cards without peer-to-peer copies go through the host's memory, twice and against each other: taken as 0.3 of it.
 * @source NVIDIA and Intel: no peer-to-peer between GeForce RTX 40 or Arc cards */
const pcieRate = ({ id, pcie }: Chip): number => 0.78 * pcie * (/^(rtx-[45]0\d\d|arc-)/.test(id) ? 0.3 : 1);

/** Dense 16-bit TFLOP/s a watt that a generation's full-power boards are rated at.
 * @source NVIDIA data sheets: V100 SXM2 125/300, RTX 2080 Ti 108/250, A100 SXM 312/400, RTX A6000 155/300, L40S 362/350, H100 SXM 989/700, B200 2250/1000 */
const ratedPerWatt: Readonly<Record<string, number>> = {
  volta: 0.42,
  turing: 0.43,
  ampere: 0.78,
  'ampere-rtx': 0.52,
  ada: 1.05,
  hopper: 1.41,
  blackwell: 2.25,
};

/** Share of the rated clock that matrix work holds on a board with little power for its units (T4, L4, A10, PCIe cards), as a power limit does: (power there ÷ power needed)^0.4. */
function sustainedClock(family: string, tflops: number, watts: number | undefined): number {
  const usual = ratedPerWatt[family];
  return usual === undefined || watts === undefined || watts <= 0 ? 1 : Math.min(1, ((usual * watts) / tflops) ** 0.4);
}

/** A processor by the letters in its printed name; an unlisted one is a 32-core server of the Ice Lake kind, and says so by `guessed`. */
function fromCpu(written: string, cpus: readonly Cpu[]): Device | undefined {
  const key = nameKey(written).replace(/^cpu/, '') + (written.includes('+') ? '+' : '');
  const cpu = cpus.find((each) => key.includes(each.match.replace(/[^a-z0-9+]/g, ''))) ?? cpus.find((each) => each.match === 'icelake');
  if (cpu === undefined) return undefined;
  const threads = /-(\d+)(?:t|c|vcpu)$/i.exec(written);
  const sized = threads === null ? undefined : Number(threads[1]) / (/vcpu$/i.test(written) ? 2 : 1);
  const cores = Math.min(cpu.cores, sized ?? cpu.cores);
  const cycles = cores * cpu.baseGhz * 1e9;
  const fp32 = cycles * cpu.fp32FlopPerCycle;
  const half = cpu.bf16FlopPerCycle === undefined ? fp32 : cycles * cpu.bf16FlopPerCycle;
  const int8 = cpu.int8OpPerCycle === undefined ? fp32 * 2 : cycles * cpu.int8OpPerCycle;
  const bandwidth = cpu.memoryBandwidthGbps * 1e9 * Math.min(1, 0.3 + (0.7 * cores) / Math.min(cpu.cores, 16));
  return {
    id: `cpu:${cpu.match}`,
    class: 'cpu',
    bandwidth,
    memoryGib: undefined,
    reportedGib: undefined,
    link: 20e9,
    fastLink: false,
    peak: { fp32, tf32: fp32, fp16: half, fp8: half, int8, fp4: half, int4: int8 },
    cores: 1,
    ambiguous: false,
    guessed: cpu.match === 'icelake',
  };
}
