import {
  importedSources,
  type KnownNames,
  type MlcostSettings,
  monthsIn,
  type NumberStyle,
  namedPlaces,
  type PanelQuery,
  pulledSources,
  readSources,
  type SpendSource,
  type SpendView,
  spendPanel,
  spendView,
  UnknownRate,
  type WasteLedger,
} from '../core/index.js';
import type { Host } from './host.js';
import type { ProductData } from './product-data.js';
import type { KnownSpend } from './spend-ledger.js';
import { usageOf, wasteOf } from './spend-usage.js';

export interface PanelOf {
  readonly host: Host;
  readonly root: string;
  readonly settings: MlcostSettings;
  readonly spend: KnownSpend;
  readonly data: ProductData;
  readonly style: NumberStyle;
  /** What the code calls its workloads. */
  readonly names: readonly KnownNames[];
}

/** The spend of a workspace root against its budgets, out of all that lies there. */
export async function panelView({ host, root, settings, spend, data, style, names }: PanelOf, query: PanelQuery): Promise<SpendView> {
  const { months, imports, read, problems, sources: pulled } = spend;
  const usage = await usageOf(host, root, settings);
  const { budgets } = settings;
  const panel = spendPanel({ months, budgets, units: settings.spend.units, usage: usage.records, rates: settings.spend.rates, now: host.now() }, query);
  const { waste, notes } = await wasteOr(() =>
    wasteOf(host, root, settings, data, usage, monthsIn(months, panel.span), {
      ...panel.span,
      cost: query.cost,
      currency: panel.currency,
      rates: settings.spend.rates,
    }),
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
    ...(waste ? { waste } : {}),
    notes: [...notes, ...usage.problems.slice(0, 5), ...(root.startsWith('file:') ? [] : [elsewhere])],
    noSpend: months.length === 0 && problems.length === 0,
    placeOf: namedPlaces(names),
  });
}
/** What a workspace without a disk cannot do, and what it can. */
const elsewhere =
  'This workspace is not on a disk of this machine: exports are imported and runs are metered where it is (mlcost spend import, mlcost run). Here the ledger that they leave in .mlcost is read, and CSV exports that .mlcost.yaml names.';

async function wasteOr(work: () => Promise<WasteLedger>): Promise<{ waste?: WasteLedger; notes: string[] }> {
  try {
    return { waste: await work(), notes: [] };
  } catch (error) {
    if (!(error instanceof UnknownRate)) throw error;
    return { notes: [`Waste: ${error.message}`] };
  }
}
