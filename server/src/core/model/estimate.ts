/** Units as they print. One unit a quantity; conversions happen in `render` only. */
export type Unit =
  | 'usd'
  | 'usd/month'
  | 'usd/hour'
  | 'usd/1M tokens'
  | 'usd/1k requests'
  | 'usd/call'
  | 'h'
  | 's'
  | 'ms'
  | 'GPU-h'
  | 'GiB'
  | 'tokens'
  | 'tokens/s'
  | 'tokens/s/GPU'
  | 'samples/s'
  | 'images/s'
  | 'requests/s'
  | 'FLOP'
  | 'FLOP/s'
  | 'TFLOP/s'
  | 'B'
  | 'B/s'
  | 'kWh'
  | 'kWh/month'
  | 'kgCO2e'
  | 'kgCO2e/month'
  | 'W'
  | 'params'
  | 'steps'
  | 'share'
  | 'count';

/** An interval that holds the measured value nine times in ten, and its middle. low ≤ likely ≤ high. */
export interface Interval {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

/** How a number was made; the tree explains an estimate. */
export interface Term {
  /** Stable, machine-readable: `compute`, `weights`, `kv-cache`, `price`. */
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly unit: Unit;
  /** The formula in words, with its source: `6·N·D (Kaplan et al. 2020 §2.1)`. */
  readonly formula?: string;
  readonly source?: string;
  /** Names of the facts that went in, so that a view can link to each fact's place. */
  readonly facts?: readonly string[];
  readonly children?: readonly Term[];
}

/** One estimated quantity. */
export interface Estimate extends Interval {
  readonly unit: Unit;
  /** On what the interval rests: `41 similar runs of 6 publishers`, `nothing similar was measured`. */
  readonly basis: string;
  /** The explanation; its value is `likely`. */
  readonly term?: Term;
}

/** What the estimator answers for one workload. A quantity is in `estimates` or it is missing and `unknown` says why. */
export interface Estimation {
  readonly estimates: Readonly<Record<string, Estimate>>;
  /** Facts that are missing for some quantity, the one that decides most first. */
  readonly unknown: readonly MissingFact[];
  /** Values that nobody stated and that were taken to answer, each pinnable: always shown. */
  readonly assumed: readonly AssumedFact[];
  readonly notes: readonly string[];
}
export interface MissingFact {
  readonly fact: string;
  readonly need: string;
  /** Quantities that cannot be answered without it. */
  readonly blocks: readonly string[];
}
export interface AssumedFact {
  readonly fact: string;
  readonly value: string | number | boolean;
  /** Why this value: `library default`, `convention: 1 epoch …`. */
  readonly why: string;
  /** Taken because the job would not fit otherwise: it says nothing on whether the job as it is written fits. */
  readonly toFit?: true;
}
