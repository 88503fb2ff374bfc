import type { Slice } from '../protobuf.js';
import type { ElementType } from '../types.js';

/** An ONNX model as plain data, without its weights. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  readonly producerVersion: string;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly metadata: readonly (readonly [key: string, value: string])[];
  readonly graph: Graph;
  readonly functions: readonly LocalFunction[];
  /** Size of the file. @unit B */
  readonly fileBytes: number;
}
export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly tensors: readonly Tensor[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** What the exporter says of values in between. */
  readonly values: readonly Value[];
  readonly place: Slice;
}
export interface LocalFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
}
export interface Node {
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly place: Slice;
}
export interface Attribute {
  readonly int?: number;
  readonly float?: number;
  readonly text?: string;
  readonly ints?: readonly number[];
  readonly floats?: readonly number[];
  readonly texts?: readonly string[];
  readonly tensor?: Tensor;
  readonly graph?: Graph;
  /** In a function's body: the attribute of the caller that stands here. */
  readonly refersTo?: string;
}
/** A stored tensor: where its elements are, not what they are. */
export interface Tensor {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly elements: number;
  /** @unit B; undefined: texts */
  readonly bytes: number | undefined;
  /** Elements as bytes in this file. */
  readonly raw?: Slice;
  /** Elements as a list of floats in this file. */
  readonly floats?: readonly Slice[];
  /** Elements as integers in the message itself, where they are few. */
  readonly ints?: readonly number[];
  /** What the elements are, where there are so few that they may steer shapes. */
  values?: readonly number[];
  /** Elements in another file. */
  readonly external?: { readonly location: string; readonly offset: number; readonly length?: number };
  readonly place: Slice;
}
/** A dimension: a number, a name that stands for any number, or unknown. */
export type Dimension = number | string | undefined;
export interface Value {
  readonly name: string;
  /** Absent: no tensor (a sequence, a map), or not said. */
  readonly type?: ElementType;
  readonly dims?: readonly Dimension[];
  readonly kind: 'tensor' | 'sequence' | 'map' | 'optional' | 'unknown';
}
/** Elements by the numbers of TensorProto.DataType. @source onnx.proto */
export const elementTypes: readonly (ElementType | undefined)[] = [
  undefined,
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
  'float8e8m0',
  'uint2',
  'int2',
];
export const typeOf = (number: number): ElementType => elementTypes[number] ?? `type ${number}`;

/** The default domain has two names. */
export const isDefaultDomain = (domain: string): boolean => domain === '' || domain === 'ai.onnx';
