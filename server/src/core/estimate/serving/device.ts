import type { Catalog } from '../../catalog/catalog.js';
import { nameKey } from '../../catalog/catalog.js';
import type { Accelerator, Cpu } from '../../catalog/types.js';
import { reportedGib } from '../reported-memory.js';
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
  const chip = catalog.accelerator(written) ?? catalog.accelerator(written.replace(/-\d+gcds?$/, ''));
  if (chip !== undefined) return fromChip(chip, false, /1gcd/.test(written) ? 0.5 : 1);
  if (/^cpu|xeon|epyc|ryzen|core\(?tm|graviton/i.test(written)) return fromCpu(written, catalog.cpus);
  const parts = written
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => !/^(nvidia|tesla|gpu)?$/.test(part));
  const candidates = catalog.accelerators.filter((each) => parts.every((part) => each.id.split('-').includes(part)));
  const best = candidates.find((each) => /sxm/.test(each.id)) ?? candidates[0];
  if (best !== undefined) return fromChip(best, candidates.length > 1, 1);
  return undefined;
}

const ratio = (value: number | undefined, factor: number): number | undefined => (value === undefined ? undefined : value * factor);

/** Peaks that a data sheet leaves out follow from the architecture: GeForce tensor cores run 16-bit products with 32-bit sums at a fixed multiple of the shader rate.
 * @source NVIDIA Turing, Ampere GA102, Ada and Blackwell architecture white papers, tables of peak rates */
function fromChip(chip: Accelerator, ambiguous: boolean, part: number): Device | undefined {
  const family = chipClass(chip);
  const fp32 = chip.fp32Tflops;
  const tensor = family === 'turing' ? 4 : family === 'ampere-consumer' || family === 'ada' || family === 'blackwell-consumer' ? 2 : 1;
  const fp16 =
    chip.bf16Tflops ?? chip.fp16Tflops ?? ratio(chip.fp8Tflops, 0.5) ?? ratio(chip.int8Tops, 0.5) ?? ratio(chip.fp4Tflops, 0.25) ?? ratio(fp32, tensor);
  if (chip.memoryBandwidthGbps === undefined || fp16 === undefined) return undefined;
  const half = Math.max(fp16, chip.fp16Tflops ?? fp16);
  const single = fp32 ?? half / 2;
  const eight = chip.fp8Tflops ?? (family === 'hopper' || family === 'ada' || family.startsWith('blackwell') ? half * 2 : half);
  const int8 = chip.int8Tops ?? (/apple|pascal|volta|neuron/.test(family) ? half : half * 2);
  const clock = sustainedClock(family, half, chip.tdpW);
  const tera = (value: number) => value * 1e12 * part * clock;
  const fastLink = chip.interconnectGbps !== undefined && chip.interconnectGbps >= 150;
  return {
    id: chip.id,
    class: family,
    bandwidth: chip.memoryBandwidthGbps * 1e9 * part,
    memoryGib: ratio(chip.memoryGib, part),
    reportedGib: ratio(reportedGib(chip), part),
    link: fastLink ? (chip.interconnectGbps * 1e9) / 2 : pcieRate(chip),
    fastLink,
    peak: {
      fp32: tera(single),
      tf32: tera(chip.tf32Tflops ?? single),
      fp16: tera(half),
      fp8: tera(eight),
      int8: tera(Math.max(int8, half)),
      fp4: tera(chip.fp4Tflops ?? eight),
      int4: tera(chip.int4Tops ?? Math.max(int8, half)),
    },
    cores: family === 'neuron' ? (/inferentia1/.test(chip.id) ? 4 : 2) : 1,
    ambiguous,
    guessed: (chip.bf16Tflops ?? chip.fp16Tflops) === undefined,
  };
}

/** One direction over PCIe between cards. Cards without peer-to-peer copies go through the host's memory, twice and against each other: taken as 0.3 of it.
 * @source PCI-SIG rates of 16 lanes; NVIDIA and Intel: no peer-to-peer between GeForce RTX 40 or Arc cards */
function pcieRate(chip: Accelerator): number {
  const generation = chip.pcieGen ?? 4;
  const rate = generation >= 5 ? 50e9 : generation >= 4 ? 25e9 : 12e9;
  return /^(rtx-[45]0\d\d|arc-)/.test(chip.id) ? rate * 0.3 : rate;
}

/** Dense 16-bit TFLOP/s a watt that a generation's full-power boards are rated at.
 * @source NVIDIA data sheets: V100 SXM2 125/300, RTX 2080 Ti 108/250, A100 SXM 312/400, RTX A6000 155/300, L40S 362/350, H100 SXM 989/700, B200 2250/1000 */
const ratedPerWatt: Readonly<Record<string, number>> = {
  volta: 0.42,
  turing: 0.43,
  ampere: 0.78,
  'ampere-consumer': 0.52,
  ada: 1.05,
  hopper: 1.41,
  blackwell: 2.25,
};

/** Share of the rated clock that matrix work holds on a board with little power for its units (T4, L4, A10, PCIe cards), as a power limit does: (power there ÷ power needed)^0.4. */
function sustainedClock(family: string, tflops: number, watts: number | undefined): number {
  const usual = ratedPerWatt[family];
  return usual === undefined || watts === undefined || watts <= 0 ? 1 : Math.min(1, ((usual * watts) / tflops) ** 0.4);
}

/** Chips grouped by how their kernels behave. */
export function chipClass(chip: Accelerator): string {
  const id = chip.id;
  const architecture = chip.architecture.toLowerCase();
  if (/^jetson/.test(id)) return 'jetson';
  if (chip.vendor === 'Apple' || /^m\d/.test(id)) return 'apple';
  if (/inferentia|trainium/.test(id)) return 'neuron';
  if (/^tpu/.test(id)) return 'tpu';
  if (/amd/i.test(chip.vendor)) return /^mi/.test(id) ? 'cdna' : 'rdna';
  if (/intel/i.test(chip.vendor)) return /gaudi/.test(id) ? 'gaudi' : 'xe';
  if (/hopper/.test(architecture)) return 'hopper';
  if (/blackwell/.test(architecture)) return /^(b|gb)[123]00/.test(id) ? 'blackwell' : 'blackwell-consumer';
  if (/ada/.test(architecture)) return 'ada';
  if (/ampere/.test(architecture)) return /^(a100|a800|a30)/.test(id) ? 'ampere' : 'ampere-consumer';
  if (/turing/.test(architecture)) return 'turing';
  if (/volta/.test(architecture)) return 'volta';
  if (/pascal|maxwell|kepler/.test(architecture)) return 'pascal';
  return 'other';
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
