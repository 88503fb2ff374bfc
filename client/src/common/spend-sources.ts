import * as vscode from 'vscode';
import { type SpendSourceInfo, type SpendSourceRef, sourcesReadNotification, spendSourcesRequest } from '../../../server/src/protocol/protocol.js';
import type { Running, Start } from './running.js';

/** Reads one source into the ledger of its folder.
 * @param environment secrets, and the hosts that they are for
 * @returns what went wrong, with what to do; undefined where it was read */
export type ReadSource = (running: Running, root: vscode.Uri, name: string, environment: Readonly<Record<string, string>>) => Promise<string | undefined>;

/** Sources that say how often they are read are looked at this often.
 * @unit ms */
const longestWait = 15 * 60_000;

/** Reads the sources of spend that `.mlcost.yaml` names: only in folders that are trusted, and by itself only those that say how often. */
export class SpendSources implements vscode.Disposable {
  private readonly start: Start;
  private readonly context: vscode.ExtensionContext;
  private readonly read: ReadSource;
  private readonly told = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isReading = false;
  private isGone = false;
  constructor(start: Start, context: vscode.ExtensionContext, read: ReadSource) {
    this.start = start;
    this.context = context;
    this.read = read;
  }
  /** From now on; what needs trust waits for it. */
  watch(running: Running): vscode.Disposable {
    void this.look(running);
    return vscode.workspace.onDidGrantWorkspaceTrust(() => void this.look(running));
  }
  dispose(): void {
    this.isGone = true;
    clearTimeout(this.timer);
  }

  /** What a person can do with a source. */
  async choose(argument: unknown): Promise<void> {
    const { root, name } = (typeof argument === 'object' && argument !== null ? argument : {}) as Partial<SpendSourceRef>;
    const running = await this.start();
    const source = (await running.request<SpendSourceInfo[]>(spendSourcesRequest, {})).find((one) => one.root === root && one.name === name);
    if (!source) return;
    if (!vscode.workspace.isTrusted) {
      const manage = 'Manage Trust';
      const picked = await vscode.window.showWarningMessage(
        'Sources of spend are read only in a folder that you trust: it names the servers and secrets.',
        manage,
      );
      if (picked === manage) await vscode.commands.executeCommand('workbench.trust.manage');
      return;
    }
    const { secret } = source;
    const stored = secret && (await storedSecret(this.context, secret));
    const picked = await vscode.window.showQuickPick(
      [
        { label: 'Read now', what: 'read' as const },
        ...(secret
          ? [
              {
                label: stored === undefined ? 'Store its secret…' : 'Store another secret…',
                description: `for ${secret.host} alone, in place of the environment’s ${secret.variable}`,
                what: 'store' as const,
              },
              ...(stored === undefined ? [] : [{ label: 'Forget its secret', what: 'forget' as const }]),
            ]
          : []),
      ],
      { placeHolder: `${source.name}: ${source.health}` },
    );
    if (picked?.what === 'read') await this.readOne(running, source, true);
    else if (picked?.what === 'store' && secret) await this.store(running, source, secret);
    else if (picked?.what === 'forget' && secret) await this.context.secrets.delete(keyOf(secret));
  }
  private async store(running: Running, source: SpendSourceInfo, secret: Secret): Promise<void> {
    const value = await vscode.window.showInputBox({
      title: `Secret for ${secret.host}`,
      prompt: `${secret.needs}. It is kept in the secret storage of VS Code, and goes to ${secret.host} alone.`,
      password: true,
      ignoreFocusOut: true,
    });
    if (value === undefined || value === '') return;
    await this.context.secrets.store(keyOf(secret), value);
    await this.readOne(running, source, true);
  }

  private async look(running: Running): Promise<void> {
    clearTimeout(this.timer);
    if (this.isGone || !vscode.workspace.isTrusted || this.isReading) return;
    const sources = await running.request<SpendSourceInfo[]>(spendSourcesRequest, {}).catch(() => []);
    for (const source of sources) if (source.dueIn === 0) await this.readOne(running, source, false);
    if (this.isGone) return;
    const next = Math.min(longestWait, ...sources.flatMap(({ dueIn }) => (dueIn === null || dueIn === 0 ? [] : [dueIn])));
    this.timer = setTimeout(() => void this.look(running), next);
  }
  private async readOne(running: Running, source: SpendSourceInfo, isAsked: boolean): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    try {
      const { secret } = source;
      const stored = secret && (await storedSecret(this.context, secret));
      const environment = secret && stored !== undefined ? { [secret.variable]: stored, [`${secret.variable}_HOST`]: secret.host } : {};
      const root = vscode.Uri.parse(source.root, true);
      const reading = () => this.read(running, root, source.name, environment);
      const failure = isAsked
        ? await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `ML Cost Lens: reading ${source.name}` }, reading)
        : await reading();
      running.notify(sourcesReadNotification, {});
      if (failure !== undefined) void this.tell(running, source, failure, isAsked);
      else if (isAsked) void vscode.window.showInformationMessage(`${source.name} was read.`);
    } finally {
      this.isReading = false;
    }
  }
  /** A failure that comes again and again is said once. */
  private async tell(running: Running, source: SpendSourceInfo, failure: string, isAsked: boolean): Promise<void> {
    const what = `${source.root} ${source.name} ${failure}`;
    if (this.told.has(what) && !isAsked) return;
    this.told.add(what);
    const { secret } = source;
    const store = 'Store Its Secret…';
    const offered = secret && failure.includes(secret.variable) ? [store] : [];
    const picked = await vscode.window.showWarningMessage(`${source.name}: ${failure}`, ...offered);
    if (picked === store && secret) await this.store(running, source, secret);
  }
}
type Secret = NonNullable<SpendSourceInfo['secret']>;
/** Bound to the host: other settings do not find it. */
const keyOf = ({ host, variable }: Pick<Secret, 'host' | 'variable'>): string => `spend-source ${host} ${variable}`;
/** The secret that a person stored for a host and variable, if there is one. */
export const storedSecret = (context: vscode.ExtensionContext, of: Pick<Secret, 'host' | 'variable'>): Thenable<string | undefined> =>
  context.secrets.get(keyOf(of));
