import type { Fact, UnknownFact } from '../../model/fact.js';
import type { ShellWord } from '../../syntax/shell/script.js';
import { textOf, type Value } from '../../syntax/value.js';
import { flagFact, flagNamed, parseFlags, plainWord, type ReadFlag, toFlags } from '../shared/command-line.js';
import { type Engine, engineFlags, engineOfImage, engineSwitches, environmentFlags } from '../shared/engine-flags.js';
import { asPositive, asPrecision, asText, type FlagTable, factsOfFlags } from '../shared/flag-facts.js';
import { factsOfTraining, strategyOfName, trainingSigns } from '../shared/training-flags.js';
import type { Launch } from '../types.js';
import type { Words } from './command-words.js';

/** What a command inside a configuration file does, as far as its words tell. */
export interface CommandKind {
  readonly kind: 'serving' | 'training' | 'batch-inference';
  readonly framework: string;
  readonly facts: readonly (Fact | UnknownFact)[];
  readonly launch?: Launch;
}

/** The first of several commands that serves or trains a model. */
export function kindOfCommands(
  uri: string,
  commands: readonly Words[],
  image = '',
  environment: ReadonlyMap<string, Value> = new Map(),
): CommandKind | undefined {
  for (const words of commands) {
    const bare = withoutPrefix(words);
    const found = servingOf(uri, bare) ?? trainingOf(uri, bare, words);
    if (found) return found;
  }
  const engine = engineOfImage(image);
  const only = commands[0] ?? [];
  if (engine === undefined || commands.length > 1 || (only.length > 0 && !/^-|^serve$/.test(only[0]?.text ?? ''))) return undefined;
  return engineCommand(uri, engine, only[0]?.text === 'serve' ? only.slice(1) : only, environment);
}

const wrappers = /^(?:exec|nohup|sudo|time|env|then|do|else|if|!|\{|\(|command|stdbuf|xvfb-run|tini|--)$/;
/** Without assignments and programs that only run another one. */
function withoutPrefix(words: Words): Words {
  let at = 0;
  while (at < words.length) {
    const text = words[at]?.text ?? '';
    const base = text.slice(text.lastIndexOf('/') + 1);
    if (/^[A-Za-z_]\w*=/.test(text) || wrappers.test(base)) at++;
    else if (base === 'uv' && words[at + 1]?.text === 'run') at += 2;
    else if ((base === 'poetry' || base === 'conda' || base === 'pixi') && words[at + 1]?.text === 'run') at += 2;
    else break;
  }
  return words.slice(at);
}
const baseOf = (word: ShellWord | undefined): string => (word?.text ?? '').slice((word?.text ?? '').lastIndexOf('/') + 1);

const modules: readonly (readonly [RegExp, Engine])[] = [
  [/^vllm\.entrypoints\.|^dynamo\.vllm$|^vllm\.scripts$/, 'vllm'],
  [/^sglang\.launch_server$|^sglang_router\.launch_server$|^dynamo\.sglang/, 'sglang'],
  [/^llama_cpp\.server$/, 'llama.cpp'],
  [/^fastchat\.serve\.(?:\w+_)?worker$/, 'fastchat'],
  [/^tensorrt_llm\.commands\.serve$|^dynamo\.trtllm$/, 'trtllm'],
];
const programs: readonly (readonly [RegExp, Engine])[] = [
  [/^vllm serve\b/, 'vllm'],
  [/^sglang serve\b/, 'sglang'],
  [/^text-generation-launcher\b/, 'tgi'],
  [/^text-embeddings-router\b/, 'tei'],
  [/^llama-server\b/, 'llama.cpp'],
  [/^trtllm-serve\b/, 'trtllm'],
  [/^lmdeploy serve api_server\b/, 'lmdeploy'],
  [/^swift deploy\b/, 'swift'],
  [/^trl vllm-serve\b/, 'trl'],
  [/^tritonserver\b/, 'triton'],
];

function servingOf(uri: string, words: Words): CommandKind | undefined {
  const program = [baseOf(words[0]), words[1]?.text, words[2]?.text].join(' ');
  for (const [pattern, engine] of programs) {
    const found = pattern.exec(program)?.[0];
    if (found !== undefined) return engineCommand(uri, engine, words.slice(found.split(' ').length));
  }
  const module = moduleOf(words);
  const engine = module && modules.find(([pattern]) => pattern.test(module.word.text))?.[1];
  if (module && engine) return engineCommand(uri, engine, words.slice(module.at + 1));
  const script = words.find((word, index) => index < 4 && /(?:^|\/)vllm\/entrypoints\/\S+\.py$/.test(word.text));
  return script ? engineCommand(uri, 'vllm', words.slice(words.indexOf(script) + 1)) : undefined;
}

function engineCommand(uri: string, engine: Engine, words: Words, environment: ReadonlyMap<string, Value> = new Map()): CommandKind {
  const { flags, positionals } = parseFlags(words, engineSwitches);
  const facts = factsOfFlags(uri, [...fromEnvironment(environment), ...flags], engineFlags[engine]);
  const model = positionals[0];
  if (model && /^[\w./~$@:-]+$/.test(model.text) && !facts.some((fact) => fact.name === 'model')) {
    const [read] = parseFlags([plainWord(`--model=${model.text}`, model.start, model.end)]).flags;
    const fact =
      read &&
      flagFact(uri, 'model', { ...read, open: model.open, valueStart: model.start, valueEnd: model.end, ...(model.from && { from: model.from }) }, asText);
    if (fact) facts.unshift(fact);
  }
  return { kind: 'serving', framework: engine, facts };
}
/** Engine options that the container's environment sets. */
function fromEnvironment(environment: ReadonlyMap<string, Value>): ReadFlag[] {
  return Object.entries(environmentFlags).flatMap(([name, flag]) => {
    const value = environment.get(name);
    const text = textOf(value);
    return value && text ? parseFlags([plainWord(`--${flag}=${text}`, value.start, value.end)]).flags : [];
  });
}

const moduleOf = (words: Words): { at: number; word: ShellWord } | undefined => {
  if (!/^python[\d.]*$/.test(baseOf(words[0]))) return undefined;
  const dash = words.findIndex((word, index) => index > 0 && index < 6 && word.text === '-m');
  const word = words[dash + 1];
  return dash > 0 && word ? { at: dash + 1, word } : undefined;
};

/** What the launchers' own flags say. */
const launcherFlags: FlagTable = {
  nproc_per_node: { fact: 'nproc_per_node', change: asPositive },
  nnodes: { fact: 'num_nodes', change: asPositive },
  num_machines: { fact: 'num_nodes', change: asPositive },
  num_nodes: { fact: 'num_nodes', change: asPositive },
  num_processes: { fact: 'nproc_per_node', change: asPositive },
  num_gpus: { fact: 'nproc_per_node', change: asPositive },
  mixed_precision: { fact: 'precision', change: asPrecision },
  zero_stage: { fact: 'strategy', change: (value) => (asPositive(value) === undefined ? undefined : `zero${value}`) },
  deepspeed_config_file: { fact: 'strategy', change: (value) => strategyOfName(String(value)) ?? 'deepspeed' },
  use_fsdp: { fact: 'strategy', change: () => 'fsdp' },
};
const launcherSwitches: ReadonlySet<string> = new Set('use_deepspeed use_fsdp multi_gpu standalone no_python m module same_network quiet debug'.split(' '));

/** Programs that train by their name. */
const trainers: readonly (readonly [RegExp, string])[] = [
  [/^axolotl train\b/, 'axolotl'],
  [/^llamafactory-cli train\b/, 'llama-factory'],
  [/^tune run\b/, 'torchtune'],
  [/^litgpt (?:finetune\w*|pretrain)\b/, 'litgpt'],
  [/^swift (?:sft|pt|rlhf)\b/, 'ms-swift'],
  [/^trl (?:sft|dpo|grpo|kto|reward|rloo)\b/, 'trl'],
];
const trainingName = /(?:^|[^a-z])(?:train(?!ed)|pre-?train|fine-?tun|finetun|sft|dpo|grpo|ppo|rlhf|lora)/i;
const notTraining = /eval|infer|predict|serve|server|benchmark|export|convert|download|prepare|preprocess|tokeni[sz]e|merge/i;

function trainingOf(uri: string, words: Words, whole: Words): CommandKind | undefined {
  const first = words[0];
  if (!first) return undefined;
  const span = { uri, start: whole[0]?.start ?? first.start, end: whole.at(-1)?.end ?? first.end };
  const named = trainers.find(([pattern]) => pattern.test([baseOf(first), words[1]?.text].join(' ')));
  if (named) {
    const rest = parseFlags(words.slice(2));
    const config = rest.positionals.find((word) => /\.ya?ml$|\.json$/.test(word.text));
    const launch = config && { span, target: { kind: 'config' as const, name: config.text }, flags: toFlags(uri, rest.flags) };
    return { kind: 'training', framework: named[1], facts: factsOfTraining(uri, rest.flags), ...(launch && { launch }) };
  }
  const { launcher, rest } = splitLauncher(words);
  const module = rest[0]?.text === '-m' ? rest[1] : moduleOf(rest)?.word;
  const script = module ?? rest.find((word, index) => index < 6 && /\.py$/.test(word.text));
  if (!script) return undefined;
  // Elsewhere than in LitGPT's own program a checkpoint_dir is where checkpoints are written.
  const flags = parseFlags(rest.slice(rest.indexOf(script) + 1)).flags.filter((flag) => flag.name !== 'checkpoint_dir');
  const name = baseOf(script);
  const trains =
    (trainingName.test(module ? script.text : name) && !notTraining.test(name)) ||
    (trainingSigns(flags) >= 2 && !notTraining.test(name)) ||
    (launcher.length > 0 && !notTraining.test(name));
  if (!trains) return undefined;
  const own = factsOfFlags(uri, parseFlags(launcher.slice(1), launcherSwitches).flags, launcherFlags);
  const facts = [...own, ...factsOfTraining(uri, flags).filter((fact) => !own.some((other) => other.name === fact.name))];
  const deepspeed = flagNamed(flags, 'deepspeed', 'deepspeed_config');
  const hasStrategy = facts.some((fact) => fact.name === 'strategy');
  if (!hasStrategy && baseOf(launcher[0]) === 'deepspeed')
    facts.push({ name: 'strategy', value: 'deepspeed', origin: 'default', span: { uri, start: launcher[0]?.start ?? 0, end: launcher[0]?.end ?? 0 } });
  const framework = /^verl\./.test(script.text) ? 'verl' : deepspeed || baseOf(launcher[0]) === 'deepspeed' ? 'deepspeed' : 'pytorch';
  return {
    kind: 'training',
    framework,
    facts,
    launch: { span, target: { kind: module ? 'module' : 'script', name: script.text }, flags: toFlags(uri, flags) },
  };
}

/** Words of a distributed launcher, and what it launches. */
function splitLauncher(words: Words): { launcher: Words; rest: Words } {
  const base = baseOf(words[0]);
  const module = moduleOf(words);
  const isLauncher =
    /^(?:torchrun|deepspeed|composer|horovodrun|mpirun|mpiexec|colossalai)$/.test(base) ||
    (base === 'accelerate' && words[1]?.text === 'launch') ||
    (module !== undefined && /^(?:torch\.distributed\.(?:run|launch)|accelerate\.commands\.launch)$/.test(module.word.text));
  if (!isLauncher) return { launcher: [], rest: words };
  const from = module ? module.at + 1 : 1;
  const end = words.findIndex(
    (word, index) => index >= from && (/\.py$/.test(word.text) || (word.text === '-m' && index > from - 1) || /^python[\d.]*$/.test(baseOf(word))),
  );
  return end < 0 ? { launcher: words, rest: [] } : { launcher: words.slice(from - 1, end), rest: words.slice(end) };
}
