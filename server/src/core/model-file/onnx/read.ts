import { type ByteSource, ModelFileError, Window } from '../bytes.js';
import { type Message, readMessage, type Slice } from '../protobuf.js';
import { bytesOf, type Untold } from '../types.js';
import type { Attribute, Dimension, Graph, LocalFunction, Node, OnnxModel, Tensor, Value } from './model.js';
import { typeOf } from './model.js';
import { modelSchema } from './schema.js';

/** Reads an ONNX file: its graph, and where its weights are; they stay where they are.
 * @errors ModelFileError for a file that is none, is damaged or is cut off */
export async function readOnnx(source: ByteSource): Promise<OnnxModel> {
  if (source.size === 0) throw new ModelFileError('the file is empty');
  if (await isPointer(source)) throw new ModelFileError('this is a Git LFS pointer: the model itself was not fetched (git lfs pull)');
  const message = await readMessage(source, modelSchema);
  const graph = message['graph'] as Message | undefined;
  if (!graph) throw new ModelFileError('no graph in it: this is no ONNX model, or only its beginning');
  const model: OnnxModel = {
    irVersion: numberIn(message, 'irVersion') ?? 0,
    producer: textIn(message, 'producer'),
    producerVersion: textIn(message, 'producerVersion'),
    opsets: many(message, 'opsets').map((one) => ({ domain: textIn(one, 'domain'), version: numberIn(one, 'version') ?? 0 })),
    metadata: many(message, 'metadata').map((one) => [textIn(one, 'key'), textIn(one, 'value')] as const),
    graph: graphOf(graph),
    functions: many(message, 'functions').map(functionOf),
    fileBytes: source.size,
  };
  const stored = [...storedTensors(model.graph), ...model.functions.flatMap((one) => one.nodes.flatMap((node) => [...storedIn(node)]))];
  await readSmall(
    source,
    stored.map(({ tensor }) => tensor),
  );
  return model;
}

/** Shapes, axes, scales and the like are this short at most. */
const smallElements = 64;
async function readSmall(source: ByteSource, tensors: readonly Tensor[]): Promise<void> {
  const window = new Window(source);
  for (const tensor of tensors) {
    if (tensor.elements > smallElements) continue;
    if (tensor.ints && /int|bool/.test(tensor.type)) tensor.values = tensor.ints;
    const place = tensor.raw ?? (tensor.floats?.length === 1 && tensor.type === 'float32' ? tensor.floats[0] : undefined);
    if (!place || place.length === 0) continue;
    await window.load(place.at, place.length);
    const values = valuesAt(window, place.at, tensor.type, tensor.elements);
    if (values) tensor.values = values;
  }
}
function valuesAt(window: Window, at: number, type: string, elements: number): number[] | undefined {
  const list = (size: number, of: (at: number) => number): number[] => Array.from({ length: elements }, (_, index) => of(at + index * size));
  switch (type) {
    case 'int64':
      return list(8, (one) => window.long(one));
    case 'uint64':
      return list(8, (one) => window.long(one, false));
    case 'int32':
      return list(4, (one) => window.number(one, 'Int32'));
    case 'float32':
      return list(4, (one) => window.number(one, 'Float32'));
    case 'float64':
      return list(8, (one) => window.number(one, 'Float64'));
    case 'bool':
    case 'uint8':
      return list(1, (one) => window.byte(one));
    default:
      return undefined;
  }
}

/** A stand-in that git-lfs leaves: a short text. */
async function isPointer(source: ByteSource): Promise<boolean> {
  const start = await source.read(0, Math.min(source.size, 24));
  return [...'version https://git-lfs'].every((letter, at) => start[at] === letter.charCodeAt(0));
}

const many = (message: Message, name: string): readonly Message[] => (message[name] as readonly Message[] | undefined) ?? [];
const textIn = (message: Message, name: string): string => (typeof message[name] === 'string' ? message[name] : '');
const numberIn = (message: Message, name: string): number | undefined => (typeof message[name] === 'number' ? message[name] : undefined);
const textsIn = (message: Message, name: string): readonly string[] => (message[name] as readonly string[] | undefined) ?? [];
const numbersIn = (message: Message, name: string): readonly number[] | undefined => message[name] as readonly number[] | undefined;

function graphOf(message: Message): Graph {
  return {
    name: textIn(message, 'name'),
    nodes: many(message, 'nodes').map(nodeOf),
    tensors: [
      ...many(message, 'tensors').map(tensorOf),
      // A sparse tensor is stored as its values and their places; the values carry its name.
      ...many(message, 'sparse').flatMap((one) => (one['values'] ? [{ ...tensorOf(one['values'] as Message), dims: numbersIn(one, 'dims') ?? [] }] : [])),
    ],
    inputs: many(message, 'inputs').map(valueInfoOf),
    outputs: many(message, 'outputs').map(valueInfoOf),
    values: many(message, 'values').map(valueInfoOf),
    place: message.place,
  };
}
const functionOf = (message: Message): LocalFunction => ({
  name: textIn(message, 'name'),
  domain: textIn(message, 'domain'),
  inputs: textsIn(message, 'inputs'),
  outputs: textsIn(message, 'outputs'),
  nodes: many(message, 'nodes').map(nodeOf),
});
const nodeOf = (message: Message): Node => ({
  op: textIn(message, 'op'),
  domain: textIn(message, 'domain'),
  name: textIn(message, 'name'),
  inputs: textsIn(message, 'inputs'),
  outputs: textsIn(message, 'outputs'),
  attributes: Object.fromEntries(many(message, 'attributes').map((one) => [textIn(one, 'name'), attributeOf(one)])),
  place: message.place,
});
function attributeOf(message: Message): Attribute {
  const { tensor, graph, float, int, text, floats, ints, texts, refersTo } = message as Readonly<Record<string, unknown>>;
  return {
    ...(int === undefined ? {} : { int: int as number }),
    ...(float === undefined ? {} : { float: float as number }),
    ...(text === undefined ? {} : { text: text as string }),
    ...(ints === undefined ? {} : { ints: ints as number[] }),
    ...(floats === undefined ? {} : { floats: floats as number[] }),
    ...(texts === undefined ? {} : { texts: texts as string[] }),
    ...(tensor === undefined ? {} : { tensor: tensorOf(tensor as Message) }),
    ...(graph === undefined ? {} : { graph: graphOf(graph as Message) }),
    ...(refersTo === undefined ? {} : { refersTo: refersTo as string }),
  };
}

function tensorOf(message: Message): Tensor {
  const name = textIn(message, 'name');
  const dims = numbersIn(message, 'dims') ?? [];
  if (dims.some((one) => !(one >= 0))) throw new ModelFileError(`tensor '${name}' has a negative dimension`);
  const elements = dims.reduce((product, one) => product * one, 1);
  if (!Number.isSafeInteger(elements)) throw new ModelFileError(`tensor '${name}' says it has ${dims.join('×')} elements: more than can be`);
  const type = typeOf(numberIn(message, 'dataType') ?? 0);
  const bytes = bytesOf(type, elements);
  const raw = message['rawData'] as Slice | undefined;
  const ints = numbersIn(message, 'int64Data') ?? numbersIn(message, 'int32Data') ?? numbersIn(message, 'uint64Data');
  const entries = new Map(many(message, 'externalData').map((one) => [textIn(one, 'key'), textIn(one, 'value')]));
  const outside = numberIn(message, 'dataLocation') === 1 || entries.has('location');
  if (raw && !outside && bytes !== undefined && raw.length !== bytes && raw.length !== 0)
    throw new ModelFileError(`tensor '${name}' of ${type} ${dims.join('×')} takes ${bytes} bytes, but ${raw.length} are stored: the file is damaged`);
  return {
    name,
    type,
    dims,
    elements,
    bytes,
    ...(raw && !outside ? { raw } : {}),
    ...(message['floatData'] ? { floats: message['floatData'] as Slice[] } : {}),
    ...(ints ? { ints } : {}),
    ...(outside
      ? { external: { location: entries.get('location') ?? '', offset: whole(entries.get('offset')) ?? 0, ...lengthOf(entries.get('length')) } }
      : {}),
    place: message.place,
  };
}
const whole = (text: string | undefined): number | undefined => (text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined);
const lengthOf = (text: string | undefined): { readonly length?: number } => {
  const length = whole(text);
  return length === undefined ? {} : { length };
};

function valueInfoOf(message: Message): Value {
  const name = textIn(message, 'name');
  const type = message['type'] as Message | undefined;
  const tensor = (type?.['tensor'] ?? type?.['sparse']) as Message | undefined;
  if (!tensor) return { name, kind: type?.['sequence'] ? 'sequence' : type?.['map'] ? 'map' : type?.['optional'] ? 'optional' : 'unknown' };
  const shape = tensor['shape'] as Message | undefined;
  return {
    name,
    kind: 'tensor',
    type: typeOf(numberIn(tensor, 'elementType') ?? 0),
    ...(shape ? { dims: many(shape, 'dim').map(dimensionOf) } : {}),
  };
}
function dimensionOf(message: Message): Dimension {
  const value = numberIn(message, 'value');
  if (value !== undefined) return value >= 0 ? value : undefined;
  return textIn(message, 'parameter') || undefined;
}

/** All tensors that a graph stores, those of its branches and of `Constant` nodes among them. */
export function* storedTensors(graph: Graph): Generator<{ readonly tensor: Tensor; readonly in: 'initializer' | 'constant' }> {
  for (const tensor of graph.tensors) yield { tensor, in: 'initializer' };
  for (const node of graph.nodes) yield* storedIn(node);
}
export function* storedIn(node: Node): Generator<{ readonly tensor: Tensor; readonly in: 'initializer' | 'constant' }> {
  for (const { tensor, graph } of Object.values(node.attributes)) {
    if (tensor) yield { tensor, in: 'constant' };
    if (graph) yield* storedTensors(graph);
  }
}

/** Names of the files beside a model that hold its weights. */
export const outsideFiles = ({ graph }: OnnxModel): string[] => [
  ...new Set([...storedTensors(graph)].flatMap(({ tensor }) => (tensor.external ? [tensor.external.location] : []))),
];

/** Weights in other files that are not there, or too short. */
export async function missingWeights(model: OnnxModel, sizeOf: (location: string) => Promise<number | undefined>): Promise<Untold[]> {
  const needed = new Map<string, number>();
  for (const { tensor } of storedTensors(model.graph)) {
    if (!tensor.external) continue;
    const { location, offset, length = tensor.bytes ?? 0 } = tensor.external;
    needed.set(location, Math.max(needed.get(location) ?? 0, offset + length));
  }
  const found: Untold[] = [];
  for (const [location, bytes] of needed) {
    const size = await sizeOf(location);
    if (size === undefined) found.push({ what: `weights in ${location}`, need: `put ${location} beside the model` });
    else if (size < bytes) found.push({ what: `weights in ${location}`, need: `${location} is cut off: ${bytes} bytes are named, ${size} are there` });
  }
  return found;
}
