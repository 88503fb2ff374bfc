import type { FromModelPage, ModelFileView, ToModelPage, Traffic, WorkerAnswer } from '../../../server/src/protocol/model-file.js';
import { drawer, editorOf, onMessages } from '../shared/editor.js';
import { App } from './app.js';
import { msText, readModelMessage } from './view.js';
import '../shared/page.css';

const editor = editorOf<FromModelPage, { readonly sizes: Readonly<Record<string, number>>; readonly traffic: Traffic }>();
let view: ModelFileView | undefined;
let problem = '';
let status = '';
let ask: { readonly text: string; readonly found: boolean } | undefined;
let busy = false;
let results: readonly string[] = [];
let traffic: Traffic = keptTraffic(editor.getState());
let sizes: Readonly<Record<string, number>> = keptSizes(editor.getState());

function keptSizes(state: unknown): Readonly<Record<string, number>> {
  const kept = typeof state === 'object' && state !== null && 'sizes' in state ? state.sizes : undefined;
  if (typeof kept !== 'object' || kept === null) return {};
  return Object.fromEntries(Object.entries(kept).filter((one): one is [string, number] => Number.isSafeInteger(one[1])));
}
function keptTraffic(state: unknown): Traffic {
  const kept = typeof state === 'object' && state !== null && 'traffic' in state ? state.traffic : undefined;
  if (typeof kept !== 'object' || kept === null) return {};
  const { perMonth, accelerator } = kept as Traffic;
  return { ...(typeof perMonth === 'number' ? { perMonth } : {}), ...(typeof accelerator === 'string' ? { accelerator } : {}) };
}
const draw = drawer(() => <App {...{ view, problem, status, ask, results, busy, sizes, onSize, traffic, onTraffic, post }} />);
function post(message: FromModelPage): void {
  if (message.type === 'consent') ask = undefined;
  editor.postMessage(message);
  draw();
}
function onSize(key: string, value: number | undefined): void {
  const { [key]: _, ...others } = sizes;
  sizes = value === undefined || !Number.isSafeInteger(value) || value < 1 ? others : { ...others, [key]: value };
  editor.setState({ sizes, traffic });
  editor.postMessage({ type: 'sizes', sizes });
  draw();
}

function onTraffic(stated: Traffic): void {
  traffic = stated;
  editor.setState({ sizes, traffic });
  post({ type: 'traffic', traffic });
}

onMessages(readModelMessage, (message) => {
  if (message.type === 'view') {
    ({ view } = message);
    problem = '';
  } else if (message.type === 'problem') problem = message.text;
  else if (message.type === 'status') status = message.text;
  else if (message.type === 'done') add([message.text]);
  else if (message.type === 'ask') ask = { text: message.text, found: message.found };
  else run(message);
  draw();
});

/** The same news is told once, as the latest. */
function add(news: readonly string[]): void {
  results = [...results.filter((one) => !news.includes(one)), ...news];
  status = '';
}

/** A worker for one task: when it ends, its memory goes with it. */
function run({ runtime, model, changed, inputs }: Extract<ToModelPage, { type: 'run' }>): void {
  const url = URL.createObjectURL(new Blob([runtime.worker], { type: 'text/javascript' }));
  const worker = new Worker(url);
  busy = true;
  status = changed ? 'Comparing the answers of both models…' : 'Measuring…';
  const end = (text: string, result?: readonly string[]): void => {
    worker.terminate();
    URL.revokeObjectURL(url);
    busy = false;
    if (result) add(result);
    status = text;
    draw();
  };
  worker.onerror = (event) => end(`Not run: ${event.message || 'the worker did not start'}`);
  worker.onmessage = ({ data }: { readonly data: WorkerAnswer }) => {
    if ('problem' in data) end(`onnxruntime-web does not run this model: ${data.problem}`);
    else if ('latency' in data) {
      const { median, low, high, runs, threads } = data.latency;
      const shapes = inputs.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join(', ');
      end('Measured.', [
        `${msText(median)} a run (${msText(low)}–${msText(high)} of ${runs}) at ${shapes}, on this machine: onnxruntime-web ${runtime.version}, wasm, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      ]);
    } else end('Compared.', data.errors.map(errorText));
  };
  worker.postMessage({ runtime, model, changed, inputs });
}
function errorText({ output, relative, largest, sameTop }: Extract<WorkerAnswer, { errors: unknown }>['errors'][number]): string {
  const size = relative === undefined ? '' : `${(relative * 100).toPrecision(2)} % of its size (root mean square), `;
  const top = sameTop ? `; the same top answer in ${sameTop.same} of ${sameTop.of}` : '';
  return `With 8-bit weights, output ${output} differs by ${size}${largest.toPrecision(2)} at most${top}; on made-up inputs`;
}

if (Object.keys(traffic).length > 0) editor.postMessage({ type: 'traffic', traffic });
if (Object.keys(sizes).length > 0) editor.postMessage({ type: 'sizes', sizes });
editor.postMessage({ type: 'ready' });
draw();
