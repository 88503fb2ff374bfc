import {
  importedSources,
  type KnownNames,
  type MlcostSettings,
  monthsIn,
  type NumberStyle,
  namedPlaces,
  type PanelQuery,
  panelSteps,
  pulledSources,
  readSources,
  type SpendSource,
  type SpendView,
  spendView,
  UnknownRate,
  workPlaces,
} from '../core/index.js';
import type { Host } from './host.js';
import { inSteps } from './in-steps.js';
import type { ProductData } from './product-data.js';
import type { KnownSpend } from './spend-ledger.js';
import { usageOf, wasteOf } from './spend-usage.js';
import { type CodeOf, codeWorkload, estimateVariances } from './spend-variance.js';

export interface PanelOf {
  readonly host: Host;
  readonly root: string;
  readonly settings: MlcostSettings;
  readonly spend: KnownSpend;
  readonly data: ProductData;
  readonly style: NumberStyle;
  /** What the code calls its workloads. */
  readonly names: readonly KnownNames[];
  /** The code of commits that ran; absent: it is not reached here. */
  readonly codeAt?: CodeOf['at'];
}

/** The spend of a workspace root against its budgets, out of all that lies there. */
export async function panelView({ host, root, settings, spend, data, style, names, codeAt }: PanelOf, query: PanelQuery): Promise<SpendView> {
  const { months, imports, read, problems, sources: pulled } = spend;
  const usage = await usageOf(host, root, settings);
  const { budgets } = settings;
  const input = { months, budgets, units: settings.spend.units, usage: usage.records, rates: settings.spend.rates, now: host.now() };
  const panel = await inSteps(host, panelSteps(input, query));
  const charges = { ...panel.span, cost: query.cost, currency: panel.currency, rates: settings.spend.rates };
  const those = monthsIn(months, panel.span);
  const waste = await rated('Waste', () => wasteOf(host, root, settings, data, usage, those, charges));
  const ofTeam = query.team === null ? charges : { ...charges, where: { team: query.team } };
  const variance = await rated('Estimated against billed', () =>
    estimateVariances(root, host, settings, those, ofTeam, { now: names.map(codeWorkload), ...(codeAt ? { at: codeAt } : {}) }),
  );
  const sources: SpendSource[] = [
    ...pulledSources(pulled),
    ...importedSources(imports, style),
    ...readSources(read, style),
    ...problems.map(({ name, reason }): SpendSource => ({ name, detail: reason, state: 'trouble' })),
  ];
  return spendView(panel, {
    style,
    title: 'Spend against budgets',
    sources,
    ...(waste.found ? { waste: waste.found } : {}),
    ...(variance.found ? { variance: variance.found } : {}),
    notes: [...waste.notes, ...variance.notes, ...usage.problems.slice(0, 5), ...(root.startsWith('file:') ? [] : [elsewhere])],
    noSpend: months.length === 0 && problems.length === 0,
    placeOf: namedPlaces(names),
    workAt: workPlaces(names),
  });
}
/** What a workspace without a disk cannot do, and what it can. */
const elsewhere =
  'This workspace is not on a disk of this machine: exports are imported and runs are metered where it is (mlcost spend import, mlcost run). Here the ledger that they leave in .mlcost is read, and CSV exports that .mlcost.yaml names.';

/** What takes a rate that nobody gave is left out, and that is said. */
async function rated<T>(what: string, work: () => Promise<T>): Promise<{ readonly found?: T; readonly notes: readonly string[] }> {
  try {
    return { found: await work(), notes: [] };
  } catch (error) {
    if (!(error instanceof UnknownRate)) throw error;
    return { notes: [`${what}: ${error.message}`] };
  }
}
