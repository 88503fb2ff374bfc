/** What we use of onnxruntime-web; the package itself is not ours and is not shipped. */
export interface Runtime {
  readonly env: { readonly wasm: { numThreads?: number; wasmBinary?: ArrayBufferLike | Uint8Array; wasmPaths?: unknown; proxy?: boolean } };
  readonly InferenceSession: { create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<Session> };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => RuntimeTensor;
}
export interface RuntimeTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, RuntimeTensor>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release?(): Promise<void>;
}

/** An input that a model is fed, at a shape that is known. */
export interface FedInput {
  readonly name: string;
  /** As we name types: `float32`, `int64`. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Whole numbers stay below this: rows of the table that they choose from. */
  readonly below?: number;
}
/** Weights that stand in a file of their own. */
export interface OutsideWeights {
  readonly path: string;
  readonly data: Uint8Array;
}
export interface Model {
  readonly bytes: Uint8Array;
  readonly outside: readonly OutsideWeights[];
}

/** @errors with the runtime's own words for a model that it does not take */
export function openSession(runtime: Runtime, { bytes, outside }: Model): Promise<Session> {
  return runtime.InferenceSession.create(bytes, {
    executionProviders: ['wasm'],
    ...(outside.length > 0 ? { externalData: outside } : {}),
  });
}
