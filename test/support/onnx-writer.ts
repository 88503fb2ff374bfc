// Writes small ONNX models, so that tests know every number in them. Fields as in onnx.proto of github.com/onnx/onnx.

type Bytes = readonly number[] | Uint8Array;
const join = (parts: readonly Bytes[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    all.set(one, at);
    at += one.length;
  }
  return all;
};
function varint(value: number): number[] {
  if (value < 0) {
    // ten bytes of two's complement
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    return [...bytes, Number(rest)];
  }
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}
export const whole = (field: number, value: number): Uint8Array => join([varint(field * 8), varint(value)]);
export const block = (field: number, bytes: Bytes): Uint8Array => join([varint(field * 8 + 2), varint(bytes.length), bytes]);
const text = (field: number, value: string): Uint8Array => block(field, new TextEncoder().encode(value));
const float = (field: number, value: number): Uint8Array => join([varint(field * 8 + 5), new Uint8Array(new Float32Array([value]).buffer)]);

const types = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
export type WrittenType = keyof typeof types;
type Raw = Float32Array | BigInt64Array | Int32Array | Int8Array | Uint8Array | Uint16Array;
export interface WrittenTensor {
  readonly dims: readonly number[];
  readonly data: Raw;
  readonly type: WrittenType;
  readonly external?: { readonly location: string; readonly offset: number };
}
const typeOf = (data: Raw): WrittenType =>
  data instanceof Float32Array
    ? 'float32'
    : data instanceof BigInt64Array
      ? 'int64'
      : data instanceof Int32Array
        ? 'int32'
        : data instanceof Int8Array
          ? 'int8'
          : data instanceof Uint16Array
            ? 'float16'
            : 'uint8';

/** Numbers that are the same in every run, between -1 and 1, scaled. */
export function noise(count: number, seed = 1, scale = 0.1): Float32Array {
  let state = seed * 2654435761;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * scale;
  });
}
export const tensor = (dims: readonly number[], data: Raw): WrittenTensor => ({ dims, data, type: typeOf(data) });
export const weights = (...dims: readonly number[]): WrittenTensor =>
  tensor(
    dims,
    noise(
      dims.reduce((a, b) => a * b, 1),
      dims.reduce((a, b) => a * 31 + b, 7),
      1 / Math.sqrt(dims.at(-1) ?? 1),
    ),
  );
export const longs = (...values: readonly number[]): WrittenTensor => tensor([values.length], BigInt64Array.from(values.map(BigInt)));

export function tensorBytes(name: string, { dims, data, type, external }: WrittenTensor): Uint8Array {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const entry = (key: string, value: string): Uint8Array => block(13, join([text(1, key), text(2, value)]));
  return join([
    ...dims.map((one) => whole(1, one)),
    whole(2, types[type]),
    text(8, name),
    ...(external
      ? [entry('location', external.location), entry('offset', String(external.offset)), entry('length', String(raw.length)), whole(14, 1)]
      : [block(9, raw)]),
  ]);
}

type AttributeValue = number | string | readonly number[] | { readonly float: number } | { readonly tensor: WrittenTensor } | { readonly graph: GraphWriter };
function attributeBytes(name: string, value: AttributeValue): Uint8Array {
  const body =
    typeof value === 'number'
      ? [whole(3, value), whole(20, 2)]
      : typeof value === 'string'
        ? [text(4, value), whole(20, 3)]
        : 'float' in value
          ? [float(2, value.float), whole(20, 1)]
          : 'tensor' in value
            ? [block(5, tensorBytes('', value.tensor)), whole(20, 4)]
            : 'graph' in value
              ? [block(6, value.graph.bytes()), whole(20, 5)]
              : [...value.map((one) => whole(8, one)), whole(20, 7)];
  return join([text(1, name), ...body]);
}

type Dim = number | string;
const valueBytes = (name: string, type: WrittenType, dims: readonly Dim[]): Uint8Array =>
  join([
    text(1, name),
    block(2, block(1, join([whole(1, types[type]), block(2, join(dims.map((one) => block(1, typeof one === 'number' ? whole(1, one) : text(2, one)))))]))),
  ]);

/** A graph that is written node by node; names are made where none is given. */
export class GraphWriter {
  private readonly nodes: Uint8Array[] = [];
  private readonly tensors: Uint8Array[] = [];
  private readonly inputs: Uint8Array[] = [];
  private readonly outputs: Uint8Array[] = [];
  private count = 0;
  readonly prefix: string;
  constructor(prefix = '') {
    this.prefix = prefix;
  }
  input(name: string, dims: readonly Dim[], type: WrittenType = 'float32'): string {
    this.inputs.push(valueBytes(name, type, dims));
    return name;
  }
  output(name: string, dims: readonly Dim[], type: WrittenType = 'float32'): this {
    this.outputs.push(valueBytes(name, type, dims));
    return this;
  }
  stored(value: WrittenTensor, name = `${this.prefix}w${this.count++}`): string {
    this.tensors.push(tensorBytes(name, value));
    return name;
  }
  /** Adds a node; tensors among its inputs are stored. @returns names of its outputs */
  node(
    op: string,
    inputs: readonly (string | WrittenTensor)[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    { outputs, count = 1, domain = '' }: { readonly outputs?: readonly string[]; readonly count?: number; readonly domain?: string } = {},
  ): string[] {
    const names = inputs.map((one) => (typeof one === 'string' ? one : this.stored(one)));
    const results = outputs ? [...outputs] : Array.from({ length: count }, () => `${this.prefix}v${this.count++}`);
    this.nodes.push(
      join([
        ...names.map((one) => text(1, one)),
        ...results.map((one) => text(2, one)),
        text(3, `${op}_${this.prefix}${this.nodes.length}`),
        text(4, op),
        ...Object.entries(attributes).map(([name, value]) => block(5, attributeBytes(name, value))),
        ...(domain ? [text(7, domain)] : []),
      ]),
    );
    return results;
  }
  /** The first output of a node. */
  one(op: string, inputs: readonly (string | WrittenTensor)[], attributes: Readonly<Record<string, AttributeValue>> = {}, domain = ''): string {
    return this.node(op, inputs, attributes, { domain })[0]!;
  }
  /** A node whose output has this name. */
  named(output: string, op: string, inputs: readonly (string | WrittenTensor)[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    return this.node(op, inputs, attributes, { outputs: [output] })[0]!;
  }
  bytes(): Uint8Array {
    return join([
      ...this.nodes.map((one) => block(1, one)),
      text(2, 'graph'),
      ...this.tensors.map((one) => block(5, one)),
      ...this.inputs.map((one) => block(11, one)),
      ...this.outputs.map((one) => block(12, one)),
    ]);
  }
  /** The whole file. */
  model(opset = 17, domains: Readonly<Record<string, number>> = {}): Uint8Array {
    return join([
      whole(1, 8),
      text(2, 'test'),
      text(3, '1.0'),
      block(7, this.bytes()),
      ...Object.entries({ '': opset, ...domains }).map(([domain, version]) => block(8, join([...(domain ? [text(1, domain)] : []), whole(2, version)]))),
      block(14, join([text(1, 'task'), text(2, 'unit')])),
    ]);
  }
}
