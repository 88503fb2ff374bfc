import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { Block } from '../../syntax/python/program.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { addTrials } from './study.js';
import { addAdapters, addCheckpointing } from './training/adapters.js';
import { addDataset, addLength } from './training/data-source.js';
import { visibleDevices } from './training/devices.js';
import { amount, count, FactSet } from './training/fact-set.js';
import { addHyperparameters } from './training/hyperparameters.js';
import { addLoopSettings, addOptimizer, trainLoader } from './training/loop-facts.js';
import { addModel } from './training/model-source.js';
import { isRayDriven } from './training/ray.js';
import { isTest } from './training/tests.js';

/** Training loops that a program writes itself: PyTorch, accelerate, Fabric, DeepSpeed engines, TensorFlow tapes. */
export const torchLoop: PythonRecogniser = {
  id: 'torch-loop',
  language: 'python',
  marker: /\.backward\s*\(|\.apply_gradients\s*\(|\bvalue_and_grad\b|\bapply_updates\b|\b(?:nnx|jax)\.grad\b/,
  doc: {
    format: 'PyTorch and JAX loops, accelerate, Lightning Fabric',
    reads:
      'loops around backward() or an optax update with the loader, the optimiser, autocast, sharding, compilation; options, constants and configuration objects by their names',
    example: 'for epoch in range(EPOCHS): … loss.backward(); optimizer.step()',
  },
  recognise: (input) => {
    const { document, program } = input;
    if (
      isTest(document.path ?? document.uri) ||
      isRayDriven(input) ||
      !/\.(step|zero_grad|apply_gradients|update|stateless_apply)\s*\(|_scaler\(|optimizer_step\(|\bapply_updates\b/.test(program.text)
    )
      return [];
    const seen = new Set<number>();
    return updates(input)
      .flatMap((at): SeenWorkload[] => {
        if (seen.size > 5) return [];
        const loop = trainingLoop(input, at);
        if (!loop || [...seen].some((start) => start === loop.block.start)) return [];
        seen.add(loop.block.start);
        return [workload(input, loop)];
      })
      .filter(
        (one, index, all) =>
          !all.some(
            (other, at) =>
              at !== index && other.span.start <= one.span.start && other.span.end >= one.span.end && (at < index || other.span.end > one.span.end),
          ),
      );
  },
};

/** Where a program computes gradients or applies them: `loss.backward()`, `state.apply_gradients(…)`, optax's and nnx's updates. */
function updates({ program }: PythonInput): readonly number[] {
  const jax = /\bvalue_and_grad\b|\boptax\b|\b(?:nnx|jax)\.grad\b/.test(program.text);
  return program
    .callsOf(jax ? /^(?:backward|apply_gradients|apply_updates|stateless_apply|update)$/ : /^(?:backward|apply_gradients)$/)
    .filter(({ call }) => {
      const { callee } = call;
      if (callee.kind !== 'attribute') return callee.kind === 'name' && callee.name === 'apply_updates';
      return callee.name !== 'update' || /(^|\.)(opt|optim|optimizer|tx)(_?\w*)$/i.test(dotted(callee.object) ?? '');
    })
    .map(({ at }) => at);
}

interface Loop {
  readonly block: Block;
  readonly bound: 'epochs' | 'steps' | 'data';
}
const framework = ({ program }: PythonInput): string => {
  const { text } = program;
  if (/\bfabric\.backward\b|\bFabric\s*\(/.test(text)) return 'fabric';
  if (/\b(apply_gradients|apply_updates|value_and_grad)\b|\b(?:nnx|jax)\.grad\b/.test(text) && !/\bimport torch\b/.test(text))
    return /\b(jax|flax)\b/.test(text) ? 'flax' : 'tensorflow';
  if (/\bAccelerator\s*\(/.test(text)) return /\bdiffusers\b/.test(text) ? 'diffusers' : 'accelerate';
  if (/\bdeepspeed\.initialize\b/.test(text)) return 'deepspeed';
  return /^\s*(?:from|import) timm\b/m.test(text) ? 'timm' : 'pytorch';
};

/** The loop over epochs (else over steps, else over data) that leads to a place, through the functions of the file that call each other.
 * Undefined for a library's function that nothing in the file drives. */
function trainingLoop(input: PythonInput, at: number): Loop | undefined {
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
  if (!isDriven || loops.length === 0) return undefined;
  const epochs = loops.findLast(({ block }) => /epoch/i.test(header(input, block)));
  if (epochs) return { block: epochs.block, bound: 'epochs' };
  const steps = loops.findLast(
    ({ block }) => block.kind === 'while' || /step|episode|round|iter\b|iters|iteration|\bit\b|batch_i|\bi\b|\bt\b|\b_\b/.test(target(input, block)),
  );
  if (steps && (steps.block.kind === 'while' || /\b(range|count)\s*\(/.test(over(input, steps.block)))) return { block: steps.block, bound: 'steps' };
  const nearest = loops.filter(({ depth }) => depth === loops[0]!.depth).at(-1)!;
  return trainLoader(input) || /loader|dataset|data\b|batch/i.test(header(input, nearest.block)) ? { block: nearest.block, bound: 'data' } : undefined;
}
function stepCall(input: PythonInput, inner: Block, outer: Block): number | undefined {
  const { program } = input;
  const name = inner.name ?? '';
  const counts = (place: number): boolean =>
    place >= outer.start && place < outer.end && (place < inner.start || place >= inner.end) && program.text[place - 1] !== '.';
  const direct = program.callsOf(name).find((one) => counts(one.at));
  if (direct) return direct.at;
  const given = program.uses(name).filter(counts);
  return given.map((place) => compiledCall(input, place)).find((place) => place !== undefined);
}
/** Where a function is called under the name that its compiled form has: `p_step` of `p_step = jax.pmap(step)`. */
function compiledCall({ program }: PythonInput, given: number): number | undefined {
  const around = program.callAround(given);
  if (!around || !/(^|\.)(pmap|jit|compile|function|vmap|partial|shard_map|xmap)$/.test(dotted(around.callee) ?? '')) return undefined;
  const name = program.text.slice(program.statement(given).start, around.start).match(/^\s*(\w+)\s*=\s*$/)?.[1];
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
  const meant = block.subject?.kind === 'name' ? input.evaluate.expression(block.subject) : undefined;
  return meant?.kind === 'call' ? input.program.text.slice(meant.start, meant.end) : header(input, block);
};
const target = ({ program }: PythonInput, block: Block): string => (block.target ? program.text.slice(block.target.start, block.target.end) : '');

function workload(input: PythonInput, { block, bound }: Loop): SeenWorkload {
  const { document, evaluate, program } = input;
  const facts = new FactSet(input);
  if (bound === 'epochs') facts.put('epochs', limit(input, block), amount);
  if (bound === 'steps') facts.put('max_steps', limit(input, block), count);
  const loader = trainLoader(input);
  if (loader) facts.read('batch_size', evaluate.argument(loader, 'batch_size', 1), count);
  addLoopSettings(input, facts);
  addAccumulation(input, facts);
  addOptimizer(input, facts);
  addModel(input, facts, undefined, block.start);
  addAdapters(input, facts, block.start);
  addCheckpointing(input, facts);
  addDataset(input, facts, loader && evaluate.argument(loader, 'dataset', 0), block.start);
  addLength(input, facts);
  addHyperparameters(input, facts);
  addImageSize(input, facts);
  visibleDevices(input, facts);
  addTrials(input, facts, block.start);
  const batch = facts.get('batch_size');
  // ImageNet-style scripts divide the flag by the local GPU count.
  if (batch && /batch_size\s*(=\s*int\(.{0,40}batch_size\s*|\s*=\s*.{0,30}batch_size\s*\/?)\/\s*\w*(ngpus|world_size|n_gpu|num_gpus)/.test(program.text)) {
    facts.forget('batch_size');
    facts.add({ ...batch, name: 'global_batch_size' });
  }
  const name = framework(input);
  const { facts: list, ...rest } = facts.result;
  // Fabric's pieces are spread over functions: the settings are what holds them together.
  const settings = name === 'fabric' ? settingsBlock(input, list, block.start) : undefined;
  return {
    kind: 'training',
    framework: name,
    title: 'Train',
    span: { uri: document.uri, ...(settings ?? { start: block.start, end: block.end }) },
    facts: list,
    ...rest,
  };
}

/** The lines of module constants that hold most of a run's settings: that is where a person changes them, so the lens stands there. */
function settingsBlock({ program, document }: PythonInput, facts: FactSet['result']['facts'], before: number): { start: number; end: number } | undefined {
  const places = facts
    .flatMap(({ span, origin }) => (span && origin !== 'literal' && span.uri === document.uri && span.end < before ? [span] : []))
    .filter((span) => program.blocks(span.start).length === 0 && /^[A-Za-z_]\w*\s*(?::[^=\n]*)?=/.test(program.text.slice(program.statement(span.start).start)))
    .sort((a, b) => a.start - b.start);
  if (places.length < 3) return undefined;
  return { start: program.statement(places[0]!.start).start, end: places.at(-1)!.end };
}

/** How often a loop runs: `range(E)`, `range(1, E + 1)`, `tqdm(range(E))`, `while step < N`. */
function limit({ evaluate }: PythonInput, block: Block): ReturnType<PythonInput['evaluate']['value']> | undefined {
  if (block.kind === 'while') {
    const test = block.subject;
    return test?.kind === 'binary' && /^<=?$/.test(test.op) ? evaluate.value(test.right) : undefined;
  }
  let over: Expr | undefined = block.subject?.kind === 'name' ? evaluate.expression(block.subject) : block.subject;
  for (let depth = 0; depth < 4 && over?.kind === 'call'; depth++) {
    const name = dotted(over.callee) ?? '';
    if (!/(^|\.)(range|trange)$/.test(name)) {
      over = over.args[0]?.value;
      continue;
    }
    const plain = over.args.filter((arg) => arg.keyword === undefined && !arg.spread);
    if (plain.length < 2) {
      const only = plain[0]?.value;
      return only && evaluate.value(lastTurn(only));
    }
    const end = plain[1]!.value;
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

/** `range(steps + 1)`: the last turn only evaluates. */
const lastTurn = (end: Expr): Expr =>
  end.kind === 'binary' && end.op === '+' && end.right.kind === 'number' && end.right.value === 1 && end.left.kind !== 'number' ? end.left : end;

/** `(i + 1) % N == 0` around the optimiser's step, `loss / N`, where N is named as an accumulation. */
function addAccumulation({ program, evaluate }: PythonInput, facts: FactSet): void {
  if (facts.has('grad_accum')) return;
  const pattern = /(?:%|\/=?)\s*((?:\w+\.)*\w*accum\w*)\b/g;
  for (let match = pattern.exec(program.text); match; match = pattern.exec(program.text)) {
    const start = match.index + match[0].length - match[1]!.length;
    const [head, ...path] = match[1]!.split('.');
    let expr: Expr = { kind: 'name', name: head!, start, end: start + match[1]!.length };
    for (const name of path) expr = { kind: 'attribute', object: expr, name, start, end: start + match[1]!.length };
    const value = evaluate.value(expr);
    facts.put('grad_accum', value, count);
    if (facts.has('grad_accum')) return;
  }
}
function addImageSize({ program, evaluate }: PythonInput, facts: FactSet): void {
  if (facts.has('image_size')) return;
  for (const { call } of program.callsOf(/^(?:RandomResizedCrop|CenterCrop|Resize)$/)) {
    const size = evaluate.argument(call, 'size', 0);
    const list = size && evaluate.expression(size);
    facts.read('image_size', list?.kind === 'tuple' || list?.kind === 'list' ? list.items[0] : size, count);
    if (facts.has('image_size')) return;
  }
}
