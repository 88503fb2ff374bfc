/** Number types of stored tensors, under the names that people use. */
export type ElementType = string;

/** Bits of an element by type; what is not listed has no fixed size. */
export const elementBits: Readonly<Record<string, number>> = {
  float32: 32,
  float64: 64,
  float16: 16,
  bfloat16: 16,
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
  float8e8m0: 8,
  float4e2m1: 4,
  int64: 64,
  int32: 32,
  int16: 16,
  int8: 8,
  int4: 4,
  int2: 2,
  uint64: 64,
  uint32: 32,
  uint16: 16,
  uint8: 8,
  uint4: 4,
  uint2: 2,
  bool: 8,
  complex64: 64,
  complex128: 128,
};
/** @unit B @unknown undefined for a type without a fixed size (texts) */
export const bytesOf = (type: ElementType, elements: number): number | undefined => {
  const bits = elementBits[type];
  return bits === undefined ? undefined : Math.ceil((elements * bits) / 8);
};

/** Tensors of one number type. */
export interface TypeRow {
  readonly type: ElementType;
  readonly tensors: number;
  readonly elements: number;
  /** @unit B; absent: the type's size is unknown */
  readonly bytes?: number;
}
/** Something that could not be told, and what would make it known. */
export interface Untold {
  readonly what: string;
  readonly need: string;
}
/** What every kind of model file says without its weights being read. */
export interface WeightSummary {
  readonly format: 'onnx' | 'safetensors' | 'gguf';
  /** Of the file itself. @unit B */
  readonly fileBytes: number;
  readonly tensors: number;
  /** Weights: elements of stored tensors, without constants that only steer shapes. */
  readonly parameters: number;
  /** Bytes of the stored tensors. */
  readonly weightBytes: number;
  readonly types: readonly TypeRow[];
  readonly metadata: readonly (readonly [key: string, value: string])[];
  readonly untold: readonly Untold[];
}

/** Rows by type, the largest first. */
export function typeRows(tensors: Iterable<{ readonly type: ElementType; readonly elements: number; readonly bytes: number | undefined }>): TypeRow[] {
  const rows = new Map<string, { type: ElementType; tensors: number; elements: number; bytes?: number }>();
  for (const { type, elements, bytes } of tensors) {
    const row = rows.get(type) ?? { type, tensors: 0, elements: 0 };
    row.tensors++;
    row.elements += elements;
    if (bytes !== undefined) row.bytes = (row.bytes ?? 0) + bytes;
    rows.set(type, row);
  }
  return [...rows.values()].sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0) || (a.type < b.type ? -1 : 1));
}
