import type { ByteSource } from '../bytes.js';
import { typeRows, type Untold, type WeightSummary } from '../types.js';
import type { StatedShapes } from './bind.js';
import { tablesByInput } from './choices.js';
import { type Inference, infer } from './infer.js';
import type { InputRow } from './io.js';
import { isDefaultDomain, type OnnxModel, type Value } from './model.js';
import { missingWeights, outsideFiles, readOnnx, storedTensors } from './read.js';
import { parametersOf } from './weights.js';

/** Work of one operator over the model. */
export interface OperatorRow {
  readonly op: string;
  readonly domain: string;
  readonly nodes: number;
  /** Multiply-accumulates; absent: unknown for at least one node. */
  readonly macs?: number;
  /** What is known of them, where not all is. */
  readonly macsAtLeast: number;
  /** Elements written; absent: unknown for at least one node. */
  readonly elements?: number;
}
export interface OnnxSummary extends WeightSummary {
  readonly format: 'onnx';
  readonly irVersion: number;
  readonly producer: string;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly graphName: string;
  readonly nodes: number;
  readonly inputs: readonly InputRow[];
  readonly outputs: readonly InputRow[];
  /** The most work first. */
  readonly operators: readonly OperatorRow[];
  /** Absent: unknown, and `untold` says why. */
  readonly macs?: number;
  readonly macsAtLeast: number;
  readonly elements?: number;
  /** @unit B */
  readonly peakActivation?: number;
  /** Dimensions that have to be stated for the work to be known. */
  readonly open: readonly string[];
  /** Files that hold weights. */
  readonly externalFiles: readonly string[];
}

/** What an ONNX model is made of and does at given shapes. */
export function onnxSummary(model: OnnxModel, stated: StatedShapes, lacking: readonly Untold[] = []): OnnxSummary {
  const tensors = [...storedTensors(model.graph)].map(({ tensor }) => tensor);
  const inference = infer(model, stated);
  const tables = tablesByInput(model.graph);
  const operators = operatorRows(inference);
  const complete = operators.every(({ macs }) => macs !== undefined);
  const written = operators.every(({ elements }) => elements !== undefined);
  const macsAtLeast = operators.reduce((sum, row) => sum + row.macsAtLeast, 0);
  return {
    format: 'onnx',
    fileBytes: model.fileBytes,
    tensors: tensors.length,
    parameters: parametersOf(model),
    weightBytes: tensors.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    types: typeRows(tensors),
    metadata: model.metadata,
    untold: [...lacking, ...inference.untold],
    irVersion: model.irVersion,
    producer: [model.producer, model.producerVersion].filter(Boolean).join(' '),
    opsets: model.opsets.map(({ domain, version }) => ({ domain: isDefaultDomain(domain) ? 'ai.onnx' : domain, version })),
    graphName: model.graph.name,
    nodes: model.graph.nodes.length,
    inputs: inference.bound.inputs.map(({ value, dims }) => ({ ...row(value, dims), ...below(tables.get(value.name)) })),
    outputs: inference.outputs.map(({ value, dims }) => row(value, dims)),
    operators,
    ...(complete ? { macs: macsAtLeast } : {}),
    macsAtLeast,
    ...(written ? { elements: operators.reduce((sum, { elements }) => sum + (elements ?? 0), 0) } : {}),
    ...(inference.peakActivation === undefined ? {} : { peakActivation: inference.peakActivation }),
    open: inference.bound.open,
    externalFiles: outsideFiles(model),
  };
}
/** @param sizeOf size of a file beside the model @errors ModelFileError */
export async function summariseOnnx(source: ByteSource, stated: StatedShapes, sizeOf: (location: string) => Promise<number | undefined>): Promise<OnnxSummary> {
  const model = await readOnnx(source);
  return onnxSummary(model, stated, await missingWeights(model, sizeOf));
}

const below = (rows: number | undefined): { readonly below?: number } => (rows === undefined ? {} : { below: rows });
const row = ({ name, type, dims }: Value, shape: readonly (number | undefined)[] | undefined): InputRow => ({
  name,
  ...(type === undefined ? {} : { type }),
  ...(dims ? { dims: dims.map((one) => one ?? null) } : {}),
  ...(shape ? { shape: shape.map((one) => one ?? null) } : {}),
});

function operatorRows({ work }: Inference): OperatorRow[] {
  const rows = new Map<string, { op: string; domain: string; nodes: number; macs: number; elements: number; macsKnown: boolean; elementsKnown: boolean }>();
  for (const { op, domain, macs, elements } of work) {
    const key = `${domain} ${op}`;
    const one = rows.get(key) ?? { op, domain, nodes: 0, macs: 0, elements: 0, macsKnown: true, elementsKnown: true };
    rows.set(key, one);
    one.nodes++;
    if (macs === undefined) one.macsKnown = false;
    else one.macs += macs;
    if (elements === undefined) one.elementsKnown = false;
    else one.elements += elements;
  }
  return [...rows.values()]
    .sort((a, b) => b.macs - a.macs || b.elements - a.elements || (a.op < b.op ? -1 : 1))
    .map(({ op, domain, nodes, macs, elements, macsKnown, elementsKnown }) => ({
      op,
      domain,
      nodes,
      ...(macsKnown ? { macs } : {}),
      macsAtLeast: macs,
      ...(elementsKnown ? { elements } : {}),
    }));
}
