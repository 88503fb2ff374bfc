import type { Configured, Fact, FactValue, Origin, UnknownFact } from '../../model/fact.js';

/** A value that the program's text decides, with where it stands, or why the text does not decide it. */
export type Evaluated = KnownValue | UnknownValue;
export interface KnownValue {
  readonly known: true;
  readonly value: FactValue | null;
  readonly origin: Origin;
  readonly start: number;
  readonly end: number;
  /** Command-line option that may replace it. */
  readonly param?: string;
  readonly note?: string;
  readonly configured?: Configured;
}
export interface UnknownValue {
  readonly known: false;
  readonly reason: string;
  readonly start: number;
  readonly end: number;
  readonly param?: string;
  readonly imported?: NonNullable<UnknownFact['imported']>;
  readonly configured?: Configured;
}
/** Longest chain of names, calls and attributes that is followed. */
export const maxSteps = 60;

/** A value that reached its use by name. A default or an import stays what it is. */
export const asVariable = (value: Evaluated): Evaluated => (value.known && value.origin === 'literal' ? { ...value, origin: 'variable' } : value);

/** The default of a parameter that a caller or a command line may replace. */
export const asParameter = (value: Evaluated, name: string): Evaluated =>
  value.known
    ? {
        ...value,
        origin: value.origin === 'literal' ? 'default' : value.origin,
        param: value.param ?? name,
        note: value.note ?? `default of the parameter ${name}`,
      }
    : value;

/** A fact of a value, or an unknown fact that says why. None (null) is neither: the setting is off. */
export function factOf(
  uri: string,
  name: string,
  found: Evaluated,
  change: (value: FactValue) => FactValue | undefined = (value) => value,
): Fact | UnknownFact | undefined {
  const span = { uri, start: found.start, end: found.end };
  const param = found.param === undefined ? {} : { param: found.param };
  if (!found.known) {
    return {
      name,
      reason: found.reason,
      need: `write ${name.replaceAll('_', ' ')} where it can be read, or set it for this workload`,
      span,
      ...param,
      ...(found.imported ? { imported: found.imported } : {}),
      ...(found.configured ? { configured: found.configured } : {}),
    };
  }
  const value = found.value === null ? undefined : change(found.value);
  return value === undefined
    ? undefined
    : {
        name,
        value,
        origin: found.origin,
        span,
        ...param,
        ...(found.note === undefined ? {} : { note: found.note }),
        ...(found.configured ? { configured: found.configured } : {}),
      };
}

/** What an operator makes of two values, where reading decides it. */
export function arithmetic(op: string, a: FactValue | null, b: FactValue | null): FactValue | undefined {
  if (op === '==') return a === b;
  if (op === '!=') return a !== b;
  if (op === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
  if (op === '/' && typeof a === 'string' && typeof b === 'string') return `${a.replace(/\/$/, '')}/${b}`;
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  const value = operators[op]?.(a, b);
  return typeof value === 'boolean' || (value !== undefined && Number.isFinite(value)) ? value : undefined;
}
const operators: Readonly<Record<string, (a: number, b: number) => number | boolean>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': (a, b) => a - b * Math.floor(a / b),
  '**': (a, b) => a ** b,
  '<<': (a, b) => a * 2 ** b,
  '>>': (a, b) => Math.floor(a / 2 ** b),
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};
