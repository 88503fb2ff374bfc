import type { Untold } from '../types.js';
import { attentionRule } from './attention-rules.js';
import { type Bound, bindShapes, type StatedShapes } from './bind.js';
import { layerRules, windowRules } from './layer-rules.js';
import { PeakMemory } from './memory.js';
import { type Attribute, type Graph, isDefaultDomain, type LocalFunction, type Node, type OnnxModel, type Value } from './model.js';
import { constantOf, shapeRules } from './shape-rules.js';
import { elementsOf, int, type NodeView, type Shaped, valuesAt } from './shaped.js';
import { valueRules } from './value-rules.js';

/** What one node does, once its shapes are known. */
export interface NodeWork {
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  /** Multiply-accumulates; 0 for what has none; absent: unknown. */
  readonly macs?: number;
  /** Elements that it writes; absent: unknown. */
  readonly elements?: number;
  readonly output?: Shaped;
}
export interface Inference {
  readonly bound: Bound;
  readonly work: readonly NodeWork[];
  readonly outputs: readonly { readonly value: Value; readonly dims: readonly (number | undefined)[] | undefined }[];
  /** Most bytes of values that are alive together, weights aside; absent: unknown. @unit B */
  readonly peakActivation?: number;
  readonly untold: readonly Untold[];
}

/** Follows the shapes through the model and counts the work.
 * @assumes every value has memory of its own while it is needed; views of other values have none
 * @errors ShapeError for shapes that do not fit */
export function infer(model: OnnxModel, stated: StatedShapes): Inference {
  const bound = bindShapes(model.graph, stated);
  const run = new Run(model, bound);
  const scope: Scope = { own: new Map(), constants: new Set() };
  for (const { value, dims } of bound.inputs)
    scope.own.set(value.name, { ...(value.type === undefined ? {} : { type: value.type }), ...(dims ? { dims } : {}) });
  const peak = new PeakMemory(
    model.graph,
    bound.inputs.map(({ value }) => [value.name, scope.own.get(value.name)] as const),
  );
  run.graph(model.graph, scope, (node, outputs, isConstant) => peak.ran(node, outputs, isConstant));
  const untold = run.untold();
  if (bound.open.length > 0) untold.unshift({ what: 'sizes of the inputs', need: `state ${bound.open.join(', ')}` });
  return {
    bound,
    work: run.work,
    outputs: model.graph.outputs.map((value) => ({ value, dims: scope.own.get(value.name)?.dims })),
    ...(peak.most === undefined ? {} : { peakActivation: peak.most }),
    untold,
  };
}

/** Values by name; a branch sees those around it. */
interface Scope {
  readonly own: Map<string, Shaped>;
  readonly constants: Set<string>;
  readonly around?: Scope;
}
const find = (scope: Scope | undefined, name: string): Shaped | undefined => (scope ? (scope.own.get(name) ?? find(scope.around, name)) : undefined);
const isConstant = (scope: Scope | undefined, name: string): boolean =>
  scope !== undefined && (scope.constants.has(name) || (!scope.own.has(name) && isConstant(scope.around, name)));

/** Calls of functions in functions; real ones stay below ten. */
const deepest = 40;

class Run {
  work: NodeWork[] = [];
  private readonly bound: Bound;
  private readonly opsets: ReadonlyMap<string, number>;
  private readonly functions: ReadonlyMap<string, LocalFunction>;
  private readonly unknownOperators = new Set<string>();
  private readonly undecided = new Set<string>();
  private depth = 0;
  constructor(model: OnnxModel, bound: Bound) {
    this.bound = bound;
    this.opsets = new Map(model.opsets.map(({ domain, version }) => [isDefaultDomain(domain) ? '' : domain, version]));
    this.functions = new Map(model.functions.map((one) => [`${one.domain} ${one.name}`, one]));
  }
  untold(): Untold[] {
    return [
      ...[...this.unknownOperators].map((name) => ({ what: `work of ${name}`, need: 'this operator’s shapes are not known here' })),
      ...[...this.undecided].map((what) => ({ what, need: 'decided by values while the model runs' })),
    ];
  }

  graph(graph: Graph, scope: Scope, ran?: (node: Node, outputs: readonly (Shaped | undefined)[], isConstant: boolean) => void): void {
    for (const tensor of graph.tensors) {
      scope.own.set(tensor.name, constantOf(tensor));
      scope.constants.add(tensor.name);
    }
    const declared = new Map([...graph.values, ...graph.outputs].map((value) => [value.name, value]));
    this.nodes(graph.nodes, scope, declared, ran);
  }
  private nodes(
    nodes: readonly Node[],
    scope: Scope,
    declared: ReadonlyMap<string, Value>,
    ran?: (node: Node, outputs: readonly (Shaped | undefined)[], isConstant: boolean) => void,
  ): void {
    for (const node of nodes) {
      const outputs = this.node(node, scope).map((one, at) => this.joined(one, declared.get(node.outputs[at] ?? '')));
      const constant = node.inputs.every((name) => name === '' || isConstant(scope, name)) && !/^Random|^(If|Loop|Scan)$/.test(node.op);
      node.outputs.forEach((name, at) => {
        const output = outputs[at] ?? this.joined(undefined, declared.get(name));
        if (name === '' || !output) return;
        scope.own.set(name, output);
        if (constant) scope.constants.add(name);
      });
      ran?.(
        node,
        node.outputs.map((name) => scope.own.get(name)),
        constant,
      );
    }
  }
  /** What was inferred, and where that is unknown, what the exporter wrote down. */
  private joined(shaped: Shaped | undefined, value: Value | undefined): Shaped | undefined {
    const declared = value?.dims?.map((one) => (typeof one === 'string' ? this.bound.symbols.get(one) : one));
    const type = shaped?.type ?? value?.type;
    const dims = shaped?.dims && declared?.length === shaped.dims.length ? shaped.dims.map((one, at) => one ?? declared[at]) : (shaped?.dims ?? declared);
    return shaped || declared ? { ...shaped, ...(type === undefined ? {} : { type }), ...(dims ? { dims } : {}) } : undefined;
  }

  private node(node: Node, scope: Scope): readonly (Shaped | undefined)[] {
    const view: NodeView = {
      node,
      opset: this.opsets.get(isDefaultDomain(node.domain) ? '' : node.domain) ?? 0,
      inputs: node.inputs.map((name) => (name === '' ? undefined : find(scope, name))),
    };
    const local = this.functions.get(`${node.domain} ${node.op}`);
    if (local) return this.call(local, view);
    if (isDefaultDomain(node.domain)) {
      if (node.op === 'If') return this.branches(view, scope);
      if (node.op === 'Loop' || node.op === 'Scan') return this.repeated(view, scope);
    }
    const known = isDefaultDomain(node.domain) || node.domain === 'com.microsoft';
    const layer = known ? (attentionRule(node.op, isDefaultDomain(node.domain)) ?? own(layerRules, node.op)) : undefined;
    if (layer) {
      const outputs = layer.shape(view);
      this.add(view, layer.macs(view, outputs), outputs);
      return outputs;
    }
    const rule = known ? (own(shapeRules, node.op) ?? own(valueRules, node.op) ?? own(windowRules, node.op)) : undefined;
    if (!rule) {
      this.unknownOperators.add(isDefaultDomain(node.domain) ? node.op : `${node.domain}.${node.op}`);
      this.add(view, undefined, []);
      return [];
    }
    const outputs = rule(view);
    if (/^(NonZero|NonMaxSuppression)$/.test(node.op)) this.undecided.add(`how many ${node.op === 'NonZero' ? 'elements are not zero' : 'boxes are kept'}`);
    this.add(view, 0, outputs);
    return outputs;
  }
  private add({ node }: NodeView, macs: number | undefined, outputs: readonly (Shaped | undefined)[]): void {
    const [output] = outputs;
    const elements = elementsOf(output);
    this.work.push({
      op: node.op,
      domain: node.domain,
      name: node.name || node.outputs[0] || '',
      ...(macs === undefined ? {} : { macs }),
      ...(elements === undefined ? {} : { elements: output?.view === true ? 0 : elements }),
      ...(output ? { output } : {}),
    });
  }

  /** A function that the model brings along: its body stands in the node's place. */
  private call(local: LocalFunction, view: NodeView): readonly (Shaped | undefined)[] {
    if (this.depth >= deepest) {
      this.unknownOperators.add(`${local.domain}.${local.name}, which calls itself`);
      return [];
    }
    const inner: Scope = { own: new Map(), constants: new Set() };
    local.inputs.forEach((name, at) => {
      const shaped = view.inputs[at];
      if (shaped) inner.own.set(name, shaped);
    });
    this.depth++;
    this.nodes(
      local.nodes.map((node) => ({ ...node, attributes: withCaller(node.attributes, view.node.attributes) })),
      inner,
      new Map(),
    );
    this.depth--;
    return local.outputs.map((name) => inner.own.get(name));
  }
  /** Runs a branch's or a loop's body; its work is counted apart. */
  private body(graph: Graph, scope: Scope, inputs: readonly (Shaped | undefined)[]): { readonly outputs: (Shaped | undefined)[]; readonly work: NodeWork[] } {
    const inner: Scope = { own: new Map(), constants: new Set(), around: scope };
    graph.inputs.forEach(({ name, type }, at) => {
      inner.own.set(name, inputs[at] ?? (type === undefined ? {} : { type }));
    });
    const before = this.work;
    this.work = [];
    this.depth++;
    if (this.depth < deepest) this.graph(graph, inner);
    this.depth--;
    const work = this.work;
    this.work = before;
    return { outputs: graph.outputs.map(({ name }) => find(inner, name)), work };
  }
  private branches(view: NodeView, scope: Scope): readonly (Shaped | undefined)[] {
    const [yes, no] = ['then_branch', 'else_branch'].map((name) => view.node.attributes[name]?.graph);
    const condition = valuesAt(view, 0)?.[0];
    if (!yes || !no) return [];
    const chosen = condition === undefined ? undefined : condition ? yes : no;
    if (chosen) {
      const { outputs, work } = this.body(chosen, scope, []);
      this.work.push(...work);
      return outputs;
    }
    const [first, second] = [this.body(yes, scope, []), this.body(no, scope, [])];
    const equal = macsOf(first.work) !== undefined && macsOf(first.work) === macsOf(second.work);
    if (equal) this.work.push(...first.work);
    else {
      this.undecided.add(`which branch of If ${view.node.name} runs`);
      this.add(view, undefined, []);
    }
    return first.outputs.map((one, at) => common(one, second.outputs[at]));
  }
  private repeated(view: NodeView, scope: Scope): readonly (Shaped | undefined)[] {
    const { node } = view;
    const graph = node.attributes['body']?.graph;
    if (!graph) return [];
    const isLoop = node.op === 'Loop';
    const scanned = isLoop ? 0 : (int(view, 'num_scan_inputs') ?? 0);
    const states = isLoop ? view.inputs.slice(2) : view.inputs.slice(0, view.inputs.length - scanned);
    const items = view.inputs.slice(view.inputs.length - scanned);
    const times = isLoop ? valuesAt(view, 0)?.[0] : items[0]?.dims?.[0];
    const counters: Shaped[] = isLoop
      ? [
          { type: 'int64', dims: [] },
          { type: 'bool', dims: [] },
        ]
      : [];
    const each = scanned === 0 ? [] : items.map((one) => (one?.dims ? { ...one, dims: one.dims.slice(1) } : one));
    // Values that a state starts with do not hold in later rounds.
    const { outputs, work } = this.body(graph, scope, [...counters, ...states.map(bare), ...each.map(bare)]);
    const results = isLoop ? outputs.slice(1) : outputs;
    // A loop may end before its count: then this is the most.
    if (times === undefined) this.undecided.add(`how often ${node.op} ${node.name} runs`);
    for (const one of work) this.work.push(times === undefined ? without(one) : repeatedWork(one, times));
    return results.map((one, at) => (at < states.length ? common(states[at], one) : one?.dims ? { ...bare(one), dims: [times, ...one.dims] } : one));
  }
}

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined => (Object.hasOwn(table, name) ? table[name] : undefined);
const macsOf = (work: readonly NodeWork[]): number | undefined =>
  work.reduce<number | undefined>((sum, { macs }) => (sum === undefined || macs === undefined ? undefined : sum + macs), 0);
const bare = (shaped: Shaped | undefined): Shaped => ({
  ...(shaped?.type === undefined ? {} : { type: shaped.type }),
  ...(shaped?.dims ? { dims: shaped.dims } : {}),
});
const common = (a: Shaped | undefined, b: Shaped | undefined): Shaped | undefined =>
  a?.dims && b?.dims && a.dims.length === b.dims.length
    ? { ...(a.type === undefined ? {} : { type: a.type }), dims: a.dims.map((one, at) => (one === b.dims?.[at] ? one : undefined)) }
    : a?.type === undefined
      ? undefined
      : { type: a.type };
const without = ({ op, domain, name, macs }: NodeWork): NodeWork => ({ op, domain, name, ...(macs === 0 ? { macs } : {}) });
const repeatedWork = (one: NodeWork, times: number): NodeWork => ({
  ...one,
  ...(one.macs === undefined ? {} : { macs: one.macs * times }),
  ...(one.elements === undefined ? {} : { elements: one.elements * times }),
});
const withCaller = (own: Node['attributes'], caller: Node['attributes']): Readonly<Record<string, Attribute>> =>
  Object.fromEntries(
    Object.entries(own).flatMap(([name, one]) => {
      if (one.refersTo === undefined) return [[name, one] as const];
      const given = Object.hasOwn(caller, one.refersTo) ? caller[one.refersTo] : undefined;
      return given ? [[name, given] as const] : [];
    }),
  );
