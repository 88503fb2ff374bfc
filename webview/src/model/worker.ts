// A worker of the page: runs a model with a runtime that comes as bytes, so that nothing is loaded from anywhere.
import type { ModelBytes, RuntimeFiles, WorkerAnswer } from '../../../server/src/protocol/model-file.js';
import { compareOutputs } from '../../../server/src/runtime/compare.js';
import { measureLatency } from '../../../server/src/runtime/measure.js';
import type { FedInput, Runtime } from '../../../server/src/runtime/runtime.js';

interface Task {
  readonly runtime: RuntimeFiles;
  readonly model: ModelBytes;
  readonly changed?: ModelBytes;
  readonly inputs: readonly FedInput[];
}
declare const self: {
  onmessage: ((event: { readonly data: Task }) => void) | null;
  postMessage(answer: WorkerAnswer): void;
  readonly crossOriginIsolated?: boolean;
};

self.onmessage = ({ data }) => {
  answered(data).then(
    (answer) => self.postMessage(answer),
    (error: unknown) => self.postMessage({ problem: error instanceof Error ? error.message : String(error) }),
  );
};

async function answered({ runtime: files, model, changed, inputs }: Task): Promise<WorkerAnswer> {
  const url = URL.createObjectURL(new Blob([files.script as BlobPart], { type: 'text/javascript' }));
  const runtime = (await import(/* the copy that the person chose */ url)) as Runtime;
  // Threads share memory, which a page may only do where it is isolated from others.
  const threads = self.crossOriginIsolated === true ? Math.max(1, Math.min(8, navigator.hardwareConcurrency - 1)) : 1;
  runtime.env.wasm.wasmBinary = files.wasm;
  runtime.env.wasm.numThreads = threads;
  if (changed) return { errors: await compareOutputs(runtime, model, changed, inputs) };
  return { latency: await measureLatency(runtime, model, inputs, { threads, now: () => performance.now() }) };
}
