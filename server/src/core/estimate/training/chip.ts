import type { Catalog } from '../../catalog/catalog.js';
import type { Accelerator } from '../../catalog/types.js';

/** Generations whose kernels reach a similar share of the peak. */
export type ChipClass =
  | 'pascal'
  | 'volta'
  | 'turing'
  | 'ampere'
  | 'ampere-rtx'
  | 'ada'
  | 'hopper'
  | 'blackwell'
  | 'blackwell-rtx'
  | 'tpu'
  | 'amd'
  | 'gaudi'
  | 'other';

export type ComputePrecision = 'fp32' | 'tf32' | 'fp16' | 'bf16' | 'fp8' | 'fp4';

/** A chip as the training model needs it. Rates are FLOP/s and B/s. */
export interface Chip {
  readonly id: string;
  readonly class: ChipClass;
  readonly accelerator: Accelerator;
  readonly memoryGib: number | undefined;
  readonly bandwidth: number;
  /** One direction, per device; undefined without a fast link. */
  readonly link: number | undefined;
  readonly pcie: number;
  /** Devices that share the fast link. */
  readonly domain: number;
  /** Per-device network rate that machines of this generation usually have. */
  readonly usualNetwork: number;
}

/** Names that say a generation but not a form factor stand for the usual one in machines that train. */
const bareNames: Readonly<Record<string, string>> = {
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

/** The chip that a fact names; `assumed` when the name leaves the form factor open. */
export function chipOf(name: string, catalog: Catalog): { chip: Chip; assumed: boolean } | undefined {
  const bare =
    bareNames[
      name
        .toLowerCase()
        .replaceAll('_', '-')
        .replace(/^nvidia-/, '')
    ];
  const found = (bare === undefined ? undefined : catalog.accelerator(bare)) ?? catalog.accelerator(name);
  if (!found) return undefined;
  const chip = describe(found);
  return chip === undefined ? undefined : { chip, assumed: bare !== undefined };
}

/** Dense peak of a chip at a precision: the tensor rate, or the plain one where it has none.
 * @unit FLOP/s
 * @assumes a precision that the chip lacks runs at the next wider one that it has */
export function peakOf(chip: Chip, precision: ComputePrecision): number {
  const a = chip.accelerator;
  const half = a.bf16Tflops ?? a.fp16Tflops ?? inferredHalf(chip);
  const tflops = {
    fp4: a.fp4Tflops ?? a.fp8Tflops ?? half,
    fp8: a.fp8Tflops ?? half,
    bf16: a.bf16Tflops ?? (a.fp16Tflops !== undefined && chip.class === 'volta' ? a.fp32Tflops : half) ?? a.fp32Tflops,
    fp16: a.fp16Tflops ?? half ?? a.fp32Tflops,
    tf32: a.tf32Tflops ?? a.fp32Tflops ?? (half === undefined ? undefined : half / 2),
    fp32: a.fp32Tflops ?? (half === undefined ? undefined : half / 4),
  }[precision];
  return (tflops ?? a.fp32Tflops ?? 10) * 1e12;
}

/** GeForce tensor cores with fp32 accumulation run at 2 × the fp32 rate since Ampere and 4 × on Turing.
 * @source NVIDIA Ada GPU architecture whitepaper v2, appendix A */
function inferredHalf(chip: Chip): number | undefined {
  const { fp32Tflops } = chip.accelerator;
  if (fp32Tflops === undefined) return undefined;
  if (chip.class === 'turing') return 4 * fp32Tflops;
  if (chip.class === 'ada' || chip.class === 'ampere-rtx' || chip.class === 'blackwell-rtx') return 2 * fp32Tflops;
  return undefined;
}

function describe(a: Accelerator): Chip | undefined {
  if (a.memoryBandwidthGbps === undefined) return undefined;
  const kind = classOf(a);
  const nvl72 = /nvl72/.test(a.id);
  const tpu = kind === 'tpu';
  return {
    id: a.id,
    class: kind,
    accelerator: a,
    memoryGib: a.memoryGib,
    bandwidth: a.memoryBandwidthGbps * 1e9,
    link: a.interconnectGbps === undefined ? undefined : (a.interconnectGbps / 2) * 1e9,
    pcie: 2 ** ((a.pcieGen ?? 4) - 3) * 16e9,
    domain: nvl72 ? 72 : tpu ? 4096 : /pcie/.test(a.id) ? 2 : 8,
    usualNetwork: usualNetwork(kind),
  };
}

/** @unit B/s per device
 * @source instance pages: p3dn 100 Gbit/s for 8 V100, DGX A100 8 × HDR 200, DGX H100 8 × NDR 400, DGX B200 8 × 400 to 800 */
function usualNetwork(kind: ChipClass): number {
  if (kind === 'hopper' || kind === 'amd') return 50e9;
  if (kind === 'blackwell') return 50e9;
  if (kind === 'ampere') return 25e9;
  if (kind === 'gaudi') return 37.5e9;
  if (kind === 'tpu') return 25e9;
  if (kind === 'volta') return 6.25e9;
  return 3e9;
}

function classOf(a: Accelerator): ChipClass {
  const architecture = a.architecture.toLowerCase();
  const plain = /^(rtx|gtx|quadro|titan)/.test(a.id);
  if (architecture.startsWith('pascal') || architecture.startsWith('maxwell') || architecture.startsWith('kepler')) return 'pascal';
  if (architecture.startsWith('volta')) return 'volta';
  if (architecture.startsWith('turing')) return 'turing';
  if (architecture.startsWith('ampere')) return plain || a.computeCapability === 8.6 ? 'ampere-rtx' : 'ampere';
  if (architecture.startsWith('ada')) return 'ada';
  if (architecture.startsWith('hopper')) return 'hopper';
  if (architecture.startsWith('blackwell')) return plain ? 'blackwell-rtx' : 'blackwell';
  if (a.vendor === 'Google') return 'tpu';
  if (a.vendor === 'AMD') return 'amd';
  if (architecture.startsWith('gaudi')) return 'gaudi';
  return 'other';
}
