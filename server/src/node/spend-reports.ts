import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Parsed, UsageError } from '../cli/options.js';
import { spendText } from '../cli/spend.js';
import { spendPage } from '../cli/spend-html.js';
import { statementText } from '../cli/statement.js';
import { unitsText } from '../cli/units.js';
import { varianceText } from '../cli/variance.js';
import { wasteText } from '../cli/waste.js';
import { type Week, weekText } from '../cli/week.js';
import {
  anomalies,
  budgetStates,
  budgetVariances,
  type ChargesOfWork,
  dayIn,
  exact,
  firstQuery,
  isTime,
  type KnownNames,
  kpis,
  type LedgerMonth,
  lastDay,
  type MlcostSettings,
  monthsIn,
  ownerKey,
  type PanelQuery,
  placeOf,
  plainStyle,
  plusDays,
  type SpendQuery,
  spanOf,
  spendReport,
  spendUpdate,
  statement,
  unitCosts,
} from '../core/index.js';
import { Engine } from '../host/engine.js';
import { type Host, never } from '../host/host.js';
import { ProductData } from '../host/product-data.js';
import { knownSpend, sourceStatuses } from '../host/spend-ledger.js';
import { panelView } from '../host/spend-panel.js';
import { usageOf, wasteOf } from '../host/spend-usage.js';
import { codeWorkload, estimateVariances } from '../host/spend-variance.js';
import { codeAt } from './commit-code.js';
import {
  costOf,
  currencyOf,
  dayOf,
  formatOf,
  keyOf,
  ledgerOf,
  type SpendCommand,
  settingsIn,
  sharing,
  textOf,
  usable,
  whereOf,
  workspaceOf,
} from './spend-arguments.js';

/** The commands that report what was spent. Each gives the exit status. */
export const reportCommands: Readonly<Record<string, SpendCommand>> = {
  'spend report': reportCommand,
  'spend statement': statementCommand,
  'spend week': weekCommand,
  'spend waste': wasteCommand,
  'spend units': unitsCommand,
  'spend variance': varianceCommand,
};

async function reportCommand(parsed: Parsed, host: Host): Promise<number> {
  const { values } = parsed;
  const page = textOf(values, 'html');
  if (page !== undefined) return pageCommand(parsed, host, page);
  const root = workspaceOf(parsed);
  const [from, to] = [dayOf(values, 'from'), dayOf(values, 'to')];
  const currency = textOf(values, 'currency');
  const { spend } = await settingsIn(root, host);
  const query: SpendQuery = {
    by: (textOf(values, 'by') ?? '').split(',').filter(Boolean).map(keyOf),
    cost: costOf(values),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(currency === undefined ? {} : { currency }),
    where: whereOf((values['where'] as readonly string[] | undefined) ?? []),
    rates: spend.rates,
  };
  const report = await usable(async () => spendReport(await ledgerOf(root, host, from, to), query));
  process.stdout.write(spendText(report, textOf(values, 'format') ?? 'table', await sourceStatuses(root, spend.sources, host)));
  const expected = textOf(values, 'expect');
  if (expected === undefined) return 0;
  const amount = exact.decimal(expected);
  if (!amount) throw new UsageError(`--expect takes an amount, not '${expected}'`);
  const [total, ...others] = Object.values(report.totals);
  const found = others.length === 0 ? exact.round(total ?? exact.zero, 2) : undefined;
  if (found && exact.compare(found, exact.round(amount, 2)) === 0) return 0;
  process.stderr.write(
    found
      ? `does not add up: ${exact.toText(found)} in the ledger, ${exact.toText(amount)} expected, ${exact.toText(exact.subtract(found, amount))} apart\n`
      : 'does not add up: there are several currencies; choose one with --currency or --where currency=CODE\n',
  );
  return 1;
}

/** The panel as one HTML file. */
async function pageCommand(parsed: Parsed, host: Host, file: string): Promise<number> {
  const { values } = parsed;
  const root = workspaceOf(parsed);
  const settings = await settingsIn(root, host);
  const [from, to] = [dayOf(values, 'from'), dayOf(values, 'to')];
  if ((from === undefined) !== (to === undefined)) throw new UsageError('--html takes both of --from and --to, or neither: the latest month');
  const where = Object.entries(whereOf((values['where'] as readonly string[] | undefined) ?? []));
  if (where.some(([key]) => key !== 'team')) throw new UsageError('--html takes --where team=NAME only');
  const [by = firstQuery.by] = (textOf(values, 'by') ?? '').split(',').filter(Boolean).map(keyOf);
  if (isTime(by)) throw new UsageError('--by with --html takes what bars are divided by: team, category, service …');
  const query: PanelQuery = { period: from === undefined ? firstQuery.period : `${from}/${to}`, team: where[0]?.[1] ?? null, by, cost: costOf(values) };
  const names = await namesIn(root, host);
  const spend = await knownSpend(host, root, settings);
  const panel = {
    host,
    root,
    settings,
    spend,
    data: new ProductData(host),
    style: plainStyle,
    names,
    codeAt: (commits: readonly string[]) => codeAt(root, host, commits),
  };
  const view = await usable(() => panelView(panel, query));
  const [script, style] = await Promise.all(['webview-spend.js', 'webview-spend.css'].map((name) => host.readAssetText(name)));
  const hash = (text: string): string => createHash('sha256').update(text).digest('base64');
  await writeFile(file, spendPage(view, spendUpdate(view, {}), { script: script as string, style: style as string, hash }));
  process.stderr.write(`${file}: ${view.head.period}, ${view.budgets.length} ${view.budgets.length === 1 ? 'budget' : 'budgets'}. ${view.head.age}.\n`);
  return 0;
}

/** What the code of a workspace calls its workloads: spend leads to it. */
async function namesIn(root: string, host: Host): Promise<KnownNames[]> {
  const engine = new Engine(host);
  engine.roots = [root];
  await engine.loadRuns(root);
  const reports = await engine.scan(await host.listFiles(root, never));
  return reports.flatMap(({ workloads }) =>
    workloads.map(({ workload, estimation }) => {
      const document = engine.document(workload.span.uri);
      return { workload, estimation, root, uri: workload.span.uri, line: (document ? placeOf(document, workload.span).line : 1) - 1 };
    }),
  );
}

/** Estimated against billed, by the code as it stands and at the commits that ran. */
const variancesOf = async (root: string, host: Host, settings: MlcostSettings, months: readonly LedgerMonth[], query: ChargesOfWork) =>
  estimateVariances(root, host, settings, months, query, { now: (await namesIn(root, host)).map(codeWorkload), at: (commits) => codeAt(root, host, commits) });

async function statementCommand(parsed: Parsed, host: Host): Promise<number> {
  const { values } = parsed;
  const root = workspaceOf(parsed);
  const [from, to] = [dayOf(values, 'from'), dayOf(values, 'to')];
  const found = await usable(async () =>
    statement(await ledgerOf(root, host, from, to), {
      ...(await sharing(parsed, root, host)),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    }),
  );
  process.stdout.write(statementText(found, textOf(values, 'format') ?? 'table'));
  return 0;
}

async function wasteCommand(parsed: Parsed, host: Host): Promise<number> {
  const { values } = parsed;
  const root = workspaceOf(parsed);
  const settings = await settingsIn(root, host);
  // without a ledger there still are runs and tables of use
  const months = await ledgerOf(root, host).catch((): LedgerMonth[] => []);
  const query = { ...askedDays(values, host), cost: costOf(values), currency: currencyOf(values, settings, months), rates: settings.spend.rates };
  const usage = await usable(() => usageOf(host, root, settings));
  const found = await usable(() => wasteOf(host, root, settings, new ProductData(host), usage, months, query));
  tell(usage.problems);
  process.stdout.write(wasteText(found, query, textOf(values, 'format') ?? 'table'));
  return 0;
}

async function unitsCommand(parsed: Parsed, host: Host): Promise<number> {
  const { values } = parsed;
  const root = workspaceOf(parsed);
  const settings = await settingsIn(root, host);
  if (settings.spend.units.length === 0)
    throw new UsageError(`nothing is counted in ${fileURLToPath(root)}: name it under spend.units, docs/spend.md shows how`);
  const [from, to] = [dayOf(values, 'from'), dayOf(values, 'to')];
  const months = await ledgerOf(root, host, from, to);
  const currency = currencyOf(values, settings, months);
  const { records, problems } = await usageOf(host, root, settings);
  tell(problems);
  const found = await usable(async () => unitCosts(settings.spend.units, months, records, costOf(values), currency, settings.spend.rates));
  process.stdout.write(unitsText(found, currency, textOf(values, 'format') ?? 'table'));
  return 0;
}

async function varianceCommand(parsed: Parsed, host: Host): Promise<number> {
  const { values } = parsed;
  const root = workspaceOf(parsed);
  const settings = await settingsIn(root, host);
  const months = await ledgerOf(root, host);
  const query = { ...askedDays(values, host), cost: costOf(values), currency: currencyOf(values, settings, months), rates: settings.spend.rates };
  const found = await usable(async () => ({
    ...query,
    budgets: budgetVariances(budgetStates(settings.budgets, months, Date.parse(`${query.to}T12:00:00Z`), settings.spend.rates)),
    ...(await variancesOf(root, host, settings, months, query)),
  }));
  process.stdout.write(varianceText(found, textOf(values, 'format') ?? 'table'));
  return 0;
}

async function weekCommand(parsed: Parsed, host: Host): Promise<number> {
  const { values } = parsed;
  const root = workspaceOf(parsed);
  const settings = await settingsIn(root, host);
  const at = dayOf(values, 'at') ?? plusDays(dayIn(host.now()), -7);
  const span = spanOf({ kind: 'week' }, at);
  const past = { from: plusDays(span.from, -7), to: plusDays(span.from, -1) };
  const text = await usable(async () => {
    const months = await ledgerOf(root, host);
    const query = await sharing(parsed, root, host);
    const now = statement(months, { ...query, ...span });
    const before = statement(months, { ...query, ...past });
    const { cost, rates } = query;
    const through = lastDay(months);
    const known = through !== null && through < span.to ? through : span.to;
    const usage = await usageOf(host, root, settings);
    tell(usage.problems);
    const near = monthsIn(months, { from: past.from, to: span.to });
    const charges = { ...span, cost, currency: now.currency, rates };
    const budgets = budgetStates(settings.budgets, months, Date.parse(`${known}T12:00:00Z`), rates);
    const units = unitCosts(settings.spend.units, near, usage.records, cost, now.currency, rates);
    const waste = await wasteOf(host, root, settings, new ProductData(host), usage, months, charges);
    const { estimates, notes } = await variancesOf(root, host, settings, months, charges);
    const required = [...new Set(settings.policy.flatMap(({ required_tags = [] }) => required_tags))].flatMap((name) => ownerKey(name) ?? []);
    const week: Week = {
      ...span,
      through: known,
      now,
      ...(exact.isZero(before.total) ? {} : { before }),
      budgets,
      anomalies: anomalies(months, charges),
      units,
      waste,
      estimates,
      notes,
      kpis: kpis({ months, query: charges, budgets: settings.budgets, states: budgets, required, waste, units, estimates }),
    };
    return weekText(week, formatOf(values, 'markdown'));
  });
  process.stdout.write(text);
  return 0;
}
/** Days that are asked for: the last thirty if nothing is said. */
function askedDays(values: Parsed['values'], host: Host): { from: string; to: string } {
  const to = dayOf(values, 'to') ?? dayIn(host.now());
  const from = dayOf(values, 'from') ?? plusDays(to, -29);
  if (from > to) throw new UsageError(`--from ${from} is after --to ${to}`);
  return { from, to };
}
/** What is wrong with files beside the ledger: the rest is still answered. */
function tell(problems: readonly string[]): void {
  for (const problem of problems.slice(0, 20)) process.stderr.write(`${problem}\n`);
  if (problems.length > 20) process.stderr.write(`… and ${problems.length - 20} more rows that were left out\n`);
}
