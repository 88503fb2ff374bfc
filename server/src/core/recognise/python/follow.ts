import { argument, type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { Binding } from '../../syntax/python/binding.js';
import { maxSteps } from '../shared/evaluated.js';
import type { ReadsValues } from './evaluated.js';

/** Follows names, attributes, elements and local calls to the expression that is meant: a call, a list, a dict … */
export function followed(evaluator: ReadsValues, expr: Expr, steps: number): Expr {
  if (steps > maxSteps) return expr;
  const { program } = evaluator;
  const onward = (next: Expr | undefined): Expr => (next && next !== expr ? evaluator.expression(next, steps + 1) : expr);
  switch (expr.kind) {
    case 'name': {
      const binding = program.lookup(expr.name, expr.start);
      if (!binding) return expr;
      if (binding.kind === 'parameter') return onward(givenByCaller(evaluator, binding, steps) ?? binding.value);
      return binding.kind === 'assign' && binding.index === undefined ? onward(binding.value) : expr;
    }
    case 'attribute': {
      if (program.qualified(dotted(expr) ?? '') === 'wandb.config') return onward(wandbConfig(evaluator));
      const bound = assignedAttribute(evaluator, expr);
      if (bound) return onward(bound.value);
      const owner = evaluator.expression(expr.object, steps + 1);
      return onward(
        entryOf(evaluator, owner, expr.name, steps + 1) ?? (owner.kind === 'attribute' || owner.kind === 'name' ? undefined : keyedOn(evaluator, expr)),
      );
    }
    case 'subscript':
      return onward(element(evaluator, expr, steps));
    case 'call': {
      const returned = returnedBy(evaluator, expr);
      return returned ? onward(returned) : expr;
    }
    case 'conditional': {
      const test = evaluator.value(expr.test, steps + 1);
      return test.known ? onward(test.value ? expr.value : expr.otherwise) : expr;
    }
    default:
      return expr;
  }
}

/** True where an `if` around a place is known not to be taken: by a constant, or by an option's default. */
export function isOff(evaluator: ReadsValues, at: number): boolean {
  return evaluator.program.blocks(at).some((block) => {
    if (block.kind !== 'if' || !block.subject || at < block.bodyStart) return false;
    const side = at < block.bodyEnd ? block.bodyStart : block.end;
    const { off } = evaluator.memory;
    const known = off.get(side);
    if (known !== undefined) return known;
    off.set(side, false); // a test of what the place itself sets asks again
    const test = evaluator.value(block.subject);
    const found = test.known && Boolean(test.value) !== at < block.bodyEnd;
    off.set(side, found);
    return found;
  });
}

/** `if not config.model: config.model = "m"`: an assignment that only fills what nobody has given. */
export function fills({ program }: ReadsValues, set: Binding): boolean {
  const around = program.blocks(set.start).find((block) => block.kind === 'if');
  return around !== undefined && around.subject !== undefined && set.start < around.bodyEnd && names(program.text, around.subject, `${set.object}.${set.name}`);
}
const names = (text: string, { start, end }: Expr, name: string): boolean => text.slice(start, end).includes(name);

/** The assignment to an attribute that is in force: `config.lr = 1`, `self.lr = lr` of the same class. */
export function assignedAttribute(evaluator: ReadsValues, expr: Extract<Expr, { kind: 'attribute' }>): Binding | undefined {
  const object = dotted(expr.object);
  if (object === undefined) return undefined;
  let bound = evaluator.program.bindings(expr.name).filter((binding) => binding.object === object && binding.kind === 'assign' && binding.value);
  if (bound.length > 1 && /^(self|cls)\b/.test(object)) {
    const own = evaluator.program.blocks(expr.start).find((block) => block.kind === 'class');
    if (own) bound = bound.filter((binding) => binding.start >= own.start && binding.start < own.end);
  }
  return bound.findLast((binding) => binding.start < expr.start) ?? bound.at(-1);
}

/** The element that an index with a known key means, of a dict or list that is written out. */
export function element(evaluator: ReadsValues, expr: Extract<Expr, { kind: 'subscript' }>, steps: number): Expr | undefined {
  const key = evaluator.value(expr.index, steps + 1);
  if (!key.known) return undefined;
  const owner = evaluator.expression(expr.object, steps + 1);
  if ((owner.kind === 'list' || owner.kind === 'tuple') && typeof key.value === 'number') return owner.items.at(key.value);
  const object = dotted(expr.object);
  const set = object !== undefined && typeof key.value === 'string' ? evaluator.program.keyed(object, key.value) : undefined;
  return (set && set.start < expr.start ? set : undefined) ?? (typeof key.value === 'string' ? entryOf(evaluator, owner, key.value, steps) : undefined);
}
function keyedOn(evaluator: ReadsValues, expr: Extract<Expr, { kind: 'attribute' }>): Expr | undefined {
  const object = dotted(expr.object);
  return object === undefined ? undefined : evaluator.program.keyed(object, expr.name);
}

/** The value under a key of a dict, of a call's keywords (`dict(a=1)`, `SimpleNamespace(a=1)`, `Config(a=1)`), or of a dict given to a call (`EasyDict({…})`). */
export function entryOf(evaluator: ReadsValues, owner: Expr, key: string, steps: number): Expr | undefined {
  if (steps > maxSteps) return undefined;
  if (owner.kind === 'dict') {
    for (const entry of owner.entries.toReversed()) {
      if (entry.key === undefined) {
        const inner = entryOf(evaluator, evaluator.expression(spreadValue(entry.value), steps + 1), key, steps + 1);
        if (inner) return inner;
      } else if (entry.key.kind === 'string' && entry.key.value === key) return entry.value;
    }
    return undefined;
  }
  // {**a, "x": 1} | b
  if (owner.kind === 'binary' && owner.op === '|') {
    const side = (one: Expr) => entryOf(evaluator, evaluator.expression(one, steps + 1), key, steps + 1);
    return side(owner.right) ?? side(owner.left);
  }
  if (owner.kind !== 'call') return undefined;
  const given = givenArgument(evaluator, owner, key, undefined, steps + 1);
  if (given) return given;
  const first = owner.args[0];
  if (
    !first ||
    first.keyword !== undefined ||
    first.spread ||
    !/(dict|Dict|Namespace|Munch|Box|create|AttributeDict|Config|deepcopy|copy)$/.test(dotted(owner.callee) ?? '')
  )
    return undefined;
  const inner = evaluator.expression(first.value, steps + 1);
  return inner.kind === 'dict' || inner.kind === 'call' ? entryOf(evaluator, inner, key, steps + 1) : undefined;
}
const spreadValue = (expr: Expr): Expr => (expr.kind === 'spread' ? expr.value : expr);

/** A call's argument by keyword, by position, or out of a dict that is spread into the call. */
export function givenArgument(evaluator: ReadsValues, call: Call, keyword: string, position: number | undefined, steps = 0): Expr | undefined {
  const direct = argument(call, keyword, position)?.value;
  if (direct || steps > maxSteps) return direct;
  for (const arg of call.args.toReversed()) {
    if (arg.spread !== 2) continue;
    const set = dotted(arg.value);
    const keyed = set === undefined ? undefined : evaluator.program.keyed(set, keyword);
    if (keyed) return keyed;
    const owner = evaluator.expression(arg.value, steps + 1);
    if (
      owner.kind === 'call' &&
      /^(vars|asdict|dataclasses\.asdict|dict|OmegaConf\.to_container|omegaconf\.OmegaConf\.to_container)$/.test(evaluator.callee(owner))
    ) {
      const object = owner.args[0]?.value;
      if (object && owner.args[0]?.keyword === undefined) {
        const inner = evaluator.expression(object, steps + 1);
        const entry = inner === object ? undefined : entryOf(evaluator, inner, keyword, steps + 1);
        if (entry) return entry;
        const field: Expr = { kind: 'attribute', object, name: keyword, start: arg.start, end: arg.end };
        if (evaluator.value(field, steps + 1).known) return field;
      }
    }
    const found = entryOf(evaluator, owner, keyword, steps + 1);
    if (found) return found;
  }
  return undefined;
}

/** What the only caller in this file gives for a parameter, directly or through a launcher that takes the function and its arguments. */
export function givenByCaller(evaluator: ReadsValues, parameter: Binding, steps: number): Expr | undefined {
  const { given } = evaluator.memory;
  if (given.has(parameter.start)) return given.get(parameter.start);
  given.set(parameter.start, undefined); // a function that calls itself asks again
  const found = findGiven(evaluator, parameter, steps);
  given.set(parameter.start, found);
  return found;
}
/** `ask.remote(question)` of Ray and Modal, `ask.delay(question)` of Celery. */
const remoteMethods = /^(?:remote|spawn|delay|local)$/;
/** What calls a function with the arguments behind it: `executor.submit(ask, question, limit)`. */
const handsOn = /(?:^|\.)(?:submit|to_thread|run_in_executor|run_sync|run_in_threadpool|partial)$/;
function findGiven(evaluator: ReadsValues, parameter: Binding, steps: number): Expr | undefined {
  const { program } = evaluator;
  const owner = program.functionAt(parameter.scope);
  if (!owner) return undefined;
  const outer = program.blocks(owner.start).find((block) => block.kind === 'class' && block.start < owner.start);
  const called = owner.name === '__init__' ? outer?.name : owner.name;
  if (called === undefined) return undefined;
  const own = owner.parameters.filter((candidate) => candidate.name !== 'self' && candidate.name !== 'cls');
  const position = own.findIndex((candidate) => candidate.name === parameter.name);
  const calls = program.callsOf(called).filter((site) => site.at < owner.start || site.at > owner.end);
  const stars = program.text.slice(parameter.start - 2, parameter.start);
  if (stars.endsWith('*')) {
    // **kwargs: what the only caller gives by name, and no parameter takes.
    const [only, ...more] = calls;
    if (stars !== '**' || !only || more.length > 0) return undefined;
    const args = only.call.args.filter((arg) => arg.spread === 2 || (arg.keyword !== undefined && !own.some(({ name }) => name === arg.keyword)));
    return { ...only.call, callee: { kind: 'name', name: 'dict', start: only.call.callee.start, end: only.call.callee.start }, args };
  }
  if (calls.length === 1) {
    const call = calls[0]!.call;
    const spread = call.args.some((arg) => arg.spread === 1);
    return givenArgument(evaluator, call, parameter.name, position < 0 || spread ? undefined : position, steps + 1);
  }
  if (calls.length > 1) {
    // Several calls decide where they give the same.
    const given = calls.map(({ call }) =>
      call.args.some((arg) => arg.spread) ? undefined : givenArgument(evaluator, call, parameter.name, position < 0 ? undefined : position, steps + 1),
    );
    const texts = new Set(given.map((one) => one && program.text.slice(one.start, one.end)));
    return calls.length < 6 && texts.size === 1 ? given[0] : undefined;
  }
  const remote = program.callsOf(remoteMethods).filter(({ call }) => call.callee.kind === 'attribute' && dotted(call.callee.object) === called);
  if (remote.length === 1) return givenArgument(evaluator, remote[0]!.call, parameter.name, position < 0 ? undefined : position, steps + 1);
  for (const at of program.uses(called)) {
    if (at >= owner.start && at < owner.end) continue;
    const launcher = program.callAround(at);
    if (!launcher?.args.some((arg) => arg.value.kind === 'name' && arg.value.name === called && arg.value.start === at)) continue;
    const loopConfig = argument(launcher, 'train_loop_config')?.value;
    if (loopConfig) return position === 0 ? loopConfig : undefined;
    const place = launcher.args.findIndex((arg) => arg.keyword === undefined && arg.value.start === at);
    if (place >= 0 && handsOn.test(dotted(launcher.callee) ?? '')) {
      const rest: Call = { ...launcher, args: launcher.args.slice(place + 1) };
      const given = givenArgument(evaluator, rest, parameter.name, position < 0 ? undefined : position, steps + 1);
      if (given) return given;
      continue;
    }
    const args = argument(launcher, 'args')?.value ?? launcher.args[1]?.value;
    const list = args ? evaluator.expression(args, steps + 1) : undefined;
    if (list?.kind !== 'tuple' && list?.kind !== 'list') continue;
    const rankFirst = /(^|\.)(spawn|start_processes)$/.test(evaluator.callee(launcher)) ? 1 : 0;
    return list.items[position - rankFirst];
  }
  return undefined;
}

/** What a local function with one return statement returns, for a call of it. */
export function returnedBy(evaluator: ReadsValues, call: Call): Expr | undefined {
  const owner = functionOf(evaluator.program, call);
  const returned = owner ? evaluator.program.returned(owner) : [];
  return returned.length === 1 && returned[0]!.start !== call.start ? returned[0] : undefined;
}
/** The function of this file, or the method of the same class, that a call runs. */
function functionOf(program: ReadsValues['program'], { callee, start }: Call): ReturnType<ReadsValues['program']['function']> {
  if (callee.kind === 'attribute' && dotted(callee.object) === 'self') {
    const owner = program.blocks(start).find((block) => block.kind === 'class');
    return owner && program.function(callee.name, owner);
  }
  if (callee.kind !== 'name') return undefined;
  const binding = program.lookup(callee.name, start);
  return binding?.kind === 'def' ? program.function(binding.name) : undefined;
}

function wandbConfig(evaluator: ReadsValues): Expr | undefined {
  const site = evaluator.program.callsOf('init').find(({ call }) => evaluator.callee(call) === 'wandb.init');
  return site ? argument(site.call, 'config')?.value : undefined;
}
