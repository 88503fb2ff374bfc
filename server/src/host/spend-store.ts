import { type BudgetState, budgetsFor, dayIn, ledgerFolder, type MlcostSettings, manifestName } from '../core/index.js';
import type { Host } from './host.js';
import { standingBudgets } from './spend-ledger.js';

interface Standing {
  readonly settings: MlcostSettings;
  /** Day in UTC+14, where a day begins first, and in UTC−12: a budget's own day lies between. */
  readonly days: string;
  readonly states: Promise<readonly BudgetState[]>;
}
const none: readonly BudgetState[] = [];

/** How the budgets of each workspace root stand: read when somebody asks, kept until the ledger, the settings or the day changes. */
export class SpendStore {
  private readonly host: Host;
  private readonly log: (message: string) => void;
  private readonly standing = new Map<string, Standing>();
  constructor(host: Host, log: (message: string) => void) {
    this.host = host;
    this.log = log;
  }
  states(root: string, settings: MlcostSettings): Promise<readonly BudgetState[]> {
    if (settings.budgets.length === 0) return Promise.resolve(none);
    const now = this.host.now();
    const days = dayIn(now, 'Etc/GMT-14') + dayIn(now, 'Etc/GMT+12') + [...new Set(settings.budgets.map(({ timeZone }) => dayIn(now, timeZone)))].join();
    const known = this.standing.get(root);
    if (known && known.settings === settings && known.days === days) return known.states;
    const states = standingBudgets(this.host, root, settings, now).catch((error: unknown) => {
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
  }
}
export const isLedger = (uri: string): boolean => uri.endsWith(`/${ledgerFolder}/${manifestName}`);
/** The workspace root that a ledger is of. */
export const rootOfLedger = (uri: string): string => uri.slice(0, -`/${ledgerFolder}/${manifestName}`.length);
