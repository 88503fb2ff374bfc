import type { Accelerator } from '../catalog/types.js';
import type { Estimation, Interval } from '../model/estimate.js';
import { known, type Maybe, unknown } from '../model/maybe.js';
import { durationText } from '../text/duration.js';
import { dataCosts, withData } from './data-costs.js';
import { type Devices, deviceCount, hardwareOf } from './devices.js';
import { Draft } from './draft.js';
import { carbonOf, energyOf } from './energy.js';
import { memoryShare, usableGib } from './fits.js';
import { exact, inverse, product, scale } from './interval.js';
import { explainPrice, hourlyPrice, offerQuery, usdFor } from './money.js';
import { addHolding } from './resource.js';
import { type EstimateContext, FactReader, type Spec } from './spec.js';
import { storagePerMonth } from './storage.js';
import { addTraffic, arrivalsOf } from './traffic.js';

/** Share of time that a server is taken to be busy where nobody states it: always in the label, and beside it the figure for a full load.
 * @assumes 60 %, the middle of what autoscalers are set to hold (50 to 70 %) */
export const assumedUtilisation = 0.6;

/** A training estimate with its money, energy, carbon and share of memory. */
export function withTrainingMoney(base: Estimation, spec: Spec, context: EstimateContext): Estimation {
  const draft = new Draft(base);
  const facts = new FactReader(spec);
  const hardware = hardwareOf(spec, context.catalog);
  const wanted = ['usd', 'energy_kwh', 'carbon_kg'];
  if (!hardware.known) draft.miss(hardware, ...wanted);
  addMemoryShare(draft, hardware.known ? hardware.value.accelerator : undefined);
  const stored = base.estimates['checkpoint_gib'];
  const keeping = stored && storagePerMonth(stored, context.catalog, offerQuery(spec, context).provider);
  if (keeping) draft.add('checkpoint_usd_per_month', keeping, 'usd/month', 'in an object store, as long as nobody deletes them; list prices');
  const count = devicesOf(spec, context, base);
  if (count.known) draft.note(...count.value.notes);
  else draft.miss(count, ...wanted);
  if (hardware.known && count.known) {
    const { accelerator } = hardware.value;
    const devices = count.value.total.likely;
    const price = hourlyPrice(spec, context, accelerator, devices, count.value.perNode);
    const gpuHours = base.estimates['gpu_hours'];
    const limit = facts.number('max_time');
    if (!price.known) draft.miss(price, 'usd');
    else {
      explainPrice(draft, price.value, spec, context);
      if (price.value.choice.market === 'spot') draft.note('spot: the hours and money that interruptions repeat are not in the figure');
      draft.add('usd_per_hour', price.value.usd, 'usd/hour', price.value.choice.basis, price.value.term);
      if (limit !== undefined && limit > 0) {
        draft.add('usd_max', scale(price.value.usd, limit / 3600), 'usd', `if it runs to its limit of ${durationText(limit)}; ${price.value.choice.basis}`);
      }
      if (gpuHours) {
        const hours = scale(gpuHours, 1 / devices);
        const data = dataCosts(draft, spec, context, hours);
        const usd = withData(usdFor(hours, price.value), data);
        const basis = `${gpuHours.basis}; ${price.value.choice.basis}`;
        const term = {
          id: 'usd',
          label: 'Cost',
          value: usd.likely,
          unit: 'usd' as const,
          formula: `GPU-hours ÷ GPUs × price an hour${data ? ' + data' : ''}; independent factors, so the intervals combine in log space`,
          children: [
            gpuHours.term ?? { id: 'gpu-hours', label: 'GPU-hours', value: gpuHours.likely, unit: 'GPU-h' as const },
            price.value.term,
            ...(data?.terms ?? []),
          ],
        };
        draft.add('usd', usd, 'usd', basis, term);
        const epochs = facts.number('epochs');
        if (epochs !== undefined && epochs > 0 && !(Number(facts.raw('max_steps')) > 0))
          draft.add('usd_per_epoch', scale(usd, 1 / epochs), 'usd', `${epochs} epochs; ${basis}`);
      }
    }
    if (gpuHours) addEnergy(draft, accelerator, gpuHours, 'training', spec, context);
  }
  return draft.done();
}

/** Electricity and emissions of a job of some accelerator-hours. */
function addEnergy(draft: Draft, accelerator: Accelerator, gpuHours: Interval, use: 'training' | 'inference', spec: Spec, context: EstimateContext): void {
  const energy = energyOf(accelerator, gpuHours, use, spec, context);
  if (!energy.known) {
    draft.miss(energy, 'energy_kwh', 'carbon_kg');
    return;
  }
  draft.assume(...energy.value.assumed);
  draft.add('energy_kwh', energy.value.kwh, 'kWh', 'rated power × share drawn × host × PUE', energy.value.term);
  const carbon = carbonOf(energy.value.kwh, spec, context);
  if (carbon.known) draft.add('carbon_kg', carbon.value.kg, 'kgCO2e', 'grid average of the region', carbon.value.term);
  else draft.miss(carbon, 'carbon_kg');
}

/** A serving estimate with its money: always on by the hour and month, and by tokens and requests at a stated utilisation. */
export function withServingMoney(base: Estimation, spec: Spec, context: EstimateContext): Estimation {
  const draft = new Draft(base);
  const facts = new FactReader(spec);
  const hardware = hardwareOf(spec, context.catalog);
  addMemoryShare(draft, hardware.known ? hardware.value.accelerator : undefined);
  const taken = deviceCount(spec, context.catalog).known ? undefined : takenCount(base);
  const placed: Spec = taken === undefined ? spec : { ...spec, facts: { ...spec.facts, gpu_count: taken } };
  const held = addHolding(draft, placed, context);
  const count = deviceCount(placed, context.catalog);
  const rate = base.estimates['saturation_output_tokens_per_s'] ?? base.estimates['output_tokens_per_s'];
  const wanted = ['usd_per_1m_tokens', 'usd_per_1k_requests'];
  if (!held || !count.known) {
    draft.miss(hardware.known ? unknown(['gpu_count'], 'say how many GPUs serve it') : hardware, ...wanted);
    return draft.done();
  }
  if (!rate || rate.likely <= 0) return draft.done();
  // Rates are of one replica, or of all devices where `gpus` states them: the devices of the rate are priced, and the ratio holds for all.
  const one = scale(held.perDevice, facts.number('gpus') || count.value.perReplica);
  const perToken = scale(product(one, inverse(rate)), 1 / 3600);
  const output = facts.number('output_tokens');
  const input = facts.number('input_tokens');
  const requests = base.estimates['requests_per_s'];
  const capacity = output !== undefined && output > 0 ? scale(rate, 1 / output) : requests;
  const groups = facts.number('gpus') ? exact(1) : count.value.replicas;
  const arrivals = arrivalsOf(facts);
  const stated = facts.number('utilisation') ?? facts.number('utilization');
  const measured = arrivals !== undefined && capacity && capacity.likely > 0 ? arrivals / (capacity.likely * Math.max(1, groups.likely)) : undefined;
  const known = stated !== undefined && stated > 0 && stated <= 1 ? stated : measured === undefined ? undefined : Math.min(1, measured);
  const busy = known ?? assumedUtilisation;
  if (known === undefined) draft.assume({ fact: 'utilisation', value: busy, why: 'share of the time the server is busy; not stated' });
  const percent = Math.round(busy * 100);
  const term = {
    id: 'per-token',
    label: `Cost of output tokens at ${percent} % busy`,
    value: (perToken.likely * 1e6) / busy,
    unit: 'usd/1M tokens' as const,
    formula: 'price an hour ÷ (output tokens/s at saturation × 3600 × share of time busy)',
    children: [...(rate.term ? [rate.term] : []), { id: 'utilisation', label: 'Share of time busy', value: busy, unit: 'share' as const }],
  };
  draft.add('usd_per_1m_tokens', scale(perToken, 1e6 / busy), 'usd/1M tokens', `output tokens, ${percent} % busy`, term);
  draft.add('usd_per_1m_tokens_full', scale(perToken, 1e6), 'usd/1M tokens', 'output tokens, at full load');
  const prompts = base.estimates['prompt_time_share'];
  if (prompts && input !== undefined && input > 0 && output !== undefined && output > 0) {
    const ask = scale(perToken, (output * 1e6) / busy);
    const rest = { low: Math.max(0, 1 - prompts.high), likely: 1 - prompts.likely, high: 1 - prompts.low };
    draft.add(
      'usd_per_1m_input_tokens',
      scale(product(ask, prompts), 1 / input),
      'usd/1M tokens',
      `prompt tokens, by their share of the time, ${percent} % busy`,
    );
    draft.add(
      'usd_per_1m_output_tokens',
      scale(product(ask, rest), 1 / output),
      'usd/1M tokens',
      `answer tokens, by their share of the time, ${percent} % busy`,
    );
  }
  if (input !== undefined && output !== undefined && output > 0) {
    draft.add(
      'usd_per_1k_requests',
      scale(perToken, (output * 1000) / busy),
      'usd/1k requests',
      `${input} tokens in and ${output} out a request, ${percent} % busy`,
    );
  } else if (requests && requests.likely > 0) {
    draft.add('usd_per_1k_requests', scale(product(one, inverse(requests)), 1000 / 3600 / busy), 'usd/1k requests', `${percent} % busy`);
  } else draft.miss(unknown(['output_tokens'], 'say how long prompts and answers are'), 'usd_per_1k_requests');
  if (capacity && spec.kind === 'serving') addTraffic(draft, placed, context, { hour: one, capacity, groups, busy: stated ?? assumedUtilisation });
  return draft.done();
}

/** A batch-inference estimate with its money: by the hour, by tokens at full load, and for the whole set where its size is stated. */
export function withBatchMoney(base: Estimation, spec: Spec, context: EstimateContext): Estimation {
  const served = withServingMoney(base, { ...spec, facts: { ...spec.facts, utilisation: 1 } }, context);
  const draft = new Draft(served);
  delete draft.estimates['usd_per_month'];
  delete draft.estimates['energy_kwh_per_month'];
  delete draft.estimates['carbon_kg_per_month'];
  const facts = new FactReader(spec);
  const items = facts.number('dataset_size') ?? facts.number('num_requests');
  const hourly = served.estimates['usd_per_hour'];
  const count = served.estimates['gpus'];
  const wanted = ['gpu_hours', 'usd'];
  if (!hourly || !count) return draft.done();
  if (items === undefined) {
    draft.miss(unknown(['dataset_size'], 'say how many items are processed'), ...wanted);
    return draft.done();
  }
  const perSecond = itemsPerSecond(base, facts.number('output_tokens'));
  if (!perSecond) {
    draft.miss(unknown(['output_tokens'], 'say how long each answer is'), ...wanted);
    return draft.done();
  }
  const hours = scale(inverse(perSecond), items / 3600);
  draft.add('wall_hours', hours, 'h', `${items} items at full load`);
  const gpuHours = scale(hours, count.likely);
  draft.add('gpu_hours', gpuHours, 'GPU-h', `${items} items at full load`);
  const hardware = hardwareOf(spec, context.catalog);
  if (hardware.known) addEnergy(draft, hardware.value.accelerator, gpuHours, 'inference', spec, context);
  draft.add('usd', product(hours, hourly), 'usd', `${items} items at full load; ${hourly.basis}`);
  return draft.done();
}

function itemsPerSecond(base: Estimation, outputTokens: number | undefined) {
  const direct = base.estimates['requests_per_s'] ?? base.estimates['images_per_s'] ?? base.estimates['samples_per_s'];
  if (direct && direct.low > 0) return direct;
  const rate = base.estimates['saturation_output_tokens_per_s'] ?? base.estimates['output_tokens_per_s'];
  return rate && rate.low > 0 && outputTokens !== undefined && outputTokens > 0 ? scale(rate, 1 / outputTokens) : undefined;
}

/** The devices of a workload: as stated, or as its formulas took them and listed. */
function devicesOf(spec: Spec, context: EstimateContext, base: Estimation): Maybe<Devices> {
  const count = deviceCount(spec, context.catalog);
  if (count.known) return count;
  const taken = takenCount(base);
  if (taken === undefined) return count;
  return known({ total: exact(taken), perReplica: taken, replicas: exact(1), rule: `${taken}, not stated`, facts: [], assumed: [], notes: [] });
}

const takenCount = ({ assumed }: Estimation): number | undefined => {
  const value = assumed.find(({ fact }) => fact === 'gpus' || fact === 'gpu_count')?.value;
  return typeof value === 'number' && value > 0 ? value : undefined;
};

function addMemoryShare(draft: Draft, accelerator: Accelerator | undefined): void {
  const peak = draft.estimates['peak_memory_gib'];
  const share = peak && accelerator && memoryShare(peak, accelerator);
  const usable = accelerator && usableGib(accelerator);
  if (share && usable !== undefined) draft.add('memory_share', share, 'share', `of ${accelerator.memoryGib} GiB, ${usable.toFixed(1)} of them usable`);
}
