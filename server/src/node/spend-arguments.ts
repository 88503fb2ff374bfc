import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nearest, type Parsed, UsageError } from '../cli/options.js';
import type { ReportFormat } from '../cli/sections.js';
import {
  isDay,
  isSpendKey,
  isTime,
  type LedgerMonth,
  type MlcostSettings,
  readCsv,
  readUsage,
  type ShareRule,
  type SpendKey,
  type SpendQuery,
  type StatementQuery,
  spendKeys,
  spendReport,
  UnknownExport,
  UnknownRate,
  UnreadableLedger,
} from '../core/index.js';
import type { Host } from '../host/host.js';
import { knownSpend } from '../host/spend-ledger.js';
import { WorkspaceSettings } from '../host/workspace-settings.js';

export type SpendCommand = (parsed: Parsed, host: Host) => Promise<number>;

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
export const settingsIn = (root: string, host: Host): Promise<MlcostSettings> => new WorkspaceSettings((uri) => host.readText(uri)).of(root);
/** @errors UsageError where nothing was imported */
export async function ledgerOf(root: string, host: Host, from?: string, to?: string): Promise<LedgerMonth[]> {
  const { months, imports, read, pulled, problems } = await knownSpend(host, root, await settingsIn(root, host), from, to);
  const [problem] = problems;
  if (problem) throw new UsageError(`${problem.name}: ${problem.reason}`);
  if (imports.length + read.length + pulled.length === 0)
    throw new UsageError(`no ledger in ${fileURLToPath(root)}: bring an export in with mlcost spend import FILE, or read sources with mlcost spend pull`);
  return [...months];
}
export const textOf = (values: Parsed['values'], name: string): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined);
export const formatOf = (values: Parsed['values'], otherwise: ReportFormat): ReportFormat => (textOf(values, 'format') ?? otherwise) as ReportFormat;
export const workspaceOf = ({ values }: Parsed): string => pathToFileURL(path.resolve(textOf(values, 'workspace') ?? '.')).href;
export function dayOf(values: Parsed['values'], name: string): string | undefined {
  const day = textOf(values, name);
  if (day !== undefined && !isDay(day)) throw new UsageError(`--${name} takes a day, 2026-11-01, not '${day}'`);
  return day;
}
export function keyOf(written: string): SpendKey {
  const key = written.trim() === 'model' ? 'model_id' : written.trim();
  if (!isSpendKey(key)) throw new UsageError(`there is no key '${written}'${nearest(key, spendKeys)}: ${spendKeys.join(', ')}`);
  return key;
}
export function whereOf(written: readonly string[]): NonNullable<SpendQuery['where']> {
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
/** What statements of a workspace have in common. */
export async function sharing(parsed: Parsed, root: string, host: Host): Promise<Omit<StatementQuery, 'from' | 'to'>> {
  const { values } = parsed;
  const by = keyOf(textOf(values, 'by') ?? 'team');
  if (isTime(by)) throw new UsageError('--by takes an owner: team, project, model_id …');
  const { spend } = await settingsIn(root, host);
  const currency = textOf(values, 'currency');
  const rules = await Promise.all(spend.shares.map((rule) => withUsage(rule, by, root, host)));
  return { by, cost: costOf(values), rates: spend.rates, rules, ...(currency === undefined ? {} : { currency }) };
}
export const costOf = (values: Parsed['values']): 'billed' | 'effective' => (values['cost'] === 'effective' ? 'effective' : 'billed');
async function withUsage({ usageFile, ...rule }: MlcostSettings['spend']['shares'][number], by: string, root: string, host: Host): Promise<ShareRule> {
  if (usageFile === undefined) return rule;
  const text = await host.readText(`${root}/${usageFile}`);
  if (text === null) throw new UsageError(`${usageFile}, which the rule ${rule.name} names, is not there`);
  const { rows, problem } = readUsage(readCsv(text), by);
  if (problem !== undefined) throw new UsageError(`${usageFile}: ${problem}`);
  return { ...rule, usage: rows };
}
/** The currency asked for, else that of the ledger, else dollars, in which prices are listed. */
export function currencyOf(values: Parsed['values'], settings: MlcostSettings, months: readonly LedgerMonth[]): string {
  const asked = textOf(values, 'currency');
  if (asked !== undefined) return asked;
  const known = Object.keys(spendReport(months, { by: [], cost: 'billed' }).totals);
  if (known.length > 1) throw new UsageError(`charges in ${known.join(' and ')}: choose one with --currency, and give a rate`);
  return known[0] ?? settings.budgets[0]?.currency ?? 'USD';
}
