import { type Operand, type Part, type Pipeline, parseTemplate } from './helm-parse.js';
import { at, entriesOf, hasKey, itemsOf, type Scalar, textOf, type Value } from './value.js';

/** A template with its values filled in. */
export interface Rendered {
  readonly text: string;
  /** Where an offset of the text stands in the template. */
  readonly inTemplate: (offset: number) => number;
  /** Where it stands in the values, if it is one of them. */
  readonly inValues: (offset: number) => Value | undefined;
}

/** What stands for something that only the cluster or a helper knows: read as a masked template. */
const unknownText = '\u00a7unknown\u00a7';
const unknown: Scalar = { kind: 'scalar', value: unknownText, raw: unknownText, start: 0, end: 0 };
const isUnknown = (value: Result): boolean => !('chunks' in (value ?? {})) && textOf(value as Value | undefined)?.includes('\u00a7') === true;

/** A text in pieces, each with the value that it shows. */
interface Chunk {
  readonly text: string;
  readonly value?: Value;
}
type Text = { readonly chunks: readonly Chunk[] };
type Result = Value | Text | undefined;
const maxLength = 400_000;
const maxRounds = 200;
/** Loops in loops end, whatever they print. */
const maxSteps = 50_000;

/** Fills a chart's template in. Nothing is run: what a helper, the release or the cluster decides stays unknown.
 * @source helm.sh/docs/chart_template_guide, masterminds.github.io/sprig */
export function renderHelm(template: string, values: Value): Rendered {
  const output = new Output();
  const root: Value = { kind: 'map', entries: [{ key: 'Values', keyStart: 0, keyEnd: 0, value: values }], start: 0, end: 0 };
  print(parseTemplate(template), { root, dot: root, variables: new Map() }, output);
  return output.done();
}

interface Scope {
  readonly root: Value;
  readonly dot: Result;
  readonly variables: ReadonlyMap<string, Result>;
}
function print(parts: readonly Part[], given: Scope, output: Output): void {
  const variables = new Map(given.variables);
  const scope: Scope = { ...given, variables };
  for (const part of parts) {
    if (output.length > maxLength || output.steps++ > maxSteps) return;
    switch (part.kind) {
      case 'text':
        output.copy(part.text, part.start);
        break;
      case 'set':
        variables.set(part.name, evaluated(part.pipeline, scope));
        break;
      case 'print':
        for (const chunk of chunksOf(evaluated(part.pipeline, scope))) output.put(chunk, part.start);
        break;
      case 'block':
        printBlock(part, scope, output);
    }
  }
}
function printBlock(part: Extract<Part, { kind: 'block' }>, scope: Scope, output: Output): void {
  const subject = evaluated(part.pipeline, scope);
  const bound = (named: readonly (readonly [string | undefined, Result])[]): ReadonlyMap<string, Result> =>
    new Map([...scope.variables, ...named.flatMap(([name, value]): [string, Result][] => (name === undefined ? [] : [[name, value]]))]);
  if (part.keyword === 'range') {
    const value = subject !== undefined && 'kind' in subject ? subject : undefined;
    const rounds: [Result, Result][] =
      value?.kind === 'map'
        ? value.entries.map((one) => [scalarOf(one.key, one.value), one.value])
        : itemsOf(value).map((one, index) => [scalarOf(index, one), one]);
    for (const [key, one] of rounds.slice(0, maxRounds)) {
      const named =
        part.names.length > 1
          ? ([
              [part.names[0], key],
              [part.names[1], one],
            ] as const)
          : ([[part.names[0], one]] as const);
      print(part.body, { ...scope, dot: one, variables: bound(named) }, output);
    }
    if (rounds.length === 0) print(part.otherwise, scope, output);
    return;
  }
  // What nobody knows is taken to be there.
  if (!isTrue(subject)) print(part.otherwise, scope, output);
  else print(part.body, { ...scope, ...(part.keyword === 'with' ? { dot: subject } : {}), variables: bound([[part.names[0], subject]]) }, output);
}

function evaluated(pipeline: Pipeline, scope: Scope): Result {
  let piped: { value: Result } | undefined;
  for (const [first, ...rest] of pipeline) {
    if (!first) return piped?.value;
    const args = rest.map((one) => operandOf(one, scope));
    if (piped) args.push(piped.value);
    piped = { value: first.kind === 'word' ? called(first.name, args) : operandOf(first, scope) };
  }
  return piped?.value;
}
function operandOf(operand: Operand, scope: Scope): Result {
  switch (operand.kind) {
    case 'literal':
      return scalarOf(operand.value);
    case 'word':
      return called(operand.name, []);
    case 'nested':
      return fieldOf(evaluated(operand.pipeline, scope), operand.path);
    case 'field': {
      const from = operand.root === '.' ? scope.dot : operand.root === '$' ? scope.root : scope.variables.get(operand.root.slice(1));
      // Only the values are known: the release, the chart and the cluster are not.
      if (from === scope.root && operand.path.length > 0 && operand.path[0] !== 'Values') return unknown;
      return fieldOf(from, operand.path);
    }
  }
}
function fieldOf(value: Result, path: readonly string[]): Result {
  if (path.length === 0) return value;
  if (value === undefined || 'chunks' in value) return undefined;
  return isUnknown(value) ? unknown : at(value, ...path);
}

function scalarOf(value: string | number | boolean | null, from?: Value): Value {
  const place = from ? { start: from.start, end: from.end, ...(from.uri === undefined ? {} : { uri: from.uri }) } : { start: -1, end: -1 };
  return { kind: 'scalar', value, raw: String(value), ...place };
}
const plain = (value: Result): string | undefined =>
  value === undefined ? undefined : 'chunks' in value ? value.chunks.map(({ text }) => text).join('') : textOf(value);
function isTrue(value: Result): boolean {
  if (value === undefined) return false;
  if ('chunks' in value) return value.chunks.some(({ text }) => text !== '');
  if (value.kind === 'map') return value.entries.length > 0;
  if (value.kind === 'seq') return value.items.length > 0;
  return value.value !== null && value.value !== false && value.value !== 0 && value.value !== '';
}
function chunksOf(value: Result): readonly Chunk[] {
  if (value === undefined) return [];
  if ('chunks' in value) return value.chunks;
  const text = textOf(value);
  return text === undefined ? [] : [{ text, ...(value.start >= 0 ? { value } : {}) }];
}
const mapped = (value: Result, change: (text: string) => string): Text => ({ chunks: chunksOf(value).map((one) => ({ ...one, text: change(one.text) })) });
const number = (value: Result): number => Number(plain(value) ?? 0);
const numeric = (value: number, args: readonly Result[]): Value =>
  scalarOf(
    value,
    args.find((one): one is Value => one !== undefined && 'kind' in one && one.start >= 0),
  );

function called(name: string, args: readonly Result[]): Result {
  const [first, second] = args;
  const last = args.at(-1);
  if (
    /^(?:int|int64|float64|toString|trim|atoi|add|add1|sub|mul|div|mod|max|min|ceil|floor|printf|lower|upper|replace|trimSuffix|trimPrefix)$/.test(name) &&
    args.some(isUnknown)
  )
    return unknown;
  switch (name) {
    case 'default':
      return isTrue(last) ? last : first;
    case 'coalesce':
      return args.find(isTrue);
    case 'ternary':
      return isTrue(last) ? first : second;
    case 'required':
    case 'toString':
    case 'tpl':
      return name === 'tpl' ? (plain(first)?.includes('{{') ? unknown : first) : last;
    case 'quote':
    case 'squote': {
      const mark = name === 'quote' ? '"' : "'";
      return { chunks: [{ text: mark }, ...chunksOf(last), { text: mark }] };
    }
    case 'trim':
      return mapped(last, (text) => text.trim());
    case 'lower':
      return mapped(last, (text) => text.toLowerCase());
    case 'upper':
      return mapped(last, (text) => text.toUpperCase());
    case 'replace':
      return mapped(last, (text) => text.replaceAll(plain(first) ?? '', plain(second) ?? ''));
    case 'trimSuffix':
    case 'trimPrefix': {
      const part = plain(first) ?? '';
      return mapped(last, (text) =>
        name === 'trimSuffix'
          ? text.endsWith(part)
            ? text.slice(0, text.length - part.length)
            : text
          : text.startsWith(part)
            ? text.slice(part.length)
            : text,
      );
    }
    case 'int':
    case 'int64':
    case 'atoi':
    case 'floor':
      return numeric(Math.floor(number(last)), args);
    case 'ceil':
      return numeric(Math.ceil(number(last)), args);
    case 'float64':
      return numeric(number(last), args);
    case 'add':
      return numeric(
        args.reduce((sum, one) => sum + number(one), 0),
        args,
      );
    case 'add1':
      return numeric(number(last) + 1, args);
    case 'mul':
      return numeric(
        args.reduce((product, one) => product * number(one), 1),
        args,
      );
    case 'sub':
      return numeric(number(first) - number(second), args);
    case 'div':
      return number(second) === 0 ? unknown : numeric(Math.trunc(number(first) / number(second)), args);
    case 'max':
    case 'min':
      return numeric(Math[name](...args.map(number)), args);
    case 'printf': {
      let index = 1;
      const chunks: Chunk[] = [];
      for (const part of (plain(first) ?? '').split(/(%[a-z])/)) {
        if (/^%[a-z]$/.test(part)) chunks.push(...(part === '%q' ? chunksOf(called('quote', [args[index++]])) : chunksOf(args[index++])));
        else if (part !== '') chunks.push({ text: part });
      }
      return { chunks };
    }
    case 'nindent':
    case 'indent': {
      const margin = ' '.repeat(Math.min(80, number(first)));
      const text = (one: string): string => one.replaceAll('\n', `\n${margin}`);
      return { chunks: [{ text: `${name === 'nindent' ? '\n' : ''}${margin}` }, ...chunksOf(last).map((one) => ({ ...one, text: text(one.text) }))] };
    }
    case 'toYaml':
      return last === undefined || 'chunks' in last ? last : { chunks: yamlOf(last, '') };
    case 'toJson':
      return last === undefined || 'chunks' in last
        ? last
        : { chunks: [{ text: JSON.stringify(dataOf(last)), ...(last.kind === 'scalar' && last.start >= 0 ? { value: last } : {}) }] };
    case 'index':
    case 'get':
      return fieldOf(
        first,
        args.slice(1).map((one) => plain(one) ?? ''),
      );
    case 'hasKey':
      return scalarOf(first !== undefined && 'kind' in first && hasKey(first, plain(second) ?? ''));
    case 'len':
      return scalarOf(first !== undefined && 'kind' in first ? Math.max(entriesOf(first).length, itemsOf(first).length, (plain(first) ?? '').length) : 0);
    case 'list':
    case 'tuple':
      return { kind: 'seq', items: args.flatMap((one) => (one !== undefined && 'kind' in one ? [one] : [])), start: -1, end: -1 };
    case 'eq':
      return scalarOf(args.slice(1).some((one) => plain(one) === plain(first)));
    case 'ne':
      return scalarOf(plain(first) !== plain(second));
    case 'lt':
      return scalarOf(number(first) < number(second));
    case 'le':
      return scalarOf(number(first) <= number(second));
    case 'gt':
      return scalarOf(number(first) > number(second));
    case 'ge':
      return scalarOf(number(first) >= number(second));
    case 'not':
      return scalarOf(!isTrue(last));
    case 'and':
      return args.find((one) => !isTrue(one)) ?? (args.every(isTrue) ? last : undefined);
    case 'or':
      return args.find(isTrue) ?? last;
    case 'empty':
      return scalarOf(!isTrue(last));
    default:
      return unknown;
  }
}

/** A value as YAML text, each scalar with its place. */
function yamlOf(value: Value, margin: string): Chunk[] {
  if (value.kind === 'scalar') {
    const text = value.value === null ? 'null' : typeof value.value === 'string' ? JSON.stringify(value.value) : value.raw;
    return [{ text, ...(value.start >= 0 ? { value } : {}) }];
  }
  const lines =
    value.kind === 'map'
      ? value.entries.map((one): [string, Value] => [`${JSON.stringify(one.key)}:`, one.value])
      : value.items.map((one): [string, Value] => ['-', one]);
  if (lines.length === 0) return [{ text: value.kind === 'map' ? '{}' : '[]' }];
  return lines.flatMap(([head, one], index) => {
    const isBlock = one.kind !== 'scalar' && (one.kind === 'map' ? one.entries.length : one.items.length) > 0;
    return [{ text: `${index === 0 ? '' : `\n${margin}`}${head}${isBlock ? `\n${margin}  ` : ' '}` }, ...yamlOf(one, `${margin}  `)];
  });
}
function dataOf(value: Value): unknown {
  if (value.kind === 'scalar') return value.value;
  return value.kind === 'seq' ? value.items.map(dataOf) : Object.fromEntries(value.entries.map((one) => [one.key, dataOf(one.value)]));
}

class Output {
  steps = 0;
  private text = '';
  private readonly parts: { readonly at: number; readonly source: number; readonly value?: Value; readonly fixed: boolean }[] = [];
  get length(): number {
    return this.text.length;
  }
  /** Text of the template itself. */
  copy(text: string, source: number): void {
    this.parts.push({ at: this.text.length, source, fixed: false });
    this.text += text;
  }
  /** What an action at a place prints. */
  put({ text, value }: Chunk, source: number): void {
    if (text === '') return;
    this.parts.push({ at: this.text.length, source, fixed: true, ...(value && { value }) });
    this.text += text;
  }
  done(): Rendered {
    const { parts } = this;
    const partAt = (offset: number): (typeof parts)[number] | undefined => {
      let [low, high] = [0, parts.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (parts[middle]!.at <= offset) low = middle;
        else high = middle - 1;
      }
      return parts[low];
    };
    return {
      text: this.text,
      inTemplate: (offset) => {
        const part = partAt(offset);
        return part === undefined ? 0 : part.fixed ? part.source : part.source + offset - part.at;
      },
      inValues: (offset) => partAt(offset)?.value,
    };
  }
}
