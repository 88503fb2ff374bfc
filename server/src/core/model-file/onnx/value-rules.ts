// Operators that work element by element. Source: github.com/onnx/onnx, docs/Operators.md.
import { typeOf } from './model.js';
import type { Rule } from './shape-rules.js';
import { attribute, axesOf, axisOf, broadcast, dimsAt, int, isKnown, type NodeView, type Shaped, valuesAt } from './shaped.js';

type Number = number | undefined;
const typed = (view: NodeView, at = 0): { readonly type?: string } => {
  const type = view.inputs[at]?.type;
  return type === undefined ? {} : { type };
};
const like = (view: NodeView, at: number, type?: string): Shaped => ({
  ...(type === undefined ? typed(view, at) : { type }),
  ...(dimsAt(view, at) ? { dims: dimsAt(view, at)! } : {}),
});

/** Same shape as the first input. */
const same: Rule = (view) => view.node.outputs.map((_, at) => (at === 0 ? like(view, 0) : undefined));
const sameWith =
  (compute: (value: number) => number): Rule =>
  (view) => {
    const values = valuesAt(view, 0)?.map((one) => (one === undefined ? undefined : compute(one)));
    return [{ ...like(view, 0), ...(values ? { values } : {}) }];
  };
/** All inputs together, stretched to each other. */
const together =
  (type?: string, compute?: (a: number, b: number) => number): Rule =>
  (view) => {
    const dims = broadcast(view.inputs.map((one) => one?.dims));
    const values = compute && view.inputs.length === 2 ? pairwise(valuesAt(view, 0), valuesAt(view, 1), compute) : undefined;
    return [{ ...(type === undefined ? typed(view) : { type }), ...(dims ? { dims } : {}), ...(values ? { values } : {}) }];
  };
function pairwise(a: readonly Number[] | undefined, b: readonly Number[] | undefined, compute: (a: number, b: number) => number): Number[] | undefined {
  if (!a || !b || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return undefined;
  return Array.from({ length: Math.max(a.length, b.length) }, (_, at) => {
    const [left, right] = [a[a.length === 1 ? 0 : at], b[b.length === 1 ? 0 : at]];
    return left === undefined || right === undefined ? undefined : compute(left, right);
  });
}
const isWhole = (view: NodeView): boolean => /int/.test(view.inputs[0]?.type ?? '');
const divide: Rule = (view) => together(undefined, (a, b) => (isWhole(view) ? Math.trunc(a / b) : a / b))(view);
const truth = (holds: (a: number, b: number) => boolean): Rule => together('bool', (a, b) => (holds(a, b) ? 1 : 0));

function where(view: NodeView): readonly Shaped[] {
  const dims = broadcast(view.inputs.map((one) => one?.dims));
  const [choice, yes, no] = [0, 1, 2].map((at) => valuesAt(view, at));
  const length = Math.max(choice?.length ?? 0, yes?.length ?? 0, no?.length ?? 0);
  const at = (list: readonly Number[], index: number): Number => list[list.length === 1 ? 0 : index];
  const values =
    choice && yes && no
      ? Array.from({ length }, (_, index) => (at(choice, index) === undefined ? undefined : at(choice, index) ? at(yes, index) : at(no, index)))
      : undefined;
  return [{ ...typed(view, 1), ...(dims ? { dims } : {}), ...(values ? { values } : {}) }];
}
function cast(view: NodeView): readonly Shaped[] {
  const type = typeOf(int(view, 'to') ?? 0);
  const values = valuesAt(view, 0)?.map((one) => (one !== undefined && /int/.test(type) ? Math.trunc(one) : one));
  return [{ ...like(view, 0, type), ...(values ? { values } : {}) }];
}

/** Fewer dimensions: sums, means, extremes. Axes are an input in later operator sets. */
function reduce(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  if (!dims) return [typed(view)];
  const keep = int(view, 'keepdims') !== 0;
  const axes = axesOf(view, 1);
  if (axes === undefined) return [{ ...typed(view), ...(keep ? { dims: dims.map(() => undefined) } : {}) }];
  const all = axes === 'none' || axes.length === 0;
  if (all && int(view, 'noop_with_empty_axes') === 1) return [like(view, 0)];
  const gone = all ? dims.map((_, at) => at) : axes.map((one) => axisOf(one, dims.length));
  const values = reducedValues(view, dims.length);
  return [{ ...typed(view), dims: dims.flatMap((one, at) => (gone.includes(at) ? (keep ? [1] : []) : [one])), ...(values ? { values } : {}) }];
}
/** Products and sums of a shape: how many elements it has. */
function reducedValues(view: NodeView, rank: number): readonly number[] | undefined {
  const values = valuesAt(view, 0);
  if (rank !== 1 || !values || !isKnown(values)) return undefined;
  const by: Record<string, (a: number, b: number) => number> = {
    ReduceProd: (a, b) => a * b,
    ReduceSum: (a, b) => a + b,
    ReduceMax: Math.max,
    ReduceMin: Math.min,
  };
  const fold = by[view.node.op];
  return fold && values.length > 0 ? [values.reduce(fold)] : undefined;
}
function argument(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  const axis = dims && axisOf(int(view, 'axis') ?? 0, dims.length);
  const keep = int(view, 'keepdims') !== 0;
  return [{ type: 'int64', ...(dims ? { dims: dims.flatMap((one, at) => (at === axis ? (keep ? [1] : []) : [one])) } : {}) }];
}
function topK(view: NodeView): readonly Shaped[] {
  const dims = dimsAt(view, 0);
  const axis = dims && axisOf(int(view, 'axis') ?? -1, dims.length);
  const count = int(view, 'k') ?? valuesAt(view, 1)?.[0];
  const shape = dims ? { dims: dims.map((one, at) => (at === axis ? count : one)) } : {};
  return [
    { ...typed(view), ...shape },
    { type: 'int64', ...shape },
  ];
}

function quantize(view: NodeView): readonly Shaped[] {
  const written = int(view, 'output_dtype');
  return [like(view, 0, written ? typeOf(written) : (view.inputs[2]?.type ?? 'uint8'))];
}
const dynamicQuantize: Rule = (view) => [like(view, 0, 'uint8'), { type: 'float32', dims: [] }, { type: 'uint8', dims: [] }];
/** A norm after a sum: the sum is the last output. */
const skipNorm: Rule = (view) => [like(view, 0), undefined, undefined, like(view, 0)];
const normWithStatistics: Rule = (view) => {
  const dims = dimsAt(view, 0);
  const axis = dims && axisOf(int(view, 'axis') ?? -1, dims.length);
  const statistics = dims && axis !== undefined ? { type: 'float32', dims: dims.map((one, at) => (at < axis ? one : 1)) } : undefined;
  return [like(view, 0), statistics, statistics];
};
const random: Rule = (view) => [like(view, 0, int(view, 'dtype') ? typeOf(int(view, 'dtype')!) : undefined)];
const randomShape: Rule = (view) => {
  const shape = attribute(view, 'shape')?.ints;
  return [{ type: typeOf(int(view, 'dtype') ?? 1), ...(shape ? { dims: shape } : {}) }];
};

const table = (rule: Rule, ...names: readonly string[]): Record<string, Rule> => Object.fromEntries(names.map((name) => [name, rule]));

export const valueRules: Readonly<Record<string, Rule>> = {
  ...table(
    same,
    ...[
      'Abs',
      'Acos',
      'Acosh',
      'Asin',
      'Asinh',
      'Atan',
      'Atanh',
      'Cos',
      'Cosh',
      'Sin',
      'Sinh',
      'Tan',
      'Tanh',
      'Erf',
      'Exp',
      'Log',
      'Reciprocal',
      'Sign',
      'Round',
    ],
    ...[
      'Relu',
      'LeakyRelu',
      'ThresholdedRelu',
      'Elu',
      'Selu',
      'Celu',
      'Sigmoid',
      'HardSigmoid',
      'HardSwish',
      'Softplus',
      'Softsign',
      'Mish',
      'Swish',
      'Shrink',
    ],
    ...['Gelu', 'FastGelu', 'QuickGelu', 'BiasGelu', 'Softmax', 'LogSoftmax', 'Hardmax', 'Clip', 'Dropout', 'BitwiseNot', 'Trilu', 'CumSum', 'CumProd'],
    ...['BatchNormalization', 'InstanceNormalization', 'GroupNormalization', 'RMSNormalization', 'LRN', 'LpNormalization', 'MeanVarianceNormalization'],
    ...['RotaryEmbedding', 'ScatterND', 'ScatterElements', 'Scatter', 'EyeLike', 'ReverseSequence', 'GroupNorm', 'BiasSoftmax', 'TensorScatter'],
  ),
  ...table(normWithStatistics, 'LayerNormalization', 'SimplifiedLayerNormalization'),
  ...table(skipNorm, 'SkipLayerNormalization', 'SkipSimplifiedLayerNormalization'),
  ...table((view) => [like(view, 0, 'bool')], 'Not', 'IsNaN', 'IsInf'),
  ...table(together(), 'Max', 'Min', 'Sum', 'Mean', 'PRelu', 'BitShift', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor', 'QLinearAdd', 'QLinearMul'),
  ...table(together('bool'), 'And', 'Or', 'Xor'),
  ...table(random, 'RandomNormalLike', 'RandomUniformLike', 'Bernoulli'),
  ...table(randomShape, 'RandomNormal', 'RandomUniform'),
  ...table(reduce, ...['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'].map((name) => `Reduce${name}`)),
  ...table(argument, 'ArgMax', 'ArgMin'),
  ...table(same, 'QLinearSigmoid', 'QLinearLeakyRelu', 'QLinearSoftmax'),
  Add: together(undefined, (a, b) => a + b),
  Sub: together(undefined, (a, b) => a - b),
  Mul: together(undefined, (a, b) => a * b),
  Div: divide,
  Mod: together(undefined, (a, b) => (b === 0 ? 0 : a - b * Math.floor(a / b))),
  Pow: together(undefined, (a, b) => a ** b),
  Equal: truth((a, b) => a === b),
  Greater: truth((a, b) => a > b),
  GreaterOrEqual: truth((a, b) => a >= b),
  Less: truth((a, b) => a < b),
  LessOrEqual: truth((a, b) => a <= b),
  Neg: sameWith((a) => -a),
  Sqrt: sameWith(Math.sqrt),
  Floor: sameWith(Math.floor),
  Ceil: sameWith(Math.ceil),
  Where: where,
  Cast: cast,
  CastLike: (view) => [like(view, 0, view.inputs[1]?.type)],
  TopK: topK,
  QuantizeLinear: quantize,
  DequantizeLinear: (view) => [like(view, 0, view.inputs[1]?.type ?? 'float32')],
  DynamicQuantizeLinear: dynamicQuantize,
};
