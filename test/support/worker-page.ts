import http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createProtocolConnection,
  type DataCallback,
  Disposable,
  type Message,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import { launchBrowser } from '../e2e/browser.mjs';

/** The server as a web worker in a page of Chromium, started as VS Code starts it: a blob that calls `importScripts`. */
export interface WorkerPage {
  readonly connection: ProtocolConnection;
  /** Errors of the page and of the worker, in words. */
  readonly errors: readonly string[];
  /** Names of the shipped files that the worker asked for. */
  readonly assets: readonly string[];
  close(): Promise<void>;
}

/** Runs in the page: passes messages between the worker and this process; bytes of shipped files go straight to the worker, as a typed array. */
const bridge = (): void => {
  const page = globalThis as unknown as { toTest(message: unknown): void; toWorker(message: unknown): void; failed(text: string): void };
  const blob = new Blob([`importScripts(${JSON.stringify(`${location.origin}/server-browser.js`)});`], { type: 'text/javascript' });
  const worker = new Worker(URL.createObjectURL(blob));
  page.toWorker = (message) => worker.postMessage(message);
  worker.onerror = (event) => page.failed(event.message);
  worker.onmessage = async ({ data }) => {
    if (data.method !== 'mlcost/asset') return page.toTest(data);
    const name = Array.isArray(data.params) ? data.params[0] : data.params;
    const bytes = new Uint8Array(await (await fetch(`/${name}`)).arrayBuffer());
    worker.postMessage({ jsonrpc: '2.0', id: data.id, result: bytes });
  };
};

/** Serves `files` (as they are in the package) and starts the worker bundle among them. */
export async function openWorkerPage(files: ReadonlyMap<string, Uint8Array>): Promise<WorkerPage> {
  const assets: string[] = [];
  const server = http.createServer((request, response) => {
    const name = request.url?.slice(1) ?? '';
    if (name === '') return response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>worker</title>');
    const bytes = files.get(name);
    if (!bytes) return response.writeHead(404).end();
    if (!name.endsWith('.js')) assets.push(name);
    return response.writeHead(200, { 'Content-Type': name.endsWith('.js') ? 'text/javascript' : 'application/octet-stream' }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await launchBrowser();
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error: Error) => errors.push(String(error)));
  const reader = new Reader();
  await page.exposeFunction('toTest', (message: Message) => reader.take(message));
  await page.exposeFunction('failed', (text: string) => void errors.push(text));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.evaluate(bridge);
  const connection = createProtocolConnection(
    reader,
    new Writer((message) => page.evaluate((m: unknown) => (globalThis as unknown as { toWorker(x: unknown): void }).toWorker(m), message)),
  );
  return {
    connection,
    errors,
    assets,
    close: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Reader extends AbstractMessageReader {
  private callback: DataCallback | undefined;
  private readonly early: Message[] = [];
  listen(callback: DataCallback): Disposable {
    this.callback = callback;
    for (const message of this.early.splice(0)) callback(message);
    return Disposable.create(() => {
      this.callback = undefined;
    });
  }
  take(message: Message): void {
    if (this.callback) this.callback(message);
    else this.early.push(message);
  }
}
class Writer extends AbstractMessageWriter {
  private readonly send: (message: Message) => Promise<unknown>;
  constructor(send: (message: Message) => Promise<unknown>) {
    super();
    this.send = send;
  }
  async write(message: Message): Promise<void> {
    await this.send(message);
  }
  end(): void {}
}
