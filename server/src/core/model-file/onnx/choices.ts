import type { InputRow } from './io.js';
import type { Graph } from './model.js';

/** Operators that hand an index on as it is. */
const passes = /^(Cast|Identity|Unsqueeze|Squeeze|Reshape|Flatten|Transpose|Expand|Slice)$/;

/** Rows of the smallest stored table that an input of whole numbers chooses from: made-up inputs stay below. */
export function tablesByInput(graph: Graph): ReadonlyMap<string, number> {
  const rows = new Map(graph.tensors.filter(({ dims }) => dims.length > 0).map(({ name, dims }) => [name, dims]));
  const comesFrom = new Map<string, string>(graph.inputs.map(({ name }) => [name, name]));
  const smallest = new Map<string, number>();
  for (const node of graph.nodes) {
    const [first = '', second = ''] = node.inputs;
    const passed = comesFrom.get(first);
    if (passed !== undefined && passes.test(node.op)) for (const output of node.outputs) comesFrom.set(output, passed);
    const pairs: readonly (readonly [index: string, table: string, axis: number])[] =
      node.op === 'Gather'
        ? [[second, first, node.attributes['axis']?.int ?? 0]]
        : node.op === 'EmbedLayerNormalization'
          ? [
              [first, node.inputs[2] ?? '', 0],
              [second, node.inputs[4] ?? '', 0],
            ]
          : [];
    for (const [index, table, axis] of pairs) {
      const input = comesFrom.get(index);
      const size = rows.get(table)?.at(axis);
      if (input !== undefined && size !== undefined) smallest.set(input, Math.min(size, smallest.get(input) ?? size));
    }
  }
  return smallest;
}

/** What a run needs of every input, and what has to be stated for it. */
export function fedInputsOf({ inputs }: { readonly inputs: readonly InputRow[] }): {
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly shape: readonly number[]; readonly below?: number }[];
  readonly lacking: readonly string[];
} {
  const fed = [];
  const lacking: string[] = [];
  for (const { name, type, dims, shape, below } of inputs) {
    if (type === undefined || !shape) lacking.push(`the shape of ${name}`);
    else if (shape.includes(null))
      lacking.push(...shape.flatMap((one, at) => (one === null ? [typeof dims?.[at] === 'string' ? String(dims[at]) : `${name}[${at}]`] : [])));
    else fed.push({ name, type, shape: shape as readonly number[], ...(below === undefined ? {} : { below }) });
  }
  return { inputs: fed, lacking: [...new Set(lacking)] };
}
