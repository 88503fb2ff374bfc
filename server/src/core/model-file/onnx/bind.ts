import { ModelFileError } from '../bytes.js';
import type { Dimension, Graph, Value } from './model.js';

/** Shapes that a person states: by input, or a number for a named dimension. */
export type StatedShapes = Readonly<Record<string, readonly number[]>>;

/** What a graph is fed: inputs that are not stored in it (old files list their weights as inputs too). */
export function fedInputs(graph: Graph): readonly Value[] {
  const stored = new Set(graph.tensors.map(({ name }) => name));
  return graph.inputs.filter(({ name }) => !stored.has(name));
}

/** A stated shape that does not fit the model: the message says what would. */
export class ShapeError extends ModelFileError {}

export interface Bound {
  readonly inputs: readonly { readonly value: Value; readonly dims: readonly (number | undefined)[] | undefined }[];
  readonly symbols: ReadonlyMap<string, number>;
  /** Dimensions that stand for any number and were not stated: by name, or by input and place. */
  readonly open: readonly string[];
}

/** Joins the inputs of a model with stated shapes; a dimension's name stands for one number everywhere.
 * @errors ShapeError for names that do not exist, another number of dimensions, contradictions */
export function bindShapes(graph: Graph, stated: StatedShapes): Bound {
  const inputs = fedInputs(graph);
  const names = new Set(inputs.flatMap(({ dims }) => (dims ?? []).filter((one) => typeof one === 'string')));
  const symbols = new Map<string, number>();
  /** Dimensions without a name, by input and place. */
  const places = new Map<string, number>();
  const set = (symbol: string, size: number): void => {
    const there = symbols.get(symbol);
    if (there !== undefined && there !== size) throw new ShapeError(`dimension '${symbol}' is ${there} in one input and ${size} in another`);
    symbols.set(symbol, size);
  };
  for (const [name, shape] of Object.entries(stated)) {
    if (shape.some((one) => !Number.isSafeInteger(one) || one < 0)) throw new ShapeError(`${name}=${shape.join(',')}: dimensions are whole numbers`);
    const input = inputs.find((one) => one.name === name);
    const place = shape.length === 1 ? /^(.+)\[(\d+)\]$/.exec(name) : null;
    const placed = place && inputs.find((one) => one.name === place[1]);
    if (place && placed?.dims && placed.dims.length > Number(place[2]) && !input) {
      if (placed.dims[Number(place[2])] === undefined) places.set(name, shape[0]!);
      continue;
    }
    if (!input && names.has(name) && shape.length === 1) set(name, shape[0]!);
    else if (!input)
      throw new ShapeError(`no input or dimension is called '${name}': there are ${[...inputs.map((one) => one.name), ...names].join(', ') || 'none'}`);
    else matched(input, shape, set);
  }
  const open = new Set<string>();
  const bound = inputs.map((value) => {
    const given = Object.hasOwn(stated, value.name) ? stated[value.name] : undefined;
    const dims = given ?? value.dims?.map((one, at) => (typeof one === 'string' ? symbols.get(one) : (one ?? places.get(`${value.name}[${at}]`))));
    if (!dims && value.kind === 'tensor') open.add(value.name);
    dims?.forEach((one, at) => {
      if (one !== undefined) return;
      const written = value.dims?.[at];
      open.add(typeof written === 'string' ? written : `${value.name}[${at}]`);
    });
    return { value, dims };
  });
  return { inputs: bound, symbols, open: [...open] };
}
function matched({ name, dims }: Value, shape: readonly number[], set: (symbol: string, size: number) => void): void {
  if (!dims) return;
  if (dims.length !== shape.length) throw new ShapeError(`'${name}' has ${dims.length} dimensions (${shapeText(dims)}), not ${shape.length}`);
  dims.forEach((one, at) => {
    const size = shape[at]!;
    if (typeof one === 'string') set(one, size);
    else if (one !== undefined && one !== size) throw new ShapeError(`dimension ${at} of '${name}' is always ${one}, not ${size} (${shapeText(dims)})`);
  });
}
export const shapeText = (dims: readonly Dimension[] | undefined): string => (dims ? `[${dims.map((one) => one ?? '?').join(', ')}]` : '[…]');
