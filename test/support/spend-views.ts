import { type EstimateVariance, exact, type PanelQuery, spendPanel, spendUpdate, spendView } from '../../server/src/core/index.js';
import type { SpendView } from '../../server/src/core/render/spend-view.js';
import { readMlcostFile } from '../../server/src/core/settings/mlcost-file.js';
import { firstQuery } from '../../server/src/core/spend/panel.js';
import { againstEstimate, type BilledWork } from '../../server/src/core/spend/variance.js';
import type { ToSpendPage } from '../../server/src/protocol/spend-panel.js';
import { type Charge, ledger } from './months.js';

/** A made-up organisation: some teams, each with a budget, and what they spent day by day until a day.
 * @param teams how many; the first three have names that a person would give */
export function madeUp(teams: number, until: string, days: number): { readonly yaml: string; readonly charges: Charge[] } {
  const named = ['vision', 'search', 'speech'];
  const names = Array.from({ length: teams }, (_, at) => named[at] ?? `team-${at}`);
  const end = Date.parse(`${until}T00:00:00Z`);
  let seed = 7;
  const random = (): number => {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const charges = Array.from({ length: days }, (_, back) => new Date(end - (days - 1 - back) * 86_400_000)).flatMap((date) => {
    const day = date.toISOString().slice(0, 10);
    const busy = date.getUTCDay() % 6 === 0 ? 0.5 : 1;
    return names.flatMap((team, at): Charge[] => {
      const cost = (base: number): string => (base * busy * (0.8 + 0.4 * random()) * (1 + at / 10)).toFixed(2);
      const tags = { team, project: `${team}-core`, model_id: `model-${at % 5}`, model_version: 'v2' };
      return [
        { day, cost: cost(day === until.replace(/\d\d$/, '10') && at === 0 ? 900 : 210), tags: { ...tags, workflow: 'nightly', category: 'training' } },
        ...(at < 20 ? [{ day, cost: cost(120), tags: { ...tags, feature: 'answers', category: 'inference' } }] : []),
        ...(at < 6 ? [{ day, cost: cost(14), tags: { category: at % 2 === 0 ? 'storage' : 'transfer' } }] : []),
      ];
    });
  });
  const amounts = [9000, 11_500, 16_000];
  const yaml = `budgets:\n  - { name: research, amount: 60000 }\n${names.map((team, at) => `  - { name: ${team}, owner: { team: ${team} }, part_of: research, amount: ${amounts[at] ?? 12_000} }\n`).join('')}`;
  return { yaml, charges };
}
/** What some work was billed and estimated at: one as it should be, one beyond, one far beyond, one that cannot be told. */
const held = (['1040', '1690', '6400', '310'] as const).map((cost, at): EstimateVariance => {
  const billed: BilledWork = {
    run: at === 3 ? null : `run-${at + 1}`,
    version: 'v2',
    models: [],
    cost: exact.decimal(cost) ?? exact.zero,
    currency: 'USD',
    dollars: exact.decimal(cost) ?? exact.zero,
    span: { from: '2026-11-02', to: '2026-11-06' },
    days: 5,
  };
  const estimate = { per: 'run', cost: { low: 800, likely: 1000, high: 1300 }, gpuHours: 400, supposed: ['epochs 3', 'sequence length 2048'] } as const;
  return againstEstimate(
    { file: 'train.py', title: `Trainer of model-${at}`, commit: at === 1 ? 'f00dfeed1234' : null },
    billed,
    estimate,
    at === 1 ? { gpuHours: 620 } : {},
  );
});
/** The view of some charges at a moment, as the server would make it. */
export function viewAt(yaml: string, charges: readonly Charge[], now: string, query: Partial<PanelQuery> = {}, notes: readonly string[] = []): SpendView {
  const { budgets, spend } = readMlcostFile('file:///w/.mlcost.yaml', yaml).settings;
  const panel = spendPanel({ months: ledger(charges), budgets, units: spend.units, rates: spend.rates, now: Date.parse(now) }, { ...firstQuery, ...query });
  return spendView(panel, {
    style: { locale: 'en-US' },
    title: 'Spend against budgets',
    sources: charges.length === 0 ? [] : [{ name: 'focus-2026-11.csv', detail: 'FOCUS 1.2, imported: 1,240 charges, 2026-10-01 to 2026-11-16', state: 'ok' }],
    notes,
    noSpend: charges.length === 0,
    ...(charges.length === 0 ? {} : { variance: { estimates: held, notes: [] } }),
    placeOf: (level, value) => (level === 'model' && value === 'model-0' ? { uri: 'file:///w/train.py', line: 11, label: 'train.py:12' } : undefined),
  });
}
export const dataOf = (view: SpendView, known: Readonly<Record<string, string>> = {}): ToSpendPage => ({
  type: 'data',
  root: 'file:///w',
  roots: [{ uri: 'file:///w', label: 'w' }],
  update: spendUpdate(view, known),
});
