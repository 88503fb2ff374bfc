import { type FedInput, type Model, openSession, type Runtime, type RuntimeTensor } from './runtime.js';
import { sampleFeeds, unhalf } from './sample.js';

/** How far one output of a changed model is from the original's, over all samples. */
export interface OutputError {
  readonly output: string;
  /** Root of the mean square of the difference over that of the original; absent: the original is 0 everywhere. */
  readonly relative?: number;
  readonly largest: number;
  /** Rows (all but the last dimension) whose largest value stands at the same place, of all; absent: no last dimension of several. */
  readonly sameTop?: { readonly same: number; readonly of: number };
}

/** Runs two models on the same made-up inputs and compares what they answer.
 * @errors with the runtime's own words; for models whose outputs differ in name or size */
export async function compareOutputs(runtime: Runtime, original: Model, changed: Model, inputs: readonly FedInput[], samples = 4): Promise<OutputError[]> {
  const answers = await answersOf(runtime, original, inputs, samples);
  const others = await answersOf(runtime, changed, inputs, samples);
  const sums = new Map<string, { square: number; difference: number; largest: number; same: number; of: number }>();
  answers.forEach((one, at) => {
    for (const [name, tensor] of Object.entries(one)) {
      const other = others[at]?.[name];
      const [a, b] = [valuesOf(tensor), other && valuesOf(other)];
      if (!a) continue;
      if (!b || a.length !== b.length) throw new Error(`output '${name}' differs in size`);
      const sum = sums.get(name) ?? { square: 0, difference: 0, largest: 0, same: 0, of: 0 };
      sums.set(name, sum);
      for (let index = 0; index < a.length; index++) {
        const far = Math.abs(a[index]! - b[index]!);
        sum.square += a[index]! ** 2;
        sum.difference += far ** 2;
        if (!(far <= sum.largest)) sum.largest = far;
      }
      const width = tensor.dims.at(-1) ?? 1;
      if (width < 2) continue;
      for (let from = 0; from < a.length; from += width) {
        sum.of++;
        if (top(a, from, width) === top(b, from, width)) sum.same++;
      }
    }
  });
  return [...sums].map(([output, { square, difference, largest, same, of }]) => ({
    output,
    ...(square > 0 ? { relative: Math.sqrt(difference / square) } : {}),
    largest,
    ...(of > 0 ? { sameTop: { same, of } } : {}),
  }));
}
async function answersOf(runtime: Runtime, model: Model, inputs: readonly FedInput[], samples: number): Promise<Readonly<Record<string, RuntimeTensor>>[]> {
  const session = await openSession(runtime, model);
  try {
    const all: Readonly<Record<string, RuntimeTensor>>[] = [];
    for (let sample = 0; sample < samples; sample++) all.push(await session.run(sampleFeeds(runtime, inputs, sample + 1)));
    return all;
  } finally {
    await session.release?.();
  }
}
/** Numbers of a float output; others (found indices, texts) have no distance. */
function valuesOf({ type, data }: RuntimeTensor): ArrayLike<number> | undefined {
  if (type === 'float32' || type === 'float64') return data as ArrayLike<number>;
  if (type === 'float16') return data instanceof Uint16Array ? Array.from(data, unhalf) : Array.from(data as ArrayLike<number>);
  return undefined;
}
function top(values: ArrayLike<number>, from: number, width: number): number {
  let best = from;
  for (let at = from + 1; at < from + width; at++) if (values[at]! > values[best]!) best = at;
  return best - from;
}
