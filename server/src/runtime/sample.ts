import type { FedInput, Runtime, RuntimeTensor } from './runtime.js';

/** Numbers that are the same in every run: between -1 and 1, evenly. @source Numerical Recipes §7.1 (linear congruential generator) */
export function numbers(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const arrays: Readonly<Record<string, readonly [name: string, make: (length: number) => Numbers]>> = {
  float32: ['float32', (length) => new Float32Array(length)],
  float64: ['float64', (length) => new Float64Array(length)],
  int32: ['int32', (length) => new Int32Array(length)],
  uint32: ['uint32', (length) => new Uint32Array(length)],
  int16: ['int16', (length) => new Int16Array(length)],
  uint16: ['uint16', (length) => new Uint16Array(length)],
  int8: ['int8', (length) => new Int8Array(length)],
  uint8: ['uint8', (length) => new Uint8Array(length)],
  bool: ['bool', (length) => new Uint8Array(length)],
};
type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array | Uint8Array;

/** Feeds for one run. Floats are noise of mean 0; whole numbers choose from the table that they index; masks let everything through.
 * @errors for a type that cannot be fed */
export function sampleFeeds(runtime: Runtime, inputs: readonly FedInput[], seed: number): Readonly<Record<string, RuntimeTensor>> {
  const next = numbers(seed + 1);
  return Object.fromEntries(inputs.map((input) => [input.name, tensorOf(runtime, input, next)]));
}
function tensorOf(runtime: Runtime, { name, type, shape, below }: FedInput, next: () => number): RuntimeTensor {
  const length = shape.reduce((product, one) => product * one, 1);
  const whole = (): number => (/mask/i.test(name) || type === 'bool' ? 1 : Math.floor(((next() + 1) / 2) * (below ?? 2)));
  if (type === 'int64' || type === 'uint64') {
    const data = type === 'int64' ? new BigInt64Array(length) : new BigUint64Array(length);
    for (let at = 0; at < length; at++) data[at] = BigInt(whole());
    return new runtime.Tensor(type, data, shape);
  }
  if (type === 'float16') {
    const data = new Uint16Array(length);
    for (let at = 0; at < length; at++) data[at] = half(next());
    return new runtime.Tensor(type, data, shape);
  }
  const known = arrays[type];
  if (!known) throw new Error(`input '${name}' is of type ${type}, which is not fed here`);
  const data = known[1](length);
  const isFloat = type.startsWith('float');
  for (let at = 0; at < length; at++) data[at] = isFloat ? next() * Math.sqrt(3) : whole(); // variance 1
  return new runtime.Tensor(known[0], data, shape);
}

/** A 16-bit float's bits, rounded toward zero; exact enough for noise. @assumes |value| < 65504 */
function half(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
  const exponent = ((bits >>> 23) & 255) - 112;
  const sign = (bits >>> 16) & 0x8000;
  return exponent <= 0 ? sign : sign | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}
/** The value of a 16-bit float's bits. */
export function unhalf(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 0x3ff];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
