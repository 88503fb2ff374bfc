import type { RunPart } from '../../model/run.js';
import { baseName, folderOf } from '../../text/uri.js';
import { given, listOf, objectOf, type Plain, parseJson, positiveOf, textOf } from './json.js';
import { factsOfSettings } from './settings.js';

/** The files that Hugging Face's Trainer leaves in a run's output folder: `trainer_state.json` (there and in its checkpoints), `all_results.json`,
 * `train_results.json`, and what PEFT and some scripts put beside them.
 * @assumes `train_runtime` is of the whole run; after a resume it is of the resumed part, and its rates are too high */
export function readHfTrainer(uri: string, text: string): RunPart | undefined {
  const name = baseName(uri);
  const json = parseJson(text);
  const root = objectOf(json);
  const own = folderOf(uri);
  const folder = /\/checkpoint-\d+$/.test(own) ? folderOf(own) : own;
  const base = { source: 'hf-trainer', kind: 'training', key: folder, outputDir: folder } as const;
  if (name === 'training_args.json') return { ...base, facts: factsOfSettings(root), measured: {} };
  if (name === 'adapter_config.json') {
    const method = textOf(root['peft_type']);
    if (method === undefined || !/lora/i.test(method)) return undefined;
    return {
      ...base,
      facts: given({ model: textOf(root['base_model_name_or_path']), lora_rank: positiveOf(root['r']), finetune_method: 'lora' }),
      measured: {},
    };
  }
  if (name === 'trainer_state.json') return state(base, root);
  return positiveOf(root['train_runtime']) === undefined ? undefined : { ...base, facts: {}, measured: figures(root, 0), weight: 1 };
}

function state(base: Pick<RunPart, 'source' | 'kind' | 'key'>, root: Plain): RunPart | undefined {
  const log = listOf(root['log_history']).map(objectOf);
  const last = log.findLast((entry) => positiveOf(entry['train_runtime']) !== undefined);
  const evaluating = log.reduce((sum, entry) => sum + (positiveOf(entry['eval_runtime']) ?? 0), 0);
  const steps = positiveOf(root['global_step']);
  if (steps === undefined) return undefined;
  const measured = last ? figures({ ...last, steps }, evaluating) : {};
  return {
    ...base,
    facts: given({
      batch_size: positiveOf(root['train_batch_size']),
      max_steps: last ? steps : undefined,
      // What was planned is what was done only where the run came to its end.
    }),
    measured: { ...measured, ...given({ total_flos: positiveOf(root['total_flos']), input_tokens_seen: positiveOf(root['num_input_tokens_seen']) }) },
    weight: (last ? 1e12 : 0) + steps,
  };
}

/** Rates of the steps alone: the time that evaluations took within the run is taken off.
 * @source huggingface/transformers trainer_utils.py, `speed_metrics`: samples and steps over the run's whole wall time */
function figures(entry: Plain, evaluating: number): Record<string, number> {
  const seconds = positiveOf(entry['train_runtime']);
  if (seconds === undefined) return {};
  const training = evaluating > 0 && evaluating < 0.9 * seconds ? seconds - evaluating : seconds;
  const rate = (name: string): number | undefined => {
    const value = positiveOf(entry[name]);
    return value === undefined ? undefined : (value * seconds) / training;
  };
  const stepsPerSecond = rate('train_steps_per_second');
  const steps = positiveOf(entry['steps']);
  // Rates are printed with three decimals: of a slow job the step count says more.
  const step = steps === undefined ? stepsPerSecond && 1 / stepsPerSecond : training / steps;
  return given({
    wall_hours: seconds / 3600,
    samples_per_s: rate('train_samples_per_second'),
    step_time_s: step,
    steps,
    total_flos: positiveOf(entry['total_flos']),
    input_tokens_seen: positiveOf(entry['num_input_tokens_seen']),
    // @source transformers trainer_utils.py, TrainerMemoryTracker: bytes above the start, and at the start
    peak_memory_gib: memory(entry),
  });
}
function memory(entry: Plain): number | undefined {
  const alloc = positiveOf(entry['train_mem_gpu_alloc_delta']);
  const peak = positiveOf(entry['train_mem_gpu_peaked_delta']);
  const before = ['init_mem_gpu_alloc_delta', 'before_init_mem_gpu'].reduce((sum, name) => sum + (positiveOf(entry[name]) ?? 0), 0);
  return alloc === undefined || peak === undefined || before === 0 ? undefined : (alloc + peak + before) / 2 ** 30;
}
