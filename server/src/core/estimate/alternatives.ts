import type { Estimation } from '../model/estimate.js';
import { deviceCount } from './devices.js';
import { estimate } from './estimate.js';
import { fitsOf } from './fits.js';
import type { EstimateContext, Spec } from './spec.js';

/** Accelerators that are shown while nobody has said which: what clouds and shops rent most, from large to small. */
export const commonAccelerators: readonly string[] = ['h100-sxm-80gb', 'a100-sxm-80gb', 'l40s', 'l4', 'a10g', 'rtx-4090', 't4'];
/** The same for those makers whose own resource, driver or image is written: nothing else runs there. */
const ofMaker: Readonly<Record<string, readonly string[]>> = {
  AMD: ['mi300x', 'mi325x', 'mi250x', 'mi210'],
  AWS: ['trainium2', 'trainium1', 'inferentia2'],
  Google: ['tpu-v6e', 'tpu-v5p', 'tpu-v5e'],
  Intel: ['gaudi3', 'gaudi2'],
};
/** Of some accelerators those that a workload can mean. */
function meant(spec: Spec, ids: readonly string[], { catalog }: EstimateContext): readonly string[] {
  const maker = spec.facts['gpu_vendor'];
  if (typeof maker !== 'string') return ids;
  const own = ids.filter((id) => catalog.accelerators.find((chip) => chip.id === id)?.vendor === maker);
  return own.length > 0 ? own : (ofMaker[maker] ?? []);
}

export interface OnAccelerator {
  readonly accelerator: string;
  readonly estimation: Estimation;
  /** How many of them, where nobody says: the fewest on which it fits. */
  readonly count?: number;
}

/** The workload on an accelerator; with a number of them where nobody says one. */
export function specOn(spec: Spec, id: string, count?: number): Spec {
  const { instance_type: _machine, ...facts } = spec.facts;
  // Adapters are trained with a copy of the model on each GPU, unless a sharding is written.
  const copies = spec.kind === 'training' && facts['strategy'] === undefined && /lora/.test(String(facts['finetune_method'] ?? '')) ? { strategy: 'ddp' } : {};
  return { ...spec, facts: { ...facts, gpu_type: id, ...(count === undefined ? {} : { gpu_count: count, ...copies }) } };
}

/** The workload on each of some accelerators that compute in its precision: those that fit first, the cheapest first.
 * Where nobody says how many, each is taken in the smallest number on which the workload fits. */
export function onLikelyAccelerators(spec: Spec, context: EstimateContext, ids: readonly string[] = commonAccelerators): OnAccelerator[] {
  const { instance_type: _machine, ...facts } = spec.facts;
  const counted = deviceCount({ ...spec, facts }, context.catalog).known || spec.kind === 'resource';
  const on = (id: string, count?: number): OnAccelerator => ({
    accelerator: id,
    estimation: estimate(specOn(spec, id, count), context),
    ...(count === undefined ? {} : { count }),
  });
  const all = meant(spec, ids, context)
    .filter((id) => context.catalog.accelerators.some((chip) => chip.id === id && (facts['precision'] !== 'bf16' || chip.bf16Tflops !== undefined)))
    .map((id) => (counted ? on(id) : fewest((count) => on(id, count), isSwitched(id, context) ? most : 8)));
  return all.sort((a, b) => roomOf(a) - roomOf(b) || costOf(a.estimation) - costOf(b.estimation));
}

/** How sure it is that it fits: 0 it does, 1 it likely does, 2 it may, 3 nobody knows, 4 it does not. */
export function roomOf(one: OnAccelerator): number {
  const fits = fitsOf(one.estimation);
  return fits === 'fits' ? 0 : fits === 'tight' ? (shareOf(one) <= 1 ? 1 : 2) : fits === 'unknown' ? 3 : 4;
}

/** The first of 1, 2, 4, 8 and so on, whole machines of eight from there, on which it fits; else the first on which it may, and likely does where there is one
 * on one machine; else as on one machine.
 * Beyond a machine it goes on as long as more devices take less of each.
 * @param most devices of one job */
function fewest(on: (count: number) => OnAccelerator, most: number): OnAccelerator {
  let tight: OnAccelerator | undefined;
  let machine: OnAccelerator | undefined;
  let before = Number.POSITIVE_INFINITY;
  for (let count = 1; count <= most; count *= 2) {
    const now = on(count);
    const fits = fitsOf(now.estimation);
    if (fits === 'fits' || fits === 'unknown') return now;
    if (fits === 'tight' && (tight === undefined || shareOf(tight) > 1)) tight = now;
    if (count <= 8) machine = now;
    const memory = now.estimation.estimates['peak_memory_gib']?.likely;
    if (memory === undefined || (count >= 8 && (tight || memory > 0.9 * before))) break;
    before = memory;
  }
  return tight ?? machine ?? on(1);
}
/** Devices beyond which nobody is told a number. */
const most = 1024;
/** Links between the devices of a machine from which on machines of them are joined to one job.
 * @unit GB/s
 * @source NVLink 3 of the A100 has 600, PCIe 5 ×16 has 128: cards without a link of their own are rented one machine at a time */
const switched = 300;
const isSwitched = (id: string, { catalog }: EstimateContext): boolean => {
  const link = catalog.accelerators.find((chip) => chip.id === id)?.interconnectGbps;
  return link !== undefined && link >= switched;
};

const shareOf = ({ estimation }: OnAccelerator): number => estimation.estimates['memory_share']?.likely ?? Number.POSITIVE_INFINITY;
const costOf = ({ estimates }: Estimation): number =>
  (estimates['usd'] ?? estimates['usd_per_month'] ?? estimates['usd_per_hour'])?.likely ?? Number.POSITIVE_INFINITY;
