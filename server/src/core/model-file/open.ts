import { isBeside } from './beside.js';
import { type ByteSource, ModelFileError } from './bytes.js';
import { summariseGguf } from './gguf.js';
import type { StatedShapes } from './onnx/bind.js';
import { type OnnxSummary, summariseOnnx } from './onnx/summary.js';
import { summariseSafetensors } from './safetensors.js';
import type { WeightSummary } from './types.js';

export type ModelFileSummary = OnnxSummary | WeightSummary;
export const isOnnxSummary = (summary: ModelFileSummary): summary is OnnxSummary => summary.format === 'onnx';

/** Size of a file beside a model, by the name that the model gives it; undefined where there is none. @unit B */
export type SizeBeside = (name: string) => Promise<number | undefined>;

/** What a model file is made of, by its header and graph; its weights are not read.
 * @errors ModelFileError with a message for a person */
export async function summariseModelFile(name: string, source: ByteSource, stated: StatedShapes, sizeOf: SizeBeside): Promise<ModelFileSummary> {
  if (/\.safetensors$/i.test(name)) return summariseSafetensors(source);
  if (/\.gguf$/i.test(name)) return summariseGguf(source);
  if (/\.onnx$/i.test(name)) return summariseOnnx(source, stated, async (location) => (isBeside(location) ? sizeOf(location) : undefined));
  throw new ModelFileError('only .onnx, .safetensors and .gguf files are read');
}
