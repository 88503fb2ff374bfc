import type { Fact, UnknownFact } from '../../model/fact.js';
import type { ShellCommand, ShellScript, ShellWord } from '../../syntax/shell/script.js';
import { parseFlags, type ReadFlag, scalar } from '../shared/command-line.js';
import { engineOfImage, engineSwitches } from '../shared/engine-flags.js';
import { asSwitch } from '../shared/flag-facts.js';
import { firstOf, type StartedProgram, startedProgram } from '../shared/launchers.js';
import { notTraining, type Purpose, purposeOfModule, purposeOfProgram, trainsByName } from '../shared/programs.js';
import { asDevices, trainingSigns } from '../shared/training-flags.js';
import { jobFacts } from './job.js';

/** A command of a script that costs money. */
export interface Run {
  readonly command: ShellCommand;
  readonly started: StartedProgram;
  readonly purpose: Purpose;
  readonly flags: readonly ReadFlag[];
  readonly positionals: readonly ShellWord[];
  /** Where it runs: launcher, wrappers, environment variables, the job's own request. */
  readonly placement: readonly (Fact | UnknownFact)[];
}

/** Names without one of which no command is a run. */
const programs =
  'torchrun|accelerate|deepspeed|torch\\.distributed|python|\\.py\\b|vllm|sglang|text-generation|text-embeddings|llama|trtllm|lmdeploy|triton|swift|megatron|\\btrl\\b|axolotl|\\blmf\\b|\\btune\\b|litgpt|xtuner|oumi|fairseq|yolo|autotrain|mlx|ludwig|lm[_-]eval|lighteval|composer|colossalai|fabric|lightning';
/** Matches every text that a run could be in. */
export const shellMarker = new RegExp(programs, 'i');
const mayRun = new RegExp(`${programs}|docker|podman`, 'i');

const cache = new WeakMap<ShellScript, readonly Run[]>();
/** Every run of a script, in order; read once for all recognisers. */
export function runsOf(uri: string, script: ShellScript): readonly Run[] {
  let found = cache.get(script);
  if (!found) {
    found = script.commands.flatMap((command) => runOf(uri, command, script) ?? []);
    cache.set(script, found);
  }
  return found;
}

const neverRuns =
  /^(?:echo|printf|cat|pip3?|cd|git|apt|apt-get|brew|grep|sed|awk|curl|wget|rm|cp|mv|ls|mkdir|chmod|source|\.|set|exit|sleep|kill|pkill|pgrep|which|alias|trap|module|tail|head|tee|wait|huggingface-cli|hf|wandb|find|rsync|scp|tar|zip|diff|return|ln|touch)$/;

function runOf(uri: string, command: ShellCommand, script: ShellScript): Run | undefined {
  const { words } = command;
  if (neverRuns.test(words[0]?.text ?? '') || !words.some((word) => mayRun.test(word.text))) return undefined;
  const started = startedProgram(uri, words);
  if (!started) return undefined;
  const engine = started.kind === 'program' || /vllm|sglang/.test(started.name);
  const { flags, positionals } = parseFlags(started.args, engine ? engineSwitches : undefined);
  const purpose = purposeOf(uri, started, flags, positionals);
  if (!purpose || flags.some((flag) => /^(?:help|h|version)$/.test(flag.name) && flag.value === true)) return undefined;
  const trains = flags.some((flag) => flag.name === 'do_train' && flag.value !== false);
  if (purpose.kind === 'training' && !trains && flags.some((flag) => notTraining.test(flag.name) && asSwitch(flag.value) === true)) return undefined;
  const span =
    started.handedOver !== undefined && started.handedOver > command.start && started.handedOver < command.end
      ? { ...command, start: started.handedOver }
      : command;
  return { command: span, started, purpose, flags, positionals, placement: placementOf(uri, command, started, script) };
}

function purposeOf(uri: string, started: StartedProgram, flags: readonly ReadFlag[], positionals: readonly ShellWord[]): Purpose | undefined {
  if (started.kind === 'program') {
    const purpose = purposeOfProgram(
      started.name,
      started.args.map((word) => word.text),
    );
    if (purpose) return purpose;
    const engine = started.image ? engineOfImage(started.image.text) : undefined;
    const configured = flags.length > 0 || started.environment.some(({ name }) => /MODEL/.test(name));
    return engine && configured && /^(?:|serve|server)$/.test(started.name)
      ? { kind: 'serving', framework: frameworkOfEngine[engine] ?? engine, engine }
      : undefined;
  }
  if (started.kind === 'module') {
    const known = purposeOfModule(started.name);
    if (known) return /^mlx_lm/.test(started.name) && !started.args.some((word) => word.text === '--train') ? undefined : known;
  }
  const byPath = purposeOfPath(started.name);
  if (byPath) return byPath;
  const named = trainsByName(started.name);
  if (named === false) return undefined;
  const distributed = started.launcher !== 'python' && started.launcher !== 'none' && started.launcher !== 'mpirun';
  const signs = trainingSigns(flags);
  if (!(named === true || distributed || signs >= 2)) return undefined;
  if (named !== true && signs < 2 && otherJob.test(uri)) return undefined;
  // Text generation under a launcher.
  if (named !== true && signs === 0 && flags.some((flag) => generates.test(flag.name))) return undefined;
  // A test suite or a tool under a launcher.
  if (
    started.kind === 'module' &&
    /^(?:pytest|unittest|pip|venv|http\.server|json\.tool|build|twine|black|ruff|mypy|cProfile|pdb|ipykernel|jupyter|torch\.utils\.collect_env)(?:\.|$)/.test(
      started.name,
    )
  )
    return undefined;
  if (/^(?:test|eval|evaluate|predict|infer|inference|generate|preprocess|prepare)$/.test(positionals[0]?.text ?? '')) return undefined;
  return { kind: 'training', framework: frameworkOf(started, flags), ...titleOf(started.name) };
}
/** What the script's own file name says, where the program's says nothing. */
const otherJob = /(?:^|[/_-])(?:eval\w*|tests?|infer\w*|predict|generat\w*|convert\w*|export|preprocess\w*|bench\w*)(?:[_-][^/]*)?\.\w+$/i;
const generates = /^(?:gen_len|max_new_tokens|max_gen_len|prompts?|prompt_len|prompt_file|temperature|top_p|num_beams|do_sample|ckpt_dir)$/;
const frameworkOfEngine: Readonly<Record<string, string>> = { trtllm: 'tensorrt-llm', swift: 'vllm', trl: 'vllm' };

function purposeOfPath(path: string): Purpose | undefined {
  if (/(?:^|\/)vllm\/entrypoints\/\S*api_server\.py$/.test(path)) return { kind: 'serving', framework: 'vllm', engine: 'vllm' };
  if (/(?:^|\/)sglang\/launch_server\.py$/.test(path)) return { kind: 'serving', framework: 'sglang', engine: 'sglang' };
  if (/(?:^|\/)axolotl\/cli\/train\.py$/.test(path)) return { kind: 'training', framework: 'axolotl', title: 'Fine-tune', config: 'positional' };
  return undefined;
}
function frameworkOf(started: StartedProgram, flags: readonly ReadFlag[]): string {
  const has = (pattern: RegExp): boolean => flags.some((flag) => pattern.test(flag.name));
  if (
    /pretrain_(?:gpt|bert|t5|llama|mamba|vlm|retro|ict|vision)|megatron/i.test(started.name) ||
    (has(/^micro_batch_size$/) && has(/^train_(?:iters|samples)$/))
  )
    return 'megatron';
  if (has(/^pretrained_model_name_or_path$/)) return 'diffusers';
  if (/nanochat/.test(started.name)) return 'nanochat';
  if (has(/^(?:zero_stage|actor_zero_stage)$/) || (started.launcher === 'deepspeed' && !has(/^(?:per_device_train_batch_size|output_dir)$/)))
    return 'deepspeed';
  if (has(/^(?:per_device_train_batch_size|model_name_or_path)$/)) return 'transformers';
  if (started.launcher === 'composer') return 'llm-foundry';
  if (started.launcher === 'fabric') return 'lightning-fabric';
  if (has(/^trainer\.(?:devices|max_epochs|max_steps|precision)$/)) return 'nemo';
  return 'pytorch';
}
const titleOf = (name: string): { title?: string } =>
  /pre_?train/i.test(name)
    ? { title: 'Pretrain' }
    : /fine_?tun|sft|dpo|grpo|ppo|lora|dreambooth|text_to_image|controlnet/i.test(name)
      ? { title: 'Fine-tune' }
      : {};

/** Devices and nodes of a command; what stands nearest to the program wins. */
function placementOf(uri: string, command: ShellCommand, started: StartedProgram, script: ShellScript): (Fact | UnknownFact)[] {
  const facts: (Fact | UnknownFact)[] = [...started.facts];
  let { spread } = started;
  for (let { outer } = command; outer; outer = outer.outer) {
    const around = startedProgram(uri, outer.words);
    facts.push(...(around?.facts ?? []));
    spread ||= around?.spread ?? false;
  }
  facts.push(...environmentFacts(uri, command, started));
  // A command that no step spreads runs on the job's first node only.
  const job = jobFacts(uri, script.directives).filter((fact) => fact.name === 'gpu_count' || fact.name === 'gpu_type' || (fact.name === 'num_nodes' && spread));
  return firstOf([...facts, ...job]);
}

const count = (text: string): number | undefined => {
  const value = scalar(text);
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
};
const devices = (text: string): number | undefined => {
  if (/^\d+$/.test(text.trim())) return 1;
  const value = asDevices(text);
  return typeof value === 'number' && value > 0 ? value : undefined;
};
const environmentTable: readonly (readonly [string, string, (text: string) => number | undefined])[] = [
  ['NPROC_PER_NODE', 'gpu_count', count],
  ['CUDA_VISIBLE_DEVICES', 'gpu_count', devices],
  ['NVIDIA_VISIBLE_DEVICES', 'gpu_count', devices],
  ['HIP_VISIBLE_DEVICES', 'gpu_count', devices],
  ['ROCR_VISIBLE_DEVICES', 'gpu_count', devices],
  ['ASCEND_RT_VISIBLE_DEVICES', 'gpu_count', devices],
  ['NNODES', 'num_nodes', count],
];
/** Programs that start their own processes from `NPROC_PER_NODE` and `NNODES`. */
const readsCounts = /^(?:swift|megatron|llamafactory-cli|lmf)$/;
function environmentFacts(uri: string, command: ShellCommand, started: StartedProgram): Fact[] {
  const facts: Fact[] = [];
  const given = (name: string): ShellWord | undefined => {
    for (let one: ShellCommand | undefined = command; one; one = one.outer) {
      const own = one.environment.findLast((variable) => variable.name === name)?.value;
      if (own) return own;
    }
    return started.environment.findLast((variable) => variable.name === name)?.value ?? command.exported(name);
  };
  for (const [variable, name, change] of environmentTable) {
    const visible = variable.endsWith('VISIBLE_DEVICES');
    if (!visible && !readsCounts.test(started.name)) continue;
    const word = given(variable);
    const value = word && !word.open ? change(word.text) : undefined;
    if (!word || value === undefined || facts.some((one) => one.name === name)) continue;
    const place = word.from ?? word;
    const origin = visible ? 'default' : (word.from?.origin ?? 'literal');
    facts.push({ name, value, origin, span: { uri, start: place.start, end: place.end }, ...(visible ? { note: `the devices of ${variable}` } : {}) });
  }
  return facts;
}
