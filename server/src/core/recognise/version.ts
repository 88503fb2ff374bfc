import type { Span } from '../model/span.js';

/** A released version as numbers: `0.9.6` is [0, 9, 6]. */
export type Version = readonly number[];

/** What a requirement allows: from `lower` on, below `upper`; both absent: anything. */
export interface Constraint {
  readonly lower?: Version;
  readonly upper?: Version;
  /** True where one version, and no other, is allowed. */
  readonly exact?: true;
}

/** A version of a library that a file asks for. */
export interface Pin extends Constraint {
  readonly library: Library;
  /** As written: `==0.9.6`, `>=4.40,<5`, `v0.6.4`. */
  readonly written: string;
  readonly span: Span;
}
/** Libraries whose defaults differ between versions in what costs money. */
export type Library = 'torch' | 'transformers' | 'trl' | 'vllm' | 'axolotl' | 'llamafactory' | 'tgi' | 'sglang';

/** The numbers of a version, without what marks builds and candidates. */
export function versionOf(text: string): Version | undefined {
  const numbers = /^v?(\d+(?:\.\d+)*)/.exec(text.trim())?.[1];
  return numbers?.split('.').map(Number);
}
/** Negative, zero or positive; a missing part is 0. */
export function compareVersions(a: Version, b: Version): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
/** The version after all that share the first `parts` numbers. */
const after = (version: Version, parts: number): Version => version.slice(0, parts).map((one, at) => (at === parts - 1 ? one + 1 : one));
/** The next version that nobody confuses with this one. */
const next = (version: Version): Version => [...version, 0, 1];

/** A requirement as people write it: PEP 440 (`>=4.40,<5`, `~=0.9.3`, `==0.9.*`), conda's `=0.9`, poetry's `^0.9` and bare `0.9.6`, a tag.
 * @unknown undefined for what allows anything (`*`) */
export function constraintOf(written: string, form: 'requirement' | 'exact' | 'poetry'): Constraint | undefined {
  const parts = written.split(',').map((part) => part.trim().replace(/["']/g, ''));
  let lower: Version | undefined;
  let upper: Version | undefined;
  let exact = false;
  const below = (version: Version): void => {
    if (!upper || compareVersions(version, upper) < 0) upper = version;
  };
  for (const part of parts) {
    const [, operator = '', text = ''] = /^(===?|>=|<=|~=|!=|<|>|=|\^|~)?\s*(.*)$/.exec(part) ?? [];
    const version = versionOf(text);
    if (!version || operator === '!=') continue;
    const wild = /\.\*$/.test(text);
    if (operator === '<') below(version);
    else if (operator === '<=') below(next(version));
    else if (operator === '>=' || operator === '>') lower = version;
    else if (operator === '^') {
      lower = version;
      const first = version.findIndex((one) => one > 0);
      below(after(version, first < 0 ? version.length : first + 1));
    } else if (operator === '~=' || operator === '~') {
      lower = version;
      below(after(version, operator === '~=' ? Math.max(1, version.length - 1) : Math.min(2, version.length)));
    } else if (wild || (operator === '=' && version.length < 3 && form === 'requirement')) {
      lower = version;
      below(after(version, version.length));
    } else {
      lower = version;
      upper = next(version);
      exact = true;
    }
  }
  return lower || upper ? { ...(lower && { lower }), ...(upper && { upper }), ...(exact && { exact: true as const }) } : undefined;
}
