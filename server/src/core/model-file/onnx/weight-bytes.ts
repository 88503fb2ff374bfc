import { isBeside } from '../beside.js';
import { type ByteSource, ModelFileError } from '../bytes.js';
import type { Slice } from '../protobuf.js';
import type { Tensor } from './model.js';

/** Gives a file beside the model. */
export type OpenBeside = (name: string) => Promise<ByteSource | undefined>;
/** Floats at a time. */
const step = 1 << 18;

/** The floats of stored weights, wherever they are. */
export class ModelWeights {
  private readonly source: ByteSource;
  private readonly beside: OpenBeside;
  private readonly opened = new Map<string, Promise<ByteSource | undefined>>();
  constructor(source: ByteSource, beside: OpenBeside) {
    this.source = source;
    this.beside = beside;
  }
  /** @param tensor of float32 @errors ModelFileError where its bytes are not there */
  async *floats(tensor: Tensor): AsyncGenerator<{ readonly from: number; readonly values: Float32Array }> {
    const { source, slices } = await this.place(tensor);
    let from = 0;
    for (const { at, length } of slices) {
      for (let offset = 0; offset < length; offset += step * 4) {
        const size = Math.min(step * 4, length - offset);
        const bytes = await source.read(at + offset, size);
        if (bytes.length < size) throw new ModelFileError(`the weights of '${tensor.name}' are cut off`);
        // a copy, because floats begin at multiples of four
        const values = new Float32Array(bytes.slice().buffer, 0, size >> 2);
        yield { from, values };
        from += values.length;
      }
    }
    if (from !== tensor.elements) throw new ModelFileError(`'${tensor.name}' has ${tensor.elements} elements, ${from} are stored`);
  }
  private async place({ name, raw, floats, external, elements }: Tensor): Promise<{ readonly source: ByteSource; readonly slices: readonly Slice[] }> {
    if (raw) return { source: this.source, slices: [raw] };
    if (floats) return { source: this.source, slices: floats };
    if (!external) throw new ModelFileError(`the weights of '${name}' are nowhere in the file`);
    const { location, offset, length = elements * 4 } = external;
    const opened = this.opened.get(location) ?? (isBeside(location) ? this.beside(location) : Promise.resolve(undefined));
    this.opened.set(location, opened);
    const source = await opened;
    if (!source) throw new ModelFileError(`the weights of '${name}' are in ${location}, which is not beside the model`);
    return { source, slices: [{ at: offset, length }] };
  }
}
