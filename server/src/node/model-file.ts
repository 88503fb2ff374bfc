import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { choicesOf } from '../cli/choices.js';
import { type MadeFile, type ModelFileAnswer, modelFileJson, modelFileTable, shapesOf } from '../cli/model-file.js';
import { type Parsed, UsageError } from '../cli/options.js';
import type { Paint } from '../cli/report-table.js';
import {
  type EstimateContext,
  estimate,
  fedInputsOf,
  isBeside,
  isOnnxSummary,
  ModelFileError,
  type OnnxSummary,
  passCost,
  passesPerMonth,
  type Spec,
} from '../core/index.js';
import { Engine } from '../host/engine.js';
import type { Host } from '../host/host.js';
import { passSpec, quantizeAt, summaryAt } from '../host/model-files.js';
import { compareOutputs } from '../runtime/compare.js';
import { measureLatency } from '../runtime/measure.js';
import type { FedInput, Model } from '../runtime/runtime.js';
import { findRuntime } from './onnx-runtime.js';

/** `mlcost onnx FILE`. @errors UsageError for a file that is no model, or damaged */
export async function modelFileCommand(parsed: Parsed, host: Host, assets: string, paint: Paint): Promise<string> {
  const [file = ''] = parsed.args;
  const { preferences } = await choicesOf(parsed, (path) => readFile(path, 'utf8'));
  const engine = new Engine(host);
  engine.preferences = preferences;
  engine.roots = [pathToFileURL(path.dirname(path.resolve(file))).href];
  const facts = Object.fromEntries(preferences.assumptions.map(({ fact, value }) => [fact, value]));
  const answer = await modelFileAnswer(host, file, parsed.values, facts, await engine.context(engine.roots[0]), assets).catch((error: unknown) => {
    if (error instanceof ModelFileError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  });
  return parsed.values['format'] === 'json' ? `${JSON.stringify(modelFileJson(answer), null, 1)}\n` : modelFileTable(answer, paint);
}

/** All that `mlcost onnx` answers for one file.
 * @param assets folder of the running program
 * @errors UsageError, ModelFileError */
async function modelFileAnswer(
  host: Host,
  file: string,
  values: Parsed['values'],
  facts: Spec['facts'],
  context: EstimateContext,
  assets: string,
): Promise<ModelFileAnswer> {
  const summary = await summaryAt(host, uriOf(file), shapesOf((values['shape'] as readonly string[] | undefined) ?? []));
  if (!summary) throw new UsageError(`${file}: no such file`);
  const spec = facts['gpu_type'] === undefined ? undefined : passSpec(summary, facts);
  const cost = spec && estimate(spec, context);
  const passes = cost && passCost(String(facts['gpu_type']), cost, passesPerMonth(spec));
  const answer: ModelFileAnswer = { file, summary, ...(cost ? { cost } : {}), ...(passes ? { passes } : {}) };
  const [measure, quantize] = [values['measure'] === true, values['quantize'] === true];
  if (!measure && !quantize) return answer;
  if (!isOnnxSummary(summary)) throw new UsageError('only .onnx files can be measured and quantized here');
  const threads = whole(values, 'threads', 1);
  const runtime = measure
    ? findRuntime([...(typeof values['runtime'] === 'string' ? [values['runtime']] : []), '.', path.dirname(file), assets], threads)
    : undefined;
  const inputs = runtime ? feeds(summary) : [];
  const made = quantize ? await quantizedCopy(host, file, values['keep-embeddings'] !== true) : undefined;
  if (!runtime) return { ...answer, ...(made ? { made } : {}) };
  const model = await loaded(file, summary);
  const latency = await running(measureLatency(runtime, model, inputs, { threads, runs: whole(values, 'runs', 30), now: () => performance.now() }));
  if (!made) return { ...answer, latency };
  const error = await running(compareOutputs(runtime, model, await loaded(made.file, summary), inputs));
  return { ...answer, latency, made: { ...made, error } };
}

async function quantizedCopy(host: Host, file: string, embeddings: boolean): Promise<MadeFile> {
  const target = file.replace(/(\.onnx)?$/i, '.int8.onnx');
  if (existsSync(target)) throw new UsageError(`${target} is there already: it is not overwritten`);
  const { size, before, quantized, left } = await quantizeAt(host, uriOf(file), uriOf(target), { embeddings });
  return { file: target, bytes: size, share: size / before, quantized, left };
}
const uriOf = (file: string): string => pathToFileURL(path.resolve(file)).href;
/** What the runtime does not take is a matter of the file, not of this program. */
function running<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw new UsageError(`onnxruntime-web does not run this model: ${error instanceof Error ? error.message : String(error)}`);
  });
}
/** @errors UsageError where a shape is not stated */
function feeds(summary: OnnxSummary): readonly FedInput[] {
  const { inputs, lacking } = fedInputsOf(summary);
  if (lacking.length > 0) throw new UsageError(`to measure it, state ${lacking.join(', ')}: --shape NAME=…`);
  return inputs;
}
async function loaded(file: string, { externalFiles }: OnnxSummary): Promise<Model> {
  const folder = path.dirname(file);
  const outside = await Promise.all(
    externalFiles.filter(isBeside).map(async (name) => ({ path: name, data: new Uint8Array(await readFile(path.join(folder, name))) })),
  );
  return { bytes: new Uint8Array(await readFile(file)), outside };
}
function whole(values: Parsed['values'], name: string, otherwise: number): number {
  const written = values[name];
  const number = written === undefined ? otherwise : Number(written);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) throw new UsageError(`--${name} takes a whole number from 1, not '${String(written)}'`);
  return number;
}
