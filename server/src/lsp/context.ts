import { type Connection, MessageType, ShowMessageNotification } from 'vscode-languageserver';
import type { Advisor } from '../host/advisor.js';
import type { CommitStates } from '../host/commit-states.js';
import type { Engine, FileReport } from '../host/engine.js';
import type { Host, ToolAsked } from '../host/host.js';
import type { NamedModels } from '../host/named-models.js';
import type { SpendStore } from '../host/spend-store.js';
import type { Settings } from '../protocol/protocol.js';
import type { ClientCapabilitiesOf } from './capabilities.js';
import type { Documents } from './documents.js';
import type { Reports } from './reports.js';

/** What every request handler works on. */
export interface Session {
  readonly connection: Connection;
  readonly host: Host;
  readonly engine: Engine;
  readonly advisor: Advisor;
  readonly spend: SpendStore;
  /** The code of commits that ran. */
  readonly commits: CommitStates;
  readonly documents: Documents;
  readonly reports: Reports;
  readonly models: NamedModels;
  settings: Settings;
  locale: string;
  client: ClientCapabilitiesOf;
  /** The client can read sources of spend. */
  readsSources: boolean;
  /** Reports of the last scan of the workspace. */
  scanned: readonly FileReport[];
  /** Document that the person looks at. */
  active: string | undefined;
  /** Asks the editor to draw again; many calls are one. */
  refresh(): void;
  /** Everything is computed anew and drawn again: settings, prices or another file changed. */
  invalidate(): void;
  /** Tells the editor something; nothing is told to one that is gone. */
  notify(method: string, params?: object): void;
  log(message: string): void;
}

/** A command of `mlcost` that is run for the editor takes what the editor's own figures take. */
export const asEditor = ({ engine }: Session): Pick<ToolAsked, 'otherwise'> => {
  const { otherwise } = engine.preferences;
  return otherwise && Object.keys(otherwise).length > 0 ? { otherwise } : {};
};

/** One failure answers one request with what stands in for it, and is written down.
 * @errors none: the editor never sees a rejected request */
export async function guarded<T>(session: Session, name: string, otherwise: () => T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    session.log(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return otherwise();
  }
}

/** Tells the person. */
export const warn = (session: Session, message: string): void => session.notify(ShowMessageNotification.method, { type: MessageType.Warning, message });

/** Runs the last of many calls, some milliseconds after it. */
export function debounced(host: Host, ms: number, run: () => void): () => void {
  let latest = 0;
  return () => {
    const mine = ++latest;
    void host.delay(ms).then(() => {
      if (mine === latest) run();
    });
  };
}
