import type { Fact, UnknownFact } from '../../model/fact.js';
import { isTemplated } from '../../syntax/template.js';
import { textOf, type Value } from '../../syntax/value.js';
import { flagFact, flagNamed, parseFlags, plainWord, type ReadFlag, scalar } from '../shared/command-line.js';
import { type Engine, engineOfImage, engineSwitches, environmentFlags } from '../shared/engine-flags.js';
import type { StartedProgram } from '../shared/launchers.js';
import { type Run, runOfWords } from '../shared/run.js';
import { servingFacts } from '../shared/serving-run.js';
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
  const engine = engineOfImage(image);
  const only = commands[0] ?? [];
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
  if (kind !== 'training') return { kind, framework, facts: servingFacts(uri, run, started.facts, fromEnvironment(environment)) };
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
