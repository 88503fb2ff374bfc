import type { FactValue } from './fact.js';

export type RunSource =
  | 'hf-trainer'
  | 'wandb'
  | 'mlflow'
  | 'tensorboard'
  | 'codecarbon'
  | 'vllm-bench'
  | 'llama-bench'
  | 'genai-perf'
  | 'shared'
  | 'out-of-memory';

/** Figures of a measured run, by name; units are in the names as in the estimates. `tokens_per_s` is of the whole job. */
export type Measured = Readonly<Record<string, number>>;

/** What one file says of a run that was measured. Nothing in it names a person. */
export interface RunPart {
  readonly source: RunSource;
  readonly kind: 'training' | 'serving' | 'unknown';
  /** Parts with the same key are one run: the folder that it wrote to, or its id. */
  readonly key: string;
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly measured: Measured;
  /** The program that ran, as the tracker wrote it down. */
  readonly program?: string;
  readonly outputDir?: string;
  readonly commit?: string;
  /** When it started or was written, ISO 8601 without a zone: for the order. */
  readonly at?: string;
  /** Path of the workload's file, where the row names it. */
  readonly workload?: string;
  /** Larger wins where two parts say the same: the state of the last step, a finished run. */
  readonly weight?: number;
}

/** A run that was measured, put together from all that tells of it. */
export interface MeasuredRun {
  /** Where it is found: a path below the workspace root, stable between reads. */
  readonly id: string;
  readonly sources: readonly RunSource[];
  /** The folder or file that it was read from, as a URI. */
  readonly uri: string;
  readonly kind: 'training' | 'serving' | 'unknown';
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly measured: Measured;
  readonly program?: string;
  readonly outputDir?: string;
  readonly commit?: string;
  readonly at?: string;
  readonly workload?: string;
}
