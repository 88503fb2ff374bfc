import type { Fact, UnknownFact } from '../../model/fact.js';
import { textOf, type Value } from '../../syntax/value.js';
import { flagFact, flagNamed, parseFlags, plainWord, type ReadFlag } from '../shared/command-line.js';
import { type Engine, engineOfImage, engineSwitches, environmentFlags } from '../shared/engine-flags.js';
import type { StartedProgram } from '../shared/launchers.js';
import { type Run, runOfWords } from '../shared/run.js';
import { servingFacts } from '../shared/serving-run.js';
import { launchOf, trainingFacts } from '../shared/training-run.js';
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
    const run = runOfWords(uri, words);
    if (run) return kindOf(uri, run, words, fromEnvironment(environment));
  }
  // Arguments without a program are for the entry point of the image.
  const engine = engineOfImage(image);
  const only = commands[0] ?? [];
  if (engine === undefined && commands.length === 1 && serverImage.test(image)) return unknownServer(uri, only);
  if (engine === undefined || commands.length > 1 || (only.length > 0 && !/^-|^serve$/.test(only[0]?.text ?? ''))) return undefined;
  return kindOf(uri, runOfImage(engine, only), only, fromEnvironment(environment));
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

function kindOf(uri: string, run: Run, words: Words, environment: readonly ReadFlag[]): CommandKind {
  const { purpose, started } = run;
  const { kind, framework } = purpose;
  if (kind !== 'training') return { kind, framework, facts: servingFacts(uri, run, started.facts, environment) };
  const place = { start: words[0]?.start ?? started.word.start, end: words.at(-1)?.end ?? started.word.end };
  const facts = trainingFacts(uri, run, started.facts);
  if (started.launcher === 'deepspeed' && !facts.some((fact) => fact.name === 'strategy'))
    facts.push({ name: 'strategy', value: 'deepspeed', origin: 'default', span: { uri, start: place.start, end: words[0]?.end ?? place.end } });
  const launch = launchOf(uri, run, place);
  return { kind, framework, facts, ...(launch && { launch }) };
}

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
    return value && text ? parseFlags([plainWord(`--${flag}=${text}`, value.start, value.end)]).flags : [];
  });
}
