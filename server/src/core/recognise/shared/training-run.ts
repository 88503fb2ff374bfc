import type { Fact, UnknownFact } from '../../model/fact.js';
import type { ShellWord } from '../../syntax/shell/script.js';
import type { Launch, Reference } from '../types.js';
import { flagFact, flagNamed, type ReadFlag, toFlags } from './command-line.js';
import { asPositive, asText, factsOfFlags } from './flag-facts.js';
import { firstOf } from './launchers.js';
import { openRlhfFacts } from './openrlhf.js';
import type { Run } from './run.js';
import { asDevices, factsOfTraining } from './training-flags.js';

/** A launcher counts devices and nodes; everything else the program's own flags say better. */
const countedByLauncher = /^(?:gpu_count|num_nodes|nproc_per_node|gpu_type)$/;

/** Facts of a training command; `placement` says where it runs. */
export function trainingFacts(uri: string, run: Run, placement: readonly (Fact | UnknownFact)[]): (Fact | UnknownFact)[] {
  const counted = placement.filter((fact) => countedByLauncher.test(fact.name));
  const others = placement.filter((fact) => !countedByLauncher.test(fact.name));
  return firstOf([...specialFacts(uri, run), ...trialsOf(uri, run), ...counted, ...factsOfTraining(uri, run.flags), ...others]);
}
/** Jobs of a sweep: every combination of the values that it tries. */
function trialsOf(uri: string, { flags }: Run): Fact[] {
  const swept = flags.filter((flag) => flag.swept);
  const [first] = swept;
  if (!first) return [];
  const value = swept.reduce((product, flag) => product * flag.swept!.length, 1);
  return [
    {
      name: 'trials',
      value,
      origin: 'default',
      span: { uri, start: first.start, end: swept.at(-1)!.end },
      note: 'every combination of the values that the sweep tries',
    },
  ];
}
/** Flags that mean something in one framework only. */
function specialFacts(uri: string, { purpose, flags, positionals, started }: Run): (Fact | UnknownFact)[] {
  const flagged = (name: string, flag: ReadFlag | undefined): (Fact | UnknownFact)[] => {
    const fact = flag && flagFact(uri, name, flag, (value) => (name === 'gpu_count' ? asDevices(value) : typeof value === 'string' ? value : undefined));
    return fact ? [fact] : [];
  };
  switch (purpose.framework) {
    case 'torchtitan':
      return flagged('model', flagNamed(flags, 'model.name') ?? flagNamed(flags, 'module'));
    case 'torchtune': {
      const single = positionals.find((word) => /_single_device(?:\.py)?$/.test(word.text));
      const count = flagged('gpu_count', flagNamed(flags, 'nproc_per_node'));
      if (count.length > 0 || !single) return count;
      return [{ name: 'gpu_count', value: 1, origin: 'default', span: { uri, start: single.start, end: single.end }, note: 'a single-device recipe' }];
    }
    case 'litgpt': {
      const model = positionals.find((word) => !/^(?:finetune\w*|pretrain)$/.test(word.text));
      const method = /finetune_(lora|full|adapter\w*)/.exec(started.args[0]?.text ?? '')?.[1];
      const place = (word: ShellWord) => ({ span: { uri, start: word.start, end: word.end } });
      return [
        ...flagged('model', flagNamed(flags, 'checkpoint_dir')),
        ...(model && !model.open ? [{ name: 'model', value: model.text, origin: model.from?.origin ?? ('literal' as const), ...place(model) }] : []),
        ...(method ? [{ name: 'finetune_method', value: method, origin: 'literal' as const, ...place(started.args[0]!) }] : []),
      ];
    }
    // A plain name of the library's own; others have it for the steps of a sampler.
    case 'maxtext':
      return factsOfFlags(uri, flags, { steps: { fact: 'max_steps', change: asPositive }, dataset_type: { fact: 'dataset', change: asText } });
    case 'swift': {
      // `name#500` takes that many samples.
      const data = flagNamed(flags, 'dataset');
      if (!data || data.open) return [];
      const counts = [String(data.value), ...data.more.map((word) => word.text)].map((text) => Number(/#(\d+)$/.exec(text)?.[1] ?? Number.NaN));
      const total = counts.reduce((sum, one) => sum + one, 0);
      return Number.isFinite(total)
        ? [{ name: 'dataset_size', value: total, origin: counts.length > 1 ? 'default' : 'literal', span: { uri, start: data.valueStart, end: data.end } }]
        : [];
    }
    case 'openrlhf':
      return openRlhfFacts(uri, started.name, flags);
    default:
      return [];
  }
}

/** The program that a training command hands its flags to. */
export function launchOf(
  uri: string,
  { started, purpose, flags, positionals }: Run,
  place: { readonly start: number; readonly end: number },
): Launch | undefined {
  const span = { uri, start: place.start, end: place.end };
  if (started.kind !== 'program') {
    if (started.word.open && !/[\w-]+\.py$/.test(started.name)) return undefined;
    const replicates = started.launcher === 'torchrun' ? { replicates: true as const } : {};
    return { span, target: { kind: started.kind, name: started.name }, flags: toFlags(uri, flags), ...replicates };
  }
  const config = 'config' in purpose && purpose.config === 'positional' ? positionals.find(isConfig) : undefined;
  return config ? { span, target: { kind: 'config', name: config.text }, flags: toFlags(uri, flags) } : undefined;
}
const isConfig = (word: ShellWord): boolean => !word.open && /\.(?:ya?ml|json|toml)$/.test(word.text);
const configFlag =
  /^(?:deepspeed|deepspeed_config|config|config_file|cfg|config_path|training_config|train_config|fsdp_config|ds_config|accelerate_config|job\.config_file|yaml|recipe|c)$/;

/** Files that configure the run: the trainer's own, DeepSpeed's, FSDP's. */
export function configRefs(uri: string, { flags, positionals, started, purpose }: Run): Reference[] {
  const refs: Reference[] = [];
  const add = (target: string, start: number, end: number): void => {
    if (!refs.some((ref) => ref.target === target)) refs.push({ role: 'config', target, span: { uri, start, end } });
  };
  for (const flag of flags) {
    if (!flag.open && typeof flag.value === 'string' && configFlag.test(flag.name) && /\.(?:ya?ml|json|toml)$/.test(flag.value))
      add(flag.value, flag.valueStart, flag.valueEnd);
  }
  // Hydra: a folder and a name without its ending.
  const [folder, name] = [flagNamed(flags, 'config_path', 'config_dir'), flagNamed(flags, 'config_name')];
  if (name && !name.open && typeof name.value === 'string') {
    const file = /\.ya?ml$/.test(name.value) ? name.value : `${name.value}.yaml`;
    add(folder && !folder.open && typeof folder.value === 'string' ? `${folder.value.replace(/\/$/, '')}/${file}` : file, name.valueStart, name.valueEnd);
  }
  const takesFile = started.kind !== 'program' || ('config' in purpose && purpose.config !== undefined);
  if (takesFile) for (const word of positionals.filter(isConfig).slice(0, 2)) add(word.text, word.start, word.end);
  // Settings that are a program themselves: `train.py configs/base.py`.
  if (started.kind !== 'program')
    for (const word of positionals.filter(({ open, text }) => !open && /\.py$/.test(text)).slice(0, 1)) add(word.text, word.start, word.end);
  return refs;
}
