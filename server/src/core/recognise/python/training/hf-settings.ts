import { type Call, dotted, type Expr } from '../../../syntax/python/ast.js';
import type { Evaluated } from '../../shared/evaluated.js';
import { engineOfSamples } from '../../shared/facts.js';
import { precisionOf } from '../../shared/precision.js';
import type { PythonInput } from '../../types.js';
import { assignedAttribute } from '../follow.js';
import { classOf, fieldOf } from '../options.js';
import { amount, count, type FactSet, flag, text } from './fact-set.js';
import { usesFlash } from './model-source.js';
import { byChip } from './precision.js';

/** The settings of a Hugging Face trainer: constructed in the code, or parsed from a command line. */
export interface Settings {
  /** The construction `TrainingArguments(…)`, if there is one. */
  readonly made?: Call;
  /** The class, qualified, if the settings are parsed. */
  readonly parsed?: string;
  /** True where keywords come from a dict that the text does not decide. */
  readonly open: boolean;
  field(name: string): Expr | undefined;
}
const nothing: Settings = { open: true, field: () => undefined };

/** Reads what is given as `args=`. */
export function settingsOf(input: PythonInput, given: Expr | undefined): Settings {
  if (!given) return nothing;
  const { evaluate, program } = input;
  const later = (name: string): Expr | undefined =>
    given.kind === 'name' || given.kind === 'attribute'
      ? assignedAttribute(evaluate, { kind: 'attribute', object: given, name, start: given.start, end: given.end })?.value
      : undefined;
  const meant = evaluate.expression(given);
  if (meant.kind === 'call' && /(Arguments|Args|Config|Namespace|dict)$/.test(dotted(meant.callee) ?? '')) {
    const local = classOf(evaluate, meant);
    return {
      made: meant,
      open: meant.args.some((arg) => arg.spread === 2),
      field: (name) => later(name) ?? evaluate.argument(meant, name) ?? (local && fieldOf(evaluate, local, name)?.value()),
    };
  }
  const parsed = evaluate.instanceOf(given);
  if (parsed === undefined) return { open: true, field: later };
  const own = program.class(parsed.slice(parsed.lastIndexOf('.') + 1));
  return {
    parsed,
    open: true,
    field: (name) =>
      later(name) ?? (own && fieldOf(evaluate, own, name) ? { kind: 'attribute', object: given, name, start: given.start, end: given.end } : undefined),
  };
}

/** Adds what the settings say. */
export function addSettings(input: PythonInput, facts: FactSet, settings: Settings): void {
  const { field } = settings;
  facts.read(
    'batch_size',
    field('per_device_train_batch_size') ??
      field('per_gpu_train_batch_size') ??
      (settings.made && /PPOConfig$/.test(dotted(settings.made.callee) ?? '') ? field('mini_batch_size') : undefined),
    count,
  );
  facts.read('grad_accum', field('gradient_accumulation_steps'), count);
  facts.read('epochs', field('num_train_epochs'), amount);
  facts.read('max_steps', field('max_steps'), count);
  facts.read('optimizer', field('optim'), text);
  addPrecision(input, facts, settings);
  facts.read('grad_ckpt', field('gradient_checkpointing'), flag);
  facts.read('compile', field('torch_compile'), flag);
  const isGenerating = field('max_completion_length') !== undefined || field('num_generations') !== undefined;
  facts.read('seq_len', isGenerating ? field('max_prompt_length') : (field('max_seq_length') ?? field('max_length')), count);
  if (!isGenerating) facts.read('seq_len', field('model_max_length'), count);
  facts.read('max_tokens', field('max_completion_length') ?? field('response_length'), count);
  facts.read('num_generations', field('num_generations'), count);
  facts.read('rollout_engine', field('use_vllm'), (value) => engineOfSamples(flag(value)));
  facts.read('packing', field('packing'), flag);
  facts.read('save_steps', field('save_steps'), count);
  facts.read('save_total_limit', field('save_total_limit'), count);
  facts.read('eval_strategy', field('eval_strategy') ?? field('evaluation_strategy'), text);
  addStrategy(input, facts, settings);
  // A folder that is decided at run time is no question to anybody.
  const folder = field('output_dir');
  if (folder && input.evaluate.value(folder).known) facts.read('output_dir', folder, text);
  const loading = field('model_init_kwargs');
  if (loading) {
    const { evaluate } = input;
    facts.read('precision', evaluate.entry(loading, 'torch_dtype') ?? evaluate.entry(loading, 'dtype'), precisionOf);
    facts.read('flash_attention', evaluate.entry(loading, 'attn_implementation'), usesFlash);
  }
}

function addPrecision({ evaluate, program }: PythonInput, facts: FactSet, { field }: Settings): void {
  for (const [name, precision] of [
    ['bf16', 'bf16'],
    ['fp16', 'fp16'],
  ] as const) {
    const expr = field(name);
    if (!expr) continue;
    const value = evaluate.value(expr);
    if (value.known) facts.put('precision', value, (on) => (on === true || on === 'True' ? precision : undefined));
    else if (dependsOnChip(program.text.slice(expr.start, expr.end), value)) facts.put('precision', byChip(expr));
    else facts.put('precision', value);
  }
}
const dependsOnChip = (written: string, value: Evaluated): boolean =>
  /bf16_support|bfloat16_support|get_device_capability|is_ampere/i.test(written) ||
  (!value.known && /bf16_support|bfloat16_support|get_device_capability/i.test(value.reason));

function addStrategy({ evaluate, document }: PythonInput, facts: FactSet, { field }: Settings): void {
  const sharded = field('fsdp');
  if (sharded) {
    const list = evaluate.expression(sharded);
    const words = list.kind === 'list' ? list.items.flatMap((item) => (item.kind === 'string' ? [item.value] : [])).join(' ') : undefined;
    const value: Evaluated = words === undefined ? evaluate.value(sharded) : { known: true, value: words, origin: 'literal', start: list.start, end: list.end };
    facts.put('strategy', value, (one) => (one === true || (typeof one === 'string' && one.trim() !== '') ? 'fsdp' : undefined));
    if (value.known && /offload/.test(String(value.value))) facts.put('offload', { ...value, value: 'cpu' });
  }
  const config = field('deepspeed');
  if (!config) return;
  const written = evaluate.expression(config);
  if (written.kind === 'dict') {
    addDeepSpeed(evaluate.entry.bind(evaluate), facts, written);
    return;
  }
  const value = evaluate.value(config);
  if (value.known && typeof value.value === 'string' && value.value !== '') {
    facts.put('strategy', value, stageOfName);
    facts.refs.push({ role: 'config', target: value.value, span: { uri: document.uri, start: value.start, end: value.end } });
  }
}
/** `zero3` of `ds_zero3.json`; the file itself has the last word. */
export function stageOfName(path: string | number | boolean): string {
  const stage = String(path).match(/(?:zero|stage|z)[-_]?([0-3])(?!\d)/i)?.[1];
  return stage === undefined ? 'deepspeed' : `zero${stage}`;
}
/** Adds what a DeepSpeed configuration that is written out as a dict says. */
export function addDeepSpeed(entry: (expr: Expr, key: string) => Expr | undefined, facts: FactSet, config: Expr): void {
  const zero = entry(config, 'zero_optimization');
  const stage = zero && entry(zero, 'stage');
  if (stage) facts.read('strategy', stage, (value) => `zero${value}`);
  else facts.follows('strategy', 'deepspeed', config);
  const offload = zero && (entry(zero, 'offload_optimizer') ?? entry(zero, 'offload_param'));
  facts.read('offload', offload && entry(offload, 'device'), (value) => (value === 'none' ? undefined : value));
  facts.read('batch_size', entry(config, 'train_micro_batch_size_per_gpu'), count);
  facts.read('grad_accum', entry(config, 'gradient_accumulation_steps'), count);
  facts.read('global_batch_size', entry(config, 'train_batch_size'), count);
  for (const precision of ['bf16', 'fp16'] as const) {
    const section = entry(config, precision);
    facts.read('precision', section && entry(section, 'enabled'), (on) => (on === true ? precision : undefined));
  }
}
