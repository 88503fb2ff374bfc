import type { FactValue } from '../model/fact.js';
import type { MeasuredRun, RunPart, RunSource } from '../model/run.js';
import { baseName, relativeTo } from '../text/uri.js';
import { isBinaryRun, type RunFile, sharedRunsFile } from './files.js';
import { readBenchmark } from './read/benchmarks.js';
import { readCodeCarbon } from './read/codecarbon.js';
import { readHfTrainer } from './read/hf-trainer.js';
import { readMlflowDatabase, readMlflowFiles } from './read/mlflow.js';
import { readShared } from './read/shared.js';
import { readTensorBoard } from './read/tensorboard.js';
import { readWandb } from './read/wandb.js';
import { runHash } from './run-hash.js';

/** The measured runs that some files tell of, newest first. What cannot be read tells nothing; the others count.
 * Files of one run (an output folder, a tracker's folder, a tracker's run that names the output folder) are one run. */
export function collectRuns(files: readonly RunFile[], roots: readonly string[]): MeasuredRun[] {
  const parts = files.flatMap((file) => partsOf(file));
  parts.push(...readMlflowFiles(files.flatMap((file) => ('text' in file && /\/mlruns\//.test(file.uri) ? [file] : []))));
  const groups = new Map<string, RunPart[]>();
  for (const part of parts) groups.set(part.key, [...(groups.get(part.key) ?? []), part]);
  joinTrackers(groups);
  const all = [...groups].map(([key, group]) => runOf(key, group, roots)).filter(({ measured }) => Object.keys(measured).length > 0);
  // A run that is here and was shared as well counts once.
  const here = new Set(all.filter(({ sources }) => !sources.includes('shared')).map(runHash));
  return all
    .filter(({ id, sources }) => !sources.includes('shared') || !here.has(id.slice(id.lastIndexOf('#') + 1)))
    .sort((a, b) => (b.at ?? '').localeCompare(a.at ?? '') || a.id.localeCompare(b.id));
}

function partsOf(file: RunFile): RunPart[] {
  const { uri } = file;
  const name = baseName(uri);
  try {
    if ('bytes' in file) {
      if (name.startsWith('events.out.tfevents.')) return [readTensorBoard(uri, file.bytes)].filter((part) => part !== undefined);
      return isBinaryRun(uri) ? readMlflowDatabase(uri, file.bytes) : [];
    }
    const { text } = file;
    if (/\/mlruns\//.test(uri)) return [];
    if (uri.endsWith(`/${sharedRunsFile}`)) return readShared(uri, text);
    if (name === 'emissions.csv') return readCodeCarbon(uri, text);
    if (/^wandb-|^config\.yaml$/.test(name)) return [readWandb(uri, text)].filter((part) => part !== undefined);
    const found = readHfTrainer(uri, text);
    return found ? [found] : readBenchmark(uri, text);
  } catch {
    // a reader that stumbles tells nothing: these files are not anybody's code
    return [];
  }
}

/** A tracker's run that names the output folder of another group is the same run: its facts join that group. */
function joinTrackers(groups: Map<string, RunPart[]>): void {
  const folders = [...groups].filter(([, parts]) => parts.some(({ source }) => source === 'hf-trainer' || source === 'tensorboard')).map(([key]) => key);
  for (const [key, parts] of [...groups]) {
    if (folders.includes(key)) continue;
    const written = parts.find(({ outputDir }) => outputDir !== undefined)?.outputDir;
    if (written === undefined) continue;
    const same = folders.filter((folder) => endsWithPath(folder, written));
    // Two trackers of one folder are two runs of it, one after the other: only the last is still there.
    if (same.length !== 1) continue;
    const target = groups.get(same[0]!) ?? [];
    const before = target.find(({ source }) => source === parts[0]?.source);
    if (before && (before.at ?? '') >= (parts[0]?.at ?? '')) continue;
    groups.set(same[0]!, [...target.filter(({ source }) => source !== parts[0]?.source), ...parts]);
    groups.delete(key);
    if (before) groups.set(before.key, [...(groups.get(before.key) ?? []), ...target.filter(({ source }) => source === before.source)]);
  }
}

/** True if a folder's path ends with a path as written, its `.` and `~` aside.
 * The run may have been on another machine: of an absolute path the last two segments decide. */
export function endsWithPath(folder: string, written: string): boolean {
  const tail = written.split(/[\\/]/).filter((segment) => !/^(?:|\.|\.\.|~)$/.test(segment));
  if (tail.length === 0 || tail.some((segment) => /[$`{}*]/.test(segment))) return false;
  const path = decodeURIComponent(folder).split('/');
  let common = 0;
  while (common < tail.length && tail.at(-1 - common) === path.at(-1 - common)) common++;
  return common >= (/^[\\/~]|^\w:/.test(written) ? Math.min(2, tail.length) : tail.length);
}

function runOf(key: string, parts: readonly RunPart[], roots: readonly string[]): MeasuredRun {
  const byWeight = [...parts].sort((a, b) => (a.weight ?? 0) - (b.weight ?? 0));
  const facts: Record<string, FactValue> = {};
  const measured: Record<string, number> = {};
  for (const part of byWeight) {
    Object.assign(facts, part.facts);
    Object.assign(measured, part.measured);
  }
  const kind = parts.find((part) => part.kind !== 'unknown')?.kind ?? (isTraining(facts) ? 'training' : 'unknown');
  if (kind === 'training') derive(facts, measured);
  const first = <K extends 'program' | 'outputDir' | 'commit' | 'at' | 'workload'>(name: K) => parts.find((part) => part[name] !== undefined)?.[name];
  const optional = Object.fromEntries(
    (['program', 'outputDir', 'commit', 'at', 'workload'] as const).map((name) => [name, first(name)]).filter(([, value]) => value !== undefined),
  );
  const sources: RunSource[] = [...new Set(parts.map(({ source }) => source))];
  return { id: relativeTo(key, roots), sources, uri: key.replace(/#[^#]*$/, ''), kind, facts, measured, ...optional };
}

const isTraining = (facts: Readonly<Record<string, FactValue>>): boolean =>
  ['epochs', 'max_steps', 'grad_accum', 'optimizer', 'lora_rank'].some((name) => facts[name] !== undefined);

/** What follows from the figures: the global batch out of samples and steps a second, from it the devices; the mean length out of the tokens seen. */
function derive(facts: Record<string, FactValue>, measured: Record<string, number>): void {
  const { samples_per_s: samples, step_time_s: step, input_tokens_seen: seen, wall_hours: wall, steps } = measured;
  const batch = facts['batch_size'];
  if (samples !== undefined && step !== undefined && typeof batch === 'number') {
    // Batches of a step over all devices; an epoch's last, shorter step makes it a little less.
    const batches = nearWhole((samples * step) / batch);
    if (batches !== undefined) facts['global_batch_size'] ??= batches * batch;
  }
  const devices = devicesOf(facts);
  if (devices !== undefined) {
    facts['gpus'] ??= devices;
    // A machine may hold more than the run used.
    delete facts['gpu_count'];
  }
  const global = facts['global_batch_size'];
  if (seen !== undefined && steps !== undefined && typeof global === 'number') {
    facts['seq_len'] ??= Math.max(1, Math.round(seen / (steps * global)));
    if (wall !== undefined) measured['tokens_per_s'] ??= seen / (wall * 3600);
  }
}

/** Devices out of the global batch, where batch and accumulation are known too: what no one knows is not taken as one. */
export function devicesOf(facts: Readonly<Record<string, FactValue>>): number | undefined {
  const { global_batch_size: global, batch_size: batch, grad_accum: accumulation } = facts;
  if (typeof global !== 'number' || typeof batch !== 'number' || typeof accumulation !== 'number') return undefined;
  return nearWhole(global / (batch * accumulation));
}
function nearWhole(value: number): number | undefined {
  const near = Math.round(value);
  return near >= 1 && Math.abs(value - near) < 0.08 * near ? near : undefined;
}
