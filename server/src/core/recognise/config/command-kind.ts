import type { Fact, UnknownFact } from '../../model/fact.js';
import { isTemplated } from '../../syntax/template.js';
import { textOf, type Value } from '../../syntax/value.js';
import { flagFact, flagNamed, parseFlags, plainWord, type ReadFlag, scalar, splitCommand } from '../shared/command-line.js';
import { type Engine, engineFlags, engineOfImage, engineSwitches, environmentFlags } from '../shared/engine-flags.js';
import { factsOfFlags } from '../shared/flag-facts.js';
import type { StartedProgram } from '../shared/launchers.js';
import { type Run, runOfWords } from '../shared/run.js';
import { asFlag, servingFacts } from '../shared/serving-run.js';
import { factsOfTraining, trainingSigns } from '../shared/training-flags.js';
import { configRefs, launchOf, trainingFacts } from '../shared/training-run.js';
import type { Flag, Launch, Reference, SeenWorkload } from '../types.js';
import { inFile, type Words } from './command-words.js';

/** What a command inside a configuration file does, as far as its words tell. */
export interface CommandKind {
  readonly kind: 'serving' | 'training' | 'batch-inference';
  readonly framework: string;
  readonly facts: readonly (Fact | UnknownFact)[];
  readonly refs?: readonly Reference[];
  readonly launch?: Launch;
}

/** A workload with what its command says of other files: the program that it runs, the configurations that it is given. */
export const runningBy = (seen: SeenWorkload, command: CommandKind | undefined): SeenWorkload =>
  command === undefined ? seen : { ...seen, refs: [...seen.refs, ...(command.refs ?? [])], ...(command.launch && { launch: command.launch }) };

/** The first of several commands that serves a model or trains one. */
export function kindOfCommands(
  uri: string,
  commands: readonly Words[],
  image = '',
  environment: ReadonlyMap<string, Value> = new Map(),
): CommandKind | undefined {
  for (const words of commands) {
    const run = runOfWords(uri, words);
    if (run) return kindOf(uri, run, words, environment);
  }
  // Arguments without a program are for the entry point of the image.
  const only = commands[0] ?? [];
  const engine = engineOfImage(image) ?? engineOfVariable(environment) ?? (image === '' ? engineOfFlags(only) : undefined);
  if (engine === undefined && commands.length === 1 && serverImage.test(image)) return unknownServer(uri, only);
  if (engine === undefined || commands.length > 1 || (only.length > 0 && !/^-|^serve$/.test(only[0]?.text ?? ''))) return undefined;
  return kindOf(uri, runOfImage(engine, only), only, environment);
}

const serverImage = /(?:^|[/_.-])(?:\w+-)*(?:serv(?:er|ing)|inference|jetstream|maxengine)\b/i;
/** A server that is not known by name: an image that calls itself one, and is given a model of a hub. */
function unknownServer(uri: string, words: Words): CommandKind | undefined {
  if (!words[0]?.text.startsWith('-')) return undefined;
  const { flags } = parseFlags(words);
  const model = flagNamed(flags, 'model_id', 'model', 'model_name', 'model_name_or_path', 'model_path');
  const fact = model && !model.open && /^[\w.-]+\/[\w./-]+$/.test(String(model.value)) ? flagFact(uri, 'model', model) : undefined;
  return fact && { kind: 'serving', framework: 'server', facts: [fact] };
}

function kindOf(uri: string, run: Run, words: Words, environment: ReadonlyMap<string, Value>): CommandKind {
  const { purpose, started } = run;
  const { kind, framework } = purpose;
  if (kind !== 'training') {
    // What a variable hands over stands after what the command says itself.
    const given = [...argumentsIn(environment), ...servedBy(variablesOf(environment).filter((flag) => enginePrefix.test(flag.name)))];
    const whole = given.length > 0 ? { ...run, flags: [...given, ...run.flags] } : run;
    return { kind, framework, facts: servingFacts(uri, whole, started.facts, fromEnvironment(environment)) };
  }
  const place = { start: words[0]?.start ?? started.word.start, end: words.at(-1)?.end ?? started.word.end };
  const facts = trainingFacts(uri, run, started.facts);
  if (started.launcher === 'deepspeed' && !facts.some((fact) => fact.name === 'strategy'))
    facts.push({ name: 'strategy', value: 'deepspeed', origin: 'default', span: { uri, start: place.start, end: words[0]?.end ?? place.end } });
  const launch = launchOf(uri, run, place);
  return {
    kind,
    framework,
    facts,
    refs: [...started.refs, ...configRefs(uri, run)],
    ...(launch && { launch: { ...launch, variable: variableOf(uri, environment) } }),
  };
}
/** What a program reads of a container's variables. */
const variableOf =
  (uri: string, environment: ReadonlyMap<string, Value>) =>
  (name: string): Flag | undefined => {
    const value = environment.get(name);
    const written = textOf(value);
    if (!value || written === undefined || /\$[({\w]/.test(written) || isTemplated(written)) return undefined;
    return { name, value: scalar(written), span: { uri: value.uri ?? uri, start: value.start, end: value.end } };
  };

/** Names of variables that entry points take more arguments from: `VLLM_ADDITIONAL_ARGS`, `EXTRA_ARGS`. */
const argumentsVariable = /(?:^|_)(?:ARGS|ARGUMENTS|FLAGS|OPTS|OPTIONS|PARAMS)$/;
/** Flags that a variable holds for the engine. */
function argumentsIn(environment: ReadonlyMap<string, Value>): ReadFlag[] {
  return [...environment].flatMap(([name, value]) => {
    const written = textOf(value);
    if (!argumentsVariable.test(name) || written === undefined || !/^[\s>]*--\w/.test(written)) return [];
    const words = splitCommand(written.replace(/^[\s>]+/, '').replaceAll('\n', ' ')).map((word) =>
      inFile({ ...word, start: value.start, end: value.end }, value.uri),
    );
    return parseFlags(words, engineSwitches).flags;
  });
}
/** The engine that a variable with its arguments is named after. */
function engineOfVariable(environment: ReadonlyMap<string, Value>): Engine | undefined {
  for (const [name, value] of environment) {
    const engine = /^(VLLM|SGLANG|LMDEPLOY|TRTLLM)_(?:\w+_)?ARGS$/.exec(name)?.[1];
    if (engine && /^[\s>]*--\w/.test(textOf(value) ?? '')) return engine.toLowerCase() as Engine;
  }
  return undefined;
}
/** Arguments of a container whose image stands elsewhere (a patch): options that only vLLM has name it. */
const engineOfFlags = (words: Words): Engine | undefined =>
  new Set(words.flatMap(({ text }) => /^--(max-model-len|tensor-parallel-size|gpu-memory-utilization|max-num-seqs|served-model-name)\b/.exec(text)?.[1] ?? []))
    .size >= 2
    ? 'vllm'
    : undefined;

/** What a container does by its variables alone, where its program reads its settings from them: options that only engines have beside a model are served,
 * several settings that only a training has are one. */
export function kindOfEnvironment(uri: string, environment: ReadonlyMap<string, Value>): CommandKind | undefined {
  const flags = variablesOf(environment);
  const signs = trainingSigns(flags);
  if (signs >= 3) return { kind: 'training', framework: 'pytorch', facts: factsOfTraining(uri, flags) };
  const model = flagNamed(flags, 'model_id', 'model_name', 'model', 'hf_model_id', 'model_path', 'sm_vllm_model', 'option_model_id');
  const options = servedBy(flags);
  // Images of SageMaker take every option of the engine out of a variable.
  const prefixed = flags.filter((flag) => enginePrefix.test(flag.name)).length >= 2;
  if (options.length === 0 || !(model || prefixed)) return undefined;
  const named = model && flagFact(uri, 'model', model);
  return { kind: 'serving', framework: 'vllm', facts: [...(named ? [named] : []), ...factsOfFlags(uri, options, engineFlags.vllm)] };
}
/** @source docs.aws.amazon.com/sagemaker, vLLM and LMI containers: `SM_VLLM_…`, `OPTION_…` */
const enginePrefix = /^(?:sm_vllm|option)_/;
/** Variables as flags of their names in small letters. */
const variablesOf = (environment: ReadonlyMap<string, Value>): ReadFlag[] =>
  [...environment].flatMap(([name, value]) => {
    const written = textOf(value);
    return written === undefined ? [] : [asFlag(name.toLowerCase(), inFile(plainWord(written, value.start, value.end), value.uri))];
  });
/** Options that are an engine's own, as variables of the same names. */
const servedBy = (flags: readonly ReadFlag[]): ReadFlag[] =>
  flags.flatMap((flag) => {
    const plain = flag.name.replace(enginePrefix, '');
    const name = otherNames[plain] ?? plain;
    return /^(?:tensor_parallel_size|pipeline_parallel_size|max_model_len|gpu_memory_utilization|max_num_seqs|kv_cache_dtype|max_num_batched_tokens)$/.test(
      name,
    )
      ? [{ ...flag, name }]
      : [];
  });

const otherNames: Readonly<Record<string, string>> = {
  max_num_seq: 'max_num_seqs',
  max_rolling_batch_size: 'max_num_seqs',
  tensor_parallel_degree: 'tensor_parallel_size',
};

/** The program that an engine's image starts by itself. */
function runOfImage(engine: Engine, words: Words): Run {
  const { flags, positionals } = parseFlags(words, engineSwitches);
  const started: StartedProgram = {
    launcher: 'none',
    kind: 'program',
    name: '',
    word: words[0] ?? plainWord('', 0, 0),
    args: words,
    facts: [],
    refs: [],
    environment: [],
    spread: false,
  };
  return { started, purpose: { kind: 'serving', framework: engine, engine }, flags, positionals };
}
/** Engine options that the container's environment sets. */
function fromEnvironment(environment: ReadonlyMap<string, Value>): ReadFlag[] {
  return Object.entries(environmentFlags).flatMap(([name, flag]) => {
    const value = environment.get(name);
    const text = textOf(value);
    return value && text ? parseFlags([inFile(plainWord(`--${flag}=${text}`, value.start, value.end), value.uri)]).flags : [];
  });
}
