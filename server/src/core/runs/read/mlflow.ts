import type { RunPart } from '../../model/run.js';
import { baseName } from '../../text/uri.js';
import { given, positiveOf } from './json.js';
import { factsOfSettings } from './settings.js';
import { readTable, type SqliteRow } from './sqlite.js';
import { iso } from './tensorboard.js';

/** What MLflow kept of one run, whichever store it came from. Times in milliseconds since 1970. */
interface Kept {
  readonly key: string;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** A run of MLflow: the Trainer's parameters and closing metrics, and the source that ran. The user's name in it is not read. */
function partOf({ key, params, metrics, tags, start, end }: Kept): RunPart {
  const metric = (name: string): number | undefined => positiveOf(metrics[name]) ?? positiveOf(metrics[`train_${name}`]);
  const runtime = metric('train_runtime');
  const wall = runtime ?? (start !== undefined && end !== undefined && end > start ? (end - start) / 1000 : undefined);
  const memory = positiveOf(metrics['system/gpu_0_memory_usage_megabytes']);
  const rate = metric('train_steps_per_second');
  return {
    source: 'mlflow',
    kind: runtime === undefined ? 'unknown' : 'training',
    key,
    facts: factsOfSettings(params),
    measured: given({
      wall_hours: wall === undefined ? undefined : wall / 3600,
      samples_per_s: metric('train_samples_per_second') ?? metric('samples_per_second'),
      step_time_s: rate === undefined ? undefined : 1 / rate,
      total_flos: metric('total_flos'),
      // The last sample of the device's use, not its peak: no more than a hint, so it is kept under a name of its own.
      device_memory_gib: memory === undefined ? undefined : (memory * 1e6) / 2 ** 30,
    }),
    ...(params['output_dir'] === undefined ? {} : { outputDir: params['output_dir'] }),
    ...(tags['mlflow.source.name'] === undefined ? {} : { program: tags['mlflow.source.name'] }),
    ...(tags['mlflow.source.git.commit'] === undefined ? {} : { commit: tags['mlflow.source.git.commit'] }),
    ...(start === undefined ? {} : { at: iso(start / 1000) }),
  };
}

/** The file store, `mlruns/<experiment>/<run>/`: a file a parameter, metric and tag.
 * @source mlflow/mlflow mlflow/store/tracking/file_store.py: metric files hold `timestamp value step` a line */
export function readMlflowFiles(files: readonly { readonly uri: string; readonly text: string }[]): RunPart[] {
  const runs = new Map<
    string,
    { params: Record<string, string>; metrics: Record<string, number>; tags: Record<string, string>; start?: number; end?: number }
  >();
  for (const { uri, text } of files) {
    const found = /^(.*\/mlruns\/[^/]+\/[^/]+)\/(meta\.yaml|params|metrics|tags)(?:\/(.+))?$/.exec(uri);
    if (!found) continue;
    const [, key = '', what, name = ''] = found;
    const run = runs.get(key) ?? { params: {}, metrics: {}, tags: {} };
    runs.set(key, run);
    if (what === 'params') run.params[baseName(uri)] = text.trim();
    else if (what === 'tags') run.tags[baseName(uri)] = text.trim();
    else if (what === 'metrics') {
      const value = Number(/^\s*\S+\s+(\S+)/.exec(text.trimEnd().split('\n').at(-1) ?? '')?.[1]);
      if (Number.isFinite(value)) run.metrics[decodeURIComponent(name)] = value;
    } else {
      const time = (key_: string): number | undefined => positiveOf(new RegExp(`^${key_}:\\s*(\\d+)`, 'm').exec(text)?.[1]);
      const [start, end] = [time('start_time'), time('end_time')];
      if (start !== undefined) run.start = start;
      if (end !== undefined) run.end = end;
    }
  }
  return [...runs].map(([key, run]) => partOf({ key, ...run }));
}

/** The SQLite store, `mlflow.db`: what newer servers write where no other store is named.
 * @source mlflow/mlflow mlflow/store/tracking/dbmodels/models.py: tables runs, params, latest_metrics, tags */
export function readMlflowDatabase(uri: string, bytes: Uint8Array): RunPart[] {
  const runs = new Map<
    string,
    { params: Record<string, string>; metrics: Record<string, number>; tags: Record<string, string>; start?: number; end?: number }
  >();
  const table = (name: string): SqliteRow[] => readTable(bytes, name);
  for (const row of table('runs')) {
    const id = row['run_uuid'];
    if (typeof id !== 'string' || row['lifecycle_stage'] === 'deleted') continue;
    const [start, end] = [positiveOf(row['start_time']), positiveOf(row['end_time'])];
    runs.set(id, { params: {}, metrics: {}, tags: {}, ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) });
  }
  const each = (name: string, take: (run: NonNullable<ReturnType<typeof runs.get>>, key: string, value: unknown) => void): void => {
    for (const row of table(name)) {
      const run = typeof row['run_uuid'] === 'string' ? runs.get(row['run_uuid']) : undefined;
      if (run && typeof row['key'] === 'string') take(run, row['key'], row['value']);
    }
  };
  each('params', (run, key, value) => {
    if (typeof value === 'string') run.params[key] = value;
  });
  each('tags', (run, key, value) => {
    if (typeof value === 'string' && key.startsWith('mlflow.source.')) run.tags[key] = value;
  });
  each('latest_metrics', (run, key, value) => {
    if (typeof value === 'number') run.metrics[key] = value;
  });
  return [...runs].map(([id, run]) => partOf({ key: `${uri}#${id}`, ...run }));
}
