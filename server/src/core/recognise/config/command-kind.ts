import type { Fact, UnknownFact } from '../../model/fact.js';
import type { ShellWord } from '../../syntax/shell/script.js';
import { textOf, type Value } from '../../syntax/value.js';
import { flagFact, flagNamed, parseFlags, plainWord, type ReadFlag, toFlags } from '../shared/command-line.js';
import { type Engine, engineFlags, engineOfImage, engineSwitches, environmentFlags } from '../shared/engine-flags.js';
import { asText, factsOfFlags } from '../shared/flag-facts.js';
import { firstOf, type StartedProgram, startedProgram } from '../shared/launchers.js';
import { notTraining, type Purpose, purposeOfModule, purposeOfProgram, trainsByName } from '../shared/programs.js';
import { factsOfTraining, trainingSigns } from '../shared/training-flags.js';
import type { Launch } from '../types.js';
import type { Words } from './command-words.js';

/** What a command inside a configuration file does, as far as its words tell. */
export interface CommandKind {
  readonly kind: 'serving' | 'training' | 'batch-inference';
  readonly framework: string;
  readonly facts: readonly (Fact | UnknownFact)[];
  readonly launch?: Launch;
}

/** The first of several commands that serves a model or trains one. */
export function kindOfCommands(
  uri: string,
  commands: readonly Words[],
  image = '',
  environment: ReadonlyMap<string, Value> = new Map(),
): CommandKind | undefined {
  for (const words of commands) {
    const started = startedProgram(uri, words);
    const found = started && kindOf(uri, started, words);
    if (found) return found;
  }
  // Arguments without a program are for the entry point of the image.
  const engine = engineOfImage(image);
  const only = commands[0] ?? [];
  if (engine === undefined || commands.length > 1 || (only.length > 0 && !/^-|^serve$/.test(only[0]?.text ?? ''))) return undefined;
  return engineCommand(uri, engine, engine, only[0]?.text === 'serve' ? only.slice(1) : only, [], environment);
}

function kindOf(uri: string, started: StartedProgram, words: Words): CommandKind | undefined {
  const purpose =
    started.kind === 'program'
      ? purposeOfProgram(
          started.name,
          started.args.map((word) => word.text),
        )
      : started.kind === 'module'
        ? (purposeOfModule(started.name) ?? engineModule(started.name))
        : undefined;
  if (purpose?.kind === 'serving') {
    const rest = started.kind === 'program' ? started.args.filter((word, index) => index > 1 || !subCommand.test(word.text)) : started.args;
    return engineCommand(uri, purpose.engine, purpose.framework, rest, started.facts);
  }
  return trainingOf(uri, started, purpose, words);
}
const subCommand = /^(?:serve|api_server|deploy|rollout|vllm-serve|api)$/;
/** Servers that are modules and that only containers start. */
function engineModule(name: string): Purpose | undefined {
  if (/^vllm\.entrypoints\.|^dynamo\.vllm$/.test(name)) return { kind: 'serving', framework: 'vllm', engine: 'vllm' };
  return /^sglang_router\.launch_server$|^dynamo\.sglang/.test(name) ? { kind: 'serving', framework: 'sglang', engine: 'sglang' } : undefined;
}

function engineCommand(
  uri: string,
  engine: Engine,
  framework: string,
  words: Words,
  placement: readonly (Fact | UnknownFact)[],
  environment: ReadonlyMap<string, Value> = new Map(),
): CommandKind {
  const { flags, positionals } = parseFlags(words, engineSwitches);
  const facts = factsOfFlags(uri, [...fromEnvironment(environment), ...flags], engineFlags[engine]);
  const model = positionals.find((word) => /^[\w./~$@:{}()-]+$/.test(word.text));
  if (model && !facts.some((fact) => fact.name === 'model')) {
    const read: ReadFlag = {
      name: 'model',
      value: model.text,
      open: model.open,
      start: model.start,
      end: model.end,
      valueStart: model.start,
      valueEnd: model.end,
      more: [],
      form: 'dashes',
      ...(model.from && { from: model.from }),
    };
    const fact = flagFact(uri, 'model', read, asText);
    if (fact) facts.unshift(fact);
  }
  return { kind: 'serving', framework, facts: firstOf([...facts, ...placement.filter((fact) => fact.name !== 'nproc_per_node')]) };
}
/** Engine options that the container's environment sets. */
function fromEnvironment(environment: ReadonlyMap<string, Value>): ReadFlag[] {
  return Object.entries(environmentFlags).flatMap(([name, flag]) => {
    const value = environment.get(name);
    const text = textOf(value);
    return value && text ? parseFlags([plainWord(`--${flag}=${text}`, value.start, value.end)]).flags : [];
  });
}

function trainingOf(uri: string, started: StartedProgram, purpose: Purpose | undefined, words: Words): CommandKind | undefined {
  // Elsewhere than in LitGPT's own program a checkpoint_dir is where checkpoints are written.
  const { flags: all, positionals } = parseFlags(started.args);
  const flags = purpose?.framework === 'litgpt' ? all : all.filter((flag) => flag.name !== 'checkpoint_dir');
  if (purpose === undefined && !trains(started, flags)) return undefined;
  if (purpose !== undefined && purpose.kind !== 'training')
    return { kind: 'batch-inference', framework: purpose.framework, facts: firstOf([...started.facts]) };
  if (flags.some((flag) => notTraining.test(flag.name) && flag.value !== false && flag.value !== 0)) return undefined;
  const facts = firstOf([...started.facts, ...factsOfTraining(uri, flags)]);
  if (started.launcher === 'deepspeed' && !facts.some((fact) => fact.name === 'strategy')) {
    const [first] = words;
    facts.push({ name: 'strategy', value: 'deepspeed', origin: 'default', span: { uri, start: first?.start ?? 0, end: first?.end ?? 0 } });
  }
  const framework = purpose?.framework ?? (started.launcher === 'deepspeed' || flagNamed(flags, 'deepspeed', 'deepspeed_config') ? 'deepspeed' : 'pytorch');
  const launch = launchOf(uri, started, flags, positionals, words);
  return { kind: 'training', framework, facts, ...(launch && { launch }) };
}
/** Whether a script without a known name trains: its name, its launcher, or flags that only a training has. */
function trains(started: StartedProgram, flags: readonly ReadFlag[]): boolean {
  if (started.kind === 'program') return false;
  const named = trainsByName(started.name);
  const distributed = started.launcher !== 'python' && started.launcher !== 'none' && started.launcher !== 'mpirun';
  return named !== false && (named === true || distributed || trainingSigns(flags) >= 2);
}
function launchOf(uri: string, started: StartedProgram, flags: readonly ReadFlag[], positionals: readonly ShellWord[], words: Words): Launch | undefined {
  const span = { uri, start: words[0]?.start ?? started.word.start, end: words.at(-1)?.end ?? started.word.end };
  if (started.kind !== 'program') return { span, target: { kind: started.kind, name: started.name }, flags: toFlags(uri, flags) };
  const config = positionals.find((word) => !word.open && /\.(?:ya?ml|json|toml)$/.test(word.text));
  return config && { span, target: { kind: 'config', name: config.text }, flags: toFlags(uri, flags) };
}
