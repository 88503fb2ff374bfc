import { type BudgetState, budgetStateSteps, budgetsFor, dayIn, ledgerFolder, type MlcostSettings, manifestName } from '../core/index.js';
import type { Host } from './host.js';
import { inSteps } from './in-steps.js';
import { exportUri, type KnownSpend, knownSpend } from './spend-ledger.js';

interface Standing {
  readonly settings: MlcostSettings;
  /** Day in UTC+14, where a day begins first, and in UTC−12: a budget's own day lies between. */
  readonly days: string;
  readonly states: Promise<readonly BudgetState[]>;
}
interface Kept {
  readonly settings: MlcostSettings;
  readonly spend: Promise<KnownSpend>;
}
/** A larger ledger is read again each time: the server stays small. @unit B */
const mostKept = 32 << 20;
const none: readonly BudgetState[] = [];

/** What is known of the spend of each workspace root: read when somebody asks, kept until the ledger, the settings or the day changes. */
export class SpendStore {
  private readonly host: Host;
  private readonly log: (message: string) => void;
  private readonly standing = new Map<string, Standing>();
  private readonly kept = new Map<string, Kept>();
  constructor(host: Host, log: (message: string) => void) {
    this.host = host;
    this.log = log;
  }
  /** @errors UnreadableLedger */
  spend(root: string, settings: MlcostSettings): Promise<KnownSpend> {
    const known = this.kept.get(root);
    if (known?.settings === settings) return known.spend;
    const spend = knownSpend(this.host, root, settings);
    this.kept.set(root, { settings, spend });
    const drop = (): void => {
      if (this.kept.get(root)?.spend === spend) this.kept.delete(root);
    };
    // what failed is tried again by whoever asks next
    spend.then(({ size }) => size > mostKept && drop(), drop);
    return spend;
  }
  states(root: string, settings: MlcostSettings): Promise<readonly BudgetState[]> {
    if (settings.budgets.length === 0) return Promise.resolve(none);
    const now = this.host.now();
    const days = dayIn(now, 'Etc/GMT-14') + dayIn(now, 'Etc/GMT+12') + [...new Set(settings.budgets.map(({ timeZone }) => dayIn(now, timeZone)))].join();
    const known = this.standing.get(root);
    if (known && known.settings === settings && known.days === days) return known.states;
    const states = this.spend(root, settings)
      .then(({ months }) => inSteps(this.host, budgetStateSteps(settings.budgets, months, now, settings.spend.rates)))
      .catch((error: unknown) => {
        this.log(`budgets: ${error instanceof Error ? error.message : String(error)}`);
        return none;
      });
    this.standing.set(root, { settings, days, states });
    return states;
  }
  /** The budgets that new spend of this workspace goes to. */
  async own(root: string, settings: MlcostSettings): Promise<readonly BudgetState[]> {
    return budgetsFor(await this.states(root, settings), settings.tags);
  }
  forget(root: string): void {
    this.standing.delete(root);
    this.kept.delete(root);
  }
  /** The root whose spend a file tells: its ledger, or an export that its settings name. */
  rootTold(uri: string): string | undefined {
    if (uri.endsWith(ledgerEnd)) return uri.slice(0, -ledgerEnd.length);
    return [...this.kept].find(([root, { settings }]) => settings.spend.files.some((name) => exportUri(root, name) === uri))?.[0];
  }
}
const ledgerEnd = `/${ledgerFolder}/${manifestName}`;
