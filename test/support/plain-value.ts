import type { Value } from '../../server/src/core/syntax/value.js';

/** A value without places, for comparing. */
export const plain = (value: Value | undefined): unknown =>
  value === undefined
    ? undefined
    : value.kind === 'scalar'
      ? value.value
      : value.kind === 'seq'
        ? value.items.map(plain)
        : Object.fromEntries(value.entries.map((entry) => [entry.key, plain(entry.value)]));
