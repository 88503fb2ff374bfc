import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Parsed, UsageError } from '../cli/options.js';
import {
  type Alert,
  type AlertMemory,
  type AlertTarget,
  afterTelling,
  alertsOf,
  anomalies,
  budgetStates,
  dayIn,
  dueAlerts,
  isFor,
  messageFor,
  plusDays,
  readMemory,
} from '../core/index.js';
import type { Host } from '../host/host.js';
import { record } from './audit-log.js';
import { locked } from './ledger-lock.js';
import { currencyOf, dayOf, ledgerOf, settingsIn, textOf, usable, workspaceOf } from './spend-arguments.js';
import { NotDelivered, postWebhook } from './webhook.js';

/** Where it is kept what was told, below the workspace root. */
const alertFolder = '.mlcost/alerts';
/** Days that are looked back on for those that stand out: bills come late. */
const lookBack = 7;

/** `mlcost alert`: sends what was not sent yet to the targets of `spend.alerts`. What was sent is written down behind each message: a process that is killed in between sends that one again, with the same id.
 * @returns 1 where a message did not arrive */
export async function alertCommand(parsed: Parsed, host: Host): Promise<number> {
  const { values } = parsed;
  const root = workspaceOf(parsed);
  const folder = fileURLToPath(root);
  const settings = await settingsIn(root, host);
  const targets = settings.spend.alerts;
  if (targets.length === 0) throw new UsageError('nobody is to be told: name targets under spend.alerts, docs/spend.md shows how');
  const months = await ledgerOf(root, host);
  const day = dayOf(values, 'at');
  const now = day === undefined ? host.now() : Date.parse(`${day}T12:00:00Z`);
  const { rates } = settings.spend;
  const alerts = await usable(async () => {
    const currency = targets.some(({ on }) => on.includes('anomaly')) ? currencyOf(values, settings, months) : '';
    const to = dayIn(now);
    const days = currency === '' ? [] : anomalies(months, { from: plusDays(to, -lookBack), to, cost: 'billed', currency, rates });
    return alertsOf(budgetStates(settings.budgets, months, now, rates), days, currency);
  });
  const dry = values['dry-run'] === true;
  const file = textOf(values, 'state') ?? path.join(folder, alertFolder, 'told.json');
  const work = async (): Promise<Done[]> => {
    const all = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Record<string, AlertMemory>;
    const done: Done[] = [];
    for (const target of targets) {
      const key = `${target.kind} ${target.urlVariable}`;
      let memory = readMemory(JSON.stringify(all[key] ?? {}));
      for (const alert of dueAlerts(alerts, memory, now).filter((one) => isFor(target, one))) {
        const failure = dry ? undefined : await sent(target, alert);
        done.push({ target, alert, ...(failure === undefined ? {} : { failure }) });
        if (dry || failure !== undefined) continue;
        memory = afterTelling(memory, alert, now);
        all[key] = memory;
        await keep(file, all);
        await record(folder, 'alert', { id: alert.id, to: target.kind, host: target.host });
      }
    }
    return done;
  };
  const done = dry ? await work() : await locked(path.dirname(file), work);
  if (values['format'] === 'json') process.stdout.write(`${JSON.stringify({ version: 1, alerts: done.map(json) }, null, 1)}\n`);
  else {
    const state = ({ failure }: Done): string => (dry ? 'would send' : failure === undefined ? 'sent' : 'not sent');
    for (const one of done) process.stdout.write(`${state(one)} to ${one.target.kind} at ${one.target.host}: ${one.alert.title}\n`);
    if (done.length === 0) process.stdout.write('Nothing new.\n');
  }
  for (const { target, failure } of done) if (failure !== undefined) process.stderr.write(`${target.kind}, ${target.urlVariable}: ${failure}\n`);
  return done.some(({ failure }) => failure !== undefined) ? 1 : 0;
}
interface Done {
  readonly target: AlertTarget;
  readonly alert: Alert;
  readonly failure?: string;
}
const json = ({ target, alert, failure }: Done): object => ({
  id: alert.id,
  kind: alert.kind,
  severity: alert.severity,
  title: alert.title,
  text: alert.text,
  to: target.kind,
  host: target.host,
  error: failure ?? null,
});
/** @returns why it did not arrive */
async function sent({ kind, urlVariable, host }: AlertTarget, alert: Alert): Promise<string | undefined> {
  const address = process.env[urlVariable];
  if (address === undefined || address === '') return `the environment variable ${urlVariable} is not set: it holds the address`;
  try {
    await postWebhook(address, host, messageFor(kind, alert));
    return undefined;
  } catch (error) {
    if (error instanceof NotDelivered) return error.message;
    throw error;
  }
}
async function keep(file: string, all: Readonly<Record<string, AlertMemory>>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(all, null, 1)}\n`);
  await rename(`${file}.new`, file);
}
