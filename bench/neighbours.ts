import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const bin = path.resolve('bench/node_modules/.bin');

/** Installs the neighbours once, exactly as locked. */
export function install(): void {
  if (existsSync(path.join(bin, 'pyright')) && existsSync(path.join(bin, '../@duckdb/node-api'))) return;
  console.error('installing pyright, yaml-language-server, bash-language-server and DuckDB for comparison …');
  const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: 'bench', stdio: ['ignore', 'ignore', 'inherit'] });
  if (done.status !== 0) throw new Error('the neighbours cannot be installed');
}
/** Runs a neighbour's command; its exit status does not matter, its time does. */
export function run(name: string, args: string[], timeout: number): { ms: number } {
  const begin = performance.now();
  spawnSync(path.join(bin, name), args, { timeout, stdio: 'ignore', maxBuffer: 1 << 28 });
  return { ms: performance.now() - begin };
}

/** A language server over stdio, measured from outside. */
export class Server {
  private readonly child;
  private buffer = Buffer.alloc(0);
  private next = 1;
  private readonly waiting = new Map<number, (result: unknown) => void>();
  private readonly watchers: ((message: { method?: string; params?: unknown }) => void)[] = [];
  constructor(command: string, args: string[]) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.child.stdout.on('data', (chunk: Buffer) => this.receive(chunk));
  }
  static neighbour = (name: string, args: string[]): Server => new Server(path.join(bin, name), args);
  request(method: string, params: unknown): Promise<unknown> {
    const id = this.next++;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.send({ id, method, params });
    });
  }
  notify(method: string, params: unknown): void {
    this.send({ method, params });
  }
  /** Resolves with the first notification that the test accepts. */
  until(accept: (message: { method?: string; params?: unknown }) => boolean, timeout = 60_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the server said nothing in time')), timeout);
      this.watchers.push((message) => {
        if (!accept(message)) return;
        clearTimeout(timer);
        resolve();
      });
    });
  }
  /** Resident memory of the process and its children, MiB. */
  memory(): number {
    const own = (pid: number): number => {
      try {
        const kib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
        const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean);
        return kib / 1024 + children.reduce((sum, child) => sum + own(Number(child)), 0);
      } catch {
        return 0;
      }
    };
    return own(this.child.pid ?? 0);
  }
  stop(): void {
    this.child.kill('SIGKILL');
  }
  async start(): Promise<void> {
    await this.request('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: null,
      capabilities: { textDocument: { publishDiagnostics: {}, hover: { contentFormat: ['markdown'] }, codeLens: {} }, workspace: { configuration: true } },
    });
    this.notify('initialized', {});
  }
  private send(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.child.stdin.write(body);
  }
  private receive(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    for (;;) {
      const head = this.buffer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.buffer.subarray(0, head).toString())?.[1]);
      if (this.buffer.length < head + 4 + length) return;
      const message = JSON.parse(this.buffer.subarray(head + 4, head + 4 + length).toString()) as {
        id?: number;
        method?: string;
        params?: unknown;
        result?: unknown;
      };
      this.buffer = this.buffer.subarray(head + 4 + length);
      if (message.method !== undefined && message.id !== undefined) {
        // what servers ask of an editor: no settings, and yes to everything else
        const items = (message.params as { items?: unknown[] } | undefined)?.items;
        this.send({ id: message.id, result: message.method === 'workspace/configuration' ? (items ?? []).map(() => null) : null });
      } else if (message.id !== undefined) {
        this.waiting.get(message.id)?.(message.result);
        this.waiting.delete(message.id);
      }
      for (const watcher of this.watchers) watcher(message);
    }
  }
}
