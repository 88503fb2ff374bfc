/** A value out of a configuration file (YAML, JSON, TOML), with its place. Anchors, aliases and merges are resolved: an aliased value has the place of its anchor. */
interface Located {
  readonly start: number;
  readonly end: number;
  /** Document that it stands in, where that is another one than the file that takes it in. */
  readonly uri?: string;
}
export interface Scalar extends Located {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, without quotes. */
  readonly raw: string;
  /** A tag of the application's own: `!include`. */
  readonly tag?: string;
  /** A block scalar's text starts here, for reading a program inside. */
  readonly textStart?: number;
}
export type Value =
  | Scalar
  | (Located & { readonly kind: 'map'; readonly entries: readonly Entry[] })
  | (Located & { readonly kind: 'seq'; readonly items: readonly Value[] });
export interface Entry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: Value;
}

/** The value under a path of keys (and indices), or undefined. */
export function at(value: Value | undefined, ...path: readonly (string | number)[]): Value | undefined {
  let here = value;
  for (const step of path) {
    if (here?.kind === 'map') here = entryOf(here, String(step))?.value;
    else if (here?.kind === 'seq' && typeof step === 'number') here = here.items[step];
    else return undefined;
  }
  return here;
}
/** The entry of a map that is in force: the last of several with the same key. */
export const entryOf = (value: Value | undefined, key: string): Entry | undefined =>
  value?.kind === 'map' ? value.entries.findLast((entry) => entry.key === key) : undefined;
export const entriesOf = (value: Value | undefined): readonly Entry[] => (value?.kind === 'map' ? value.entries : []);
export const itemsOf = (value: Value | undefined): readonly Value[] => (value?.kind === 'seq' ? value.items : []);
export const scalarOf = (value: Value | undefined): string | number | boolean | null | undefined => (value?.kind === 'scalar' ? value.value : undefined);
export const hasKey = (value: Value | undefined, key: string): boolean => entryOf(value, key) !== undefined;
/** The text of a scalar, a number or boolean as written; undefined for null, lists and maps. */
export function textOf(value: Value | undefined): string | undefined {
  if (value?.kind !== 'scalar' || value.value === null) return undefined;
  return typeof value.value === 'string' ? value.value : value.raw;
}

/** A value of another file, with the file in every part. */
export function placedIn(value: Value, uri: string): Value {
  if (value.kind === 'seq') return { ...value, uri, items: value.items.map((item) => placedIn(item, uri)) };
  if (value.kind === 'map') return { ...value, uri, entries: value.entries.map((entry) => ({ ...entry, value: placedIn(entry.value, uri) })) };
  return { ...value, uri };
}
