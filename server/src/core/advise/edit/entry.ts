import type { Language } from '../../text/language.js';

/** How a setting is written where it stands. */
export type Style = 'keyword' | 'dict' | 'assign' | 'yaml' | 'toml' | 'json' | 'flag' | 'flag=' | 'override' | 'args' | 'args=' | 'flow-args' | 'flow-args=';

/** A setting with its value in a text: `bf16=True`, `bf16: true`, `--dtype bfloat16`. */
export interface Entry {
  readonly style: Style;
  /** As written, without dashes: `kv-cache-dtype`. */
  readonly key: string;
  /** Of the key (with its dashes or quotes) up to the end of the value (with its quotes). */
  readonly start: number;
  readonly end: number;
  /** Of the value as it stands, with its quotes. */
  readonly valueStart: number;
  readonly quote: '' | '"' | "'";
  /** Blanks in front of the entry where it begins its line. */
  readonly indent?: string;
  /** A switch that stands without a value: `--bf16`. */
  readonly bare?: true;
}

type Pattern = readonly [style: Style, before: RegExp];
/** What stands in front of a value, by language, the most exact first. The first group is the whole key, the second its name. */
const patterns: Readonly<Partial<Record<Language, readonly Pattern[]>>> = {
  python: [
    ['keyword', /(?<=[(,]\s*(?:#[^\n]*\n\s*)*)(?<![\w.])(([A-Za-z_]\w*)\s*=\s*)$/],
    ['assign', /(?<![\w.-])(([A-Za-z_][\w.]*)\s*(?::[^=\n]+)?=\s*)$/],
    ['flow-args=', /(?<=[[,]\s*(?:#[^\n]*\n\s*)*)(["']--([\w.-]+)=)$/],
    ['flag=', /((?<![\w-])--([\w.-]+)=)$/],
    ['flag', /((?<![\w-])--([\w.-]+)(?:[ \t]|\\\r?\n)+)$/],
    ['dict', /((?:["'])(\w+)(?:["'])\s*:\s*)$/],
    ['flow-args', /((?:["'])--([\w.-]+)(?:["'])\s*,\s*)$/],
  ],
  yaml: [
    ['args=', /(-\s+["']?--([\w.-]+)=)$/],
    ['flow-args', /((?:["'])--([\w.-]+)(?:["'])\s*,\s*)$/],
    ['flow-args=', /(?<=[[,]\s*)(["']--([\w.-]+)=)$/],
    ['args', /(-\s+["']?--([\w.-]+)["']?[ \t]*\r?\n[ \t]*-\s+)$/],
    ['flag=', /((?<![\w-])--([\w.-]+)=)$/],
    ['flag', /((?<![\w-])--([\w.-]+)(?:[ \t]|\\\r?\n)+)$/],
    ['override', /((?<![\w.-])\+{0,2}([a-z]\w*(?:\.\w+)+)=)$/],
    ['yaml', /((?:["']?)([A-Za-z_][\w./-]*)(?:["']?)\s*:[ \t]+)$/],
  ],
  toml: [
    ['flow-args=', /(?<=[[,]\s*(?:#[^\n]*\n\s*)*)(["']--([\w.-]+)=)$/],
    ['flow-args', /((?:["'])--([\w.-]+)(?:["'])\s*,\s*)$/],
    ['flag=', /((?<![\w-])--([\w.-]+)=)$/],
    ['flag', /((?<![\w-])--([\w.-]+)(?:[ \t]|\\\r?\n)+)$/],
    ['toml', /(?<=^[ \t]*|[{,][ \t]*)(["']?(?:[\w-]+\.)*([\w-]+)["']?[ \t]*=[ \t]*)$/m],
  ],
  json: [['json', /("([^"\n]+)"\s*:\s*)$/]],
  shell: [
    ['flag=', /((?<![\w-])--([\w.-]+)=)$/],
    ['flag', /((?<![\w-])--([\w.-]+)(?:[ \t]|\\\r?\n)+)$/],
    ['override', /((?<![\w.-])\+{0,2}([a-z]\w*(?:\.\w+)+)=)$/],
    ['assign', /(?<=^[ \t]*(?:export[ \t]+)?|[;&][ \t]*|^[ \t]*#SBATCH[ \t]+--?[\w-]*)(([A-Za-z_]\w*)=(?:\$\{\w+:-)?)$/m],
  ],
};

/** The entry whose value a span covers; undefined where the value stands in no setting: a variable, a default, a computed one. */
export function entryAt(text: string, language: Language, start: number, end: number): Entry | undefined {
  // A list's item that holds both: the span is of the whole item.
  const item = /^(["']?)--[\w.-]+=/.exec(text.slice(start, end));
  if (item && end - start > item[0].length) return entryAt(text, language, start + item[0].length, end - (item[1] ?? '').length);
  const alone = switchAt(text, language, start, end);
  if (alone) return alone;
  const before = text[start - 1];
  const first = text[start];
  // A span is of the value with its quotes or without.
  const outside = (before === '"' || before === "'") && text[end] === before ? before : '';
  const inside = (first === '"' || first === "'") && text[end - 1] === first ? first : '';
  const valueStart = outside ? start - 1 : start;
  const valueEnd = outside ? end + 1 : end;
  const head = text.slice(Math.max(0, valueStart - 200), valueStart);
  for (const [style, pattern] of patterns[language] ?? []) {
    const match = pattern.exec(head);
    const [, whole, key] = match ?? [];
    if (whole === undefined || key === undefined) continue;
    const at = valueStart - whole.length;
    return {
      style,
      key,
      start: at,
      end: valueEnd,
      valueStart,
      quote: (outside || inside) as Entry['quote'],
      ...indentAt(text, at),
    };
  }
  return undefined;
}

/** A switch whose span is of all of it. */
function switchAt(text: string, language: Language, start: number, end: number): Entry | undefined {
  const match = /^(["']?)--([\w.-]+)\1$/.exec(text.slice(start, end));
  const key = match?.[2];
  if (key === undefined) return undefined;
  const outside = match?.[1] === '' && text[start - 1] === text[end] && /["']/.test(text[end] ?? '') ? 1 : 0;
  const [at, to] = [start - outside, end + outside];
  const quote = (/^["']/.exec(text.slice(at, to))?.[0] ?? '') as Entry['quote'];
  const inList = /-[ \t]+$/.test(text.slice(Math.max(0, at - 20), at));
  const style = language === 'yaml' && inList ? 'args=' : quote && language !== 'shell' ? 'flow-args=' : 'flag';
  return { style, key, start: at, end: to, valueStart: to, quote, bare: true, ...indentAt(text, at) };
}
function indentAt(text: string, at: number): { readonly indent?: string } {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /^[ \t]*$/.test(line) ? { indent: line } : {};
}
