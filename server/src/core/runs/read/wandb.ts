import type { RunPart } from '../../model/run.js';
import type { Value } from '../../syntax/value.js';
import { readYaml } from '../../syntax/yaml.js';
import { baseName, folderOf } from '../../text/uri.js';
import { given, listOf, objectOf, type Plain, parseJson, positiveOf, textOf } from './json.js';
import { factsOfSettings } from './settings.js';

/** The files of a Weights & Biases run folder, `wandb/run-…/files/`: what ran (metadata), with which settings (config), how it ended (summary).
 * Host names, user names and addresses in them are not read. */
export function readWandb(uri: string, text: string): RunPart | undefined {
  const name = baseName(uri);
  const key = folderOf(folderOf(uri));
  const at = /run-(\d{4})(\d{2})(\d{2})_(\d{2})(\d{2})(\d{2})-/.exec(key);
  const base = {
    source: 'wandb',
    kind: 'unknown',
    key,
    ...(at ? { at: `${at[1]}-${at[2]}-${at[3]}T${at[4]}:${at[5]}:${at[6]}` } : {}),
  } as const;
  if (name === 'config.yaml') {
    const settings: Record<string, unknown> = {};
    for (const [setting, value] of Object.entries(objectOf(plain(readYaml(uri, text).roots[0]))))
      if (setting !== '_wandb' && setting !== 'wandb_version') settings[setting] = 'value' in objectOf(value) ? objectOf(value)['value'] : value;
    const facts = factsOfSettings(settings);
    const outputDir = textOf(settings['output_dir']);
    return { ...base, facts, measured: {}, ...(outputDir === undefined ? {} : { outputDir }) };
  }
  const root = objectOf(parseJson(text));
  return name === 'wandb-metadata.json' ? metadata(base, root) : summary(base, root);
}

function metadata(base: Pick<RunPart, 'source' | 'kind' | 'key'>, root: Plain): RunPart {
  const devices = listOf(root['gpu_nvidia'] ?? root['gpuNvidia'] ?? root['gpu_amd']).map((one) => textOf(objectOf(one)['name']));
  const gpu = devices[0] ?? textOf(root['gpu']) ?? textOf(root['gpu_type']);
  const settings: Record<string, unknown> = {};
  const args = listOf(root['args']).filter((one) => typeof one === 'string');
  args.forEach((word, index) => {
    const [, flag, value] = /^--?([\w.-]+)(?:=(.*))?$/s.exec(word) ?? /^([\w.]+)=(.*)$/s.exec(word) ?? [];
    if (flag === undefined) return;
    const next = args[index + 1];
    settings[flag.replaceAll('-', '_')] = value ?? (next === undefined || /^-{1,2}[A-Za-z]/.test(next) ? true : next);
  });
  const git = objectOf(root['git']);
  const program = textOf(root['codePath']) ?? textOf(root['program']);
  const commit = textOf(git['commit']);
  return {
    ...base,
    facts: { ...factsOfSettings(settings), ...given({ gpu_type: gpu, gpu_count: devices.length || positiveOf(root['gpu_count']) }) },
    measured: {},
    ...(program === undefined ? {} : { program }),
    ...(commit === undefined ? {} : { commit }),
  };
}

/** Final values of what a run logged: the Trainer's own names, with or without `train/`. */
function summary(base: Pick<RunPart, 'source' | 'kind' | 'key'>, root: Plain): RunPart {
  const find = (...names: readonly string[]): number | undefined => {
    for (const name of names) {
      const found = positiveOf(root[name]) ?? positiveOf(root[`train/${name}`]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const runtime = find('train_runtime');
  const wall = runtime ?? positiveOf(root['_runtime']) ?? positiveOf(objectOf(root['_wandb'])['runtime']);
  const stepsPerSecond = find('train_steps_per_second');
  const steps = positiveOf(root['train/global_step']);
  return {
    ...base,
    kind: runtime === undefined ? 'unknown' : 'training',
    facts: given({ max_steps: runtime === undefined ? undefined : steps }),
    measured: given({
      wall_hours: wall === undefined ? undefined : wall / 3600,
      samples_per_s: find('train_samples_per_second', 'samples_per_second'),
      step_time_s: runtime !== undefined && steps !== undefined ? runtime / steps : stepsPerSecond === undefined ? undefined : 1 / stepsPerSecond,
      steps,
      total_flos: find('total_flos'),
      input_tokens_seen: find('num_input_tokens_seen'),
      peak_memory_gib: find('peak_memory_gib', 'max_memory_allocated_gib'),
    }),
    weight: runtime === undefined ? 0 : 1,
  };
}

function plain(value: Value | undefined): unknown {
  if (!value) return undefined;
  if (value.kind === 'scalar') return value.value;
  if (value.kind === 'seq') return value.items.map(plain);
  return Object.fromEntries(value.entries.map(({ key, value: one }) => [key, plain(one)]));
}
