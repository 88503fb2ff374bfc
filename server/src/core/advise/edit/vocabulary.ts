import type { FactValue } from '../../model/fact.js';

/** A setting as a framework spells it. */
export interface Spelled {
  /** With `_`; flags are written with `-` where the framework does. */
  readonly key: string;
  /** `true` and `false` are written as the language does. */
  readonly value: FactValue;
  /** Settings beside which this one may stand, where not every setting of the framework will do. */
  readonly beside?: RegExp;
  /** The table of a TOML file that it belongs to, where that is not the one of its neighbours; made where there is none. */
  readonly table?: string;
  /** It stands beside what says the fact now, which stays: FP8 recipes want bf16 around them. */
  readonly also?: true;
  /** Its value is an item of a list, which holds nothing else. */
  readonly listed?: true;
  /** What the file has to show: releases spell the setting differently. */
  readonly shows?: RegExp;
  /** It has to be said where it is off as well: the library has it on. */
  readonly said?: true;
}
/** How one framework says the facts that advice changes; a fact without a spelling is not written. */
export interface Vocabulary {
  /** Settings beside which a new one may stand. */
  readonly home: RegExp;
  readonly dashes?: true;
  /** @returns nothing to write where another setting says it already; undefined where the framework has no word for it */
  spell(fact: string, value: FactValue): readonly Spelled[] | undefined;
  /** True where it has words for some values of the fact. */
  has(fact: string): boolean;
}
export type Words = Readonly<Record<string, (value: FactValue) => readonly Spelled[] | undefined>>;

/** The setting has the fact's own value. */
export const one =
  (key: string, beside?: RegExp) =>
  (value: FactValue): readonly Spelled[] => [{ key, value, ...(beside ? { beside } : {}) }];
/** Some values have words of their own; the others have none. */
export const oneOf =
  (words: Readonly<Record<string, readonly Spelled[]>>) =>
  (value: FactValue): readonly Spelled[] | undefined =>
    words[String(value)];

export const vocabulary = (home: RegExp, words: Words, dashes?: true): Vocabulary => ({
  home,
  ...(dashes ? { dashes } : {}),
  spell: (fact, value) => words[fact]?.(value),
  has: (fact) => words[fact] !== undefined,
});
