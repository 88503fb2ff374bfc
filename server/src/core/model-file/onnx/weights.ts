import type { Node, OnnxModel, Tensor } from './model.js';
import { storedIn, storedTensors } from './read.js';

/** Inputs that hold scales and zero points, and where an integer bias stands, by operator. */
const steering: Readonly<Record<string, readonly number[]>> = {
  QuantizeLinear: [1, 2],
  DequantizeLinear: [1, 2],
  QLinearConv: [1, 2, 4, 5, 6, 7],
  QLinearMatMul: [1, 2, 4, 5, 6, 7],
  QLinearAdd: [1, 2, 4, 5, 6, 7],
  QLinearMul: [1, 2, 4, 5, 6, 7],
  QGemm: [1, 2, 4, 5, 7, 8],
  ConvInteger: [2, 3],
  MatMulInteger: [2, 3],
  MatMulIntegerToFloat: [2, 3, 4, 5],
  DynamicQuantizeMatMul: [2, 3],
  MatMulNBits: [2, 3, 4],
  DynamicQuantizeLSTM: [8, 9, 10, 11],
  Resize: [1, 2, 3],
  Upsample: [1],
};
const integerWeights: Readonly<Record<string, readonly number[]>> = { DequantizeLinear: [0], QLinearConv: [8], QGemm: [6] };

/** Weights of a model: elements of stored tensors, statistics of norms among them.
 * Left out: integers of 32 and 64 bits that index and steer shapes, single numbers, scales and zero points of quantized weights.
 * Weights packed in bytes (4 bits and the like) count as what they stand for. */
export function parametersOf(model: OnnxModel): number {
  const left = new Set<string>();
  const kept = new Set<string>();
  const packed = new Map<string, number>();
  /** A scale that stands for itself (`Mul` after an integer product) is one of ours only by its use. */
  const visit = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      for (const at of steering[node.op] ?? []) left.add(node.inputs[at] ?? '');
      for (const at of integerWeights[node.op] ?? []) kept.add(node.inputs[at] ?? '');
      const [n, k] = [node.attributes['N']?.int, node.attributes['K']?.int];
      if (/^MatMul(NBits|Bnb4)$/.test(node.op) && n !== undefined && k !== undefined) packed.set(node.inputs[1] ?? '', n * k);
      for (const { graph } of Object.values(node.attributes)) if (graph) visit(graph.nodes);
    }
  };
  visit(model.graph.nodes);
  // Scales may be stored in fewer bits than they are used in.
  for (const { op, inputs, outputs } of model.graph.nodes) if (op === 'Cast' && left.has(outputs[0] ?? '')) left.add(inputs[0] ?? '');
  const counted = (tensor: Tensor, name: string): number => {
    const stands = packed.get(name);
    if (stands !== undefined) return stands;
    if (left.has(name) || tensor.dims.length === 0 || /^(string|bool|complex)/.test(tensor.type)) return 0;
    if (/^u?int(32|64)$/.test(tensor.type) && !kept.has(name)) return 0;
    return tensor.elements;
  };
  let sum = 0;
  const constants = new Map<Tensor, string>();
  const name = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      if (node.op === 'Constant') for (const { tensor } of storedIn(node)) constants.set(tensor, node.outputs[0] ?? '');
      for (const { graph } of Object.values(node.attributes)) if (graph) name(graph.nodes);
    }
  };
  name(model.graph.nodes);
  for (const { tensor, in: where } of storedTensors(model.graph)) {
    // A constant of one element is a number in a formula.
    if (where === 'constant' && tensor.elements <= 1) continue;
    sum += counted(tensor, constants.get(tensor) ?? tensor.name);
  }
  return sum;
}
