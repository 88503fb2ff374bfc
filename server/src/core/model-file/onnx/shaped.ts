import { bytesOf, type ElementType } from '../types.js';
import type { Attribute, Node } from './model.js';

/** What is known of a value before it is computed. */
export interface Shaped {
  readonly type?: ElementType;
  /** Absent: not even the number of dimensions is known. */
  readonly dims?: readonly (number | undefined)[];
  /** Elements of a small tensor, in order: shapes are computed as data. */
  readonly values?: readonly (number | undefined)[];
  /** True for what stands for no data of its own in memory: weights, and views of other values. */
  readonly view?: true;
}

/** @unknown undefined if a dimension is */
export function elementsOf(shaped: Shaped | undefined): number | undefined {
  return shaped?.dims ? product(shaped.dims) : undefined;
}
export const sizeOf = (shaped: Shaped | undefined): number | undefined => {
  const elements = elementsOf(shaped);
  return elements === undefined || shaped?.type === undefined ? undefined : bytesOf(shaped.type, elements);
};
/** @unknown undefined if a factor is, but 0 if one is 0 */
export function product(factors: readonly (number | undefined)[]): number | undefined {
  if (factors.includes(0)) return 0;
  let all = 1;
  for (const one of factors) {
    if (one === undefined) return undefined;
    all *= one;
  }
  return all;
}

/** One node with what is known of its inputs: what the rules look at. */
export interface NodeView {
  readonly node: Node;
  /** Version of the node's operator set. */
  readonly opset: number;
  readonly inputs: readonly (Shaped | undefined)[];
}
export const dimsAt = ({ inputs }: NodeView, at: number): readonly (number | undefined)[] | undefined => inputs[at]?.dims;
export const valuesAt = ({ inputs }: NodeView, at: number): readonly (number | undefined)[] | undefined => inputs[at]?.values;
export const attribute = ({ node }: NodeView, name: string): Attribute | undefined =>
  Object.hasOwn(node.attributes, name) ? node.attributes[name] : undefined;
export const int = (view: NodeView, name: string): number | undefined => attribute(view, name)?.int;
export const ints = (view: NodeView, name: string): readonly number[] | undefined => attribute(view, name)?.ints;
export const word = (view: NodeView, name: string): string | undefined => attribute(view, name)?.text;
export const hasInput = ({ node }: NodeView, at: number): boolean => (node.inputs[at] ?? '') !== '';

/** An axis counted from the front. @unknown undefined outside the dimensions */
export const axisOf = (axis: number, rank: number): number | undefined => {
  const at = axis < 0 ? axis + rank : axis;
  return at >= 0 && at < rank ? at : undefined;
};
/** Axes that an attribute names, or an input in later operator sets. @unknown undefined where the input's values are */
export function axesOf(view: NodeView, input: number): readonly number[] | 'none' | undefined {
  const written = ints(view, 'axes');
  if (written) return written;
  if (!hasInput(view, input)) return 'none';
  const values = valuesAt(view, input);
  return values && isKnown(values) ? values : undefined;
}
export const isKnown = (values: readonly (number | undefined)[]): values is readonly number[] => !values.includes(undefined);

/** Dimensions of an operation element by element on several values. @source onnx docs/Broadcasting.md */
export function broadcast(all: readonly (readonly (number | undefined)[] | undefined)[]): (number | undefined)[] | undefined {
  const rank = Math.max(...all.map((dims) => dims?.length ?? Number.NaN));
  if (Number.isNaN(rank)) return undefined;
  return Array.from({ length: rank }, (_, at) => {
    const here = all.map((dims) => dims?.[at - (rank - dims.length)] ?? (at < rank - (dims?.length ?? 0) ? 1 : undefined));
    // An unknown dimension beside one that is not 1 must be that one.
    return here.find((one) => one !== undefined && one !== 1) ?? (here.includes(undefined) ? undefined : 1);
  });
}
