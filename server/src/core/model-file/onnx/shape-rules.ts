// Operators that compute or change shapes. Source: github.com/onnx/onnx, docs/Operators.md.
import type { Tensor } from './model.js';
import { attribute, axesOf, axisOf, dimsAt, elementsOf, hasInput, int, ints, isKnown, type NodeView, product, type Shaped, valuesAt } from './shaped.js';

type Dims = readonly (number | undefined)[];
export type Rule = (view: NodeView) => readonly (Shaped | undefined)[];
/** More values than this are no shape. */
const mostValues = 1024;

const typed = (view: NodeView, at = 0): { readonly type?: string } => {
  const type = view.inputs[at]?.type;
  return type === undefined ? {} : { type };
};
/** The input under other dimensions: no new data. */
const reshaped = (view: NodeView, dims: Dims | undefined): readonly Shaped[] => {
  const values = valuesAt(view, 0);
  return [{ ...typed(view), ...(dims ? { dims } : {}), ...(values ? { values } : {}), view: true }];
};
const vector = (values: Dims): readonly Shaped[] => [{ type: 'int64', dims: [values.length], values }];

export const constantOf = (tensor: Tensor): Shaped => ({
  type: tensor.type,
  dims: tensor.dims,
  ...(tensor.values ? { values: tensor.values } : {}),
  view: true,
});

function constant(view: NodeView): readonly Shaped[] {
  const { tensor, int: whole, ints: list, float, floats } = attribute(view, 'value') ?? valueAttribute(view) ?? {};
  if (tensor) return [constantOf(tensor)];
  if (whole !== undefined) return [{ type: 'int64', dims: [], values: [whole], view: true }];
  if (list) return [{ type: 'int64', dims: [list.length], values: list, view: true }];
  if (float !== undefined) return [{ type: 'float32', dims: [], values: [float], view: true }];
  if (floats) return [{ type: 'float32', dims: [floats.length], values: floats, view: true }];
  return [{ view: true }];
}
const valueAttribute = (view: NodeView) => ['value_int', 'value_ints', 'value_float', 'value_floats'].map((name) => attribute(view, name)).find(Boolean);

function shapeOf(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  return dims ? vector(dims.slice(int(view, 'start') ?? 0, int(view, 'end'))) : [{ type: 'int64' }];
}

function reshape(view: NodeView): readonly Shaped[] {
  const from = dimsAt(view, 0);
  const wanted = ints(view, 'shape') ?? valuesAt(view, 1);
  if (!wanted) {
    const rank = dimsAt(view, 1)?.[0];
    return reshaped(view, rank === undefined || rank > 64 ? undefined : Array.from({ length: rank }, () => undefined));
  }
  const zeroCopies = int(view, 'allowzero') !== 1;
  const dims: (number | undefined)[] = wanted.map((one, at) => (one === 0 && zeroCopies ? from?.[at] : one));
  const open = wanted.indexOf(-1);
  if (open >= 0) {
    // Dimensions that are copied cancel out, known or not.
    const copied = (at: number): boolean => wanted[at] === 0 && zeroCopies;
    const rest = dims.filter((_, at) => at !== open && !copied(at));
    const left = from?.filter((_, at) => !copied(at));
    const [all, other] = [left && product(left), product(rest)];
    dims[open] = all === undefined || other === undefined || other === 0 ? undefined : all / other;
  }
  return reshaped(view, dims);
}

function squeeze(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  const axes = axesOf(view, 1);
  if (!dims || axes === undefined) return reshaped(view, undefined);
  if (axes === 'none') return reshaped(view, dims.includes(undefined) ? undefined : dims.filter((one) => one !== 1));
  const gone = axes.map((one) => axisOf(one, dims.length));
  return reshaped(
    view,
    dims.filter((_, at) => !gone.includes(at)),
  );
}
function unsqueeze(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  const axes = axesOf(view, 1);
  if (!dims || axes === undefined || axes === 'none') return reshaped(view, undefined);
  const rank = dims.length + axes.length;
  const added = axes.map((one) => axisOf(one, rank));
  const rest = [...dims];
  return reshaped(
    view,
    Array.from({ length: rank }, (_, at) => (added.includes(at) ? 1 : rest.shift())),
  );
}
function flatten(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  if (!dims) return reshaped(view, [undefined, undefined]);
  const axis = int(view, 'axis') ?? 1;
  const at = axis < 0 ? axis + dims.length : axis;
  return reshaped(view, [product(dims.slice(0, at)), product(dims.slice(at))]);
}
function transpose(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  const order = ints(view, 'perm') ?? dims?.map((_, at) => dims.length - 1 - at);
  return [{ ...typed(view), ...(dims && order ? { dims: order.map((at) => dims[at]) } : {}) }];
}

function concat(view: NodeView): readonly Shaped[] {
  const all = view.inputs.map((one) => one?.dims);
  const shape = all.find((dims) => dims !== undefined);
  if (!shape) return [typed(view)];
  const axis = axisOf(int(view, 'axis') ?? 0, shape.length);
  const dims = shape.map((_, at) =>
    at === axis
      ? all.reduce<number | undefined>((sum, one) => (sum === undefined || one?.[at] === undefined ? undefined : sum + one[at]), 0)
      : all.map((one) => one?.[at]).find((one) => one !== undefined),
  );
  // Where one part of a shape is unknown, the others stay known.
  const parts = view.inputs.map(
    (one) =>
      one?.values ??
      (one?.dims?.length === 1 && one.dims[0] !== undefined && one.dims[0] <= 64 ? Array.from({ length: one.dims[0] }, () => undefined) : undefined),
  );
  const values = shape.length === 1 && parts.every((one) => one !== undefined) ? parts.flat() : undefined;
  return [{ ...typed(view), dims, ...(values && values.length <= mostValues ? { values } : {}) }];
}

function gather(view: NodeView): readonly Shaped[] {
  const [data, index] = [dimsAt(view, 0), dimsAt(view, 1)];
  if (!data || !index) return [typed(view)];
  const axis = axisOf(int(view, 'axis') ?? 0, data.length) ?? 0;
  const from = valuesAt(view, 0);
  const wanted = valuesAt(view, 1);
  const values =
    from && data.length === 1 && wanted ? wanted.map((one) => (one === undefined ? undefined : from[one < 0 ? one + from.length : one])) : undefined;
  return [{ ...typed(view), dims: [...data.slice(0, axis), ...index, ...data.slice(axis + 1)], ...(values ? { values } : {}) }];
}
function gatherNd(view: NodeView): readonly Shaped[] {
  const [data, index] = [dimsAt(view, 0), dimsAt(view, 1)];
  const depth = index?.at(-1);
  if (!data || !index || depth === undefined) return [typed(view)];
  return [{ ...typed(view), dims: [...index.slice(0, -1), ...data.slice((int(view, 'batch_dims') ?? 0) + depth)] }];
}

function slice(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  if (!dims) return [typed(view)];
  const starts = ints(view, 'starts') ?? valuesAt(view, 1);
  const ends = ints(view, 'ends') ?? valuesAt(view, 2);
  const axes = ints(view, 'axes') ?? (hasInput(view, 3) ? valuesAt(view, 3) : starts?.map((_, at) => at));
  const steps = hasInput(view, 4) ? valuesAt(view, 4) : starts?.map(() => 1);
  if (!axes || !isKnown(axes)) return [{ ...typed(view), dims: dims.map(() => undefined) }];
  const result = [...dims];
  let values = valuesAt(view, 0);
  axes.forEach((written, which) => {
    const axis = axisOf(written, dims.length) ?? 0;
    const [length, start, end, step] = [dims[axis], starts?.[which], ends?.[which], steps?.[which]];
    const range = sliceRange(length, start, end, step);
    result[axis] = range?.count;
    values =
      range && values && dims.length === 1 && step !== undefined ? Array.from({ length: range.count }, (_, at) => values?.[range.from + at * step]) : undefined;
  });
  return [{ ...typed(view), dims: result, ...(values ? { values } : {}) }];
}
/** Elements of one axis that a slice takes. */
function sliceRange(
  length: number | undefined,
  start: number | undefined,
  end: number | undefined,
  step: number | undefined,
): { readonly from: number; readonly count: number } | undefined {
  if (length === undefined || start === undefined || end === undefined || step === undefined || step === 0) return undefined;
  const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + length : at, step < 0 ? -1 : 0), step < 0 ? length - 1 : length);
  const from = clamp(start);
  const to = step < 0 && end < -length ? -1 : clamp(end);
  return { from, count: Math.max(0, Math.ceil((to - from) / step)) };
}

function split(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  const parts = view.node.outputs.length;
  if (!dims) return view.node.outputs.map(() => typed(view));
  const axis = axisOf(int(view, 'axis') ?? 0, dims.length) ?? 0;
  const sizes = ints(view, 'split') ?? (hasInput(view, 1) ? valuesAt(view, 1) : undefined);
  const length = dims[axis];
  const each = length === undefined ? undefined : Math.ceil(length / parts);
  let from = 0;
  return view.node.outputs.map((_, at) => {
    const last = at === parts - 1 && length !== undefined && each !== undefined;
    const size = sizes ? sizes[at] : hasInput(view, 1) ? undefined : last ? length - each * (parts - 1) : each;
    const all = valuesAt(view, 0);
    const values = all && dims.length === 1 && size !== undefined ? all.slice(from, from + size) : undefined;
    from += size ?? 0;
    return { ...typed(view), dims: dims.map((one, index) => (index === axis ? size : one)), ...(values ? { values } : {}) };
  });
}

function expand(view: NodeView): readonly Shaped[] {
  const [dims, wanted] = [dimsAt(view, 0), valuesAt(view, 1)];
  if (!dims || !wanted) {
    const rank = dimsAt(view, 1)?.[0];
    return [
      { ...typed(view), ...(rank === undefined || rank > 64 ? {} : { dims: Array.from({ length: Math.max(rank, dims?.length ?? 0) }, () => undefined) }) },
    ];
  }
  const rank = Math.max(dims.length, wanted.length);
  const result = Array.from({ length: rank }, (_, at) => {
    const own = at < rank - dims.length ? 1 : dims[at - (rank - dims.length)];
    const other = at < rank - wanted.length ? 1 : wanted[at - (rank - wanted.length)];
    return own === 1 ? other : other === 1 ? own : (own ?? other);
  });
  const [only] = valuesAt(view, 0) ?? [];
  const count = product(result);
  const filled = only !== undefined && elementsOf(view.inputs[0]) === 1 && count !== undefined && count <= 64;
  return [{ ...typed(view), dims: result, ...(filled ? { values: Array.from({ length: count }, () => only) } : {}) }];
}
function tile(view: NodeView): readonly Shaped[] {
  const [dims, repeats] = [dimsAt(view, 0), valuesAt(view, 1)];
  return [{ ...typed(view), ...(dims ? { dims: dims.map((one, at) => product([one, repeats?.[at]])) } : {}) }];
}
function pad(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  if (!dims) return [typed(view)];
  const pads = ints(view, 'pads') ?? ints(view, 'paddings') ?? valuesAt(view, 1);
  const axes = hasInput(view, 3) ? valuesAt(view, 3) : dims.map((_, at) => at);
  if (!pads || !axes || !isKnown(axes)) return [{ ...typed(view), dims: dims.map(() => undefined) }];
  const result = [...dims];
  axes.forEach((written, at) => {
    const axis = axisOf(written, dims.length) ?? 0;
    const [length, before, after] = [dims[axis], pads[at], pads[at + axes.length]];
    result[axis] = length === undefined || before === undefined || after === undefined ? undefined : length + before + after;
  });
  return [{ ...typed(view), dims: result }];
}

function constantOfShape(view: NodeView): readonly Shaped[] {
  const dims = valuesAt(view, 0);
  const value = attribute(view, 'value')?.tensor;
  const count = dims && product(dims);
  const [fill] = value?.values ?? [value ? undefined : 0];
  const values = count !== undefined && count <= 64 && fill !== undefined ? Array.from({ length: count }, () => fill) : undefined;
  const rank = dimsAt(view, 0)?.[0];
  const open = rank === undefined || rank > 64 ? undefined : Array.from({ length: rank }, () => undefined);
  return [{ type: value?.type ?? 'float32', ...((dims ?? open) ? { dims: dims ?? open! } : {}), ...(values ? { values } : {}) }];
}
function range(view: NodeView): readonly Shaped[] {
  const [start, limit, delta] = [0, 1, 2].map((at) => valuesAt(view, at)?.[0]);
  const count = start === undefined || limit === undefined || delta === undefined || delta === 0 ? undefined : Math.max(0, Math.ceil((limit - start) / delta));
  const values = count !== undefined && count <= mostValues ? Array.from({ length: count }, (_, at) => start! + at * delta!) : undefined;
  return [{ ...typed(view), dims: [count], ...(values ? { values } : {}) }];
}
function oneHot(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  const depth = valuesAt(view, 1)?.[0];
  if (!dims) return [typed(view, 2)];
  const axis = int(view, 'axis') ?? -1;
  const at = axis < 0 ? axis + dims.length + 1 : axis;
  return [{ ...typed(view, 2), dims: [...dims.slice(0, at), depth, ...dims.slice(at)] }];
}

export const shapeRules: Readonly<Record<string, Rule>> = {
  Constant: constant,
  Shape: shapeOf,
  Size: (view) => [{ type: 'int64', dims: [], values: [elementsOf(view.inputs[0])] }],
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Flatten: flatten,
  Identity: (view) => reshaped(view, dimsAt(view, 0)),
  Transpose: transpose,
  Concat: concat,
  Gather: gather,
  GatherND: gatherNd,
  GatherElements: (view) => [{ ...typed(view), ...(dimsAt(view, 1) ? { dims: dimsAt(view, 1)! } : {}) }],
  Slice: slice,
  Split: split,
  Expand: expand,
  Tile: tile,
  Pad: pad,
  ConstantOfShape: constantOfShape,
  Range: range,
  OneHot: oneHot,
};
