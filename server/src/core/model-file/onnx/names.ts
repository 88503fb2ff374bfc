import type { Graph, Node } from './model.js';

/** Names from around a node that its branches and bodies use. */
export function namesInside(node: Node): readonly string[] {
  return Object.values(node.attributes).flatMap(({ graph }) => (graph ? namesIn(graph) : []));
}
const namesIn = (graph: Graph): readonly string[] => [
  ...graph.nodes.flatMap((node) => [...node.inputs, ...namesInside(node)]),
  ...graph.outputs.map(({ name }) => name),
];
