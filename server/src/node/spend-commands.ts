import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { budgetsJson, budgetsTable } from '../cli/budgets.js';
import { importedJson, importedText } from '../cli/imported.js';
import { nearest, type Parsed, UsageError } from '../cli/options.js';
import { spendText } from '../cli/spend.js';
import { statementText } from '../cli/statement.js';
import { type Week, weekText } from '../cli/week.js';
import {
  anomalies,
  auditFile,
  type Budget,
  type BudgetState,
  budgetStates,
  budgetsFor,
  dayIn,
  exact,
  exportsOf,
  hasMoneyLeft,
  isSpendKey,
  isTime,
  type LedgerMonth,
  lastDay,
  ledgerFolder,
  type MlcostSettings,
  ownerKey,
  plusDays,
  readCsv,
  readUsage,
  type ShareRule,
  type SpendKey,
  type SpendQuery,
  settingsFileName,
  spanOf,
  spendKeys,
  spendReport,
  statement,
  UnknownExport,
  UnknownRate,
  UnreadableLedger,
  unitCosts,
  verifyAudit,
  wasteOf,
  withoutSecrets,
} from '../core/index.js';
import type { Host } from '../host/host.js';
import { knownSpend, standingBudgets } from '../host/spend-ledger.js';
import { WorkspaceSettings } from '../host/workspace-settings.js';
import { lastRecord, record, sha256 } from './audit-log.js';
import { importExports } from './ledger.js';
import { meteredRun, runRecords } from './metered-run.js';

type Command = (parsed: Parsed, host: Host) => Promise<number>;

/** The commands about money that was spent. Each gives the exit status: 0 with an answer, 1 for what does not hold. */
export const spendCommands: Readonly<Record<string, Command>> = {
  'spend import': importCommand,
  'spend report': reportCommand,
  'spend statement': statementCommand,
  'spend week': weekCommand,
  budget: budgetCommand,
  run: runCommand,
  'audit verify': verifyCommand,
};

async function importCommand(parsed: Parsed): Promise<number> {
  const { args, values } = parsed;
  for (const file of args) if (!(await stat(file).catch(() => undefined))?.isFile()) throw new UsageError(`${file}: no such file`);
  const folder = path.join(fileURLToPath(workspaceOf(parsed)), ledgerFolder);
  const bar = process.stderr.isTTY && values['quiet'] !== true;
  const outcomes = await usable(() =>
    importExports(folder, exportsOf(args), {
      onProgress: (file, done, total) => bar && process.stderr.write(`\r\u001b[K${path.basename(file)}: ${Math.floor((100 * done) / Math.max(1, total))} %`),
      onWait: (pid) => process.stderr.write(`waiting for the import of process ${pid}\n`),
    }),
  );
  if (bar) process.stderr.write('\r\u001b[K');
  for (const { record: done } of outcomes)
    if (done) await record(fileURLToPath(workspaceOf(parsed)), 'import', { files: done.files, rows: done.rows, billed: done.billed, replaced: done.replaced });
  process.stdout.write(values['format'] === 'json' ? `${JSON.stringify(importedJson(outcomes), null, 1)}\n` : importedText(outcomes));
  return 0;
}

async function reportCommand(parsed: Parsed, host: Host): Promise<number> {
  const { values } = parsed;
  const root = workspaceOf(parsed);
  const [from, to] = [dayOf(values, 'from'), dayOf(values, 'to')];
  const currency = textOf(values, 'currency');
  const query: SpendQuery = {
    by: (textOf(values, 'by') ?? '').split(',').filter(Boolean).map(keyOf),
    cost: values['cost'] === 'effective' ? 'effective' : 'billed',
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(currency === undefined ? {} : { currency }),
    where: whereOf((values['where'] as readonly string[] | undefined) ?? []),
    rates: (await settingsIn(root, host)).spend.rates,
  };
  const report = await usable(async () => {
    return spendReport(await ledgerOf(root, host, from, to), query);
  });
  process.stdout.write(spendText(report, textOf(values, 'format') ?? 'table'));
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
/** What statements of a workspace have in common. */
async function sharing(parsed: Parsed, root: string, host: Host): Promise<Omit<Parameters<typeof statement>[1], 'from' | 'to'>> {
  const { values } = parsed;
  const by = keyOf(textOf(values, 'by') ?? 'team');
  if (isTime(by)) throw new UsageError('--by takes an owner: team, project, model_id …');
  const { spend } = await settingsIn(root, host);
  const currency = textOf(values, 'currency');
  const rules = await Promise.all(spend.shares.map((rule) => withUsage(rule, by, root, host)));
  return { by, cost: values['cost'] === 'effective' ? 'effective' : 'billed', rates: spend.rates, rules, ...(currency === undefined ? {} : { currency }) };
}
async function withUsage({ usageFile, ...rule }: MlcostSettings['spend']['shares'][number], by: string, root: string, host: Host): Promise<ShareRule> {
  if (usageFile === undefined) return rule;
  const text = await host.readText(`${root}/${usageFile}`);
  if (text === null) throw new UsageError(`${usageFile}, which the rule ${rule.name} names, is not there`);
  const { rows, problem } = readUsage(readCsv(text), by);
  if (problem !== undefined) throw new UsageError(`${usageFile}: ${problem}`);
  return { ...rule, usage: rows };
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
    const week: Week = {
      ...span,
      through: known,
      now,
      ...(exact.isZero(before.total) ? {} : { before }),
      budgets: budgetStates(settings.budgets, months, Date.parse(`${known}T12:00:00Z`), rates),
      anomalies: anomalies(months, { ...span, cost, currency: now.currency, rates }),
      units: unitCosts(
        settings.spend.units,
        months.filter(({ month }) => month >= past.from.slice(0, 7) && month <= span.to.slice(0, 7)),
        cost,
        now.currency,
        rates,
      ),
      waste: wasteOf((await runRecords(fileURLToPath(root))).filter(({ started }) => started.slice(0, 10) >= span.from && started.slice(0, 10) <= span.to)),
    };
    return weekText(week, values['format'] === 'html' ? 'html' : 'markdown');
  });
  process.stdout.write(text);
  return 0;
}
async function ledgerOf(root: string, host: Host, from?: string, to?: string): Promise<LedgerMonth[]> {
  const { months, imports, read, problems } = await knownSpend(host, root, await settingsIn(root, host), from, to);
  const [problem] = problems;
  if (problem) throw new UsageError(`${problem.name}: ${problem.reason}`);
  if (imports.length + read.length === 0) throw new UsageError(`no ledger in ${fileURLToPath(root)}: bring an export in with mlcost spend import FILE`);
  return [...months];
}

async function budgetCommand(parsed: Parsed, host: Host): Promise<number> {
  const { values } = parsed;
  const root = workspaceOf(parsed);
  const settings = await settingsIn(root, host);
  if (settings.budgets.length === 0) throw new UsageError(`no budgets in ${fileURLToPath(root)}/${settingsFileName}: write some, docs/spend.md shows how`);
  const states = await statesAt(root, settings, host, dayOf(values, 'at'));
  await noteBudgets(fileURLToPath(root), settings.budgets);
  process.stdout.write(values['format'] === 'json' ? `${JSON.stringify(budgetsJson(states), null, 1)}\n` : budgetsTable(states));
  return values['check'] === true && states.some(({ state }) => state === 'over') ? 1 : 0;
}
/** How a workspace's budgets stand on a day, today if none is said. The middle of a day is that day in nearly every zone. */
const statesAt = (root: string, settings: MlcostSettings, host: Host, day?: string): Promise<BudgetState[]> =>
  usable(() => standingBudgets(host, root, settings, day === undefined ? host.now() : Date.parse(`${day}T12:00:00Z`)));
/** Budgets that are not those of the last time go into the audit log. */
async function noteBudgets(folder: string, budgets: readonly Budget[]): Promise<void> {
  const now = budgets.map(({ name, owner, amount, currency, period, rollOver, parent }) => ({
    name,
    owner,
    amount: exact.toText(amount),
    currency,
    period,
    rollOver,
    ...(parent === undefined ? {} : { parent }),
  }));
  const before = await lastRecord(folder, 'budgets');
  if (JSON.stringify(before?.data['budgets']) !== JSON.stringify(now)) await record(folder, 'budgets', { budgets: now });
}

async function runCommand(parsed: Parsed, host: Host): Promise<number> {
  const { args, values } = parsed;
  const root = workspaceOf(parsed);
  const folder = fileURLToPath(root);
  const settings = await settingsIn(root, host);
  const tags = { ...settings.tags, ...tagsOf((values['tag'] as readonly string[] | undefined) ?? []) };
  if (values['preflight'] === true) {
    const full = budgetsFor(await statesAt(root, settings, host), tags).find((state) => state.spent && !hasMoneyLeft(state));
    if (full) {
      process.stderr.write(
        `mlcost run: not started: nothing is left of the budget ${full.budget.name} (${exact.toText(full.allowed)} ${full.budget.currency} until ${full.period.to})\n`,
      );
      await record(folder, 'run-refused', { command: withoutSecrets(args), budget: full.budget.name, tags });
      return 1;
    }
  }
  const done = await meteredRun(folder, args as [string, ...string[]], tags, ({ id, command, commit }) =>
    record(folder, 'run-started', { id, command, commit, tags }),
  );
  await record(folder, 'run-ended', {
    id: done.id,
    status: done.status,
    seconds: Math.round(done.seconds * 1000) / 1000,
    commit: done.commit,
    modelVersion: tags['model_version'],
  });
  return done.status ?? 1;
}
function tagsOf(written: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    written.map((one) => {
      const [, name = '', value = ''] = /^([^=]+)=(.+)$/s.exec(one) ?? [];
      const key = ownerKey(name);
      if (key === undefined || value === '') throw new UsageError(`--tag takes KEY=VALUE with a key such as team, project, model_version, not '${one}'`);
      return [key, value];
    }),
  );
}

async function verifyCommand(parsed: Parsed): Promise<number> {
  const { values } = parsed;
  const file = path.join(fileURLToPath(workspaceOf(parsed)), auditFile);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file}: there is no audit log`);
  });
  const verdict = verifyAudit(text, sha256, textOf(values, 'head'));
  if (values['format'] === 'json') process.stdout.write(`${JSON.stringify({ version: 1, ...verdict })}\n`);
  else process.stdout.write(verdict.ok ? `whole: ${verdict.records} records, head ${verdict.head}\n` : `broken at line ${verdict.line}: ${verdict.reason}\n`);
  return verdict.ok ? 0 : 1;
}

/** What a person can mend is said without a stack. */
export async function usable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnknownExport || error instanceof UnreadableLedger || error instanceof UnknownRate || error instanceof RangeError)
      throw new UsageError(error.message);
    throw error;
  }
}
const settingsIn = (root: string, host: Host): Promise<MlcostSettings> => new WorkspaceSettings((uri) => host.readText(uri)).of(root);
const textOf = (values: Parsed['values'], name: string): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined);
const workspaceOf = ({ values }: Parsed): string => pathToFileURL(path.resolve(textOf(values, 'workspace') ?? '.')).href;
function dayOf(values: Parsed['values'], name: string): string | undefined {
  const day = textOf(values, name);
  if (day !== undefined && new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) !== day) throw new UsageError(`--${name} takes a day, 2026-11-01, not '${day}'`);
  return day;
}
function keyOf(written: string): SpendKey {
  const key = written.trim() === 'model' ? 'model_id' : written.trim();
  if (!isSpendKey(key)) throw new UsageError(`there is no key '${written}'${nearest(key, spendKeys)}: ${spendKeys.join(', ')}`);
  return key;
}
function whereOf(written: readonly string[]): NonNullable<SpendQuery['where']> {
  return Object.fromEntries(
    written.map((one) => {
      const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(one) ?? [];
      if (name === '') throw new UsageError(`--where takes KEY=VALUE, not '${one}'`);
      const key = keyOf(name);
      if (isTime(key)) throw new UsageError(`--where takes no time: use --from and --to`);
      return [key, value];
    }),
  );
}
