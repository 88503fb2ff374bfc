import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fedInputsOf, fromBytes, isOnnxSummary, summariseModelFile } from '../../server/src/core/index.js';
import type { WorkerAnswer } from '../../server/src/protocol/model-file.js';
import { families } from '../support/onnx-families.js';
import { launchBrowser } from './browser.mjs';
import { readZip } from './zip.mjs';

// The worker that measures models, as it is in the package, in a page of Chromium: with threads where the page is isolated from others, without elsewhere.
const installed = path.dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const files = new Map<string, Uint8Array>();
const family = families.map((make) => make()).find(({ name }) => name === 'ViT')!;
let server: http.Server;
let browser: Awaited<ReturnType<typeof launchBrowser>>;
let origin = '';
beforeAll(async () => {
  const worker = readZip(path.join(import.meta.dirname, '../../ml-cost-lens.vsix')).get('extension/dist/model-worker.js');
  // As on a machine with four processors, whatever this one has.
  files.set('/worker.js', Buffer.concat([Buffer.from("Object.defineProperty(navigator, 'hardwareConcurrency', { value: 4 });\n"), worker!]));
  files.set('/script', readFileSync(path.join(installed, 'ort.wasm.bundle.min.mjs')));
  files.set('/wasm', readFileSync(path.join(installed, 'ort-wasm-simd-threaded.wasm')));
  files.set('/model', family.bytes);
  server = http.createServer(({ url = '' }, response) => {
    const bytes = files.get(url);
    if (bytes) response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(bytes);
    else response.writeHead(200, { 'Content-Type': 'text/html', ...(url === '/isolated' ? isolation : {}) }).end('<!doctype html><title>model</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => server.close(resolve));
});

/** Runs in the page, as the page of the editor does it. */
const measure = async (inputs: unknown): Promise<{ readonly isolated: boolean; readonly answers: unknown[] }> => {
  const bytes = async (name: string): Promise<Uint8Array> => new Uint8Array(await (await fetch(name)).arrayBuffer());
  const text = await (await fetch('/worker.js')).text();
  const [script, wasm, model] = await Promise.all([bytes('/script'), bytes('/wasm'), bytes('/model')]);
  const ask = (task: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
      const end = (done: () => void): void => {
        worker.terminate();
        done();
      };
      worker.onerror = ({ message }) => end(() => reject(new Error(message || 'the worker did not start')));
      worker.onmessage = ({ data }) => end(() => resolve(data));
      worker.postMessage({ runtime: { version: 'x', script, wasm, worker: '' }, model: { bytes: model, outside: [] }, inputs, ...task });
    });
  return { isolated: crossOriginIsolated, answers: [await ask({}), await ask({ changed: { bytes: model, outside: [] } })] };
};

test.each([
  ['/isolated', true, 3],
  ['/shared', false, 1],
] as const)('%s: a page that is isolated: %s has %i threads, and the same answers', async (place, isolated, threads) => {
  const summary = await summariseModelFile('a.onnx', fromBytes(family.bytes), family.shapes, async () => undefined);
  const { inputs } = isOnnxSummary(summary) ? fedInputsOf(summary) : { inputs: [] };
  const page = await browser.newPage();
  await page.goto(`${origin}${place}`);
  const found = (await page.evaluate(measure, inputs)) as { readonly isolated: boolean; readonly answers: readonly WorkerAnswer[] };
  await page.close();
  expect(found.isolated).toBe(isolated);
  const [latency, errors] = found.answers;
  expect(latency).toMatchObject({ latency: { threads } });
  expect(errors).toMatchObject({ errors: [{ relative: expect.closeTo(0, 4) }] });
});
