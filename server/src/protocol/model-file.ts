// What the editor of model files shows, and what it and the extension say to each other. Types and names only.
import type { FedInput, OutsideWeights } from '../runtime/runtime.js';

/** Kind of the editor, under which the manifest names it. */
export const modelEditorType = 'mlCostLens.model';

/** Client → server: what a model file is made of. */
export const modelFileRequest = 'mlcost/modelFile';
/** Client → server: writes a copy of a model with 8-bit weights. */
export const quantizeRequest = 'mlcost/quantize';
/** Server → client: writes a file that only the client reaches. */
export const writeWholeRequest = 'mlcost/writeWhole';

export interface ModelFileParams {
  readonly uri: string;
  /** By input or by dimension. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** At which its cost is told. */
  readonly traffic?: Traffic;
}
export interface Traffic {
  /** Passes at the stated shape. */
  readonly perMonth?: number;
  /** Id of an accelerator; absent: the usual ones. */
  readonly accelerator?: string;
}
export type ModelFileResult = { readonly view: ModelFileView } | { readonly problem: string };
export interface QuantizeParams {
  readonly uri: string;
  readonly target: string;
  readonly embeddings: boolean;
}
export type QuantizeResult = { readonly bytes: number; readonly text: string; readonly left: readonly string[] } | { readonly problem: string };

export interface ModelFileView {
  readonly name: string;
  readonly isOnnx: boolean;
  readonly headline: string;
  readonly facts: readonly Pair[];
  /** Sizes that a person states. */
  readonly sizes: readonly { readonly key: string; readonly of: string }[];
  readonly inputs: readonly ValueRow[];
  readonly outputs: readonly ValueRow[];
  readonly operators: readonly OperatorLine[];
  readonly macsText: string;
  readonly types: readonly { readonly type: string; readonly tensors: string; readonly elements: string; readonly bytes: string; readonly share: number }[];
  readonly metadata: readonly Pair[];
  readonly untold: readonly { readonly what: string; readonly need: string }[];
  /** What a run is fed; absent: a size is missing. */
  readonly fed?: readonly FedInput[];
  readonly outside: readonly string[];
  readonly fileBytes: number;
  /** What passes cost, the cheapest first; absent: the work is unknown. */
  readonly costs?: readonly CostRow[];
  /** What it may be told for. */
  readonly accelerators: readonly { readonly id: string; readonly label: string }[];
}
export interface Pair {
  readonly label: string;
  readonly value: string;
}
/** Texts for a person; empty where it is not known. */
export interface CostRow {
  readonly accelerator: string;
  readonly latency: string;
  /** While the machine is full. */
  readonly full: string;
  readonly per1k: string;
  readonly month: string;
  readonly replicas: string;
}
export interface ValueRow {
  readonly name: string;
  readonly type: string;
  readonly written: string;
  readonly shape: string;
}
export interface OperatorLine {
  readonly op: string;
  readonly nodes: number;
  readonly macs: string;
  /** Of all work, 0 to 1. */
  readonly share: number;
  readonly shareText: string;
  readonly written: string;
}

/** A runtime as files, for the page to run in a worker of its own. */
export interface RuntimeFiles {
  readonly version: string;
  readonly script: Uint8Array;
  readonly wasm: Uint8Array;
  /** Our code around it. */
  readonly worker: string;
}
export interface ModelBytes {
  readonly bytes: Uint8Array;
  readonly outside: readonly OutsideWeights[];
}
export type ToModelPage =
  | { readonly type: 'view'; readonly view: ModelFileView }
  | { readonly type: 'problem'; readonly text: string }
  | { readonly type: 'status'; readonly text: string }
  /** News that stays. */
  | { readonly type: 'done'; readonly text: string }
  /** Nothing runs without consent: which copy was found, if one was. */
  | { readonly type: 'ask'; readonly text: string; readonly found: boolean }
  | { readonly type: 'run'; readonly runtime: RuntimeFiles; readonly model: ModelBytes; readonly changed?: ModelBytes; readonly inputs: readonly FedInput[] };
export type FromModelPage =
  | { readonly type: 'ready' }
  | { readonly type: 'sizes'; readonly sizes: Readonly<Record<string, number>> }
  | { readonly type: 'traffic'; readonly traffic: Traffic }
  | { readonly type: 'measure' }
  /** Yes to the copy that was found, or to choose another one. */
  | { readonly type: 'consent'; readonly choose: boolean }
  | { readonly type: 'quantize'; readonly embeddings: boolean };

/** From the worker to the page. */
export type WorkerAnswer =
  | { readonly latency: import('../runtime/measure.js').Latency }
  | { readonly errors: readonly import('../runtime/compare.js').OutputError[] }
  | { readonly problem: string };
