import type { Catalog } from '../catalog/catalog.js';
import type { Market } from '../catalog/types.js';
import type { FactValue } from '../model/fact.js';
import { known, type Maybe, unknown } from '../model/maybe.js';
import type { WorkloadKind } from '../model/workload.js';
import type { Coefficients } from './coefficients.js';
import type { Correction } from './correction.js';

/** A workload as the estimator sees it: facts by name, wherever they came from. */
export interface Spec {
  readonly kind: WorkloadKind;
  readonly facts: Readonly<Record<string, FactValue>>;
}

/** Everything an estimate depends on besides the workload. */
export interface EstimateContext {
  readonly catalog: Catalog;
  readonly coefficients: Coefficients;
  /** The workspace's choices; each absent one is unknown, never a default. */
  readonly provider?: string;
  readonly region?: string;
  readonly market?: Market;
  /** The day of the estimate, ISO 8601, to say how old a price is; absent: prices are held against the newest one. */
  readonly today?: string;
  /** What the team's own runs say of this workload. */
  readonly correction?: Correction;
}

/** Reads facts of one spec by name and type. A value of the wrong type is unknown, and says so. */
export class FactReader {
  readonly spec: Spec;
  constructor(spec: Spec) {
    this.spec = spec;
  }
  has(name: string): boolean {
    return this.spec.facts[name] !== undefined;
  }
  raw(name: string): FactValue | undefined {
    return this.spec.facts[name];
  }
  /** A finite number ≥ 0; numeric strings count. */
  number(name: string): number | undefined {
    const value = this.spec.facts[name];
    const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
    return Number.isFinite(number) && number >= 0 ? number : undefined;
  }
  text(name: string): string | undefined {
    const value = this.spec.facts[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  }
  flag(name: string): boolean | undefined {
    const value = this.spec.facts[name];
    if (typeof value === 'boolean') return value;
    if (typeof value === 'string' && /^(true|false)$/i.test(value)) return /^true$/i.test(value);
    return undefined;
  }
  need(name: string, need: string): Maybe<number> {
    const value = this.number(name);
    return value === undefined ? unknown([name], need) : known(value);
  }
}
