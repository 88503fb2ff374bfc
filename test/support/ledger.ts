import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { exact, exportsOf, ledgerFolder, type SpendQuery, spendReport } from '../../server/src/core/index.js';
import { ledgerMonths, readLedger } from '../../server/src/host/spend-ledger.js';
import { type ImportOutcome, importExports } from '../../server/src/node/ledger.js';
import { nodeHost } from '../../server/src/node/node-host.js';

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
