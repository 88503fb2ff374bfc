import type { FactValue } from '../model/fact.js';
import type { Supposed } from '../model/scenario.js';
import { at, type Entry, entryOf, type Value } from '../syntax/value.js';
import { readYaml } from '../syntax/yaml.js';
import type { Change } from '../text/document.js';

export type SettingEdit =
  | { readonly kind: 'set'; readonly key: 'accelerator' | 'provider' | 'region' | 'market'; readonly value: string }
  /** A named set of suppositions: a new one, or other suppositions under a name that is there. */
  | { readonly kind: 'scenario'; readonly name: string; readonly set: Supposed }
  /** Runs before a day no longer correct. */
  | { readonly kind: 'reset-runs'; readonly since: string }
  | { readonly kind: 'assume'; readonly fact: string; readonly value: FactValue; readonly files?: string }
  | { readonly kind: 'silence'; readonly what: { readonly workload?: string; readonly code?: string; readonly files?: string } };

/** The smallest change of a `.mlcost.yaml` text that keeps an answer: comments, order and everything else stay as they are. */
export function editSettings(text: string, edit: SettingEdit): Change {
  const root = readYaml('', text).roots[0];
  if (edit.kind === 'set') return setEntry(text, entryOf(root, edit.key), '', `${edit.key}: ${scalar(edit.value)}`);
  if (edit.kind === 'reset-runs') {
    const runs = entryOf(root, 'runs');
    const map = runs?.value;
    if (map?.kind === 'map' && map.entries.length > 0 && !isFlow(text, map)) {
      const indent = ' '.repeat(columnOf(text, map.entries[0]?.keyStart ?? 0));
      return setEntry(text, entryOf(map, 'since'), indent, `since: ${edit.since}`, lineEnd(text, trimmedEnd(text, map)));
    }
    return setEntry(text, runs, '', `runs:\n  since: ${edit.since}`);
  }
  if (edit.kind === 'silence') {
    const { files, ...rest } = edit.what;
    const named = Object.entries(edit.what).map(([key, value]) => `${key}: ${scalar(value)}`);
    return addItem(text, root, 'silence', files !== undefined && Object.keys(rest).length === 0 ? [scalar(files)] : named, true);
  }
  if (edit.kind === 'scenario') return setScenario(text, root, edit);
  const assumptions = entryOf(root, 'assumptions');
  const isList = assumptions?.value.kind === 'seq';
  const value = scalar(edit.value);
  if (edit.files === undefined && !isList) {
    // the map form: `assumptions:\n  fact: value`
    const map = assumptions?.value;
    if (map?.kind === 'map' && map.entries.length > 0 && !isFlow(text, map)) {
      const indent = ' '.repeat(columnOf(text, map.entries[0]?.keyStart ?? 0));
      return setEntry(text, entryOf(map, edit.fact), indent, `${edit.fact}: ${value}`, lineEnd(text, map.end));
    }
    const block = `assumptions:\n  ${edit.fact}: ${value}`;
    return setEntry(text, assumptions, '', map?.kind === 'map' && map.entries.length > 0 ? `assumptions:\n${rewritten(map)}  ${edit.fact}: ${value}` : block);
  }
  const same = isList
    ? assumptions.value.items.find(
        (item) => at(item, 'fact')?.kind === 'scalar' && plain(at(item, 'fact')) === edit.fact && plain(at(item, 'files')) === edit.files,
      )
    : undefined;
  const old = at(same, 'value');
  if (old) return { start: old.start, oldEnd: old.end, text: value };
  const lines = [...(edit.files === undefined ? [] : [`files: ${scalar(edit.files)}`]), `fact: ${edit.fact}`, `value: ${value}`];
  if (assumptions?.value.kind === 'map' && assumptions.value.entries.length > 0) {
    // A map cannot say for which files: the entries become a list that can.
    const items = assumptions.value.entries.map((entry) => `  - fact: ${entry.key}\n    value: ${text.slice(entry.value.start, entry.value.end)}\n`).join('');
    return { start: assumptions.keyStart, oldEnd: trimmedEnd(text, assumptions.value), text: `assumptions:\n${items}${item(lines, '  ')}` };
  }
  return addItem(text, root, 'assumptions', lines, false);
}

/** What a scenario of that name supposes; its note, its files and the comments around it stay. */
function setScenario(text: string, root: Value | undefined, { name, set }: { readonly name: string; readonly set: Supposed }): Change {
  const lines = Object.entries(set).map(([word, value]) => `${word}: ${scalar(value)}`);
  const list = entryOf(root, 'scenarios')?.value;
  const same = list?.kind === 'seq' ? list.items.find((item) => plain(at(item, 'name')) === name) : undefined;
  const old = same && entryOf(same, 'set');
  if (!old) return addItem(text, root, 'scenarios', [`name: ${scalar(name)}`, 'set:', ...lines.map((line) => `  ${line}`)], false);
  if (isFlow(text, same) || isFlow(text, old.value)) return { start: old.value.start, oldEnd: old.value.end, text: `{ ${lines.join(', ')} }` };
  const indent = ' '.repeat(columnOf(text, old.keyStart) + 2);
  return {
    start: old.keyStart,
    oldEnd: Math.max(trimmedEnd(text, old.value), old.keyEnd + 1),
    text: `set:\n${lines.map((line) => `${indent}${line}`).join('\n')}`,
  };
}

/** Adds an item to a list under a top-level key, or makes the list. */
function addItem(text: string, root: Value | undefined, key: string, lines: readonly string[], once: boolean): Change {
  const entry = entryOf(root, key);
  const list = entry?.value;
  if (once && list?.kind === 'seq' && list.items.some((one) => text.slice(one.start, one.end) === lines[0])) return { start: 0, oldEnd: 0, text: '' };
  if (entry && list?.kind === 'seq' && list.items.length > 0) {
    const last = list.items.at(-1) as Value;
    if (isFlow(text, list)) return { start: last.end, oldEnd: last.end, text: `, ${lines.length === 1 ? lines[0] : `{ ${lines.join(', ')} }`}` };
    const dash = text.lastIndexOf('-', (list.items[0] as Value).start);
    const indent = ' '.repeat(columnOf(text, dash));
    return insertAt(text, lineEnd(text, trimmedEnd(text, last)), item(lines, indent));
  }
  return setEntry(text, entry, '', `${key}:\n${item(lines, '  ')}`);
}

const item = (lines: readonly string[], indent: string): string => lines.map((line, index) => `${indent}${index === 0 ? '- ' : '  '}${line}`).join('\n');

/** Replaces an entry's value, or adds the entry as a line of its own. */
function setEntry(text: string, entry: Entry | undefined, indent: string, line: string, end = text.length): Change {
  if (!entry) return insertAt(text, end, line.replace(/^/gm, indent));
  const whole = entry.value.end > entry.keyEnd ? trimmedEnd(text, entry.value) : lineEnd(text, entry.keyEnd);
  const stop = Math.max(whole, entry.keyEnd + 1);
  // A comment behind the value stays.
  return { start: entry.keyStart, oldEnd: Math.min(stop, text.length), text: line };
}

function insertAt(text: string, end: number, block: string): Change {
  const before = text.slice(0, end);
  const first = before === '' || before.endsWith('\n') ? '' : '\n';
  const last = end < text.length && text[end] === '\n' ? '' : '\n';
  return { start: end, oldEnd: end, text: `${first}${block}${last}` };
}
const rewritten = (map: Value): string => (map.kind === 'map' ? map.entries.map(({ key, value }) => `  ${key}: ${scalar(plain(value) ?? '')}\n`).join('') : '');
const plain = (value: Value | undefined): FactValue | null | undefined => (value?.kind === 'scalar' ? value.value : undefined);
const isFlow = (text: string, value: Value): boolean => /[[{]/.test(text[value.start] ?? '');
const columnOf = (text: string, offset: number): number => offset - (text.lastIndexOf('\n', offset - 1) + 1);
function lineEnd(text: string, offset: number): number {
  const from = offset > 0 && text[offset - 1] === '\n' ? offset - 1 : offset;
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
/** A block value reaches over the blank lines and comments behind it: its own text ends earlier. */
function trimmedEnd(text: string, value: Value): number {
  if (value.kind === 'map') {
    const last = value.entries.at(-1);
    return last && !isFlow(text, value) ? Math.max(last.keyEnd, trimmedEnd(text, last.value)) : value.end;
  }
  if (value.kind === 'seq') {
    const last = value.items.at(-1);
    return last && !isFlow(text, value) ? trimmedEnd(text, last) : value.end;
  }
  return value.end;
}

/** A value as YAML writes it; quoted where it would be read as something else. */
export function scalar(value: FactValue): string {
  if (typeof value !== 'string') return String(value);
  const plainText =
    /^[A-Za-z_./][\w ./@+*-]*$/.test(value) && !/^(true|false|yes|no|on|off|null|~)$/i.test(value) && !/[ ]$|: | #/.test(value) && !value.startsWith('*');
  return plainText && !/^[.-]?\d/.test(value) ? value : JSON.stringify(value);
}
