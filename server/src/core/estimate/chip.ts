import type { Catalog } from '../catalog/catalog.js';
import type { Accelerator } from '../catalog/types.js';
import { reportedGib } from './reported-memory.js';

/** Chips whose kernels behave alike. */
export type Generation =
  | 'pascal'
  | 'volta'
  | 'turing'
  | 'ampere'
  | 'ampere-rtx'
  | 'ada'
  | 'hopper'
  | 'blackwell'
  | 'blackwell-rtx'
  | 'jetson'
  | 'tpu'
  | 'cdna'
  | 'rdna'
  | 'gaudi'
  | 'xe'
  | 'neuron'
  | 'apple'
  | 'other';

/** Types that products are computed in. */
export type NumberType = 'fp32' | 'tf32' | 'bf16' | 'fp16' | 'fp8' | 'int8' | 'fp4' | 'int4';

/** A chip in the units of the formulas. */
export interface Chip {
  readonly id: string;
  readonly generation: Generation;
  readonly accelerator: Accelerator;
  readonly memoryGib: number | undefined;
  /** What the driver reports of it. @unit GiB */
  readonly reportedGib: number | undefined;
  /** @unit B/s */
  readonly bandwidth: number;
  /** One direction to all peers that share a fast link; undefined without one: a bridge joins two cards only. @unit B/s */
  readonly link: number | undefined;
  /** One direction over 16 lanes. @unit B/s */
  readonly pcie: number;
  /** Devices that share the fast link. */
  readonly domain: number;
  /** Dense rates. @unit FLOP/s */
  readonly peak: Readonly<Record<NumberType, number>>;
  /** The 16-bit rate follows from the architecture: no data sheet that is known here has it. */
  readonly inferred: boolean;
}

/** The chip that a written name means; `open` where the name leaves its form factor or memory open and the usual one was taken. */
export function chipNamed(name: string, catalog: Catalog): { readonly chip: Chip; readonly open: boolean } | undefined {
  const bare =
    usual[
      name
        .toLowerCase()
        .replaceAll('_', '-')
        .replace(/^(?:nvidia|tesla)-/, '')
    ];
  const exact =
    (bare === undefined ? undefined : catalog.accelerator(bare)) ?? catalog.accelerator(name) ?? catalog.accelerator(name.replace(/-\d+gcds?$/, ''));
  if (exact) return described(exact, bare !== undefined);
  const parts = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => !/^(?:nvidia|tesla|gpu)?$/.test(part));
  const like = parts.length === 0 ? [] : catalog.accelerators.filter(({ id }) => parts.every((part) => id.split('-').includes(part)));
  const best = like.find(({ id }) => /sxm/.test(id)) ?? like[0];
  return best && described(best, like.length > 1);
}

/** Names that say a generation but not a form factor stand for the usual one in machines of several. */
const usual: Readonly<Record<string, string>> = {
  a100: 'a100-sxm-80gb',
  'a100-40gb': 'a100-sxm-40gb',
  'a100-80gb': 'a100-sxm-80gb',
  h100: 'h100-sxm-80gb',
  'h100-80gb': 'h100-sxm-80gb',
  h200: 'h200-sxm-141gb',
  h800: 'h800-sxm-80gb',
  a800: 'a800-sxm-80gb',
  v100: 'v100-sxm2-16gb',
  'v100-16gb': 'v100-sxm2-16gb',
  'v100-32gb': 'v100-sxm2-32gb',
  p100: 'p100-sxm2-16gb',
  b200: 'b200-sxm-180gb',
  b300: 'b300-sxm-288gb',
  gb200: 'gb200-nvl72',
  gb300: 'gb300-nvl72',
};

function described(a: Accelerator, open: boolean): { readonly chip: Chip; readonly open: boolean } | undefined {
  const chip = chipOf(a);
  return chip && { chip, open };
}

/** A row of the table as a chip. @unknown undefined without a memory bandwidth or any rate */
export function chipOf(a: Accelerator): Chip | undefined {
  const generation = generationOf(a);
  const peak = peaksOf(a, generation);
  if (a.memoryBandwidthGbps === undefined || peak === undefined) return undefined;
  const joined = a.interconnectGbps !== undefined && a.interconnectGbps >= 150;
  return {
    id: a.id,
    generation,
    accelerator: a,
    memoryGib: a.memoryGib,
    reportedGib: reportedGib(a),
    bandwidth: a.memoryBandwidthGbps * 1e9,
    link: joined ? (a.interconnectGbps / 2) * 1e9 : undefined,
    pcie: 2 ** ((a.pcieGen ?? 4) - 3) * 16e9,
    domain: /nvl72/.test(a.id) ? 72 : generation === 'tpu' ? 4096 : /pcie/.test(a.id) ? 2 : 8,
    peak,
    inferred: (a.bf16Tflops ?? a.fp16Tflops) === undefined,
  };
}

/** Peaks that a data sheet leaves out follow from the architecture: tensor cores of GeForce cards run 16-bit products with 32-bit sums at a fixed multiple of the
 * shader rate, and each halving of the width doubles the rate where the units know the type. A type that the chip lacks runs at the next wider one that it has.
 * @source NVIDIA Turing, Ampere GA102, Ada and Blackwell architecture white papers, tables of peak rates
 * @unit FLOP/s */
function peaksOf(a: Accelerator, generation: Generation): Chip['peak'] | undefined {
  const multiple = generation === 'turing' ? 4 : /^(?:ada|ampere-rtx|blackwell-rtx)$/.test(generation) ? 2 : 1;
  const times = (rate: number | undefined, factor: number) => (rate === undefined ? undefined : rate * factor);
  const half = a.bf16Tflops ?? a.fp16Tflops ?? times(a.fp8Tflops, 0.5) ?? times(a.int8Tops, 0.5) ?? times(a.fp4Tflops, 0.25) ?? times(a.fp32Tflops, multiple);
  if (half === undefined) return undefined;
  const fp16 = Math.max(half, a.fp16Tflops ?? half);
  // Volta and Turing have tensor units for fp16 alone.
  const bf16 = a.bf16Tflops ?? (generation === 'volta' || generation === 'turing' ? a.fp32Tflops : undefined) ?? half;
  const fp32 = a.fp32Tflops ?? half / 4;
  const fp8 = a.fp8Tflops ?? (/^(?:hopper|ada|blackwell)/.test(generation) ? fp16 * 2 : fp16);
  const int8 = Math.max(a.int8Tops ?? (/^(?:apple|pascal|volta|neuron)$/.test(generation) ? fp16 : fp16 * 2), fp16);
  const tera = {
    fp32,
    tf32: a.tf32Tflops ?? (hasTf32(generation) ? half / 2 : fp32),
    bf16,
    fp16,
    fp8,
    int8,
    fp4: a.fp4Tflops ?? fp8,
    int4: a.int4Tops ?? int8,
  };
  return Object.fromEntries(Object.entries(tera).map(([type, rate]) => [type, rate * 1e12])) as Chip['peak'];
}

/** True where 32-bit products may run on tensor units with shorter mantissas. */
export const hasTf32 = (generation: Generation): boolean => /^(?:ampere|ada|hopper|blackwell)/.test(generation);

function generationOf(a: Accelerator): Generation {
  const architecture = a.architecture.toLowerCase();
  if (/^jetson/.test(a.id)) return 'jetson';
  if (a.vendor === 'Apple' || /^m\d/.test(a.id)) return 'apple';
  if (/inferentia|trainium/.test(a.id)) return 'neuron';
  if (/^tpu/.test(a.id)) return 'tpu';
  if (/amd/i.test(a.vendor)) return /^mi/.test(a.id) ? 'cdna' : 'rdna';
  if (/intel/i.test(a.vendor)) return /gaudi/.test(a.id) ? 'gaudi' : 'xe';
  if (/hopper/.test(architecture)) return 'hopper';
  if (/blackwell/.test(architecture)) return /^(?:b|gb)[123]00/.test(a.id) ? 'blackwell' : 'blackwell-rtx';
  if (/ada/.test(architecture)) return 'ada';
  if (/ampere/.test(architecture)) return /^(?:a100|a800|a30)(?:-|$)/.test(a.id) ? 'ampere' : 'ampere-rtx';
  if (/turing/.test(architecture)) return 'turing';
  if (/volta/.test(architecture)) return 'volta';
  return /pascal|maxwell|kepler/.test(architecture) ? 'pascal' : 'other';
}
