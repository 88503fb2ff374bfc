import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { budgetsJson, budgetsTable } from '../cli/budgets.js';
import { importedJson, importedText } from '../cli/imported.js';
import { type Parsed, UsageError } from '../cli/options.js';
import {
  auditFile,
  type BudgetState,
  budgetsFor,
  exact,
  exportsOf,
  hasMoneyLeft,
  ledgerFolder,
  type MlcostSettings,
  ownerKey,
  settingsFileName,
  verifyAudit,
  withoutSecrets,
} from '../core/index.js';
import type { Host } from '../host/host.js';
import { standingBudgets } from '../host/spend-ledger.js';
import { alertCommand } from './alert-command.js';
import { record } from './audit-log.js';
import { noteSettings } from './audit-notes.js';
import { importExports } from './ledger.js';
import { meteredRun } from './metered-run.js';
import { dayOf, type SpendCommand, settingsIn, textOf, usable, workspaceOf } from './spend-arguments.js';
import { reportCommands } from './spend-reports.js';

/** The commands about money that was spent. Each gives the exit status: 0 with an answer, 1 for what does not hold. */
export const spendCommands: Readonly<Record<string, SpendCommand>> = {
  ...reportCommands,
  'spend import': importCommand,
  budget: budgetCommand,
  run: runCommand,
  alert: alertCommand,
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

async function budgetCommand(parsed: Parsed, host: Host): Promise<number> {
  const { values } = parsed;
  const root = workspaceOf(parsed);
  const settings = await settingsIn(root, host);
  if (settings.budgets.length === 0) throw new UsageError(`no budgets in ${fileURLToPath(root)}/${settingsFileName}: write some, docs/spend.md shows how`);
  const states = await statesAt(root, settings, host, dayOf(values, 'at'));
  await noteSettings(fileURLToPath(root), settings);
  process.stdout.write(values['format'] === 'json' ? `${JSON.stringify(budgetsJson(states), null, 1)}\n` : budgetsTable(states));
  return values['check'] === true && states.some(({ state }) => state === 'over') ? 1 : 0;
}
/** How a workspace's budgets stand on a day, today if none is said. The middle of a day is that day in nearly every zone. */
const statesAt = (root: string, settings: MlcostSettings, host: Host, day?: string): Promise<BudgetState[]> =>
  usable(() => standingBudgets(host, root, settings, day === undefined ? host.now() : Date.parse(`${day}T12:00:00Z`)));
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
  const verdict = verifyAudit(text, textOf(values, 'head'));
  if (values['format'] === 'json') process.stdout.write(`${JSON.stringify({ version: 1, ...verdict })}\n`);
  else process.stdout.write(verdict.ok ? `whole: ${verdict.records} records, head ${verdict.head}\n` : `broken at line ${verdict.line}: ${verdict.reason}\n`);
  return verdict.ok ? 0 : 1;
}
