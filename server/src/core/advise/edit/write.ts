import type { Fact, FactValue } from '../../model/fact.js';
import type { Workload } from '../../model/workload.js';
import type { PythonProgram } from '../../syntax/python/program.js';
import type { Document } from '../../text/document.js';
import type { FactChange } from '../types.js';
import { outputLimitTypescript } from './code/output-limit.js';
import { promptCacheTypescript } from './code/prompt-cache-typescript.js';
import { joined, type TextEdit } from './edits.js';
import { type Entry, entryAt } from './entry.js';
import { beside, countIn, everywhere, isCamel, isSame, isVerbatim, removed, renamed, replaced, snake, switchedOff, withoutNo } from './layout.js';
import { recipes } from './recipes.js';
import { inTable } from './toml.js';
import { vocabularyOf } from './vocabularies.js';
import type { Spelled, Vocabulary } from './vocabulary.js';
import { acceleratorName, platformVocabularies } from './words/hardware.js';

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
    // What the code computes from a setting follows it: the caller sees whether it does.
    if (!made && written.size > 0 && isComputed(workload, fact)) {
      left.shift();
      continue;
    }
    if (!made) return undefined;
    // What one change of code says of several facts, no setting says as well.
    for (const covered of made.facts) written.delete(covered);
    written.set(fact, made.edits);
    left.splice(0, left.length, ...left.filter((one) => !made.facts.includes(one.fact)));
  }
  return joined([...written.values()].flat());
}
const isComputed = (workload: Workload, name: string): boolean => {
  const fact = workload.facts.find((one) => one.name === name);
  return fact?.value !== undefined && fact.span !== undefined && fact.origin === 'variable';
};
type Documents = Texts['document'];
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
  const marked =
    document?.language === 'typescript'
      ? (promptCacheTypescript(document.text, workload, fact, to(fact)) ?? outputLimitTypescript(document.text, workload, fact, to(fact)))
      : undefined;
  if (marked) return { facts: [fact], edits: marked.map((edit) => ({ uri: workload.span.uri, ...edit })) };
  return texts.python(workload.span.uri, (program) => {
    for (const recipe of recipes) {
      const made = recipe.facts.includes(fact) ? recipe.write({ workload, program }, to) : undefined;
      if (made) return { facts: recipe.facts, edits: made.map((edit) => ({ uri: workload.span.uri, ...edit })) };
    }
    return undefined;
  });
}

function writeOne(workload: Workload, name: string, to: FactValue, documents: Documents): TextEdit[] | undefined {
  const fact = workload.facts.find((one) => one.name === name);
  const own = vocabularyOf(workload);
  const platform = platformVocabularies.find((one) => one.spell(name, to) && anchorOf(workload, one.home, documents));
  const words = own?.spell(name, to) === undefined ? (platform ?? own) : own;
  const spelled = words?.spell(name, to);
  const stands = fact && placed(fact, documents);
  if (stands) {
    const { document, entry } = stands;
    if (name === 'gpu_type') return otherAccelerator(document, entry, to);
    const count = countIn(document, entry, fact.value);
    if (count) return [{ uri: document.uri, ...count, text: String(to) }];
    // A stage is a number in DeepSpeed's and accelerate's own files.
    if (name === 'strategy' && /^(zero_)?stage$/.test(entry.key) && /^zero\d$/.test(String(to)))
      return [replaced(document, entry, Number(String(to).slice(-1)))];
    const [word, ...more] = spelled ?? [];
    // A switch is off where it does not stand.
    if (entry.bare && to === false) return [word?.said && isSame(entry.key, word.key) ? switchedOff(document, entry) : removed(document, entry)];
    if (word?.also && !isSame(entry.key, word.key)) return added(workload, spelled ?? [], words, documents);
    if (word && more.length === 0 && !entry.bare && isSame(entry.key, word.key)) return everywhere(document, entry, word.value);
    // A setting that no vocabulary has (a manifest's GPU limit, a variable, another name of the same option): its value is replaced as it stands.
    // Where the framework has words for the fact and none for the value, it does not take it.
    const isRefused = words?.has(name) === true && spelled === undefined;
    if (!isRefused && !entry.bare && typeof fact.value === typeof to && isVerbatim(document, entry, fact.value)) return everywhere(document, entry, to);
    // `--no-enable-prefix-caching` as `--enable-prefix-caching`.
    if (word && entry.bare && to === true && snake(entry.key) === `no_${word.key}`) return [withoutNo(document, entry)];
    // The same fact under another key (`fp16=True` for bf16).
    if (word && more.length === 0 && words?.home.test(snake(entry.key)) && entry.style !== 'assign') return [renamed(document, entry, word)];
    return undefined;
  }
  // What somebody wrote elsewhere, in a way that is not understood, is not overruled behind its back.
  if (fact && fact.origin !== 'default' && fact.origin !== 'assumption') return undefined;
  return added(workload, spelled, words, documents);
}

/** Settings beside those of the same construct; one that stands there without an effect is set. */
function added(workload: Workload, spelled: readonly Spelled[] | undefined, words: Vocabulary | undefined, documents: Documents): TextEdit[] | undefined {
  if (!words || !spelled) return undefined;
  const edits: TextEdit[] = [];
  for (const setting of spelled) {
    const anchor = anchorOf(workload, setting.beside ?? words.home, documents);
    if (!anchor || (isCamel(anchor.entry.key) && !chartKeys.test(setting.key))) return undefined;
    const { document, entry } = anchor;
    const isLine = entry.style === 'toml' && entry.indent !== undefined;
    const made = isLine ? inTable(document, entry, setting) : setting.table === undefined ? beside(document, entry, setting, words) : undefined;
    if (!made) return undefined;
    edits.push(made);
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
function placed(fact: Fact, documents: Documents): Place | undefined {
  if (!fact.span || fact.origin === 'assumption') return undefined;
  const document = documents(fact.span.uri);
  // A stored notebook's program is not its file's text: only an editor can change its cells.
  const entry = document && entryAt(document.text, document.language, fact.span.start, fact.span.end);
  return document && entry ? { document, entry } : undefined;
}
/** A written setting of the same construct, the last of the file: new ones stand behind it. */
function anchorOf(workload: Workload, home: RegExp, documents: Documents): Place | undefined {
  const places = workload.facts.flatMap((fact) => placed(fact, documents) ?? []).filter(({ entry }) => home.test(snake(entry.key)) && entry.style !== 'assign');
  const own = (place: Place): number => Number(place.document.uri === workload.span.uri);
  return places.sort((a, b) => own(b) - own(a) || b.entry.start - a.entry.start)[0];
}
