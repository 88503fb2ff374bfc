import { categoryOf, trafficOf } from '../category.js';
import type { CostView } from '../cost-view.js';
import type { Decimal } from '../decimal.js';
import { type DimensionName, dimensionAt, dimensionNames, isCategoryKey, type TagName, type Tuple, tagNames, tagOf } from '../dimensions.js';

/** Text of a cell of the row in hand; empty for a cell below 0. */
export type TextOf = (cell: number) => string;
/** An amount that stands in one cell, or that several make. */
export type Amount = number | ((text: TextOf) => Decimal | undefined);

/** How the rows of one file become charges. Cells are counted from 0; −1: the file has no such column. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly billed: Amount;
  /** Amortised cost; absent where the file does not tell it. */
  readonly effective?: Amount;
  readonly quantity: number;
  /** What a row tells of how the file tells commitments; absent where its columns do. */
  readonly view?: (text: TextOf) => CostView | undefined;
  /** Cells that say which charge a row is, the amounts and what may be restated left out. */
  readonly identity: readonly number[];
  /** Where it has no resource, tags say which charge it is. */
  readonly resource: number;
  readonly tags: readonly number[];
  /** Cells that the tuple is made of. */
  readonly reads: readonly number[];
  tuple(text: TextOf): Tuple;
}
/** An export that is understood: one file each. */
export interface SpendFormat {
  readonly id: (columns: Columns) => string;
  /** Document that names its columns. */
  readonly source: string;
  readonly is: (columns: Columns) => boolean;
  readonly map: (columns: Columns) => Mapping;
}

/** The header of a file. Case, spaces, slashes and underscores do not matter: `lineItem/UnblendedCost` is `line_item_unblended_cost`. */
export class Columns {
  readonly names: readonly string[];
  private readonly cells = new Map<string, number>();
  constructor(names: readonly string[]) {
    this.names = names;
    names.forEach((name, cell) => {
      const key = plain(name);
      if (!this.cells.has(key)) this.cells.set(key, cell);
    });
  }
  /** Cell of the first of the names that is there, else −1. */
  cell(...names: readonly string[]): number {
    for (const name of names) {
      const found = this.cells.get(plain(name));
      if (found !== undefined) return found;
    }
    return -1;
  }
  has(...names: readonly string[]): boolean {
    return names.every((name) => this.cell(name) >= 0);
  }
  all(...names: readonly string[]): number[] {
    return names.map((name) => this.cell(name)).filter((cell) => cell >= 0);
  }
  /** Columns that are one tag each: `x_team`, `resource_tags/user:team`. */
  tags(): { readonly tag: TagName; readonly cell: number }[] {
    return this.names.flatMap((name, cell) => {
      const tag = tagOf(name);
      return tag === undefined ? [] : [{ tag, cell }];
    });
  }
}
const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Worked out from what a charge says. */
const derived = ['category', 'traffic'] as const;
type Derived = (typeof derived)[number];

/** Which cells say what, by dimension; the tags and what is derived are worked out. */
export interface Where extends Partial<Record<Exclude<DimensionName, TagName | Derived>, number | ((text: TextOf) => string)>> {
  readonly serviceCategory?: number;
  readonly usage: readonly number[];
  /** Cells with all tags of a row. */
  readonly tags: readonly number[];
  readonly readTags: (text: string) => Iterable<readonly [string, string]>;
  /** Cells that the functions above look into. */
  readonly also?: readonly number[];
}

/** The tuple of a row, and the cells that it depends on. */
export function tupleFrom(columns: Columns, where: Where): Pick<Mapping, 'reads' | 'tuple'> {
  const single = columns.tags();
  const direct = dimensionNames.flatMap((name, at) => {
    const from = isDerived(name) || isTag(name) ? undefined : where[name];
    return from === undefined ? [] : [{ at, from }];
  });
  const cells = [
    ...direct.flatMap(({ from }) => (typeof from === 'number' ? [from] : [])),
    ...where.usage,
    ...where.tags,
    ...(where.also ?? []),
    ...single.map(({ cell }) => cell),
    where.serviceCategory ?? -1,
  ];
  return {
    reads: [...new Set(cells)].filter((cell) => cell >= 0).sort((a, b) => a - b),
    tuple: (text) => {
      const tags: Partial<Record<TagName, string>> = {};
      let category = '';
      for (const { tag, cell } of single) if (text(cell) !== '') tags[tag] = text(cell);
      for (const cell of where.tags)
        for (const [key, value] of where.readTags(text(cell))) {
          const tag = tagOf(key);
          if (tag !== undefined && value !== '') tags[tag] ??= value;
          if (isCategoryKey(key)) category = value;
        }
      const tuple: string[] = dimensionNames.map((name) => (isTag(name) ? (tags[name] ?? '') : ''));
      for (const { at, from } of direct) tuple[at] = typeof from === 'number' ? text(from) : from(text);
      const service = tuple[dimensionAt.service] ?? '';
      const usage = where.usage.map(text).join(' ');
      const found = categoryOf({ tag: category, task: tags.task ?? '', service, serviceCategory: text(where.serviceCategory ?? -1), usage });
      tuple[dimensionAt.category] = found;
      tuple[dimensionAt.traffic] = found === 'transfer' ? trafficOf(usage) : '';
      return tuple;
    },
  };
}
const isDerived = (name: DimensionName): name is Derived => (derived as readonly string[]).includes(name);
const isTag = (name: string): name is TagName => (tagNames as readonly string[]).includes(name);

/** Tags as a JSON object (`{"team": "x"}`), or as a JSON list of key and value. Text that is neither says nothing. */
export function* jsonTags(text: string): Iterable<readonly [string, string]> {
  if (text === '' || text === '{}' || text === '[]') return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return;
  }
  if (Array.isArray(value)) {
    for (const one of value as unknown[]) {
      if (typeof one !== 'object' || one === null) continue;
      const { key, value: said } = one as { key?: unknown; value?: unknown };
      if (typeof key === 'string') yield [key, shown(said)];
    }
  } else if (typeof value === 'object' && value !== null) for (const [key, said] of Object.entries(value)) yield [key, shown(said)];
}
const shown = (value: unknown): string => (typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value));
