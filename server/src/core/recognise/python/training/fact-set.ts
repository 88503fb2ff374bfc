import type { Fact, FactValue, UnknownFact } from '../../../model/fact.js';
import type { Expr } from '../../../syntax/python/ast.js';
import type { Evaluated } from '../../shared/evaluated.js';
import type { PythonInput, Reference } from '../../types.js';

type Change = (value: FactValue) => FactValue | undefined;

/** The facts of one workload while they are gathered: the first known value of a name stays, a known one replaces an unknown one. */
export class FactSet {
  private readonly known = new Map<string, Fact>();
  private readonly open = new Map<string, UnknownFact>();
  private readonly more: Fact[] = [];
  readonly refs: Reference[] = [];
  private readonly input: PythonInput;
  constructor(input: PythonInput) {
    this.input = input;
  }
  has(name: string): boolean {
    return this.known.has(name);
  }
  /** True where a value is decided where it cannot be seen. */
  isOpen(name: string): boolean {
    return this.open.has(name);
  }
  get(name: string): Fact | undefined {
    return this.known.get(name);
  }
  add(found: Fact | UnknownFact | undefined): void {
    if (!found || this.known.has(found.name)) return;
    if ('value' in found) {
      this.known.set(found.name, found);
      this.open.delete(found.name);
    } else if (!this.open.has(found.name)) this.open.set(found.name, found);
  }
  /** The value of an expression where it is used. */
  read(name: string, expr: Expr | undefined, change?: Change): void {
    if (expr && !this.known.has(name)) this.add(this.input.evaluate.fact(name, expr, change));
  }
  /** A value that is already evaluated. */
  put(name: string, found: Evaluated | undefined, change?: Change): void {
    if (found) this.add(this.input.evaluate.toFact(name, found, change));
  }
  /** A value that follows from a construct at a place. */
  follows(name: string, value: FactValue, place: { start: number; end: number }, more: Pick<Fact, 'note' | 'param'> = {}): void {
    this.add({ name, value, origin: 'default', span: { uri: this.input.document.uri, start: place.start, end: place.end }, ...more });
  }
  /** A value that is written as the construct itself, not as an argument: a class's or function's name. */
  written(name: string, value: FactValue, place: { start: number; end: number }): void {
    this.add({ name, value, origin: 'literal', span: { uri: this.input.document.uri, start: place.start, end: place.end } });
  }
  /** A fact that may be said several times, each under its own option. */
  also(fact: Fact): void {
    this.more.push(fact);
  }
  forget(name: string): void {
    this.known.delete(name);
    this.open.delete(name);
  }
  get result(): { facts: Fact[]; unknown: UnknownFact[]; refs: Reference[] } {
    return { facts: [...this.known.values(), ...this.more], unknown: [...this.open.values()], refs: this.refs };
  }
}

/** A positive whole number, or nothing. */
export const count: Change = (value) => {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number > 0 ? Math.round(number) : undefined;
};
/** A positive number, or nothing. */
export const amount: Change = (value) => (Number(value) > 0 && typeof value !== 'boolean' ? Number(value) : undefined);
/** A text that is not empty. */
export const text: Change = (value) => (typeof value === 'string' && value.trim() !== '' ? value : undefined);
/** On, where it is; off is said too. */
export const flag: Change = (value) => (typeof value === 'boolean' ? value : value === 'True' || value === 'true' ? true : undefined);
