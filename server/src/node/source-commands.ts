import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearest, type Parsed, UsageError } from '../cli/options.js';
import { pulledJson, pulledText, sourcesJson, sourcesText, summedAmounts, usageReportText } from '../cli/sources.js';
import { isUsageMetric, ledgerFolder, type SourceSettings, type SourceStatus, settingsFileName, statusOf, type UsageKey, usageReport } from '../core/index.js';
import type { Host } from '../host/host.js';
import { readLedger, sourceStatuses, usageRows } from '../host/spend-ledger.js';
import { record } from './audit-log.js';
import { pull } from './pull.js';
import { forget } from './source-ledger.js';
import { dayOf, keyOf, type SpendCommand, settingsIn, textOf, usable, workspaceOf } from './spend-arguments.js';

/** The commands about sources that are read over the network. */
export const sourceCommands: Readonly<Record<string, SpendCommand>> = {
  'spend pull': pullCommand,
  'spend sources': sourcesCommand,
  'spend usage': usageCommand,
};

async function pullCommand(parsed: Parsed, host: Host): Promise<number> {
  const { args, values } = parsed;
  const root = fileURLToPath(workspaceOf(parsed));
  if (values['forget'] === true) return forgetCommand(root, args);
  const all = await sourcesIn(parsed, host);
  if (all.length === 0) throw new UsageError(`no spend.sources in ${root}/${settingsFileName}: write some, docs/spend.md shows how`);
  const names = all.map(({ name }) => name);
  for (const name of args) if (!names.includes(name)) throw new UsageError(`there is no source '${name}'${nearest(name, names)}: ${names.join(', ')}`);
  const chosen = args.length === 0 ? all : all.filter(({ name }) => args.includes(name));
  const again = dayOf(values, 'from');
  const bar = process.stderr.isTTY && values['quiet'] !== true;
  const pulled = await usable(() =>
    pull(root, chosen, {
      now: () => host.now(),
      environment: process.env,
      postgres: () => (require('./postgres-client.js') as typeof import('./postgres-client.js')).Client,
      ...(again === undefined ? {} : { again }),
      onDays: (name, from, to) => bar && process.stderr.write(`\r\u001b[K${name}: ${from} to ${to}`),
      onWait: (pid) => process.stderr.write(`waiting for process ${pid}, which reads sources\n`),
    }),
  );
  if (bar) process.stderr.write('\r\u001b[K');
  for (const { name, kind, told } of pulled) {
    const changed = told.flatMap((one) => one.changed);
    if (changed.length > 0)
      await record(root, 'pull', {
        source: name,
        kind,
        from: changed[0],
        to: changed.at(-1),
        billed: summedAmounts(told.map((one) => one.billed)),
        replaced: summedAmounts(told.map((one) => one.replaced)),
      });
  }
  process.stdout.write(values['format'] === 'json' ? `${JSON.stringify(pulledJson(pulled), null, 1)}\n` : pulledText(pulled));
  return pulled.some(({ health }) => health.error !== undefined) ? 1 : 0;
}
async function forgetCommand(root: string, names: readonly string[]): Promise<number> {
  if (names.length === 0) throw new UsageError('--forget takes the names of sources');
  for (const name of names) {
    const was = await usable(() => forget(path.join(root, ledgerFolder), name));
    if (was) await record(root, 'source-forgotten', { source: name });
    process.stdout.write(was ? `${name}: everything that it told is out of the ledger\n` : `${name}: it has told nothing\n`);
  }
  return 0;
}

async function sourcesCommand(parsed: Parsed, host: Host): Promise<number> {
  const root = fileURLToPath(workspaceOf(parsed));
  const all = await sourcesIn(parsed, host);
  const statuses = await sourceStatuses(workspaceOf(parsed), all, host);
  const manifest = await usable(() => readLedger(host, workspaceOf(parsed)));
  const left = Object.keys(manifest.sources ?? {}).filter((name) => !all.some((one) => one.name === name));
  if (all.length === 0 && left.length === 0) throw new UsageError(`no spend.sources in ${root}/${settingsFileName}: write some, docs/spend.md shows how`);
  process.stdout.write(parsed.values['format'] === 'json' ? `${JSON.stringify(sourcesJson(statuses, left), null, 1)}\n` : sourcesText(statuses, left));
  return 0;
}
const sourcesIn = async (parsed: Parsed, host: Host): Promise<readonly SourceSettings[]> => (await settingsIn(workspaceOf(parsed), host)).spend.sources;

async function usageCommand(parsed: Parsed, host: Host): Promise<number> {
  const { values } = parsed;
  const root = workspaceOf(parsed);
  const [from, to, metric] = [dayOf(values, 'from'), dayOf(values, 'to'), textOf(values, 'metric')];
  const by = (textOf(values, 'by') ?? '')
    .split(',')
    .filter(Boolean)
    .map((key): UsageKey => (key.trim() === 'accelerator' ? 'accelerator' : keyOf(key)));
  const rows = await usable(async () => usageRows(host, root, await readLedger(host, root), from, to));
  const sums = usageReport(rows, {
    by,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(metric !== undefined && isUsageMetric(metric) ? { metric } : {}),
  });
  process.stdout.write(usageReportText(sums, by, textOf(values, 'format') ?? 'table'));
  return 0;
}
