import type { Fact, FactValue, UnknownFact } from '../../model/fact.js';
import { Environment, expand } from '../../syntax/shell/expand.js';
import { Lexer } from '../../syntax/shell/lexer.js';
import type { ShellWord, WordSource } from '../../syntax/shell/script.js';
import type { Flag } from '../types.js';

/** A flag as a command line has it. */
export interface ReadFlag {
  /** Without dashes, `_` for `-`; `key=value` words keep the key's dots and lose Hydra's `+` and `~`. */
  readonly name: string;
  readonly value: FactValue;
  /** True where the value is decided at run time; `value` is then the text as written. */
  readonly open: boolean;
  /** Where the flag and its value stand. */
  readonly start: number;
  readonly end: number;
  /** Document of the value, where that is another one. */
  readonly uri?: string;
  /** Place of the value alone; of the flag where there is none. */
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly from?: WordSource;
  /** Further values: `--dataset a b c`. */
  readonly more: readonly ShellWord[];
  readonly form: 'dashes' | 'short' | 'key';
  /** The values that a sweep tries by turns. */
  readonly swept?: readonly string[];
}
export interface ReadCommand {
  readonly flags: readonly ReadFlag[];
  readonly positionals: readonly ShellWord[];
}

/** Splits the first command of a text into words; `offset` is where the text stands in its document.
 * Variables stay as written and make their word open. */
export function splitCommand(text: string, offset = 0): ShellWord[] {
  const nothingKnown = new Environment();
  const words: ShellWord[] = [];
  let redirected = false;
  for (const token of new Lexer(text).all()) {
    if (token.kind === 'word') {
      if (!redirected) words.push(...expand(token.word, nothingKnown));
      redirected = false;
    } else if (token.kind === 'operator' && /[<>]/.test(token.text)) redirected = !/&-$|^<<-?$/.test(token.text);
    else if (words.length > 0 && (token.kind === 'newline' || token.kind === 'operator')) break;
  }
  return offset === 0 ? words : words.map((word) => moved(word, offset));
}
const moved = ({ pieces: _pieces, ...word }: ShellWord, by: number): ShellWord => ({ ...word, start: word.start + by, end: word.end + by });

/** A word for one item of a list in a configuration file, which no shell splits. */
export const plainWord = (text: string, start: number, end: number): ShellWord => ({
  text,
  start,
  end,
  open: /\$[({A-Za-z_]|\{\{|(?:^|=)<[A-Za-z][\w .:-]*>$/.test(text),
});

/** Sorts words into flags and the rest. A word after a flag is its value unless it is a flag itself or the flag is one of `switches`. */
export function parseFlags(words: readonly ShellWord[], switches?: ReadonlySet<string>): ReadCommand {
  const flags: ReadFlag[] = [];
  const positionals: ShellWord[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    const dashes = /^(--?)([A-Za-z][\w.@/-]*)(?:=([\s\S]*))?$/.exec(word.text);
    if (dashes) {
      const name = flagName(dashes[2]!);
      const form = dashes[1] === '--' || dashes[2]!.length > 2 ? 'dashes' : 'short';
      const at = word.text.indexOf('=');
      if (dashes[3] !== undefined) {
        flags.push(flagOf(name, form, word, valuePart(word, at + 1), []));
        continue;
      }
      const taken: ShellWord[] = [];
      // Hydra's switch stands before the overrides.
      const sweeps = /^(?:m|multirun)$/.test(name) && keyed.test(words[index + 1]?.text ?? '-');
      if (!switches?.has(name) && !sweeps)
        while (index + 1 < words.length && isValue(words[index + 1]!) && !(taken.length > 0 && keyed.test(words[index + 1]!.text))) taken.push(words[++index]!);
      flags.push(flagOf(name, form, word, taken[0], taken.slice(1)));
      positionals.push(...taken.slice(1));
      continue;
    }
    const key = keyed.exec(word.text);
    if (key && !word.text.startsWith('-')) flags.push(flagOf(key[1]!, 'key', word, valuePart(word, key[0].length), []));
    else positionals.push(word);
  }
  return { flags: isMultirun(flags) ? flags.map(asSwept) : flags, positionals };
}
const isMultirun = (flags: readonly ReadFlag[]): boolean => flags.some((flag) => /^(?:m|multirun)$/.test(flag.name) && flag.value === true);
/** `lr=1,2,3` under Hydra's multirun is a value of each job.
 * @source hydra.cc/docs/tutorials/basic/running_your_app/multi-run */
function asSwept(flag: ReadFlag): ReadFlag {
  if (flag.form !== 'key' || typeof flag.value !== 'string' || !/^[^[({'"]+,[^,]+$/.test(flag.value)) return flag;
  const swept = flag.value.split(',').map((one) => one.trim());
  return { ...flag, open: true, swept };
}

/** The last flag of one of these names: it wins on a command line. */
export const flagNamed = (flags: readonly ReadFlag[], ...names: readonly string[]): ReadFlag | undefined => flags.findLast((flag) => names.includes(flag.name));

/** For `Launch.flags`: what the program is given. Flags whose value is not known are left out. */
export const toFlags = (uri: string, flags: readonly ReadFlag[]): Flag[] =>
  flags
    .filter((flag) => !flag.open || flag.swept)
    .map((flag) => ({
      name: flag.name,
      value: flag.value,
      span: { uri: flag.uri ?? uri, start: flag.valueStart, end: flag.valueEnd },
      ...(flag.swept && { swept: flag.swept }),
    }));

/** A number or a boolean where the text is one. */
export function scalar(text: string): FactValue {
  const plain = text.trim();
  if (/^[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(plain)) return Number(plain.replaceAll('_', ''));
  if (/^true$/i.test(plain)) return true;
  if (/^false$/i.test(plain)) return false;
  return plain.replace(/^(["'])([\s\S]*)\1$/, '$2');
}

/** A fact of a flag, or an unknown fact that says why; undefined where the change says that the value is none. */
export function flagFact(
  uri: string,
  name: string,
  flag: ReadFlag,
  change: (value: FactValue) => FactValue | undefined = (value) => value,
): Fact | UnknownFact | undefined {
  const place = flag.from && (flag.open || flag.from.origin) ? flag.from : { start: flag.valueStart, end: flag.valueEnd, uri: flag.uri };
  const span = { uri: place.uri ?? uri, start: place.start, end: place.end };
  const param = flag.from?.origin === 'default' ? { param: `env:${flag.from.name}` } : {};
  if (flag.open && !isNamed(name, flag.value)) {
    return {
      name,
      reason: flag.swept ? `a sweep tries ${flag.swept.join(', ')}` : `${String(flag.value)} is decided when the command runs`,
      need: `write ${name.replaceAll('_', ' ')} on the command, or set it for this workload`,
      span,
    };
  }
  const value = flag.value === '' ? undefined : change(flag.value);
  return value === undefined ? undefined : { name, value, origin: flag.from?.origin ?? (span.uri === uri ? 'literal' : 'other-file'), span, ...param };
}
/** A path whose folder is open still names what it means: `$HOME/models/Llama-2-7b-hf`. */
const isNamed = (name: string, value: FactValue): boolean =>
  (name === 'model' || name === 'dataset') && typeof value === 'string' && /\/[^/$`{}()]*[A-Za-z0-9][^/$`{}()]*\/?$/.test(value);

const keyed = /^[+~]{0,2}([A-Za-z_][\w.@/-]*)=/;
const flagName = (written: string): string => written.replaceAll('-', '_');
/** Words that stand for further arguments, not for a value. */
const carriesArguments = (word: ShellWord): boolean =>
  word.open &&
  /^\$(?:[@*]|\{[@*][^}]*\}|\{?\w*(?:ARGS?|ARGUMENTS|OPTS?|OPTIONS|FLAGS|args|opts|flags|EXTRA|extra)\w*(?:\[[@*]\])?(?::?[-+][^}]*)?\}?)$/.test(word.text);
const isValue = (word: ShellWord): boolean => (!/^--?[A-Za-z]/.test(word.text) && word.text !== '--' && !carriesArguments(word)) || /^-\d/.test(word.text);

/** The part of a word after `=`, with its own place. */
function valuePart(word: ShellWord, from: number): ShellWord {
  const pieces = word.pieces ?? [];
  let seen = 0;
  let start = word.end - word.start === word.text.length ? word.start + from : word.start;
  let open = pieces.length === 0 && word.open;
  for (const piece of pieces) {
    const next = seen + piece.text.length;
    if (next > from) {
      if (seen <= from) start = piece.end - piece.start === piece.text.length ? piece.start + from - seen : piece.start;
      open ||= piece.open;
    }
    seen = next;
  }
  return {
    text: word.text.slice(from),
    start: Math.min(start, word.end),
    end: word.end,
    open,
    ...(word.from && { from: word.from }),
    ...(word.uri === undefined ? {} : { uri: word.uri }),
  };
}
function flagOf(name: string, form: ReadFlag['form'], word: ShellWord, value: ShellWord | undefined, more: readonly ShellWord[]): ReadFlag {
  const place = value ?? word;
  return {
    name,
    value: value ? scalar(value.text) : true,
    open: value?.open ?? false,
    start: word.start,
    end: Math.max(word.end, place.end),
    valueStart: place.start,
    valueEnd: place.end,
    ...(value?.from && { from: value.from }),
    ...(place.uri === undefined ? {} : { uri: place.uri }),
    more,
    form,
  };
}
