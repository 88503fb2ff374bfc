import {
  type ByteSource,
  baseName,
  folderOf,
  isBeside,
  isOnnxSummary,
  joinUri,
  type ModelFileSummary,
  type OnnxSummary,
  outsideFiles,
  type QuantizeOptions,
  quantizeOnnx,
  readOnnx,
  type Spec,
  type StatedShapes,
  summariseModelFile,
} from '../core/index.js';
import type { Host } from './host.js';

/** What a model file is made of, read where it stands.
 * @returns null where there is no such file
 * @errors ModelFileError, UnreadableFile */
export function summaryAt(host: Host, uri: string, stated: StatedShapes, wholeUpTo?: number): Promise<ModelFileSummary | null> {
  const sizeOf = async (name: string) => (await host.withFile(joinUri(folderOf(uri), name), async ({ size }) => size, wholeUpTo)) ?? undefined;
  return host.withFile(uri, (source) => summariseModelFile(baseName(uri), source, stated, sizeOf), wholeUpTo);
}

/** A model as a service whose requests are passes at the stated shape.
 * @unknown undefined where its work is unknown */
export function passSpec(summary: ModelFileSummary, facts: Spec['facts'] = {}): Spec | undefined {
  if (!isOnnxSummary(summary) || summary.macs === undefined) return undefined;
  const kernels = summary.operators.reduce((sum, { macsAtLeast, nodes }) => sum + (macsAtLeast > 0 ? nodes : 0), 0);
  return {
    kind: 'serving',
    facts: {
      model: summary.graphName || 'model',
      task: 'vision',
      framework: 'onnxruntime',
      params: summary.parameters,
      forward_gmacs: summary.macs / 1e9,
      precision: computedIn(summary),
      batch_size: 1,
      gpu_count: 1,
      ...(kernels > 0 ? { kernels } : {}),
      ...(summary.elements === undefined ? {} : { activations_m: summary.elements / 1e6 }),
      ...facts,
    },
  };
}
const computedIn = ({ types }: OnnxSummary): string => {
  const type = types[0]?.type ?? 'float32';
  return type === 'float16' ? 'fp16' : type === 'bfloat16' ? 'bf16' : /int8$/.test(type) ? 'int8' : 'fp32';
};

export interface Made {
  /** @unit B */
  readonly size: number;
  /** Of the original, weights in other files among it. @unit B */
  readonly before: number;
  /** Weights that have 8 bits now. */
  readonly quantized: number;
  readonly left: readonly string[];
}
/** Writes a copy of a model with 8-bit weights; the original stays as it is.
 * @errors ModelFileError, UnreadableFile; where the copy cannot be written */
export async function quantizeAt(host: Host, uri: string, target: string, options: QuantizeOptions): Promise<Made> {
  const made = await host.withFile(uri, async (source) => {
    const model = await readOnnx(source);
    return withAll(host, folderOf(uri), outsideFiles(model).filter(isBeside), async (beside) => {
      const result = await quantizeOnnx(source, model, options, async (name) => beside.get(name));
      await host.writeFile(target, result.pieces());
      const before = [...beside.values()].reduce((sum, { size }) => sum + size, source.size);
      return { size: result.size, before, quantized: result.quantized, left: result.left };
    });
  });
  if (!made) throw new Error('there is no such file');
  return made;
}
/** Keeps several files open at a time; those that are not there are left out. */
async function withAll<T>(
  host: Host,
  folder: string,
  names: readonly string[],
  use: (files: ReadonlyMap<string, ByteSource>) => Promise<T>,
  open: ReadonlyMap<string, ByteSource> = new Map(),
): Promise<T> {
  const [name, ...rest] = names;
  if (name === undefined) return use(open);
  const done = await host.withFile(joinUri(folder, name), async (source) => ({
    result: await withAll(host, folder, rest, use, new Map([...open, [name, source]])),
  }));
  return done ? done.result : withAll(host, folder, rest, use, open);
}
