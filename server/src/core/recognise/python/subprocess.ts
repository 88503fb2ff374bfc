import { argument, type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { Binding } from '../../syntax/python/binding.js';
import { placedScript, readShell } from '../../syntax/shell/read.js';
import type { ShellCommand, ShellWord } from '../../syntax/shell/script.js';
import { align } from '../config/nested.js';
import { launchShell } from '../shell/launch.js';
import { runsOf, shellMarker } from '../shell/runs.js';
import { serveShell } from '../shell/serve.js';
import type { PythonInput, PythonRecogniser } from '../types.js';
import { isPlaced } from './app.js';
import { listWords } from './platform.js';
import { isTest } from './requests.js';

const starters =
  /^(?:subprocess\.(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput)|os\.(?:system|popen|execvp?e?|spawnvp?)|asyncio\.create_subprocess_(?:exec|shell)|sh\.bash)$/;
/** Functions of a project's own that run a command, by their names, and the contexts of invoke and fabric. */
const helpers = /^(?:\w+\.)*(?:run|exec|execute)_(?:cmd|command|shell|bash|process|subprocess)$/;
const contexts = /^(?:c|ctx|context|conn|connection)\.(?:run|sudo)$/;
const names =
  /^(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput|system|popen|execvp?e?|spawnvp?|create_subprocess_(?:exec|shell)|bash|sudo|(?:run|exec|execute)_(?:cmd|command|shell|bash|process|subprocess))$/;

/** Commands that a program starts: they are read as a shell script's are. */
export const subprocess: PythonRecogniser = {
  id: 'subprocess',
  language: 'python',
  marker: /\bsubprocess\b|\bos\.(?:system|popen|exec|spawn)|\bcreate_subprocess_|\b(?:run|exec|execute)_(?:cmd|command|shell|bash)\b|\b(?:invoke|fabric)\b/,
  doc: {
    format: 'Commands that a Python program starts',
    reads: 'launches and servers in subprocess, os.system, asyncio and invoke: texts and lists of words, with the program’s own values filled in',
    example: 'subprocess.run(["torchrun", "--nproc_per_node=8", "train.py", "--bf16"])',
  },
  recognise: (input) => {
    const { program, evaluate, document } = input;
    if (isTest(input) || !program.mentions(shellMarker)) return [];
    const commands = program.callsOf(names).flatMap(({ call, at }): readonly ShellCommand[] => {
      const name = evaluate.callee(call);
      const known = starters.test(name) || helpers.test(name) || (contexts.test(dotted(call.callee) ?? '') && program.mentions(/\b(?:invoke|fabric)\b/));
      // What a platform's function starts is that function's work, with its hardware.
      if (!known || evaluate.isOff(at) || program.blocks(at).some((block) => block.decorators?.some((one) => isPlaced(program, one)) === true)) return [];
      return startedBy(input, call, name);
    });
    const script = { text: program.text, commands: commands.filter((command, index) => firstOf(commands, command) === index), directives: [], variables: [] };
    // Whatever a caller names may be run: only a program that the text names is told.
    const named = new Set(runsOf(document.uri, script).flatMap(({ started, command }) => (started.word.open ? [] : [command.start])));
    return [launchShell, serveShell].flatMap((one) => one.recognise({ document, script })).filter(({ span }) => named.has(span.start));
  },
};
const firstOf = (commands: readonly ShellCommand[], { start, end }: ShellCommand): number =>
  commands.findIndex((other) => other.start === start && other.end === end);

function startedBy(input: PythonInput, call: Call, name: string): readonly ShellCommand[] {
  const first = argument(call, 'args', 0)?.value ?? argument(call, 'cmd', 0)?.value ?? argument(call, 'command', 0)?.value;
  if (!first) return [];
  // create_subprocess_exec("torchrun", "train.py", …)
  if (/create_subprocess_exec$/.test(name)) {
    const items = call.args.flatMap((arg) => (arg.keyword === undefined ? [arg.spread === 1 ? spread(arg.value) : arg.value] : []));
    return commandOf(input, { kind: 'list', items, start: call.start, end: call.end });
  }
  if (/\b(?:exec|spawn)vp?e?$/.test(name)) return call.args[1] ? commandOf(input, call.args.at(/spawn/.test(name) ? 2 : 1)?.value ?? first) : [];
  return commandOf(input, first);
}
const spread = (value: Expr): Expr => ({ kind: 'spread', value, start: value.start, end: value.end });

/** The commands of a list of words, or of a text that a shell splits. */
function commandOf(input: PythonInput, expr: Expr): readonly ShellCommand[] {
  const words = wordsOf(input, expr);
  if (words.length > 0) {
    const [first, last] = [words[0]!, words.at(-1)!];
    const inner = shellText(words);
    if (inner) return inner;
    const command: ShellCommand = {
      start: Math.min(first.start, expr.start),
      end: Math.max(last.end, first.end),
      words,
      environment: [],
      exported: () => undefined,
    };
    return [first.start > expr.start ? { ...command, start: first.start } : command];
  }
  const text = textOf(input, expr);
  if (text.length === 0) return [];
  const written = text.map((part) => part.text).join('');
  const places = text.flatMap((part) => part.places);
  return placedScript(readShell(written), (offset) => places[Math.min(offset, places.length - 1)] ?? expr.start).commands;
}
/** `["bash", "-c", "torchrun …"]` */
function shellText(words: readonly ShellWord[]): readonly ShellCommand[] | undefined {
  const at = words.findIndex(({ text }) => /^-\w*c$/.test(text));
  const text = words[at + 1];
  if (at < 1 || !text || text.open || !/^(?:\S*\/)?(?:ba|z)?sh$/.test(words[at - 1]!.text)) return undefined;
  return placedScript(readShell(text.text), (offset) => Math.min(text.start + offset, Math.max(text.start, text.end - 1))).commands;
}

function wordsOf(input: PythonInput, expr: Expr, depth = 0): readonly ShellWord[] {
  const { evaluate } = input;
  if (depth > maxDepth) return [];
  if (expr.kind === 'name') {
    const built = builtUp(input, expr);
    if (built) {
      const words = built.flatMap(({ value, one, condition }) => {
        const added = one ? listWords(input, { kind: 'list', items: [value], start: value.start, end: value.end }) : wordsOf(input, value, depth + 1);
        // Under a condition that is decided elsewhere the options are possible, their values are not known.
        return condition ? added.map((word, index) => (index > 0 && !word.text.startsWith('-') ? { ...word, open: true } : word)) : added;
      });
      return words;
    }
  }
  const meant = evaluate.expression(expr);
  if (meant.kind === 'call' && /^shlex\.split$/.test(evaluate.callee(meant))) return [];
  if (meant.kind === 'name' && meant !== expr) return wordsOf(input, meant, depth + 1);
  if (meant.kind === 'binary' && meant.op === '+') {
    const left = wordsOf(input, meant.left, depth + 1);
    return left.length === 0 ? [] : [...left, ...wordsOf(input, meant.right, depth + 1)];
  }
  return meant.kind === 'list' || meant.kind === 'tuple' ? meant.items.flatMap((item) => itemWords(input, item, depth)) : [];
}
function itemWords(input: PythonInput, item: Expr, depth: number): readonly ShellWord[] {
  if (item.kind === 'spread') return wordsOf(input, item.value, depth + 1);
  if (isInterpreter(item)) return [{ text: 'python', start: item.start, end: item.end, open: false }];
  return listWords(input, { kind: 'list', items: [item], start: item.start, end: item.end });
}
const isInterpreter = (expr: Expr): boolean => dotted(expr) === 'sys.executable';
const maxDepth = 12;

interface Part {
  readonly text: string;
  readonly places: readonly number[];
}
/** A text in parts with the place of each character; what is decided at run time stands as a variable that nobody set. */
function textOf(input: PythonInput, expr: Expr, depth = 0): readonly Part[] {
  const { evaluate, program } = input;
  if (depth > maxDepth) return [];
  const fixed = (text: string, at: Expr): Part => ({ text, places: Array.from({ length: text.length }, () => at.start) });
  switch (expr.kind) {
    case 'string':
      return [{ text: expr.value, places: align(expr.value, program.text, expr.start, expr.end).slice(0, expr.value.length) }];
    case 'template': {
      let here = expr.start;
      return expr.parts.map((part): Part => {
        if (typeof part === 'string') {
          const places = align(part, program.text, here, expr.end).slice(0, part.length);
          here = (places.at(-1) ?? here) + 1;
          return { text: part, places };
        }
        here = Math.max(here, part.end);
        if (isInterpreter(part)) return fixed('python', part);
        const value = evaluate.value(part);
        return fixed(value.known && value.value !== null ? String(value.value) : unknown, part);
      });
    }
    case 'binary':
      if (expr.op !== '+') return [];
      return [...textOf(input, expr.left, depth + 1), ...textOf(input, expr.right, depth + 1)];
    case 'call': {
      const name = dotted(expr.callee) ?? '';
      if (/^(?:shlex\.split|textwrap\.dedent|dedent)$/.test(name) && expr.args[0]) return textOf(input, expr.args[0].value, depth + 1);
      const joined = expr.callee.kind === 'attribute' && expr.callee.name === 'join' ? expr.args[0]?.value : undefined;
      if (joined)
        return wordsOf(input, joined, depth + 1).flatMap((word) => [fixed(word.open ? unknown : word.text, { ...expr, start: word.start }), fixed(' ', expr)]);
      // "python train.py".split()
      if (expr.callee.kind === 'attribute' && /^(?:split|strip)$/.test(expr.callee.name) && expr.args.length === 0)
        return textOf(input, expr.callee.object, depth + 1);
      break;
    }
    case 'name': {
      const built = builtUp(input, expr);
      if (built) return built.flatMap(({ value, condition }) => (condition ? [] : textOf(input, value, depth + 1)));
      break;
    }
  }
  const meant = evaluate.expression(expr);
  if (meant !== expr) return textOf(input, meant, depth + 1);
  const value = evaluate.value(expr);
  if (value.known && typeof value.value === 'string')
    return [{ text: value.value, places: align(value.value, program.text, value.start, value.end).slice(0, value.value.length) }];
  return depth > 0 ? [fixed(unknown, expr)] : [];
}
const unknown = '$__';

interface Addition {
  readonly value: Expr;
  /** True where it is one word: `command.append(word)`. */
  readonly one?: true;
  /** True where nobody knows whether it is added. */
  readonly condition: boolean;
}
/** What a name holds that is put together over several statements: `command = [...]`, `command += [...]`, `command.extend([...])`; undefined where it is not. */
function builtUp({ program, evaluate }: PythonInput, { name, start }: Extract<Expr, { kind: 'name' }>): Addition[] | undefined {
  const scope = program.scopeOf(start);
  const own = program.bindings(name).filter((one) => one.object === undefined && one.scope === scope && one.start < start);
  const isBase = (one: Binding): boolean => one.kind === 'assign' && one.index === undefined && one.value !== undefined && !mentions(one.value, name);
  const base = own.findLast(isBase);
  if (!base?.value) return undefined;
  const later = own.flatMap((one) => (one.start > base.start && one.value ? [{ at: one.start, value: added(one.value, name) }] : []));
  const calls = program
    .callsOf(/^(?:append|extend)$/, { start: base.start, end: start })
    .flatMap(({ call, at }) =>
      call.callee.kind === 'attribute' && dotted(call.callee.object) === name && program.scopeOf(at) === scope && call.args[0]
        ? [{ at, value: call.args[0].value, ...(call.callee.name === 'append' ? { one: true as const } : {}) }]
        : [],
    );
  if (later.length + calls.length === 0) return undefined;
  const around = new Set(program.blocks(start).map((block) => block.start));
  const additions = [...later, ...calls].sort((a, b) => a.at - b.at);
  return [
    { value: base.value, condition: false },
    ...additions.flatMap(({ at, ...addition }): Addition[] => {
      if (evaluate.isOff(at)) return [];
      const condition = program
        .blocks(at)
        .some(
          (block) =>
            /^(?:if|for|while)$/.test(block.kind) && !around.has(block.start) && !(block.subject && block.kind === 'if' && isKnown(evaluate, block.subject)),
        );
      return [{ ...addition, condition }];
    }),
  ];
}
const isKnown = (evaluate: PythonInput['evaluate'], expr: Expr): boolean => evaluate.value(expr).known;
/** `x` of `command = command + x`. */
const added = (value: Expr, name: string): Expr =>
  value.kind === 'binary' && value.op === '+' && value.left.kind === 'name' && value.left.name === name ? value.right : value;
const mentions = (value: Expr, name: string): boolean => value.kind === 'binary' && value.left.kind === 'name' && value.left.name === name;
