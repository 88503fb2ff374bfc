// Attention as one operator. Source: github.com/onnx/onnx, docs/Operators.md (Attention, since 23);
// contributed operators: github.com/microsoft/onnxruntime, docs/ContribOperators.md.
// Masked positions are counted: kernels that leave them out do up to half of it.
import type { Layer } from './layer-rules.js';
import { dimsAt, hasInput, int, ints, type NodeView, product, type Shaped } from './shaped.js';

type Dim = number | undefined;
const sum = (...all: readonly Dim[]): Dim => (all.includes(undefined) ? undefined : all.reduce<number>((total, one) => total + one!, 0));
const over = (a: Dim, b: Dim): Dim => (a === undefined || b === undefined || b === 0 ? undefined : a / b);
const tensor = (view: NodeView, dims: readonly Dim[]): Shaped => ({ ...(view.inputs[0]?.type === undefined ? {} : { type: view.inputs[0].type }), dims });

interface Sizes {
  readonly batch: Dim;
  readonly heads: Dim;
  readonly keyHeads: Dim;
  readonly queries: Dim;
  /** Positions that are looked at, those of the cache among them. */
  readonly keys: Dim;
  readonly width: Dim;
  readonly valueWidth: Dim;
}
/** Scores of every query with every key, and their sums over the values. */
const scoreMacs = ({ batch, heads, queries, keys, width, valueWidth }: Sizes): Dim => product([batch, heads, queries, keys, sum(width, valueWidth)]);

/** Operator of the standard: Q, K, V as [batch, heads, length, width] or [batch, length, heads·width], then mask and cache. */
function standardSizes(view: NodeView): Sizes & { readonly flat: boolean } {
  const [q, k, v] = [0, 1, 2].map((at) => dimsAt(view, at));
  const past = hasInput(view, 4) ? dimsAt(view, 4)?.[2] : 0;
  const flat = q?.length === 3;
  const [heads, keyHeads] = [int(view, 'q_num_heads'), int(view, 'kv_num_heads')];
  if (flat)
    return { flat, batch: q?.[0], heads, keyHeads, queries: q?.[1], keys: sum(k?.[1], past), width: over(q?.[2], heads), valueWidth: over(v?.[2], keyHeads) };
  return { flat: false, batch: q?.[0], heads: q?.[1], keyHeads: k?.[1], queries: q?.[2], keys: sum(k?.[2], past), width: q?.[3], valueWidth: v?.[3] };
}
const standard: Layer = {
  shape: (view) => {
    const { flat, batch, heads, keyHeads, queries, keys, width, valueWidth } = standardSizes(view);
    const output = flat ? [batch, queries, product([heads, valueWidth])] : [batch, heads, queries, valueWidth];
    return [tensor(view, output), tensor(view, [batch, keyHeads, keys, width]), tensor(view, [batch, keyHeads, keys, valueWidth])];
  },
  macs: (view) => scoreMacs(standardSizes(view)),
};

/** Contributed: one input and one matrix that makes queries, keys and values of it. */
function packedSizes(view: NodeView): Sizes {
  const [data, weights] = [dimsAt(view, 0), dimsAt(view, 1)];
  const heads = int(view, 'num_heads');
  const [own, , value] = ints(view, 'qkv_hidden_sizes') ?? [];
  const each = over(weights?.[1], 3);
  const past = hasInput(view, 4) ? dimsAt(view, 4)?.[3] : 0;
  return {
    batch: data?.[0],
    heads,
    keyHeads: heads,
    queries: data?.[1],
    keys: sum(data?.[1], past),
    width: over(own ?? each, heads),
    valueWidth: over(value ?? each, heads),
  };
}
const packed: Layer = {
  shape: (view) => {
    const { batch, heads, queries, keys, width, valueWidth } = packedSizes(view);
    return [tensor(view, [batch, queries, product([heads, valueWidth])]), tensor(view, [2, batch, heads, keys, width])];
  },
  macs: (view) => sum(product([...(dimsAt(view, 0)?.slice(0, 2) ?? [undefined]), product(dimsAt(view, 1) ?? [undefined])]), scoreMacs(packedSizes(view))),
};

/** Contributed: queries, keys and values come computed; keys may be the other side's or the cache's. */
function headSizes(view: NodeView): Sizes {
  const grouped = view.node.op === 'GroupQueryAttention';
  const [q, k, v] = [0, 1, 2].map((at) => dimsAt(view, at));
  const heads = int(view, 'num_heads');
  const keyHeads = grouped ? int(view, 'kv_num_heads') : heads;
  const cache = grouped ? 3 : 6;
  const past = hasInput(view, cache) ? dimsAt(view, cache)?.[2] : 0;
  // Keys and values packed behind the queries, where there is no input of their own.
  const joined = !hasInput(view, 1);
  const width = joined ? over(q?.at(-1), sum(heads, product([2, keyHeads]))) : over(q?.at(-1), heads);
  const keys = joined ? q?.[1] : k?.length === 4 ? k[2] : k?.[1];
  const valueWidth = joined ? width : v?.length === 4 ? v[3] : over(v?.at(-1), keyHeads);
  return { batch: q?.[0], heads, keyHeads, queries: q?.[1], keys: sum(keys, past), width, valueWidth };
}
const heads: Layer = {
  shape: (view) => {
    const { batch, heads, keyHeads, queries, keys, width, valueWidth } = headSizes(view);
    return [
      tensor(view, [batch, queries, product([heads, valueWidth])]),
      tensor(view, [batch, keyHeads, keys, width]),
      tensor(view, [batch, keyHeads, keys, valueWidth]),
    ];
  },
  macs: (view) => scoreMacs(headSizes(view)),
};

/** Embeddings of words, positions and segments, and a norm: looked up, not multiplied. */
const embedded: Layer = {
  shape: (view) => {
    const [ids, table] = [dimsAt(view, 0), dimsAt(view, 2)];
    const { type } = view.inputs[2] ?? {};
    return [
      { ...(type === undefined ? {} : { type }), dims: [ids?.[0], ids?.[1], table?.[1]] },
      { type: 'int32', dims: [ids?.[0]] },
    ];
  },
  macs: () => 0,
};

/** By operator: the standard's one shares its name with a contributed one. */
export const attentionRule = (op: string, isStandard: boolean): Layer | undefined => {
  if (op === 'Attention') return isStandard ? standard : packed;
  if (op === 'MultiHeadAttention' || op === 'GroupQueryAttention') return heads;
  if (op === 'EmbedLayerNormalization') return embedded;
  return undefined;
};
