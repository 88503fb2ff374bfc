/** A value, or the reason why there is none and what would make it known. Nothing stands in for an unknown. */
export type Maybe<T> = Known<T> | Unknown;
export interface Known<T> {
  readonly known: true;
  readonly value: T;
}
export interface Unknown {
  readonly known: false;
  /** Names of the facts that are missing. */
  readonly facts: readonly string[];
  /** What would make it known, one sentence for a person. */
  readonly need: string;
}
export const known = <T>(value: T): Known<T> => ({ known: true, value });
export const unknown = (facts: readonly string[], need: string): Unknown => ({ known: false, facts, need });
