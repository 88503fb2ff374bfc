// Operators that multiply and accumulate, and those that slide a window. Source: github.com/onnx/onnx, docs/Operators.md;
// contributed operators: github.com/microsoft/onnxruntime, docs/ContribOperators.md.
import { typeOf } from './model.js';
import type { Rule } from './shape-rules.js';
import { attribute, broadcast, dimsAt, elementsOf, hasInput, int, ints, type NodeView, product, type Shaped, valuesAt, word } from './shaped.js';

type Dim = number | undefined;
type Dims = readonly Dim[];
/** A rule for shapes and one for the multiply-accumulates that a node does. */
export interface Layer {
  readonly shape: Rule;
  /** @unit MAC; additions of a bias are not counted @unknown undefined where a size is */
  readonly macs: (view: NodeView, outputs: readonly (Shaped | undefined)[]) => number | undefined;
}
const typed = (view: NodeView, at = 0): { readonly type?: string } => {
  const type = view.inputs[at]?.type;
  return type === undefined ? {} : { type };
};

/** Where a window's data, weights and type stand: quantized forms have scales between. */
interface Places {
  readonly data: number;
  readonly weights: number;
  readonly type?: (view: NodeView) => string | undefined;
}
/** Spatial sizes after a sliding window. @source Conv, MaxPool: floor((in + pads − dilation·(kernel − 1) − 1) / stride) + 1 */
function slid(view: NodeView, spatial: Dims, kernel: Dims): Dim[] {
  const strides = ints(view, 'strides');
  const dilations = ints(view, 'dilations');
  const pads = ints(view, 'pads');
  const auto = word(view, 'auto_pad') ?? 'NOTSET';
  const up = int(view, 'ceil_mode') === 1;
  return spatial.map((length, at) => {
    const [stride, size] = [strides?.[at] ?? 1, kernel[at]];
    if (length === undefined || size === undefined) return undefined;
    const reach = (dilations?.[at] ?? 1) * (size - 1) + 1;
    if (auto.startsWith('SAME')) return Math.ceil(length / stride);
    const [before, after] = auto === 'VALID' ? [0, 0] : [pads?.[at] ?? 0, pads?.[at + spatial.length] ?? 0];
    const steps = (length + before + after - reach) / stride;
    if (!up) return Math.floor(steps) + 1;
    // A window may not start in the padding at the end.
    const count = Math.ceil(steps) + 1;
    return (count - 1) * stride >= length + before ? count - 1 : count;
  });
}
const convolution = ({ data, weights, type }: Places): Layer => ({
  shape: (view) => {
    const [from, kernel] = [dimsAt(view, data), dimsAt(view, weights)];
    if (!from || !kernel) return [type ? shapedAs(type(view)) : typed(view, data)];
    const size = ints(view, 'kernel_shape') ?? kernel.slice(2);
    return [{ ...(type ? shapedAs(type(view)) : typed(view, data)), dims: [from[0], kernel[0], ...slid(view, from.slice(2), size)] }];
  },
  // every output element is a sum over the input channels of its group and the kernel
  macs: (view, [output]) => product([elementsOf(output), product((dimsAt(view, weights) ?? [undefined]).slice(1))]),
});
const shapedAs = (type: string | undefined): { readonly type?: string } => (type === undefined ? {} : { type });

const transposedConvolution: Layer = {
  shape: (view) => {
    const [from, kernel] = [dimsAt(view, 0), dimsAt(view, 1)];
    if (!from || !kernel) return [typed(view)];
    const size: Dims = ints(view, 'kernel_shape') ?? kernel.slice(2);
    const wanted = ints(view, 'output_shape');
    const channels = product([kernel[1], int(view, 'group') ?? 1]);
    const [strides, dilations, pads, more] = ['strides', 'dilations', 'pads', 'output_padding'].map((name) => ints(view, name));
    const auto = word(view, 'auto_pad') ?? 'NOTSET';
    const spatial = from.slice(2).map((length, at) => {
      if (wanted) return wanted.at(at - (from.length - 2));
      const [stride, kernelSize] = [strides?.[at] ?? 1, size[at]];
      if (length === undefined || kernelSize === undefined) return undefined;
      if (auto.startsWith('SAME')) return length * stride;
      const [before, after] = [pads?.[at] ?? 0, pads?.[at + from.length - 2] ?? 0];
      return stride * (length - 1) + (more?.[at] ?? 0) + ((kernelSize - 1) * (dilations?.[at] ?? 1) + 1) - before - after;
    });
    return [{ ...typed(view), dims: [from[0], channels, ...spatial] }];
  },
  // every input element meets its group's output channels under the whole kernel
  macs: (view) => product([elementsOf(view.inputs[0]), product((dimsAt(view, 1) ?? [undefined]).slice(1))]),
};

/** Product of matrices over the last two dimensions; the others are stretched to each other. */
function multiplied(a: Dims | undefined, b: Dims | undefined): Dim[] | undefined {
  if (!a || !b || a.length === 0 || b.length === 0) return undefined;
  const [left, right] = [a.length === 1 ? [1, ...a] : a, b.length === 1 ? [...b, 1] : b];
  const outer = broadcast([left.slice(0, -2), right.slice(0, -2)]) ?? [];
  return [...outer, ...(a.length === 1 ? [] : [left.at(-2)]), ...(b.length === 1 ? [] : [right.at(-1)])];
}
const swapped = (dims: Dims | undefined, swap: boolean): Dims | undefined =>
  dims && swap && dims.length >= 2 ? [...dims.slice(0, -2), dims.at(-1), dims.at(-2)] : dims;
const matrices = (first: number, second: number, type?: (view: NodeView) => string | undefined): Layer => {
  const sides = (view: NodeView): [Dims | undefined, Dims | undefined] => [
    swapped(dimsAt(view, first), int(view, 'transA') === 1),
    swapped(dimsAt(view, second), int(view, 'transB') === 1),
  ];
  return {
    shape: (view) => {
      const dims = multiplied(...sides(view));
      return [{ ...(type ? shapedAs(type(view)) : typed(view, first)), ...(dims ? { dims } : {}) }];
    },
    macs: (view, [output]) => {
      const [a, b] = sides(view);
      return product([elementsOf(output), a?.at(-1) ?? (b && b.length >= 2 ? b.at(-2) : b?.[0])]);
    },
  };
};
const packedMatrix: Layer = {
  shape: (view) => {
    const dims = dimsAt(view, 0);
    return [{ ...typed(view), ...(dims ? { dims: [...dims.slice(0, -1), int(view, 'N')] } : {}) }];
  },
  macs: (view, [output]) => product([elementsOf(output), int(view, 'K')]),
};

const einsum: Layer = {
  shape: (view) => {
    const parsed = letters(view);
    return [{ ...typed(view), ...(parsed ? { dims: parsed.result.map((one) => parsed.sizes.get(one)) } : {}) }];
  },
  // two operands: every combination of all indices once; more are taken one after the other over all indices, which is the most it can be
  macs: (view) => {
    const parsed = letters(view);
    return parsed && view.inputs.length > 1 ? product([...parsed.sizes.values(), view.inputs.length - 1]) : parsed ? 0 : undefined;
  },
};
function letters(view: NodeView): { readonly result: readonly string[]; readonly sizes: ReadonlyMap<string, Dim> } | undefined {
  const [left, right] = (word(view, 'equation') ?? '').replace(/\s/g, '').split('->');
  const terms = left?.split(',') ?? [];
  if (!left || terms.length !== view.inputs.length) return undefined;
  const sizes = new Map<string, Dim>();
  const counts = new Map<string, number>();
  let outer: string[] = [];
  for (const [at, term] of terms.entries()) {
    const dims = dimsAt(view, at);
    const named = [...term.replace('...', '')].length;
    const hidden = term.includes('...') ? Array.from({ length: Math.max(0, (dims?.length ?? named) - named) }, (_, index) => `.${index}`) : [];
    if (hidden.length > outer.length) outer = hidden;
    const [before = '', after = ''] = term.includes('...') ? term.split('...') : [term];
    const names = [...before, ...hidden, ...after];
    for (const [index, name] of names.entries()) {
      const size = dims?.[index];
      const there = sizes.get(name);
      sizes.set(name, there === undefined || there === 1 ? (size ?? there) : there);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const single = [...counts].filter(([name, count]) => count === 1 && !name.startsWith('.')).map(([name]) => name);
  const result = right === undefined ? [...outer, ...single.sort()] : right.split('...').flatMap((part, at) => [...(at > 0 ? outer : []), ...part]);
  return { result, sizes };
}

/** Recurrent layers: X [length, batch, input], W [directions, gates·hidden, input], R [directions, gates·hidden, hidden]. */
const recurrent = (hasCell: boolean): Layer => {
  const sizes = (view: NodeView) => {
    const [data, weights, recurrence] = [0, 1, 2].map((at) => dimsAt(view, at));
    // DynamicQuantizeLSTM stores W and R as [directions, input, gates·hidden]
    const packed = view.node.op === 'DynamicQuantizeLSTM';
    const hidden = int(view, 'hidden_size') ?? (packed ? recurrence?.[1] : recurrence?.[2]);
    const first = int(view, 'layout') === 1;
    const directions = weights?.[0] ?? (word(view, 'direction') === 'bidirectional' ? 2 : 1);
    return { length: data?.[first ? 1 : 0], batch: data?.[first ? 0 : 1], weights, recurrence, hidden, first, directions, known: data !== undefined };
  };
  return {
    shape: (view) => {
      const { length, batch, hidden, first, directions, known } = sizes(view);
      if (!known) return [typed(view), typed(view), typed(view)];
      const state = { ...typed(view), dims: first ? [batch, directions, hidden] : [directions, batch, hidden] };
      return [{ ...typed(view), dims: first ? [batch, length, directions, hidden] : [length, directions, batch, hidden] }, state, ...(hasCell ? [state] : [])];
    },
    macs: (view) => {
      const { length, batch, weights, recurrence } = sizes(view);
      const all = [weights, recurrence].map((dims) => (dims ? product(dims) : undefined));
      return all.includes(undefined) ? undefined : product([length, batch, all[0]! + all[1]!]);
    },
  };
};

const pooling: Rule = (view) => {
  const dims = dimsAt(view, 0);
  const kernel = ints(view, 'kernel_shape');
  const shape = dims && kernel ? { dims: [...dims.slice(0, 2), ...slid(view, dims.slice(2), kernel)] } : {};
  return [
    { ...typed(view), ...shape },
    { type: 'int64', ...shape },
  ];
};
const globalPooling: Rule = (view) => {
  const dims = dimsAt(view, 0);
  return [{ ...typed(view), ...(dims ? { dims: dims.map((one, at) => (at < 2 ? one : 1)) } : {}) }];
};
function resize(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  if (!dims) return [typed(view)];
  const upsample = view.node.op === 'Upsample';
  const sizes = upsample ? undefined : valuesAt(view, 3);
  const scales = attribute(view, 'scales')?.floats ?? valuesAt(view, upsample || view.opset < 11 ? 1 : 2);
  const axes = ints(view, 'axes') ?? dims.map((_, at) => at);
  const result = [...dims];
  axes.forEach((axis, at) => {
    const [size, scale, from] = [sizes?.[at], scales?.[at], dims[axis]];
    result[axis] = size ?? (scale === undefined || from === undefined ? undefined : Math.floor(from * scale));
  });
  return [{ ...typed(view), dims: result }];
}
const blocks =
  (deeper: boolean): Rule =>
  (view) => {
    const dims = dimsAt(view, 0);
    const size = int(view, 'blocksize');
    if (!dims || size === undefined) return [typed(view)];
    const [batch, channels, ...spatial] = dims;
    const by = (one: Dim): Dim => (one === undefined ? undefined : deeper ? one / size : one * size);
    return [
      { ...typed(view), dims: [batch, channels === undefined ? undefined : deeper ? channels * size * size : channels / (size * size), ...spatial.map(by)] },
    ];
  };
const gridSample: Rule = (view) => {
  const [dims, grid] = [dimsAt(view, 0), dimsAt(view, 1)];
  return [{ ...typed(view), ...(dims && grid ? { dims: [dims[0], dims[1], ...grid.slice(1, -1)] } : {}) }];
};
const roiAlign: Rule = (view) => {
  const [dims, regions] = [dimsAt(view, 0), dimsAt(view, 1)];
  return [{ ...typed(view), ...(dims && regions ? { dims: [regions[0], dims[1], int(view, 'output_height') ?? 1, int(view, 'output_width') ?? 1] } : {}) }];
};
/** How many are found is decided by values. */
const found =
  (rank: readonly (number | 'open')[], type: string): Rule =>
  (view) => [{ type, dims: rank.map((one) => (one === 'open' ? undefined : one)) }, ...view.node.outputs.slice(1).map(() => undefined)];
const nonZero: Rule = (view) => [{ type: 'int64', dims: [dimsAt(view, 0)?.length, undefined] }];

export const windowRules: Readonly<Record<string, Rule>> = {
  MaxPool: pooling,
  AveragePool: pooling,
  LpPool: pooling,
  QLinearAveragePool: pooling,
  GlobalAveragePool: globalPooling,
  GlobalMaxPool: globalPooling,
  GlobalLpPool: globalPooling,
  QLinearGlobalAveragePool: globalPooling,
  Resize: resize,
  Upsample: resize,
  DepthToSpace: blocks(false),
  SpaceToDepth: blocks(true),
  GridSample: gridSample,
  RoiAlign: roiAlign,
  NonMaxSuppression: found(['open', 3], 'int64'),
  NonZero: nonZero,
};

const floatLike = (at: number) => (view: NodeView) => view.inputs[at]?.type ?? 'float32';
const castTo = (view: NodeView): string | undefined => (hasInput(view, 7) ? view.inputs[7]?.type : typeOf(2));
export const layerRules: Readonly<Record<string, Layer>> = {
  Conv: convolution({ data: 0, weights: 1 }),
  FusedConv: convolution({ data: 0, weights: 1 }),
  ConvInteger: convolution({ data: 0, weights: 1, type: () => 'int32' }),
  QLinearConv: convolution({ data: 0, weights: 3, type: (view) => view.inputs[7]?.type }),
  DeformConv: convolution({ data: 0, weights: 1 }),
  ConvTranspose: transposedConvolution,
  Gemm: matrices(0, 1),
  FusedGemm: matrices(0, 1),
  QGemm: matrices(0, 3, castTo),
  MatMul: matrices(0, 1),
  FusedMatMul: matrices(0, 1),
  MatMulInteger: matrices(0, 1, () => 'int32'),
  QLinearMatMul: matrices(0, 3, (view) => view.inputs[7]?.type),
  MatMulIntegerToFloat: matrices(0, 1, floatLike(2)),
  DynamicQuantizeMatMul: matrices(0, 1, floatLike(0)),
  MatMulNBits: packedMatrix,
  MatMulBnb4: packedMatrix,
  Einsum: einsum,
  LSTM: recurrent(true),
  DynamicQuantizeLSTM: recurrent(true),
  GRU: recurrent(false),
  RNN: recurrent(false),
};
