import type { Estimation, Interval, Term } from '../model/estimate.js';
import { type Maybe, unknown } from '../model/maybe.js';
import { durationText } from '../text/duration.js';
import { deviceCount, hardwareOf } from './devices.js';
import { Draft } from './draft.js';
import { carbonOf, energyOf } from './energy.js';
import { scale } from './interval.js';
import { explainPrice, type HourlyPrice, hourlyPrice, hoursPerMonth } from './money.js';
import { type EstimateContext, FactReader, type Spec } from './spec.js';

/** What reserved accelerators cost, whatever runs on them: by the hour, by the month where they stay on, and at most where a time limit ends them.
 * @unknown money if the accelerator, their number or a price is unknown */
export function estimateResource(spec: Spec, context: EstimateContext): Estimation {
  const draft = new Draft();
  addHolding(draft, spec, context);
  return draft.done();
}

/** Adds `usd_per_hour`, then `usd_max` and `gpu_hours_max` under a time limit, or `usd_per_month` without one. Returns the price of one accelerator for an hour. */
export function addHolding(draft: Draft, spec: Spec, context: EstimateContext): { readonly perDevice: Interval } | undefined {
  const facts = new FactReader(spec);
  const count = deviceCount(spec, context.catalog);
  const hardware = hardwareOf(spec, context.catalog);
  const limit = facts.number('max_time');
  const bounded = limit !== undefined && limit > 0;
  const passing = spec.kind === 'resource' && isPassing.test(facts.text('framework') ?? '');
  const wanted = ['usd_per_hour', ...(bounded ? ['usd_max'] : passing ? [] : ['usd_per_month'])];
  if (count.known) {
    draft.assume(...count.value.assumed);
    draft.note(...count.value.notes);
    draft.add('gpus', count.value.total, 'count', count.value.rule);
  } else draft.miss(count, ...wanted);
  if (hardware.known) draft.assume(...hardware.value.assumed);
  else if (!facts.has('instance_type') || hardwareBlocks(spec, context)) draft.miss(hardware, ...wanted);
  if (count.known && bounded) draft.add('gpu_hours_max', scale(count.value.total, limit / 3600), 'GPU-h', `time limit of ${durationText(limit)}`);
  if (!count.known || !hardware.known) return undefined;
  const { total, perNode } = count.value;
  const priced = priceRange(total, (devices) => hourlyPrice(spec, context, hardware.value.accelerator, devices, perNode));
  if (!priced.known) {
    draft.miss(priced, ...wanted);
    return undefined;
  }
  const { price, usd } = priced.value;
  explainPrice(draft, price, spec, context);
  if (!bounded && price.choice.likely.offer.billedBy === 'second')
    draft.note('billed by the second while it runs: the month is for one that never scales down');
  draft.add('usd_per_hour', usd, 'usd/hour', price.choice.basis, price.term);
  const over = (id: string, hours: number, formula: string, unit: 'usd' | 'usd/month'): Term => ({
    id,
    label: formula,
    value: usd.likely * hours,
    unit,
    formula,
    children: [price.term],
  });
  if (bounded) {
    const hours = limit / 3600;
    draft.add(
      'usd_max',
      scale(usd, hours),
      'usd',
      `if it runs to its limit of ${durationText(limit)}; ${price.choice.basis}`,
      over('cap', hours, `price an hour × limit of ${durationText(limit)}`, 'usd'),
    );
  } else if (passing) draft.miss(unknown(['max_time'], 'say how long it runs: it is there for one job'), 'usd_max');
  else {
    draft.add(
      'usd_per_month',
      scale(usd, hoursPerMonth),
      'usd/month',
      `always on, ${hoursPerMonth} h; ${price.choice.basis}`,
      over('month', hoursPerMonth, `price an hour × ${hoursPerMonth} h`, 'usd/month'),
    );
    const energy = energyOf(hardware.value.accelerator, scale(total, hoursPerMonth), 'inference', spec, context);
    if (energy.known) {
      draft.assume(...energy.value.assumed);
      draft.add('energy_kwh_per_month', energy.value.kwh, 'kWh/month', 'rated power × share drawn × host × PUE', energy.value.term);
      const carbon = carbonOf(energy.value.kwh, spec, context);
      if (carbon.known) draft.add('carbon_kg_per_month', carbon.value.kg, 'kgCO2e/month', 'grid average of the region', carbon.value.term);
      else draft.miss(carbon, 'carbon_kg_per_month');
    }
  }
  return { perDevice: scale(price.usd, 1 / total.likely) };
}

/** Machines that are there for one job and then given back: no month of them is paid. */
const isPassing = /^(?:github-actions|gitlab-ci|slurm|pbs|lsf|beaker|argo|skypilot|azureml)$/;

/** The price for a range of accelerators: low of the fewest, high of the most. Zero accelerators cost nothing, a number nobody knows does not. */
function priceRange(total: Interval, price: (devices: number) => Maybe<HourlyPrice>): Maybe<{ price: HourlyPrice; usd: Interval }> {
  const likely = price(total.likely);
  if (!likely.known) return likely;
  if (total.low === total.high) return { known: true, value: { price: likely.value, usd: likely.value.usd } };
  const high = price(total.high);
  const low = total.low > 0 ? price(total.low) : undefined;
  if (!high.known || (low && !low.known)) return unknown(['replicas'], 'say how many replicas run');
  const usd = {
    low: low ? Math.min(low.value.usd.low, likely.value.usd.low) : 0,
    likely: likely.value.usd.likely,
    high: Math.max(high.value.usd.high, likely.value.usd.high),
  };
  return { known: true, value: { price: likely.value, usd } };
}

const hardwareBlocks = (spec: Spec, context: EstimateContext): boolean =>
  context.catalog.hardware(new FactReader(spec).text('instance_type') ?? '') === undefined;
