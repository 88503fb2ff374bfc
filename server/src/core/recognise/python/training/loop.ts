import { type Call, dotted, type Expr } from '../../../syntax/python/ast.js';
import type { Block } from '../../../syntax/python/program.js';
import type { PythonInput } from '../../types.js';
import { makesOptimizer, trainLoader } from './loop-facts.js';

/** A loop that trains, or the call that does where no loop is around it. */
export interface Loop {
  readonly block: Pick<Block, 'start' | 'end' | 'kind' | 'subject'>;
  readonly bound: 'epochs' | 'steps' | 'data' | 'call';
}
/** The loops that lead to a place, innermost first, and whether something in the file runs them. */
interface Climb {
  readonly loops: readonly { block: Block; depth: number }[];
  readonly isDriven: boolean;
}

/** The loop over epochs (else over steps, else over data) that leads to a place, through the functions of the file that call each other.
 * Undefined for a library's function that nothing in the file drives, unless it holds a whole training: all epochs, with an optimiser that this file makes. */
export function trainingLoop(input: PythonInput, at: number): Loop | undefined {
  const climb = climbFrom(input, at);
  if (!climb) return undefined;
  const whole = wholeLoop(input, climb);
  const { loops } = climb;
  if (!climb.isDriven) {
    if (whole && (makesOptimizer(input) || isTrainingFunction(input, at, whole.block))) return whole;
    const block = ownTrainer(input, at, climb);
    return block && { block, bound: 'data' };
  }
  if (whole || loops.length === 0) return whole;
  const nearest = loops.filter(({ depth }) => depth === loops[0]!.depth).at(-1)!;
  return trainLoader(input) || /loader|dataset|data\b|batch/i.test(header(input, nearest.block)) ? { block: nearest.block, bound: 'data' } : undefined;
}
/** A module's function that is a whole training for its callers: `def train(model, optimizer, loader, num_epochs=2)`. */
function isTrainingFunction({ program }: PythonInput, at: number, loop: Pick<Block, 'start' | 'end'>): boolean {
  const blocks = program.blocks(at);
  const owner = blocks.findLast((block) => block.kind === 'def');
  return (
    owner?.name !== undefined &&
    /train|fit|finetune|distill/i.test(owner.name) &&
    !/epoch|step|batch|iter/i.test(owner.name) &&
    !blocks.some((block) => block.kind === 'class') &&
    loop.start >= owner.start &&
    loop.end <= owner.end &&
    /optim\w*\.step\(/.test(program.text.slice(loop.start, loop.end))
  );
}
/** The outermost loop of a trainer class of the project, which other files run: `class Trainer: def run(self): …`. */
function ownTrainer({ program }: PythonInput, at: number, { loops }: Climb): Block | undefined {
  const blocks = program.blocks(at);
  const owner = blocks.find((block) => block.kind === 'class');
  if (!/Trainer$/.test(owner?.name ?? '') || owner?.items?.some((base) => dotted(base) !== 'object')) return undefined;
  const loop = loops.findLast(({ block }) =>
    program.blocks(block.start).some((one) => one.kind === 'def' && /^(?:train|fit|run|learn|optimize)$/.test(one.name ?? '')),
  )?.block;
  return loop && owner && /optim\w*\.step\(|\.step\(self\.\w*optim/.test(program.text.slice(owner.start, owner.end)) ? loop : undefined;
}
/** The loop over epochs or steps around a call that trains, else the call's own statement. */
export function callLoop(input: PythonInput, at: number): Loop | undefined {
  const climb = climbFrom(input, at);
  if (!climb || !(climb.isDriven || makesOptimizer(input))) return undefined;
  return wholeLoop(input, climb) ?? { block: { ...input.program.statement(at), kind: 'with' }, bound: 'call' };
}
function wholeLoop(input: PythonInput, { loops }: Climb): Loop | undefined {
  const epochs = loops.findLast(({ block }) => /epoch/i.test(header(input, block)));
  if (epochs) return { block: epochs.block, bound: 'epochs' };
  const steps = loops.findLast(
    ({ block }) => block.kind === 'while' || /step|episode|round|iter\b|iters|iteration|\bit\b|batch_i|\bi\b|\bt\b|\b_\b/.test(target(input, block)),
  );
  const isCounted = (block: Block): boolean => /\b(t?range|count)\s*\(/.test(over(input, block));
  if (steps && (steps.block.kind === 'while' || isCounted(steps.block))) return { block: steps.block, bound: 'steps' };
  // A program of one piece needs no telling name: for k in range(20)
  const counted = loops.findLast(({ block, depth }) => depth === 0 && isCounted(block));
  return counted && input.program.scopeOf(counted.block.start) === -1 ? { block: counted.block, bound: 'steps' } : undefined;
}

function climbFrom(input: PythonInput, at: number): Climb | undefined {
  const { program } = input;
  const loops: { block: Block; depth: number }[] = [];
  const visited = new Set<number>();
  let isDriven = /\b__main__\b/.test(program.text) || input.document.cells !== undefined;
  let here = at;
  for (let depth = 0; depth < 6; depth++) {
    const blocks = program.blocks(here);
    const owner = blocks.find((block) => block.kind === 'class');
    if (depth === 0 && owner?.items?.some((base) => /Lightning|Trainer\b|(^|\.)Module$|Function$|Optimizer$|Callback/.test(dotted(base) ?? '')))
      return undefined;
    for (const block of blocks) if (block.kind === 'for' || block.kind === 'while') loops.push({ block, depth });
    const outer = blocks.findLast((block) => block.kind === 'def');
    if (!outer?.name || visited.has(outer.start)) {
      isDriven ||= !outer;
      break;
    }
    // A step within another function: where that function runs it, by its name or by that of its compiled form.
    const inner = blocks.find((block) => block.kind === 'def');
    if (inner?.name && inner !== outer && !visited.has(inner.start)) {
      visited.add(inner.start);
      const run = stepCall(input, inner, outer);
      if (run !== undefined) {
        here = run;
        continue;
      }
    }
    visited.add(outer.start);
    isDriven ||=
      /^(train_and_eval\w*|main)$/.test(outer.name) ||
      (outer.decorators ?? []).some((one) => /main|command|function|app|stub|task|step|record|hydra/.test(dotted(one) ?? ''));
    const called = outer.name === '__init__' ? owner?.name : outer.name;
    const isOutside = (place: number): boolean => place < outer.start || place >= outer.end;
    const isMethod = owner !== undefined && owner.start < outer.start;
    const site = program.callsOf(called ?? '').find((one) => isOutside(one.at) && isCallOf(one.call, isMethod && outer.name !== '__init__'));
    if (!site) {
      const given = program.uses(called ?? '').find((place) => isOutside(place) && program.callAround(place) !== undefined);
      if (given === undefined) break;
      const compiled = compiledCall(input, given);
      // A method that its own class hands over: who drives the class decides.
      if (compiled === undefined && !(owner && given >= owner.start && given < owner.end)) {
        isDriven = true;
        break;
      }
      here = compiled ?? given;
      continue;
    }
    here = site.at;
  }
  return { loops, isDriven };
}
function stepCall(input: PythonInput, inner: Block, outer: Block): number | undefined {
  const { program } = input;
  const name = inner.name ?? '';
  const counts = (place: number): boolean =>
    place >= outer.start && place < outer.end && (place < inner.start || place >= inner.end) && program.text[place - 1] !== '.';
  const direct = program.callsOf(name).find((one) => counts(one.at));
  if (direct) return direct.at;
  const given = program.uses(name).filter(counts);
  return given.map((place) => compiledCall(input, place)).find((place) => place !== undefined) ?? madeCall(input, inner, outer);
}
/** Where a step runs that a function makes and returns: `step` of `step = make_step(model, optimizer)`. */
function madeCall({ program }: PythonInput, inner: Block, outer: Block): number | undefined {
  const returned = new RegExp(`^[ \\t]*return\\b[^\\n]*\\b${inner.name}\\b(?!\\()`, 'm');
  if (!outer.name || !returned.test(program.text.slice(inner.end, outer.end))) return undefined;
  for (const { call, at } of program.callsOf(outer.name)) {
    const name = program.text.slice(program.statement(at).start, call.start).match(/^\s*((?:self\.)?\w+)\s*=\s*(?:[\w.]+\()*$/)?.[1];
    const run = name === undefined ? undefined : program.callsOf(name.replace(/^self\./, '')).find((site) => dotted(site.call.callee) === name);
    if (run) return run.at;
  }
  return undefined;
}
/** Where a function is called under the name that its compiled form has: `p_step` of `p_step = jax.pmap(step)`. */
function compiledCall({ program }: PythonInput, given: number): number | undefined {
  const around = program.callAround(given);
  if (!around || !/(^|\.)(pmap|p?jit|\w*_jit|compile|function|vmap|partial|shard_map|xmap)$/.test(dotted(around.callee) ?? '')) return undefined;
  const name = program.text.slice(program.statement(given).start, around.start).match(/^\s*(\w+)\s*=\s*(?:[\w.]+\()*$/)?.[1];
  return name === undefined ? undefined : program.callsOf(name)[0]?.at;
}
/** `model.train()` is no call of a function or method of the file that is named `train`. */
function isCallOf(call: Call, isMethod: boolean): boolean {
  if (call.callee.kind !== 'attribute') return !isMethod;
  const object = dotted(call.callee.object) ?? '';
  return isMethod && !/(^|\.|_)(model|net|module|encoder|decoder|network|ddp_model|generator|discriminator|policy|actor|critic)s?(\[\])?$/i.test(object);
}
const header = ({ program }: PythonInput, block: Block): string => program.text.slice(block.start, Math.min(block.bodyStart, block.start + 200));
/** What a loop runs over, through the name of a progress bar. */
const over = (input: PythonInput, block: Block): string => {
  // for step, batch in zip(steps, loader)
  const first = block.subject?.kind === 'call' && dotted(block.subject.callee) === 'zip' ? block.subject.args[0]?.value : block.subject;
  const meant = first?.kind === 'name' ? input.evaluate.expression(first) : undefined;
  return meant?.kind === 'call' ? input.program.text.slice(meant.start, meant.end) : header(input, block);
};
const target = ({ program }: PythonInput, block: Block): string => (block.target ? program.text.slice(block.target.start, block.target.end) : '');

/** How often a loop runs: `range(E)`, `range(1, E + 1)`, `tqdm(range(E))`, `while step < N`. */
export function limit({ evaluate, program }: PythonInput, block: Loop['block']): ReturnType<PythonInput['evaluate']['value']> | undefined {
  const named = (expr: Expr | undefined): Expr | undefined => (expr?.kind === 'name' ? evaluate.expression(expr) : expr);
  if (block.kind === 'while') {
    const bound = block.subject && upperBound(block.subject);
    return bound && evaluate.value(bound);
  }
  let over = named(block.subject);
  for (let depth = 0; depth < 4 && over?.kind === 'call'; depth++) {
    const name = dotted(over.callee) ?? '';
    if (!/(^|\.)(range|trange)$/.test(name)) {
      over = named(over.args[0]?.value);
      continue;
    }
    const plain = over.args.filter((arg) => arg.keyword === undefined && !arg.spread);
    if (plain.length < 2) {
      const only = plain[0]?.value;
      return only && evaluate.value(lastTurn(only));
    }
    const end = plain[1]!.value;
    // range(first, first + N)
    if (end.kind === 'binary' && end.op === '+') {
      const from = program.text.slice(plain[0]!.start, plain[0]!.end);
      const turns = [end.left, end.right].findIndex((side) => program.text.slice(side.start, side.end) === from);
      if (turns >= 0 && !/^\d+$/.test(from)) return evaluate.value(turns === 0 ? end.right : end.left);
    }
    const start = evaluate.value(plain[0]!.value);
    if (start.known && start.value === 1 && end.kind === 'binary' && end.op === '+') return evaluate.value(end.left);
    if (!start.known || start.value === 0) return evaluate.value(lastTurn(end));
    const value = evaluate.value(end);
    return value.known && start.known && typeof value.value === 'number' && typeof start.value === 'number' && start.value > 0
      ? { ...value, value: value.value - start.value }
      : value;
  }
  return undefined;
}

/** `N` of `while step < N and not done`. */
function upperBound(test: Expr): Expr | undefined {
  if (test.kind !== 'binary') return undefined;
  if (test.op === 'and') return upperBound(test.left) ?? upperBound(test.right);
  return /^<=?$/.test(test.op) ? test.right : undefined;
}
/** `range(steps + 1)`: the last turn only evaluates. `range(steps - resumed)`: nothing was done before, unless said otherwise. */
const lastTurn = (end: Expr): Expr =>
  end.kind === 'binary' && end.op === '-' && /resum|start|done|initial|begin/.test(dotted(end.right) ?? '')
    ? end.left
    : end.kind === 'binary' && end.op === '+' && end.right.kind === 'number' && end.right.value === 1 && end.left.kind !== 'number'
      ? end.left
      : end;
