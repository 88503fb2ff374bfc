import { bytesField, joined, numberField, textField } from '../wire.js';
import type { Graph, Node, Tensor } from './model.js';
import { namesInside } from './names.js';

/** How a weight is stored and used once it has 8 bits.
 * - `product`: the second matrix of products of integers; what comes in is quantized while the model runs.
 * - `rows`: a table of embeddings, one scale a row; rows are unpacked after they are chosen.
 * - `unpacked`: whole numbers in the file, floats again before they are used: smaller, not faster.
 * - `narrow`: biases, stored as floats of 16 bits with the range of 32 (bfloat16). */
export type Way = 'product' | 'rows' | 'unpacked' | 'narrow';
export interface PlannedWeight {
  readonly tensor: Tensor;
  readonly name: string;
  readonly way: Way;
  /** Dimension that has a scale for each place; absent: one scale for all. */
  readonly axis?: number;
  /** Stored with its two dimensions swapped. */
  readonly swapped: boolean;
}
/** A node that makes wide floats out of narrow ones takes about as much as these win. Casts know bfloat16 from operator set 13 on. */
export const isNarrowed = (elements: number, opset: number): boolean => opset >= 13 && elements >= 64;
export interface QuantizeOptions {
  readonly embeddings: boolean;
}
/** What the node and the names of a weight take in the file, about. @unit B */
const perWeight = 150;
/** Smaller matrices are multiplied in less time than it takes to start the six operators of a product of integers. */
const leastProduct = 16_384;
/** Three bytes an element are won, four a scale are lost. @unit B */
const saved = ({ elements, dims }: Tensor, axis: number | undefined): number => 3 * elements - 4 * (axis === undefined ? 1 : (dims[axis] ?? 1)) - perWeight;

interface Use {
  readonly node: Node;
  readonly at: number;
}

/** Which weights get 8 bits, and how; the others stay, and `left` says why.
 * @param weights name and tensor of every stored weight of the main graph */
export function planWeights(
  graph: Graph,
  weights: ReadonlyMap<string, Tensor>,
  opset: number,
  { embeddings }: QuantizeOptions,
): { readonly planned: readonly PlannedWeight[]; readonly left: ReadonlyMap<Tensor, string> } {
  const uses = new Map<string, Use[]>();
  const inner = new Set<string>();
  for (const node of graph.nodes) {
    node.inputs.forEach((name, at) => {
      if (weights.has(name)) uses.set(name, [...(uses.get(name) ?? []), { node, at }]);
    });
    for (const name of namesInside(node)) inner.add(name);
  }
  const products = new Set(graph.nodes.flatMap(({ op, outputs }) => (op === 'MatMul' ? outputs : [])));
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const planned: PlannedWeight[] = [];
  const left = new Map<Tensor, string>();
  for (const [name, tensor] of weights) {
    const own = uses.get(name) ?? [];
    const reason =
      tensor.type !== 'float32'
        ? `is of ${tensor.type}: only float32 is made smaller`
        : tensor.dims.length < 2 && !(isNarrowed(tensor.elements, opset) && !inner.has(name) && own.every((use) => isBias(use, products)))
          ? 'is small'
          : outputs.has(name)
            ? 'is an output'
            : !embeddings && own.some(isTable)
              ? 'is a table of embeddings'
              : own.length === 0 && !inner.has(name)
                ? 'is not used'
                : undefined;
    const way: Omit<PlannedWeight, 'tensor' | 'name'> =
      tensor.dims.length === 1 ? { way: 'narrow', swapped: false } : wayOf(tensor, own, inner.has(name), opset);
    if (reason === undefined && (way.way === 'narrow' || saved(tensor, way.axis) > 0)) planned.push({ tensor, name, ...way });
    else left.set(tensor, reason ?? 'is small');
  }
  return { planned, left };
}

/** What is added to a product; positions and scales want more digits. */
const isBias = ({ node, at }: Use, products: ReadonlySet<string>): boolean =>
  /^(Conv|ConvTranspose|Gemm)$/.test(node.op) ? at === 2 : node.op === 'Add' && products.has(node.inputs[1 - at] ?? '');
const isTable = ({ node, at }: Use): boolean => node.op === 'Gather' && at === 0;
const intOf = (node: Node, name: string): number | undefined => node.attributes[name]?.int;
function wayOf(
  tensor: Tensor,
  uses: readonly Use[],
  isInner: boolean,
  opset: number,
): { readonly way: Way; readonly axis?: number; readonly swapped: boolean } {
  const matrix = tensor.dims.length === 2 && !isInner;
  // DynamicQuantizeLinear came with operator set 11, axes of DequantizeLinear with 13.
  if (matrix && opset >= 11 && tensor.elements >= leastProduct && uses.every(isProduct)) {
    const swapped = uses.map(({ node }) => intOf(node, 'transB') === 1);
    if (new Set(swapped).size === 1) return { way: 'product', axis: swapped[0] ? 0 : 1, swapped: swapped[0] === true };
  }
  if (matrix && uses.every((use) => isTable(use) && (intOf(use.node, 'axis') ?? 0) === 0)) return { way: 'rows', axis: 0, swapped: false };
  const [first] = uses;
  return { way: 'unpacked', swapped: false, ...(opset >= 13 ? { axis: first ? channelAxis(first, tensor.dims.length) : 0 } : {}) };
}
function isProduct({ node, at }: Use): boolean {
  if (at !== 1) return false;
  if (node.op === 'MatMul') return node.domain === '' || node.domain === 'ai.onnx';
  const [alpha, beta] = [node.attributes['alpha']?.float ?? 1, node.attributes['beta']?.float ?? 1];
  return node.op === 'Gemm' && alpha === 1 && (beta === 1 || !node.inputs[2]) && intOf(node, 'transA') !== 1;
}
/** The dimension of an operator's weights that belongs to one output each. */
function channelAxis({ node, at }: Use, rank: number): number {
  if (node.op === 'ConvTranspose' || /^(LSTM|GRU|RNN)$/.test(node.op)) return 1;
  if (node.op === 'MatMul') return at === 1 ? rank - 1 : rank - 2;
  if (node.op === 'Gemm') return (intOf(node, 'transB') === 1) === (at === 1) ? 0 : 1;
  return 0;
}

/** Names that are not taken yet. */
export class Names {
  private readonly taken: Set<string>;
  constructor(graph: Graph) {
    this.taken = new Set([
      ...graph.tensors.map(({ name }) => name),
      ...graph.inputs.map(({ name }) => name),
      ...graph.nodes.flatMap((node) => [...node.outputs, ...namesInside(node)]),
    ]);
  }
  make(wanted: string): string {
    let name = wanted;
    for (let at = 1; this.taken.has(name); at++) name = `${wanted}_${at}`;
    this.taken.add(name);
    return name;
  }
}

/** Names of the tensors that a weight becomes. */
export interface Stored {
  readonly weight: PlannedWeight;
  readonly quantized: string;
  /** As nodes take it. */
  readonly scale: string;
  /** As it is stored, where that is narrower. */
  readonly narrowScale?: string;
}

type AttributeValue = number;
export function nodeBytes(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
): Uint8Array {
  return joined([
    ...inputs.map((one) => textField(1, one)),
    ...outputs.map((one) => textField(2, one)),
    textField(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytesField(5, joined([textField(1, name), numberField(3, value), numberField(20, 2)]))),
  ]);
}
const float = 1;
const widened = (from: string, to: string): Uint8Array => nodeBytes('Cast', [from], [to], { to: float });

/** Nodes in the place of those that used a weight. Products of one input share its quantization. */
export class Rewriter {
  private readonly names: Names;
  private readonly stored: ReadonlyMap<string, Stored>;
  private readonly zero: string;
  private readonly incoming = new Map<string, readonly [quantized: string, scale: string, zero: string]>();
  constructor(names: Names, stored: ReadonlyMap<string, Stored>, zero: string) {
    this.names = names;
    this.stored = stored;
    this.zero = zero;
  }
  /** Before everything else: floats again under the old name. */
  unpacking(): readonly Uint8Array[] {
    return [...this.stored.values()].flatMap(({ weight, quantized, scale, narrowScale }) => [
      ...(narrowScale === undefined ? [] : [widened(narrowScale, scale)]),
      ...(weight.way === 'narrow' ? [widened(quantized, weight.name)] : []),
      ...(weight.way === 'unpacked'
        ? [nodeBytes('DequantizeLinear', [quantized, scale], [weight.name], weight.axis === undefined ? {} : { axis: weight.axis })]
        : []),
    ]);
  }
  /** @returns undefined for a node that stays as it is */
  replaced(node: Node): readonly Uint8Array[] | undefined {
    const product = node.op === 'MatMul' || node.op === 'Gemm' ? this.stored.get(node.inputs[1] ?? '') : undefined;
    if (product?.weight.way === 'product') return this.product(node, product);
    const table = node.op === 'Gather' ? this.stored.get(node.inputs[0] ?? '') : undefined;
    return table?.weight.way === 'rows' ? this.rows(node, table) : undefined;
  }
  private product(node: Node, { quantized, scale }: Stored): Uint8Array[] {
    const [input = '', , bias = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const nodes: Uint8Array[] = [];
    let [codes, step, zero] = this.incoming.get(input) ?? [];
    if (codes === undefined || step === undefined || zero === undefined) {
      [codes, step, zero] = [this.names.make(`${input}_quantized`), this.names.make(`${input}_scale`), this.names.make(`${input}_zero_point`)];
      this.incoming.set(input, [codes, step, zero]);
      nodes.push(nodeBytes('DynamicQuantizeLinear', [input], [codes, step, zero]));
    }
    const name = (what: string): string => this.names.make(`${output}_${what}`);
    const [sums, floats, both] = [name('sums'), name('floats'), name('scale')];
    const scaled = bias === '' ? output : name('scaled');
    nodes.push(
      nodeBytes('MatMulInteger', [codes, quantized, zero, this.zero], [sums]),
      widened(sums, floats),
      nodeBytes('Mul', [step, scale], [both]),
      nodeBytes('Mul', [floats, both], [scaled]),
    );
    if (bias !== '') nodes.push(nodeBytes('Add', [scaled, bias], [output]));
    return nodes;
  }
  private rows(node: Node, { quantized, scale }: Stored): Uint8Array[] {
    const [, index = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const name = (what: string): string => this.names.make(`${output}_${what}`);
    const [codes, floats, steps] = [name('codes'), name('floats'), name('steps')];
    return [
      nodeBytes('Gather', [quantized, index], [codes], { axis: 0 }),
      widened(codes, floats),
      nodeBytes('Gather', [scale, index], [steps], { axis: 0 }),
      nodeBytes('Mul', [floats, steps], [output]),
    ];
  }
}
