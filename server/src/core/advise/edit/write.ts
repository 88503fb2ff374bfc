import type { Fact, FactValue } from '../../model/fact.js';
import type { Workload } from '../../model/workload.js';
import type { PythonProgram } from '../../syntax/python/program.js';
import type { Document } from '../../text/document.js';
import type { FactChange } from '../types.js';
import { promptCacheTypescript } from './code/prompt-cache-typescript.js';
import { type Entry, entryAt } from './entry.js';
import { recipes } from './recipes.js';
import { vocabularyOf } from './vocabularies.js';
import type { Spelled, Vocabulary } from './vocabulary.js';
import { acceleratorName, platformWords } from './words/hardware.js';

/** A replacement in one document's text. */
export interface TextEdit {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The edits that put facts into force where they stand, or beside settings of the same construct where they do not stand yet.
 * They keep comments, quotes and layout. Whether they do what is promised is for the caller to see: apply them to a copy and read it again.
 * @returns undefined where a change has no place that is known: nothing is written by half */
export function writeChanges(workload: Workload, changes: readonly FactChange[], texts: Texts): TextEdit[] | undefined {
  const written = new Map<string, readonly TextEdit[]>();
  const left: FactChange[] = [];
  for (const change of changes) {
    const made = change.to === undefined ? undefined : writeOne(workload, change.fact, change.to, texts.document);
    if (made) written.set(change.fact, made);
    else left.push(change);
  }
  for (let next = left[0]; next; next = left[0]) {
    const { fact } = next;
    const made = inCode(workload, changes, fact, texts);
    if (!made) return undefined;
    // What one change of code says of several facts, no setting says as well.
    for (const covered of made.facts) written.delete(covered);
    written.set(fact, made.edits);
    left.splice(0, left.length, ...left.filter((one) => !made.facts.includes(one.fact)));
  }
  return joined([...written.values()].flat());
}
/** The texts that edits are made in. */
export interface Texts {
  readonly document: (uri: string) => Document | undefined;
  /** Asks the syntax of a Python text; undefined where it is none, or where it is not at hand. */
  python<T>(uri: string, ask: (program: PythonProgram) => T): T | undefined;
}
function inCode(workload: Workload, changes: readonly FactChange[], fact: string, texts: Texts): { facts: readonly string[]; edits: TextEdit[] } | undefined {
  const stands = workload.facts.find((one) => one.name === fact);
  // What somebody wrote in another file is not overruled in this one.
  if (stands?.span && stands.span.uri !== workload.span.uri) return undefined;
  const to = (name: string): FactValue | undefined => changes.find((change) => change.fact === name)?.to;
  const document = texts.document(workload.span.uri);
  const marked = document?.language === 'typescript' ? promptCacheTypescript(document.text, workload, fact, to(fact)) : undefined;
  if (marked) return { facts: [fact], edits: marked.map((edit) => ({ uri: workload.span.uri, ...edit })) };
  return texts.python(workload.span.uri, (program) => {
    for (const recipe of recipes) {
      const made = recipe.facts.includes(fact) ? recipe.write({ workload, program }, to) : undefined;
      if (made) return { facts: recipe.facts, edits: made.map((edit) => ({ uri: workload.span.uri, ...edit })) };
    }
    return undefined;
  });
}

function writeOne(workload: Workload, name: string, to: FactValue, documents: (uri: string) => Document | undefined): TextEdit[] | undefined {
  const fact = workload.facts.find((one) => one.name === name);
  const own = vocabularyOf(workload);
  const words = own?.spell(name, to) === undefined ? (platformWords.spell(name, to) ? platformWords : own) : own;
  const spelled = words?.spell(name, to);
  const stands = fact && placed(fact, documents);
  if (stands) {
    const { document, entry } = stands;
    if (name === 'gpu_type') return otherAccelerator(document, entry, to);
    // A stage is a number in DeepSpeed's and accelerate's own files.
    if (name === 'strategy' && /^(zero_)?stage$/.test(entry.key) && /^zero\d$/.test(String(to)))
      return [replaced(document, entry, Number(String(to).slice(-1)))];
    if (spelled?.length === 1 && spelled[0] && isSame(entry.key, spelled[0].key)) return [replaced(document, entry, spelled[0].value)];
    // A setting that no vocabulary has (a manifest's GPU limit, a variable, another name of the same option): its value is replaced as it stands.
    if (typeof fact.value === typeof to && isVerbatim(document, entry, fact.value)) return everywhere(document, entry, fact.value, to);
    // The same fact under another key (`fp16=True` for bf16).
    if (spelled?.length === 1 && spelled[0] && words?.home.test(snake(entry.key)) && entry.style !== 'assign') return [renamed(document, entry, spelled[0])];
    return undefined;
  }
  // What somebody wrote elsewhere, in a way that is not understood, is not overruled behind its back.
  if (fact && fact.origin !== 'default' && fact.origin !== 'assumption') return undefined;
  if (!words || !spelled) return undefined;
  if (spelled.length === 0) return [];
  const edits: TextEdit[] = [];
  for (const setting of spelled) {
    const anchor = anchorOf(workload, setting.beside ?? words.home, documents);
    if (!anchor || (isCamel(anchor.entry.key) && !chartKeys.test(setting.key))) return undefined;
    edits.push(added(anchor.document, anchor.entry, setting, words));
  }
  return edits;
}
/** A chart's values are what its templates ask for: of an engine's options these.
 * @source vllm-project/production-stack, helm/values.yaml: `vllmConfig` */
const chartKeys = /^(tensor_parallel_size|max_model_len|max_num_seqs|gpu_memory_utilization|dtype)$/;

/** Another accelerator in the platform's own words, with the count that stands behind it (`H100:8`). */
function otherAccelerator(document: Document, entry: Entry, to: FactValue): TextEdit[] | undefined {
  const written = document.text.slice(entry.valueStart, entry.end);
  const name = acceleratorName(entry.key, String(to));
  const count = /:\d+(?=["']?$)/.exec(written)?.[0] ?? '';
  if (name === undefined || !/^["']?[\w.-]+(?::\d+)?["']?$/.test(written)) return undefined;
  return [{ uri: document.uri, start: entry.valueStart, end: entry.end, text: `${entry.quote}${name}${count}${entry.quote}` }];
}

interface Place {
  readonly document: Document;
  readonly entry: Entry;
}
function placed(fact: Fact, documents: (uri: string) => Document | undefined): Place | undefined {
  if (!fact.span || fact.origin === 'assumption') return undefined;
  const document = documents(fact.span.uri);
  // A stored notebook's program is not its file's text: only an editor can change its cells.
  const entry = document && entryAt(document.text, document.language, fact.span.start, fact.span.end);
  return document && entry ? { document, entry } : undefined;
}
/** A written setting of the same construct, the last of the file: new ones stand behind it. */
function anchorOf(workload: Workload, home: RegExp, documents: (uri: string) => Document | undefined): Place | undefined {
  const places = workload.facts.flatMap((fact) => placed(fact, documents) ?? []).filter(({ entry }) => home.test(snake(entry.key)) && entry.style !== 'assign');
  const own = (place: Place): number => Number(place.document.uri === workload.span.uri);
  return places.sort((a, b) => own(b) - own(a) || b.entry.start - a.entry.start)[0];
}

const isCamel = (key: string): boolean => /[a-z0-9][A-Z]/.test(key);
/** `maxModelLen` and `max-model-len` are one setting; dots of nested names stay. */
const snake = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
const isSame = (a: string, b: string): boolean => snake(a) === snake(b);
function isVerbatim({ text }: Document, entry: Entry, value: FactValue): boolean {
  const written = unquoted(text.slice(entry.valueStart, entry.end));
  return (typeof value === 'boolean' ? written.toLowerCase() : written) === String(value);
}
const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/s, '$2');

/** A value as the language writes it, in the quotes that stood there. */
function literal(entry: Pick<Entry, 'style' | 'quote'>, value: FactValue): string {
  const { style, quote } = entry;
  if (style === 'keyword' || style === 'dict' || style === 'assign') {
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    return typeof value === 'string' ? `${quote || '"'}${value}${quote || '"'}` : String(value);
  }
  if (style === 'json') return JSON.stringify(value);
  if (style === 'flow-args') return `${quote || '"'}${String(value)}${quote || '"'}`;
  if (style === 'args' && typeof value !== 'string') return `"${String(value)}"`;
  return `${quote}${String(value)}${quote}`;
}

function replaced(document: Document, entry: Entry, value: FactValue): TextEdit {
  const written = literal(entry, value);
  // YAML takes `True` and `true`: a file keeps to one of them.
  const old = document.text.slice(entry.valueStart, entry.end);
  const text = typeof value === 'boolean' && /^(True|False)$/.test(old) ? (value ? 'True' : 'False') : written;
  return { uri: document.uri, start: entry.valueStart, end: entry.end, text };
}
function renamed(document: Document, entry: Entry, { key, value }: Spelled): TextEdit {
  const head = document.text.slice(entry.start, entry.valueStart);
  return { uri: document.uri, start: entry.start, end: entry.end, text: head.replace(entry.key, key) + literal(entry, value) };
}
/** Kubernetes wants the same number in limits and in requests: every place of the document's part that says it. */
function everywhere(document: Document, entry: Entry, from: FactValue, to: FactValue): TextEdit[] {
  const first = replaced(document, entry, to);
  if (entry.style !== 'yaml' || !/\.com\/gpu$/.test(entry.key)) return [first];
  const { text } = document;
  const start = text.lastIndexOf('\n---', entry.start) + 1;
  const next = text.indexOf('\n---', entry.end);
  const same = new RegExp(`(${entry.key.replaceAll('.', '\\.')}["']?\\s*:[ \\t]+)(["']?)${String(from)}\\2(?![\\w.])`, 'g');
  const edits: TextEdit[] = [];
  for (const match of text.slice(start, next < 0 ? text.length : next).matchAll(same)) {
    const at = start + match.index + (match[1] ?? '').length;
    edits.push({
      uri: document.uri,
      start: at,
      end: start + match.index + match[0].length,
      text: literal({ style: 'yaml', quote: (match[2] ?? '') as '' }, to),
    });
  }
  return edits.some((edit) => edit.start === first.start) ? edits : [first];
}

/** A new setting behind an entry, laid out as it is. */
function added(document: Document, entry: Entry, setting: Spelled, { dashes }: Vocabulary): TextEdit {
  const { text } = document;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const { indent } = entry;
  const write = ({ key: name, value }: Spelled): string => {
    const key = isCamel(entry.key) ? name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) : name;
    const flag = `--${dashes ? key.replaceAll('_', '-') : key}`;
    // Engines' switches stand alone; a trainer's take a value.
    const bare = dashes && value === true;
    switch (entry.style) {
      case 'keyword':
        return `${indent === undefined ? ', ' : `,${newline}${indent}`}${key}=${literal({ style: 'keyword', quote: '' }, value)}`;
      case 'dict':
        return `${indent === undefined ? ', ' : `,${newline}${indent}`}"${key}": ${literal({ style: 'dict', quote: '' }, value)}`;
      case 'json':
        return `${indent === undefined ? ', ' : `,${newline}${indent}`}"${key}": ${JSON.stringify(value)}`;
      case 'yaml':
        return `${newline}${columns(text, entry)}${key}: ${String(value)}`;
      case 'args':
        return `${newline}${columns(text, entry)}- ${flag}${bare ? '' : `${newline}${columns(text, entry)}- ${literal({ style: 'args', quote: '' }, value)}`}`;
      case 'args=':
        return `${newline}${columns(text, entry)}- ${flag}${bare ? '' : `=${String(value)}`}`;
      case 'flow-args':
        return bare ? `, "${flag}"` : `, "${flag}", "${String(value)}"`;
      case 'flow-args=':
        return `${indent === undefined ? ', ' : `,${newline}${indent}`}"${flag}${bare ? '' : `=${String(value)}`}"`;
      case 'override':
        return `${continued(entry, newline)}${key}=${String(value)}`;
      default:
        return `${continued(entry, newline)}${flag}${bare ? '' : `${entry.style === 'flag=' ? '=' : ' '}${String(value)}`}`;
    }
  };
  // Behind a comment of the same line, where a line is an entry.
  const lineEnd = text.indexOf('\n', entry.end) < 0 ? text.length : text.indexOf('\n', entry.end) - (newline.length - 1);
  const isLine = entry.style === 'yaml' || entry.style === 'args' || entry.style === 'args=';
  // An item in quotes ends with its quote.
  const at = isLine ? lineEnd : entry.end + Number(entry.style === 'flow-args=');
  return { uri: document.uri, start: at, end: at, text: write(setting) };
}
/** Blanks up to the entry's column: the entry begins a line, or follows a dash. */
function columns(text: string, entry: Entry): string {
  const line = text.slice(text.lastIndexOf('\n', entry.start - 1) + 1, entry.start);
  return line.replace(/[^ \t]/g, ' ');
}
/** A flag on a line of its own goes on as the lines above do. */
const continued = (entry: Entry, newline: string): string => (entry.indent === undefined ? ' ' : ` \\${newline}${entry.indent}`);

/** Edits in order; two insertions at one place become one. Overlapping ones are no edit. */
function joined(edits: readonly TextEdit[]): TextEdit[] | undefined {
  const sorted = [...edits].sort((a, b) => a.uri.localeCompare(b.uri) || a.start - b.start || a.end - b.end);
  const out: TextEdit[] = [];
  for (const edit of sorted) {
    const last = out.at(-1);
    // Two facts that one value says are one edit.
    if (last && last.uri === edit.uri && last.start === edit.start && last.end === edit.end && edit.start !== edit.end && last.text === edit.text) continue;
    if (last && last.uri === edit.uri && edit.start < last.end) return undefined;
    if (last && last.uri === edit.uri && edit.start === last.start && edit.end === last.end) {
      if (edit.start !== edit.end) return undefined;
      out[out.length - 1] = { ...last, text: last.text + edit.text };
    } else out.push(edit);
  }
  return out;
}
/** A text with its edits. */
export function applied(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const { start, end, text: by } of [...edits].sort((a, b) => b.start - a.start)) result = result.slice(0, start) + by + result.slice(end);
  return result;
}
