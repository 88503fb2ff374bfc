import { weightFormat } from '../../server/src/core/estimate/serving/formats.js';
import { type MeasuredRow, trusted } from './rows.js';
import type { Answers } from './score.js';

/** Rates of which one decides whether a run is faster; of a latency the inverse. */
const deciding = ['output_tokens_per_s', 'decode_tokens_per_s', 'images_per_s', 'requests_per_s', 'prefill_tokens_per_s', 'latency_ms'] as const;
/** Runs closer than this are neither faster nor slower: repeated runs differ by as much. */
const even = Math.log(1.03);

interface Pair {
  readonly family: string;
  readonly change: string;
  readonly measured: number;
  readonly predicted: number;
}

const bytesOf = (row: MeasuredRow): number => weightFormat(String(row.facts['weights'] ?? ''), false)?.bytes ?? Number.NaN;
const typeOf = (row: MeasuredRow): string =>
  `${row.facts['weights'] ?? '?'}${row.facts['kv_cache_dtype'] === undefined ? '' : `/${row.facts['kv_cache_dtype']}`}`;

/** Runs that differ in precision only, each against the widest of its group: logarithms of how much faster it is. */
function pairsOf(rows: readonly MeasuredRow[], answers: Answers): readonly Pair[] {
  const groups = new Map<string, MeasuredRow[]>();
  for (const row of rows)
    if (row.pair_id !== undefined && trusted(row) && Number.isFinite(bytesOf(row))) groups.set(row.pair_id, [...(groups.get(row.pair_id) ?? []), row]);
  const pairs: Pair[] = [];
  for (const group of groups.values()) {
    const [base, ...others] = group.toSorted((a, b) => bytesOf(b) - bytesOf(a) || (typeOf(a) < typeOf(b) ? -1 : 1));
    if (base === undefined) continue;
    for (const row of others) {
      if (bytesOf(row) === bytesOf(base) && row.facts['kv_cache_dtype'] === base.facts['kv_cache_dtype'] && row.facts['weights'] === base.facts['weights'])
        continue;
      const metric = deciding.find((name) => (row.measured[name] ?? 0) > 0 && (base.measured[name] ?? 0) > 0);
      if (metric === undefined) continue;
      const sign = metric === 'latency_ms' ? -1 : 1;
      const ratio = (a: number | undefined, b: number | undefined) => (a === undefined || b === undefined ? Number.NaN : sign * Math.log(a / b));
      pairs.push({
        family: row.family,
        change: `${typeOf(base)} → ${typeOf(row)}`,
        measured: ratio(row.measured[metric], base.measured[metric]),
        predicted: ratio(answers.get(row.id)?.[metric]?.likely, answers.get(base.id)?.[metric]?.likely),
      });
    }
  }
  return pairs;
}

/** How right less precision is told to be faster or slower, over publishers left out: over pairs and over families, and how far off the ratio is. */
export function pairSummary(rows: readonly MeasuredRow[], answers: Answers): readonly PairSummary[] {
  const pairs = pairsOf(rows, answers).filter((pair) => Math.abs(pair.measured) > even);
  const kinds = [...new Set(pairs.map((pair) => pair.change))].sort();
  return [
    summaryOf('all', pairs),
    ...kinds
      .map((change) => pairs.filter((pair) => pair.change === change))
      .flatMap((part) => (part.length < 8 ? [] : [summaryOf(part[0]?.change ?? '', part)])),
  ];
}
export interface PairSummary {
  readonly change: string;
  readonly pairs: number;
  readonly families: number;
  readonly slower: number;
  readonly right: number;
  readonly rightOverFamilies: number;
  /** Median of |estimated ÷ measured − 1| of the ratio. */
  readonly ratioError: number;
}
function summaryOf(change: string, part: readonly Pair[]): PairSummary {
  const told = part.filter((pair) => Number.isFinite(pair.predicted));
  const right = (some: readonly Pair[]) => some.filter((pair) => Math.sign(pair.predicted) === Math.sign(pair.measured)).length / some.length;
  const families = [...new Set(told.map((pair) => pair.family))].map((family) => right(told.filter((pair) => pair.family === family))).sort((a, b) => a - b);
  const middle = ((families[Math.floor((families.length - 1) / 2)] ?? Number.NaN) + (families[Math.ceil((families.length - 1) / 2)] ?? Number.NaN)) / 2;
  const sizes = told.map((pair) => Math.exp(Math.abs(pair.predicted - pair.measured)) - 1).sort((a, b) => a - b);
  return {
    change,
    pairs: part.length,
    families: families.length,
    slower: part.filter((pair) => pair.measured < 0).length / part.length,
    right: right(told),
    rightOverFamilies: middle,
    ratioError: sizes[Math.floor(sizes.length / 2)] ?? Number.NaN,
  };
}

/** Whether less precision is told to be faster or slower as it was measured, where it was either: all pairs, and each kind of change with at least eight. */
export function pairLines(rows: readonly MeasuredRow[], answers: Answers): string[] {
  const percent = (share: number) => (Number.isFinite(share) ? `${(100 * share).toFixed(0)} %` : '–');
  return [
    'less precision against more, same run otherwise (differences above 3 %)',
    'change | pairs | families | slower | right direction | over families | error of the ratio',
    ...pairSummary(rows, answers).map((one) =>
      [one.change, one.pairs, one.families, percent(one.slower), percent(one.right), percent(one.rightOverFamilies), percent(one.ratioError)].join(' | '),
    ),
  ];
}
