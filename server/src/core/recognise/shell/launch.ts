import type { Fact, UnknownFact } from '../../model/fact.js';
import type { ShellWord } from '../../syntax/shell/script.js';
import { flagFact, flagNamed, type ReadFlag, toFlags } from '../shared/command-line.js';
import { sortFacts } from '../shared/facts.js';
import { firstOf } from '../shared/launchers.js';
import { asDevices, factsOfTraining } from '../shared/training-flags.js';
import type { Launch, Reference, SeenWorkload, ShellRecogniser } from '../types.js';
import { type Run, runsOf, shellMarker } from './runs.js';

/** Training that a command starts. */
export const launchShell: ShellRecogniser = {
  id: 'launch',
  language: 'shell',
  marker: shellMarker,
  doc: {
    format: 'Launch commands in shell scripts and batch jobs',
    reads:
      'torchrun, accelerate launch, deepspeed, python, srun, mpirun, composer; axolotl, llamafactory-cli, trl, tune, litgpt, swift, verl and others; flags of the program, variables, arrays, config files',
    example: 'torchrun --nproc_per_node=8 train.py --model_name_or_path meta-llama/Llama-3.1-8B --bf16',
  },
  recognise: ({ document, script }) => runsOf(document.uri, script).flatMap((run) => (run.purpose.kind === 'training' ? [trainingOf(document.uri, run)] : [])),
};

/** A launcher counts devices and nodes; everything else the program's own flags say better. */
const countedByLauncher = /^(?:gpu_count|num_nodes|nproc_per_node|gpu_type)$/;

function trainingOf(uri: string, run: Run): SeenWorkload {
  const { command, started, purpose, placement, flags } = run;
  const counted = placement.filter((fact) => countedByLauncher.test(fact.name));
  const others = placement.filter((fact) => !countedByLauncher.test(fact.name));
  const { facts, unknown } = sortFacts(firstOf([...specialFacts(uri, run), ...counted, ...factsOfTraining(uri, flags), ...others]));
  const launch = launchOf(uri, run);
  return {
    kind: 'training',
    framework: purpose.framework,
    ...('title' in purpose && purpose.title ? { title: purpose.title } : {}),
    span: { uri, start: command.start, end: command.end },
    facts,
    unknown,
    refs: [...started.refs, ...configRefs(uri, run)],
    ...(launch && { launch }),
  };
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
    default:
      return [];
  }
}

function launchOf(uri: string, { command, started, purpose, flags, positionals }: Run): Launch | undefined {
  const span = { uri, start: command.start, end: command.end };
  if (started.kind !== 'program') {
    if (started.word.open && !/[\w-]+\.py$/.test(started.name)) return undefined;
    return { span, target: { kind: started.kind, name: started.name }, flags: toFlags(uri, flags) };
  }
  const config = 'config' in purpose && purpose.config === 'positional' ? positionals.find(isConfig) : undefined;
  return config ? { span, target: { kind: 'config', name: config.text }, flags: toFlags(uri, flags) } : undefined;
}
const isConfig = (word: ShellWord): boolean => !word.open && /\.(?:ya?ml|json|toml)$/.test(word.text);
const configFlag =
  /^(?:deepspeed|deepspeed_config|config|config_file|cfg|config_path|training_config|train_config|fsdp_config|ds_config|accelerate_config|job\.config_file|yaml|recipe|c)$/;

/** Files that configure the run: the trainer's own, DeepSpeed's, FSDP's. */
function configRefs(uri: string, { flags, positionals, started, purpose }: Run): Reference[] {
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
  return refs;
}
