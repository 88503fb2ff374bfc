import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { UsageError } from '../cli/options.js';
import type { Runtime } from '../runtime/runtime.js';

const name = 'onnxruntime-web';

/** onnxruntime-web as somebody installed it: it is larger than all of this product, so it is not shipped (docs/decisions/0006-onnxruntime.md).
 * @param places folders to look from, upwards; the first that has it wins
 * @errors UsageError where it is not, or cannot be loaded */
export function findRuntime(places: readonly string[], threads: number): Runtime {
  const folder = places.map(installedFrom).find((one) => one !== undefined);
  if (folder === undefined)
    throw new UsageError(`${name} is not installed here: npm install ${name}, or --runtime FOLDER for a folder that it is installed in`);
  const entry = path.join(folder, 'dist', 'ort.node.min.js');
  try {
    const runtime = createRequire(entry)(entry) as Runtime;
    runtime.env.wasm.numThreads = threads;
    return runtime;
  } catch (error) {
    throw new UsageError(`${name} in ${folder} (version ${versionIn(folder)}) could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
}
function installedFrom(start: string): string | undefined {
  const full = path.resolve(start);
  if (existsSync(path.join(full, 'dist', 'ort.node.min.js'))) return full;
  for (let here = full; ; here = path.dirname(here)) {
    const there = path.join(here, 'node_modules', name);
    if (existsSync(path.join(there, 'package.json'))) return there;
    if (here === path.dirname(here)) return undefined;
  }
}
function versionIn(folder: string): string {
  try {
    return String(JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version);
  } catch {
    return 'unknown';
  }
}
