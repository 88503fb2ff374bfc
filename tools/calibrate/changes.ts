import type { Catalog } from '../../server/src/core/catalog/catalog.js';
import type { ChangeNoise } from '../../server/src/core/diff/noise.js';
import type { Coefficients } from '../../server/src/core/estimate/coefficients.js';
import { estimate } from '../../server/src/core/estimate/estimate.js';
import { type MeasuredRow, trusted } from './rows.js';

/** Figures of speed, the first that both runs measured. */
const speeds = [
  'tokens_per_s_per_gpu',
  'samples_per_s',
  'step_time_s',
  'output_tokens_per_s',
  'total_tokens_per_s',
  'images_per_s',
  'requests_per_s',
  'latency_ms',
] as const;
/** A change that a person makes touches a few facts. */
const mostChanged = 3;

/** Measured runs closer than this are neither faster nor slower: repeated runs differ by as much. */
const even = Math.log(1.03);

/** From which size on an estimated change of speed can be believed: runs of one publisher with one model and one program that differ in up to three facts,
 * and of these the estimated changes between a size and twice that size. The smallest size from which on nine in ten of them went the way that was estimated.
 * Each publisher's share is taken, and of those the middle one. */
export function changeNoise(rows: readonly MeasuredRow[], catalog: Catalog, coefficients: Coefficients): ChangeNoise[string] {
  const estimated = new Map<string, Readonly<Record<string, { likely: number }>>>();
  const estimatesOf = (row: MeasuredRow) => {
    const found = estimated.get(row.id) ?? estimate({ kind: row.kind, facts: row.facts }, { catalog, coefficients }).estimates;
    estimated.set(row.id, found);
    return found;
  };
  const pairs: { family: string; size: number; right: boolean }[] = [];
  const same = ({ family, facts }: MeasuredRow): string => `${family}|${facts['model'] ?? facts['model_name']}|${facts['framework'] ?? facts['engine']}`;
  for (const group of grouped(rows.filter(trusted), same).values()) {
    for (const [at, a] of group.entries()) {
      for (const b of group.slice(at + 1)) {
        if (factsChanged(a, b) > mostChanged) continue;
        const metric = speeds.find((name) => (a.measured[name] ?? 0) > 0 && (b.measured[name] ?? 0) > 0);
        const [before, after] = metric === undefined ? [] : [estimatesOf(a)[metric]?.likely, estimatesOf(b)[metric]?.likely];
        if (metric === undefined || before === undefined || after === undefined) continue;
        const [told, was] = [Math.log(after / before), Math.log((b.measured[metric] ?? 0) / (a.measured[metric] ?? 0))];
        if (Math.abs(was) > even) pairs.push({ family: a.family, size: Math.abs(told), right: Math.sign(told) === Math.sign(was) });
      }
    }
  }
  const rightAt = (size: number): number => {
    const near = grouped(
      pairs.filter((pair) => pair.size >= size && pair.size < 2 * size),
      ({ family }) => family,
    );
    const shares = [...near.values()].filter((part) => part.length >= 5).map((part) => part.filter(({ right }) => right).length / part.length);
    return shares.sort((x, y) => x - y)[Math.floor((shares.length - 1) / 2)] ?? Number.NaN;
  };
  const sizes = Array.from({ length: 40 }, (_, at) => (at + 1) / 100);
  const worst = sizes.findLastIndex((size) => !(rightAt(size) >= 0.9));
  return {
    factor: Number(Math.exp(sizes[worst + 1] ?? Number.POSITIVE_INFINITY).toFixed(3)),
    pairs: pairs.length,
    publishers: grouped(pairs, ({ family }) => family).size,
  };
}
const factsChanged = (a: MeasuredRow, b: MeasuredRow): number =>
  [...new Set([...Object.keys(a.facts), ...Object.keys(b.facts)])].filter((name) => a.facts[name] !== b.facts[name]).length;
function grouped<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}
