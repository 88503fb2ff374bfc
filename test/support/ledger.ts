import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import {
  exact,
  exportsOf,
  ledgerFolder,
  readMlcostFile,
  type SpendQuery,
  spendReport,
  type UsageMetric,
  type UsageQuery,
  usageReport,
} from '../../server/src/core/index.js';
import type { Pulled } from '../../server/src/host/pull.js';
import { ledgerMonths, readLedger, usageRows } from '../../server/src/host/spend-ledger.js';
import { type ImportOutcome, importExports } from '../../server/src/node/ledger.js';
import { nodeHost } from '../../server/src/node/node-host.js';
import { pull } from '../../server/src/node/pull.js';

/** A workspace in a folder of its own, which `using` takes away. */
export class Workspace {
  readonly root = mkdtempSync(path.join(os.tmpdir(), 'mlcost spend-'));
  readonly ledger = path.join(this.root, ledgerFolder);
  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
  write(name: string, content: string | Uint8Array): string {
    const file = path.join(this.root, name);
    writeFileSync(file, content);
    return file;
  }
  import = (...files: string[]): Promise<ImportOutcome[]> => importExports(this.ledger, exportsOf(files));
  /** Reads sources, as `.mlcost.yaml` has them below `spend.sources`. Servers of tests answer at once or not at all. */
  async pull(
    sources: string,
    { now = Date.now(), environment = {}, again }: { now?: number; environment?: Record<string, string>; again?: string } = {},
  ): Promise<Pulled[]> {
    const { settings, problems } = readMlcostFile('file:///.mlcost.yaml', `spend:\n  sources:\n${sources.replace(/^/gm, '    ')}\n`);
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
    return pull(this.root, settings.spend.sources, {
      now: () => now,
      environment,
      postgres: () => Client,
      patience: { timeout: 20_000, attempts: 3, wait: 1 },
      ...(again === undefined ? {} : { again }),
    });
  }
  /** `metric day value… quantity` of what sources measured. */
  async usage(by: UsageQuery['by'], metric?: UsageMetric): Promise<string[]> {
    const host = nodeHost('');
    const root = pathToFileURL(this.root).href;
    const rows = await usageRows(host, root, await readLedger(host, root));
    return usageReport(rows, { by, ...(metric === undefined ? {} : { metric }) }).map((row) =>
      [row.metric, ...by.map((key) => row.values[key] ?? '–'), exact.toText(row.quantity, 0), ...(row.metric === 'metered_cost' ? [row.unit] : [])].join(' '),
    );
  }
  /** `[value, …, cost]` by some keys, in the order of the report. */
  async report(by: SpendQuery['by'], query: Partial<SpendQuery> = {}): Promise<string[][]> {
    const host = nodeHost('');
    const root = pathToFileURL(this.root).href;
    const months = await ledgerMonths(host, root, await readLedger(host, root));
    return spendReport(months, { by, cost: 'billed', ...query }).rows.map((row) => [...by.map((key) => row.values[key] ?? '–'), exact.toText(row.cost)]);
  }
  total = async (query: Partial<SpendQuery> = {}): Promise<string> => (await this.report([], query))[0]?.[0] ?? 'nothing';
  /** Every file of the ledger with its bytes. */
  bytes(): Record<string, string> {
    const found: Record<string, string> = {};
    const walk = (folder: string): void => {
      for (const name of readdirSync(folder).sort()) {
        const file = path.join(folder, name);
        if (statSync(file).isDirectory()) walk(file);
        else found[path.relative(this.ledger, file)] = readFileSync(file, 'latin1');
      }
    };
    walk(this.ledger);
    return found;
  }
}
