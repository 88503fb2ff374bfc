import type { FactValue } from '../../model/fact.js';
import { entriesOf, hasKey, itemsOf, scalarOf, textOf, type Value } from '../../syntax/value.js';
import { scalar } from '../shared/command-line.js';
import { ConfigFacts, numberOf } from '../shared/config-facts.js';
import { asText, type FlagMeaning, type FlagTable } from '../shared/flag-facts.js';
import { trainingFlags } from '../shared/training-flags.js';
import type { SeenWorkload } from '../types.js';
import { takeDeepspeedOption } from './deepspeed.js';

/** Matches every text that has a learning rate as a key, or what only an optimiser is given. */
export const learningRateMarker = /(?:^|[\s"'{,.])(?:(?:\w+_)?(?:lr|learning_?rate)|warmup_\w+|weight_decay|grad_acc\w*|max_iter)["']?[ \t]*[:=]/im;

/** Settings of a project's own training program, known by what they say together: a batch, a length of the run, a learning rate or what else only an optimiser is given.
 * They say how a training elsewhere runs, and are no workload of their own. */
export function trainingSettings(uri: string, root: Value): SeenWorkload | undefined {
  if (root.kind !== 'map' || others.some((key) => hasKey(root, key))) return undefined;
  const leaves = leavesOf(root);
  if (!leaves.some((leaf) => optimises(leaf) || leaf.path.join('.') === 'solver.max_iter')) return undefined;
  // A section of the trainer says whose settings they are where one part is left to other files.
  const sectioned = entriesOf(root).some(({ key, value }) => value.kind === 'map' && trainerSection.test(key));
  const facts = new ConfigFacts(uri, root);
  const deepspeed = entriesOf(root).find(({ key }) => key === 'deepspeed')?.value;
  for (const [name, meanings] of Object.entries(names)) {
    const leaf = leaves.find((one) => isNamed(one, name));
    if (!leaf) continue;
    // Beside a micro batch, the batch is that of the whole step.
    const whole =
      leaves.some(({ path }) => /micro_?(?:train_)?batch/.test(path.at(-1) ?? '')) &&
      /(?:^|[._])(?:train_)?batch_size$/.test(name) &&
      !/micro|device|gpu/.test(name);
    for (const { fact: meant, change } of Array.isArray(meanings) ? (meanings as readonly FlagMeaning[]) : [meanings as FlagMeaning])
      facts.take(whole && meant === 'batch_size' ? 'global_batch_size' : meant, leaf.value, (value) => valueAs(value, change), leaf.path.join('.'));
  }
  takeDeepspeedOption(facts, deepspeed);
  const known = (...all: readonly string[]): boolean => all.some((name) => facts.has(name));
  // fairseq counts the tokens of a batch.
  const counted = leaves.some(({ path }) => path.join('.') === 'dataset.max_tokens');
  const batch = counted || known('batch_size', 'global_batch_size');
  // Detectron's families of models have a file of their own that the run's builds on.
  const solver = leaves.some(({ path }) => path.join('.') === 'solver.max_iter');
  const length = known('epochs', 'max_steps', 'train_tokens');
  // Of one that leaves its batch to others, more than a single number is the optimiser's.
  if (!(batch && length) && !(sectioned && (batch || (length && (leaves.filter(optimises).length >= 2 || solver))))) return undefined;
  return facts.facts.length === 0 ? undefined : { ...facts.workload('training', 'pytorch', 'Training settings'), fragment: true as const };
}

const optimises = ({ path, value }: Leaf): boolean => {
  const name = path.at(-1) ?? '';
  const amount = numberOf(scalarOf(value)) ?? Number.NaN;
  return /(?:^|_)(?:lr|learning_?rate)$/i.test(name)
    ? amount > 0
    : /^(?:warmup_(?:steps|epochs|ratio|updates|iters)|weight_decay|grad_acc\w*)$/.test(name) && amount >= 0;
};

/** What only files of another kind have at their top. */
const others = ['apiVersion', 'kind', 'services', 'jobs', 'parameters', 'stages', '$schema', 'sweep', 'search_space', 'hydra', 'dvc'];

interface Leaf {
  readonly path: readonly string[];
  readonly value: Value;
}
const trainerSection = /^(?:trainer|training|train|run|solver|lightning|opti(?:m|mizer|mizers|misation|mization)(?:_params)?)$/i;
const deepest = 4;
/** The scalars of a file but those of what evaluates, samples or schedules, with their keys; what is less deep first. */
function leavesOf(root: Value): Leaf[] {
  const found: Leaf[] = [];
  const walk = (value: Value, path: readonly string[]): void => {
    if (path.length >= deepest) return;
    for (const entry of entriesOf(value)) {
      const here = [...path, entry.key.replaceAll('-', '_').toLowerCase()];
      if (entry.value.kind === 'map' && !elsewhere.test(entry.key)) walk(entry.value, here);
      else if (entry.value.kind === 'scalar') found.push({ path: here, value: entry.value });
      // A value for each epoch: the first holds at the start.
      else if (/^(?:lr|update_freq)$/.test(entry.key))
        found.push(
          ...itemsOf(entry.value)
            .slice(0, 1)
            .map((value) => ({ path: here, value })),
        );
    }
  };
  walk(root, []);
  return found.sort((a, b) => a.path.length - b.path.length);
}
const elsewhere = /eval|val(?:id|$)|test|infer|sampl|generat|predict|sched|profil|logg|wandb|discriminator|teacher|preprocess|augment/i;

/** A dotted name is the end of a path; a plain one stands at the top, or in a section of the run itself. */
function isNamed({ path }: Leaf, name: string): boolean {
  const steps = name.split('.');
  if (steps.length > 1) return steps.length <= path.length && steps.every((step, index) => step === path[path.length - steps.length + index]);
  if (path.at(-1) !== name || path.length > 3) return false;
  // The size of what a diffusion model sees is that of its latents.
  if (path.join('.') === 'model.params.image_size') return false;
  return (
    path.slice(0, -1).every((section) => sections.test(section)) &&
    !(path.length > 1 && ambiguous.test(name) && !(/^opt/.test(name) && /^train/.test(path.at(-2)!)))
  );
}
const sections =
  /^(?:(?:pre|post)?train\w*|lightning|fit|config|cfg|hparams?|hyperparam\w*|params|args|run|experiment|exp|solver|data(?:sets?|loader|module|_params|_config)?|loader|dataloaders?|opti(?:m|misation|mization)\w*|common|task|(?:model|optimizer|dataset|network|saving)(?:_params|_config|_args|_arguments)?|net(?:work)?|arch|distributed|parallel\w*|system|hardware|deepspeed|lora\w*|peft\w*)$/i;
/** Within a section these are something else: `optimizer.name`, `data.model`. */
const ambiguous = /^(?:model|arch|dataset|opt|optim|optimizer|strategy|depth|bits|offload|resolution)$/;

/** A value of a file, as the meaning of an option changes it. */
export function valueAs(value: Value, change: FlagMeaning['change']): FactValue | undefined {
  const written = scalarOf(value);
  if (written === null || written === undefined) return undefined;
  const plain = typeof written === 'string' ? scalar(textOf(value) ?? written) : written;
  return change ? change(plain) : plain;
}

const text = (fact: string): FlagMeaning => ({ fact, change: asText });
/** Names that only files have, before those that are flags too. */
const own: FlagTable = {
  'model.name': text('model'),
  'model.name_or_path': text('model'),
  'model.type': text('model'),
  'model.arch': text('model'),
  'model.path': text('model'),
  'dataset.name': text('dataset'),
  'data.name': text('dataset'),
  'data.dataset': text('dataset'),
  'optimizer.name': text('optimizer'),
  'optimizer.type': text('optimizer'),
  'optim.name': text('optimizer'),
  'optim.type': text('optimizer'),
  'optim.optimizer': text('optimizer'),
  'optimizer._name': text('optimizer'),
  'engine.dtype': trainingFlags['dtype']!,
  'model._name': text('model'),
  encoder_layers: trainingFlags['n_layer']!,
  encoder_embed_dim: trainingFlags['n_embd']!,
  encoder_attention_heads: trainingFlags['n_head']!,
  distributed_world_size: { fact: 'gpus', change: trainingCount },
  grad_acc: trainingFlags['grad_accum']!,
  total_train_steps: trainingFlags['max_steps']!,
  total_iter: trainingFlags['max_steps']!,
  ims_per_batch: trainingFlags['global_batch_size']!,
  number_of_epochs: trainingFlags['epochs']!,
  'optim_g.type': text('optimizer'),
  steps: trainingFlags['max_steps']!,
  train_epochs: trainingFlags['epochs']!,
  batch_size_train: trainingFlags['batch_size']!,
  train_bs: trainingFlags['batch_size']!,
  train_batch_size_per_device: trainingFlags['batch_size']!,
  context_length: trainingFlags['seq_len']!,
  num_devices: { fact: 'gpus', change: trainingCount },
  'lora_config.r': trainingFlags['lora_r']!,
  'deepspeed.config_path': trainingFlags['deepspeed']!,
  flash_attention_2: trainingFlags['flash_attention']!,
  train_path: trainingFlags['train_file']!,
  tp_size: trainingFlags['tensor_model_parallel_size']!,
  pp_size: trainingFlags['pipeline_model_parallel_size']!,
  model_parallel_size: trainingFlags['tensor_model_parallel_size']!,
  cp_size: trainingFlags['context_parallel_size']!,
  dp_size: { fact: 'data_parallel', change: trainingCount },
  model_dtype: trainingFlags['dtype']!,
  fsdp_type: trainingFlags['sharding_strategy']!,
  selective_activation_checkpointing: trainingFlags['gradient_checkpointing']!,
  checkpoint_activations: trainingFlags['gradient_checkpointing']!,
  head: trainingFlags['n_head']!,
  dim: trainingFlags['n_embd']!,
  'train.batch_size': trainingFlags['batch_size']!,
};
const names: FlagTable = { ...own, ...trainingFlags, ...own };
function trainingCount(value: FactValue): FactValue | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
