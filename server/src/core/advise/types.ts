import type { Accelerator } from '../catalog/types.js';
import type { Fits } from '../estimate/fits.js';
import type { EstimateContext, FactReader } from '../estimate/spec.js';
import type { Estimation, Interval, Unit } from '../model/estimate.js';
import type { FactValue } from '../model/fact.js';
import type { Workload, WorkloadKind } from '../model/workload.js';
import type { Legality, Rulings } from './legality.js';
import type { QualityTable } from './quality.js';
import type { Risk } from './risk.js';

/** One fact of an alternative; without `to` the fact is taken away. */
export interface FactChange {
  readonly fact: string;
  readonly from?: FactValue;
  readonly to?: FactValue;
}
/** What an alternative wins against the workload as it stands; negative figures cost more. */
export interface Saving {
  /** In money where both sides have a price. */
  readonly usd?: number;
  /** Share of the figure that is compared, in percent. */
  readonly percent?: number;
  /** Unit of the figure that is compared. */
  readonly unit: Unit;
}

/** What somebody waits for, before and after. */
export interface Wait {
  readonly name: 'wall_hours' | 'latency_ms' | 'tpot_ms';
  readonly before: number;
  readonly after: number;
}

/** An alternative that is legal and worth taking. */
export interface Advice {
  /** Stable between runs: the workload's id and the rules that made it. */
  readonly id: string;
  readonly workload: string;
  readonly title: string;
  readonly changes: readonly FactChange[];
  /** What follows from the changes without standing anywhere: the tokens that a cache then answers. */
  readonly supposed?: Readonly<Record<string, FactValue>>;
  readonly saving: Saving;
  /** Peak memory of one accelerator with the changes, where it is known. */
  readonly memory?: Interval;
  /** The figure that is compared, as it would be: in the saving's unit. */
  readonly cost?: number;
  /** What a person waits for: a run's hours, a request's or a token's milliseconds. */
  readonly wait?: Wait;
  /** Set where the workload does not surely fit as it stands and does with the changes. */
  readonly makesItFit?: true;
  readonly legality: Exclude<Legality, 'refused'>;
  /** What limits it: `weights alone are FP8 …`, `needs a checkpoint in that format`. */
  readonly notes: readonly string[];
  readonly risk: Risk;
  /** 1: a value; 2: several; 3: code, data or people. */
  readonly effort: 1 | 2 | 3;
  /** False where no edit of a file does it. */
  readonly editable: boolean;
}

/** What one rule proposes: facts to change. Whether it is legal, fits and saves is not its business. */
export interface Proposal {
  /** Unique in its rule's workload: `weights-fp8`. */
  readonly id: string;
  readonly title: string;
  readonly changes: Readonly<Record<string, FactValue | undefined>>;
  /** What follows from the changes without standing anywhere. */
  readonly supposed?: Readonly<Record<string, FactValue>>;
  readonly risk: Risk;
  readonly effort: 1 | 2 | 3;
  readonly notes?: readonly string[];
  /** Why no figure is given where the estimate does not follow the change: the advice stands without a saving then, behind all that have one. */
  readonly unpriced?: string;
  /** False for what changes who runs it or when, which no edit of this file does. */
  readonly editable?: false;
}
/** What advice knows beyond the estimator. */
export interface AdviceBook {
  readonly rulings: Rulings;
  readonly quality: QualityTable;
}
/** What a rule sees of a workload. */
export interface Subject {
  readonly workload: Workload;
  readonly facts: FactReader;
  readonly estimation: Estimation;
  readonly fits: Fits;
  readonly chip?: Accelerator;
  /** Parameters of the model, where its size is known. */
  readonly params?: number;
  readonly book: AdviceBook;
  readonly context: EstimateContext;
}
export interface Rule {
  /** Same as its file's name. */
  readonly id: string;
  readonly kinds: readonly WorkloadKind[];
  propose(subject: Subject): readonly Proposal[];
}
