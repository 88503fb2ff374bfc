import { dimensionNames, type Tuple } from './dimensions.js';

/** Stands for the values of a dimension beyond its limit: their money stays in the sums. */
export const overLimit = '(over limit)';
/** Values that one dimension keeps apart in one month. What is beyond is shown as one. */
export const cardinality = { values: 10_000, tuples: 20_000 } as const;

interface DictionaryFile {
  readonly values: readonly (readonly string[])[];
  readonly tuples: readonly (readonly number[])[];
}

/** The tuples of one month, numbered in the order in which they came. */
export class Dictionary {
  private readonly values: string[][];
  private readonly ids: Map<string, number>[];
  private readonly list: number[][] = [];
  private readonly byKey = new Map<string, number>();
  private readonly limits: { readonly values: number; readonly tuples: number };
  constructor(file?: DictionaryFile, limits: { readonly values: number; readonly tuples: number } = cardinality) {
    this.limits = limits;
    this.values = dimensionNames.map((_, at) => [...(file?.values[at] ?? [''])]);
    this.ids = this.values.map((list) => new Map(list.map((value, id) => [value, id])));
    // what an older ledger does not say of a charge is not said
    for (const tuple of file?.tuples ?? []) this.number(dimensionNames.map((_, at) => tuple[at] ?? 0));
  }
  static read = (text: string): Dictionary => new Dictionary(JSON.parse(text) as DictionaryFile);
  text = (): string => JSON.stringify({ values: this.values, tuples: this.list } satisfies DictionaryFile);
  get size(): number {
    return this.list.length;
  }
  tuple(id: number): Tuple {
    return (this.list[id] ?? []).map((value, at) => this.values[at]?.[value] ?? '');
  }
  id(tuple: Tuple): number {
    const numbers = tuple.map((value, at) => this.value(value, at));
    const known = this.byKey.get(numbers.join());
    if (known !== undefined) return known;
    let room = this.limits.tuples;
    if (this.list.length < room) return this.number(numbers);
    // too many combinations: the dimension with most values is given up, for a quarter more of them, then the next
    const widest = this.values.map((list, at) => [list.length, at] as const).sort((a, b) => b[0] - a[0]);
    for (const [, at] of widest) {
      if (dimensionNames[at] === 'currency') continue;
      numbers[at] = this.overflow(at);
      room += this.limits.tuples / 4;
      const found = this.byKey.get(numbers.join());
      if (found !== undefined) return found;
      if (this.list.length < room) return this.number(numbers);
    }
    return this.number(numbers);
  }
  private value(value: string, at: number): number {
    const ids = this.ids[at] as Map<string, number>;
    const known = ids.get(value);
    if (known !== undefined) return known;
    const list = this.values[at] as string[];
    // money of two currencies is never one sum
    if (list.length >= this.limits.values && dimensionNames[at] !== 'currency') return this.overflow(at);
    ids.set(value, list.length);
    return list.push(value) - 1;
  }
  private overflow(at: number): number {
    const ids = this.ids[at] as Map<string, number>;
    const known = ids.get(overLimit);
    if (known !== undefined) return known;
    const list = this.values[at] as string[];
    ids.set(overLimit, list.length);
    return list.push(overLimit) - 1;
  }
  private number(numbers: readonly number[]): number {
    const id = this.list.push([...numbers]) - 1;
    this.byKey.set(numbers.join(), id);
    return id;
  }
}
