import { existsSync } from 'node:fs';
import path from 'node:path';
import { auditFile, type Decimal, exact, type MlcostSettings } from '../core/index.js';
import type { TakenAdvice } from '../host/host.js';
import { lastRecord, record } from './audit-log.js';
import { commitOf } from './git.js';

/** Whether a workspace keeps a log: by itself only what spends money begins one. */
export const keepsAudit = (root: string): boolean => existsSync(path.join(root, auditFile));

/** The code that something happened to: its commit, whether files differ from it, the version of the model that the tags name. */
async function codeState(root: string, { tags }: MlcostSettings): Promise<Record<string, unknown>> {
  const version = tags['model_version'];
  return { ...(await commitOf(root)), ...(version === undefined ? {} : { modelVersion: version }) };
}
/** Budgets and waivers that are not those of the last time go into the log, with the commit that they are of. */
export async function noteSettings(root: string, settings: MlcostSettings): Promise<void> {
  const text = (amount: Decimal): string => exact.toText(amount);
  const budgets = settings.budgets.map(({ name, owner, amount, currency, period, rollOver, parent, thresholds, plan }) => ({
    name,
    owner,
    amount: text(amount),
    currency,
    period,
    rollOver,
    thresholds,
    plan: Object.fromEntries(Object.entries(plan).map(([month, planned]) => [month, text(planned)])),
    ...(parent === undefined ? {} : { parent }),
  }));
  const waivers = settings.waivers.map(({ span: _, ...waiver }) => waiver);
  for (const [kind, now] of [
    ['budgets', budgets],
    ['waivers', waivers],
  ] as const) {
    const before = (await lastRecord(root, kind))?.data[kind];
    // as it is read back: what has no value is not there
    const same = before === undefined ? now.length === 0 : JSON.stringify(before) === JSON.stringify(now);
    if (!same) await record(root, kind, { [kind]: now, ...(await codeState(root, settings)) });
  }
}
/** A gate that was passed or not goes into the log: what was broken, what was waived. */
export const noteGate = async (
  root: string,
  settings: MlcostSettings,
  {
    failed,
    rules,
    workloads,
    findings,
  }: { readonly failed: boolean; readonly rules: number; readonly workloads: number; readonly findings: readonly unknown[] },
): Promise<void> => record(root, 'gate', { result: failed ? 'failed' : 'passed', rules, workloads, findings, ...(await codeState(root, settings)) });

/** Advice that was taken goes into the log, where a workspace keeps one. */
export async function noteAdvice(root: string, settings: MlcostSettings, { id, workload, title, changes }: TakenAdvice): Promise<void> {
  if (keepsAudit(root)) await record(root, 'advice-taken', { id, workload, title, changes, ...(await codeState(root, settings)) });
}
