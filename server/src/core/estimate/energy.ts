import { providerOfRegion } from '../catalog/price-book.js';
import type { Accelerator } from '../catalog/types.js';
import type { AssumedFact, Interval, Term } from '../model/estimate.js';
import { known, type Maybe, unknown } from '../model/maybe.js';
import { exact, product, scale } from './interval.js';
import { offerQuery } from './money.js';
import type { EstimateContext, Spec } from './spec.js';

/** Share of its rated power that an accelerator draws while the workload runs.
 * @source training: Newkirk et al. 2025 (arXiv:2506.14551), computationally intensive training draws 76 % of a node's rating; the ends are
 * a stalled run and a chip at its limit. Serving and batch inference: Patel et al. 2024 (POLCA, ASPLOS), prompt phases near the limit, decode well below. */
const powerShare: Readonly<Record<'training' | 'inference', Interval>> = {
  training: { low: 0.55, likely: 0.8, high: 1 },
  inference: { low: 0.35, likely: 0.6, high: 0.9 },
};
/** Power of the whole machine over the rated power of its accelerators: hosts, memory, network, fans.
 * @source Latif et al. 2024 (arXiv:2412.08602): 8.4 kW measured on a node with 8 × 700 W near full use, 1.5 times the chips' rating;
 * over the share above that leaves 1.3 for the chips' own surroundings, 1.1 for lean hosts */
const hostOverhead: Interval = { low: 1.1, likely: 1.3, high: 1.5 };
/** Power usage effectiveness where the provider is unknown: hyperscale fleets to the world's average.
 * @source Google data centre efficiency report 2024 (1.09); Uptime Institute Global Data Center Survey 2024 (1.56) */
const unknownPue: Interval = { low: 1.09, likely: 1.25, high: 1.56 };
/** Half-width of a yearly grid average against the hours in which a job runs. An assumption, not fitted. */
const gridSpread = 1.25;

export interface Energy {
  readonly kwh: Interval;
  readonly term: Term;
  readonly assumed: readonly AssumedFact[];
}

/** Electricity of accelerator-hours: rated power × share drawn × host × PUE.
 * @unit kWh
 * @unknown if the accelerator's rated power is not listed */
export function energyOf(accelerator: Accelerator, gpuHours: Interval, use: 'training' | 'inference', spec: Spec, context: EstimateContext): Maybe<Energy> {
  if (accelerator.tdpW === undefined) return unknown(['tdp'], `the rated power of ${accelerator.name} is not listed`);
  const site = siteOf(spec, context);
  const pue = site?.pue === undefined ? unknownPue : exact(site.pue);
  const kwh = product(gpuHours, scale(powerShare[use], accelerator.tdpW / 1000), hostOverhead, pue);
  const assumed: AssumedFact[] = [
    { fact: 'power_share', value: powerShare[use].likely, why: `share of rated power drawn, ${use}: measured nodes (arXiv:2506.14551, arXiv:2412.08602)` },
  ];
  if (site?.pue === undefined)
    assumed.push({ fact: 'pue', value: unknownPue.likely, why: 'provider unknown: between hyperscale fleets and the world’s average' });
  return known({
    kwh,
    assumed,
    term: {
      id: 'energy',
      label: 'Electricity',
      value: kwh.likely,
      unit: 'kWh',
      formula: 'GPU-hours × rated power × share drawn × host × PUE',
      source: 'arXiv:2412.08602, arXiv:2506.14551',
      children: [
        { id: 'gpu-hours', label: 'GPU-hours', value: gpuHours.likely, unit: 'GPU-h' },
        { id: 'rated-power', label: `Rated power of ${accelerator.name}`, value: accelerator.tdpW, unit: 'W', source: accelerator.source },
        { id: 'power-share', label: 'Share drawn', value: powerShare[use].likely, unit: 'share' },
        { id: 'host', label: 'Machine over chips', value: hostOverhead.likely, unit: 'share' },
        { id: 'pue', label: 'PUE', value: pue.likely, unit: 'share', ...(site?.pue === undefined ? {} : { source: site.source }) },
      ],
    },
  });
}

/** Emissions of electricity on the grid of its region, location-based.
 * @unit kg CO2e
 * @unknown if the region is unknown or its grid is not listed */
export function carbonOf(kwh: Interval, spec: Spec, context: EstimateContext): Maybe<{ readonly kg: Interval; readonly term: Term }> {
  const site = siteOf(spec, context);
  if (site?.gramsPerKwh === undefined) {
    const { region } = offerQuery(spec, context);
    return unknown(
      ['region'],
      region === undefined ? 'say which region: grids differ 50 times' : `the grid of ${region} is not listed: name the provider too, or a country as ISO code`,
    );
  }
  const grid = { low: site.gramsPerKwh / gridSpread, likely: site.gramsPerKwh, high: site.gramsPerKwh * gridSpread };
  const kg = scale(product(kwh, grid), 1 / 1000);
  const term: Term = {
    id: 'carbon',
    label: 'Carbon',
    value: kg.likely,
    unit: 'kgCO2e',
    formula: `electricity × ${site.gramsPerKwh} g/kWh (${site.provider} ${site.region}, yearly average)`,
    source: `${site.source}, ${site.asOf}`,
    facts: ['region'],
  };
  return known({ kg, term });
}

/** The row of grid and PUE for the workload's place: provider and region, or a country by its ISO code. */
function siteOf(spec: Spec, context: EstimateContext) {
  const { provider: stated, region } = offerQuery(spec, context);
  if (region === undefined) return undefined;
  const provider = stated ?? providerOfRegion(context.catalog, region);
  const { carbon } = context.catalog;
  return (
    carbon.find((row) => row.provider === provider && row.region.toLowerCase() === region.toLowerCase()) ??
    carbon.find((row) => row.provider === 'country' && row.region === region.toUpperCase())
  );
}
