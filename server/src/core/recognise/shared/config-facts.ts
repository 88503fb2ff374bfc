import type { Fact, FactValue, Origin, UnknownFact } from '../../model/fact.js';
import type { Span } from '../../model/span.js';
import type { WorkloadKind } from '../../model/workload.js';
import { isTemplated } from '../../syntax/template.js';
import { at, entriesOf, entryOf, itemsOf, scalarOf, textOf, type Value } from '../../syntax/value.js';
import type { Reference, SeenWorkload } from '../types.js';

/** Reads a scalar as a fact's value; undefined where it is no such value. */
export type Read = (value: Value) => FactValue | undefined;

/** A fact's name, the key that states it (`a.b` for nested ones), and how to read it. */
export type Field = readonly [name: string, path: string, read: Read];

/** Collects facts out of one configuration. The first statement of a fact wins. */
export class ConfigFacts {
  readonly facts: Fact[] = [];
  readonly unknown: UnknownFact[] = [];
  readonly refs: Reference[] = [];
  private readonly uri: string;
  private readonly root: Value;

  /** @assumes interpolations (`${a.b}`) are paths from `root` */
  constructor(uri: string, root: Value) {
    this.uri = uri;
    this.root = root;
  }

  has(name: string): boolean {
    return this.facts.some((fact) => fact.name === name) || this.unknown.some((fact) => fact.name === name);
  }

  /** Takes each field that the configuration states. Keys may be overridden on a command line by the same path. */
  fields(fields: readonly Field[]): this {
    for (const [name, path, read] of fields) this.take(name, at(this.root, ...steps(path)), read, path.replaceAll('-', '_'));
    return this;
  }

  /** Takes one value for a fact; true if the fact is known, or known to be unknown. */
  take(name: string, value: Value | undefined, read: Read, param?: string): boolean {
    if (this.has(name)) return true;
    if (value?.kind !== 'scalar' || value.value === null) return false;
    const { written, origin, missing } = this.follow(value);
    const overridable = param === undefined ? {} : { param };
    if (missing !== undefined) {
      this.unknown.push({ name, reason: `${missing} is filled in elsewhere`, need: `the value of ${missing}`, span: this.span(value), ...overridable });
      return true;
    }
    const result = written && read(written);
    if (result === undefined || written === undefined) return false;
    this.facts.push({
      name,
      value: result,
      origin: origin === 'literal' && written.uri !== undefined && written.uri !== this.uri ? 'other-file' : origin,
      span: this.span(written),
      ...overridable,
    });
    return true;
  }

  /** States a fact that the construct at a value decides. */
  put(name: string, value: FactValue, place: { readonly start: number; readonly end: number }, origin: Origin = 'literal', note?: string): void {
    if (!this.has(name)) this.facts.push({ name, value, origin, span: this.span(place), ...(note === undefined ? {} : { note }) });
  }

  /** States that a fact is decided where it cannot be seen. */
  open(name: string, reason: string, need: string, place: { readonly start: number; readonly end: number }): void {
    if (!this.has(name)) this.unknown.push({ name, reason, need, span: this.span(place) });
  }
  /** The size of a mixture is not that of the data set that is named first; a slice is not the whole. */
  mixed(listed: Value | undefined): void {
    const items = itemsOf(listed);
    const entries = entriesOf(listed);
    const many = Math.max(items.length, entries.length);
    const sliced = items.some((item) => /\[/.test(String(scalarOf(at(item, 'split')) ?? '')) || at(item, 'shards') || at(item, 'weight'));
    const part = entries.some(({ value }) => Number(scalarOf(value)) < 1);
    if (listed && (many > 1 || sliced || part))
      this.open(
        'dataset_size',
        many > 1 ? `${many} data sets are mixed` : 'a part of the data set is taken',
        'state the number of samples of the whole',
        listed,
      );
  }

  /** Names a configuration file of the same run. */
  refer(value: Value | undefined): void {
    const target = textOf(value);
    if (value && target && !isTemplated(target)) this.refs.push({ role: 'config', target, span: this.span(value) });
  }

  span(place: { readonly start: number; readonly end: number; readonly uri?: string }): Span {
    return { uri: place.uri ?? this.uri, start: place.start, end: place.end };
  }

  workload(
    kind: WorkloadKind,
    framework: string,
    title: string | undefined,
    place: { readonly start: number; readonly end: number } = this.root,
  ): SeenWorkload {
    return {
      kind,
      framework,
      ...(title === undefined ? {} : { title }),
      span: this.span(place),
      facts: this.facts,
      unknown: this.unknown,
      refs: this.refs,
    };
  }

  /** Where a value really stands: through `${a.b}`, or the default in `${VAR:-8}`. */
  private follow(value: Value): { written?: Value; origin: Origin; missing?: string } {
    let here = value;
    let origin: Origin = 'literal';
    for (let hop = 0; hop < 8; hop++) {
      const text = scalarOf(here);
      if (typeof text !== 'string') return { written: here, origin };
      if (isTemplated(text)) return { origin, missing: text.replace(/^.*?\u00a7_*(.*?)_*\u00a7.*$/s, '{{ $1 }}') };
      if (text === '???') return { origin, missing: 'a required value (???)' };
      if (/^<[A-Za-z][\w .:-]*>$/.test(text)) return { origin, missing: text };
      const link = /^\$\{([^{}:]+)\}$/.exec(text)?.[1];
      const target = link === undefined ? undefined : at(this.root, ...steps(link));
      if (target?.kind === 'scalar' && target !== here) {
        if (target.value === null) return { origin, missing: text };
        here = target;
        origin = 'variable';
        continue;
      }
      const { text: expanded, missing, fromDefault } = expandVariables(text);
      if (missing !== undefined) return { origin, missing };
      if (fromDefault && here.kind === 'scalar') return { written: { ...here, value: expanded, raw: expanded }, origin: 'default' };
      return { written: here, origin };
    }
    return { origin, missing: textOf(value) ?? 'a value' };
  }
}

/** A text with `${VAR:-default}` replaced by the default; `missing` names a variable that has none. */
export function expandVariables(text: string): { text: string; missing?: string; fromDefault: boolean } {
  if (!text.includes('$')) return { text, fromDefault: false };
  let missing: string | undefined;
  let fromDefault = false;
  const expanded = text.replace(variable, (whole: string, name: string | undefined, byDefault: string | undefined, env: string | undefined) => {
    const value = byDefault ?? env;
    if (value !== undefined) {
      fromDefault = true;
      return value.replace(/^(["'])(.*)\1$/, '$2');
    }
    missing ??= name === undefined ? whole : `$${name}`;
    return whole;
  });
  return { text: expanded, fromDefault, ...(missing === undefined ? {} : { missing }) };
}
/** `${VAR}`, `${VAR:-default}`, `${oc.env:VAR,default}`, `$VAR`, `$(VAR)`. */
const variable = /\$\{(?:(\w[\w.]*)(?::?-([^{}]*))?|oc\.env:\w+(?:,\s*([^{}]*))?|[^{}]*)\}|\$\(?\w+\)?/g;

export const steps = (path: string): (string | number)[] => path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));

// What a fact's value may look like in a file.
export const text: Read = (value) => {
  const written = textOf(value)?.trim();
  return written === undefined || written === '' ? undefined : written;
};
/** A number, also as `"8"`, `60_000`, `1e5`. */
export const number: Read = (value) => numberOf(scalarOf(value));
export const integer: Read = (value) => {
  const read = numberOf(scalarOf(value));
  return read !== undefined && Number.isInteger(read) ? read : undefined;
};
/** A count that is left out where it is negative or zero (`max_steps: -1`). */
export const positive: Read = (value) => {
  const read = numberOf(scalarOf(value));
  return read !== undefined && read > 0 ? read : undefined;
};
/** A positive integer, or `auto`. */
export const integerOrAuto: Read = (value) => (/^auto$/i.test(textOf(value) ?? '') ? 'auto' : positive(value));
/** True or false, as the tools that read these files understand them: `yes`, `off`, `True`, `"false"` too. */
export const flag: Read = (value) => flagOf(value);
/** What scales a service: an HPA, or KEDA. */
export const scalerName: Read = (value) => (textOf(value) === 'ScaledObject' ? 'keda' : 'hpa');
export const lower: Read = (value) => textOf(value)?.trim().toLowerCase() || undefined;
/** Last part of a dotted name: `torch.optim.AdamW`. */
export const lastPart: Read = (value) => textOf(value)?.trim().split('.').at(-1) || undefined;
/** Compute type out of `bf16-true`, `amp_bf16`, `bfloat16`, `16-mixed`. */
export const precision: Read = (value) => precisionOf(textOf(value));

export function numberOf(value: string | number | boolean | null | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^[-+]?\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?$|^[-+]?\.\d+$/i.test(value.trim())) return undefined;
  const read = Number(value.trim().replaceAll('_', ''));
  return Number.isFinite(read) ? read : undefined;
}
export function flagOf(value: Value | undefined): boolean | undefined {
  const written = scalarOf(value);
  if (typeof written === 'boolean') return written;
  if (typeof written !== 'string') return undefined;
  if (/^(?:true|yes|on)$/i.test(written)) return true;
  return /^(?:false|no|off)$/i.test(written) ? false : undefined;
}
export function precisionOf(written: string | undefined): string | undefined {
  const name = written?.trim().toLowerCase() ?? '';
  if (/bf16|bfloat16/.test(name)) return 'bf16';
  if (/fp8|float8|transformer-engine/.test(name)) return 'fp8';
  if (/fp16|float16|^half$|^16(?:-|$)/.test(name)) return 'fp16';
  if (/fp32|float32|^float$|^32(?:-|$)|^full$/.test(name)) return 'fp32';
  return name === 'auto' ? 'auto' : undefined;
}
/** ZeRO stage that the name of a DeepSpeed file tells: `zero3_bf16.json`, `ds_z2_offload_config.json`, `stage3_no_offloading.conf`. */
export function strategyOfFile(target: string): string {
  const stage = /(?:zero|z|stage)[-_]?([0-3])(?!\d)/i.exec(target.split('/').at(-1) ?? target)?.[1];
  return stage === undefined ? 'deepspeed' : `zero${stage}`;
}
/** States a fact as the product of the axes of a mesh, where each that is written is a number; -1 is decided at run time. */
export function putProduct(facts: ConfigFacts, name: string, axes: readonly (Value | undefined)[]): void {
  const written = axes.filter((axis) => axis !== undefined);
  const sizes = written.map((axis) => numberOf(textOf(axis)) ?? -1);
  const [first] = written;
  if (first && sizes.every((size) => size > 0))
    facts.put(
      name,
      sizes.reduce((all, size) => all * size, 1),
      first,
      'default',
      'product of the axes of the mesh',
    );
}
/** Number of the keys that a map has. */
export const countKeys = (root: Value, keys: readonly string[]): number => keys.filter((key) => entryOf(root, key) !== undefined).length;
