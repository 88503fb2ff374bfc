import type { Expr } from '../../../syntax/python/ast.js';
import type { PythonInput, SeenWorkload } from '../../types.js';
import { addTrials } from '../study.js';
import { addAdapters, addCheckpointing } from './adapters.js';
import { addDataset, addLength } from './data-source.js';
import { visibleDevices } from './devices.js';
import { amount, count, FactSet } from './fact-set.js';
import { addFrozen } from './frozen.js';
import { addHabits } from './habits.js';
import { addHyperparameters } from './hyperparameters.js';
import { type Loop, limit } from './loop.js';
import { addLoopSettings, addOptimizer, trainLoader } from './loop-facts.js';
import { addModel } from './model-source.js';
import { isPlain } from './precision.js';

const framework = ({ program }: PythonInput): string => {
  const { text } = program;
  const other = /\b(?:import|from) torch\b/.test(text) ? undefined : text.match(/^\s*(?:import|from) (mxnet|paddle|mindspore|mlx)\b/m)?.[1];
  if (other) return other;
  if (/\bfabric\.backward\b|\bFabric\s*\(/.test(text)) return 'fabric';
  if (/\b(apply_gradients|apply_updates|value_and_grad)\b|\b(?:nnx|jax)\.grad\b|^import tensorflow\b/m.test(text) && !/\bimport torch\b/.test(text))
    return /\b(jax|flax)\b/.test(text) ? 'flax' : 'tensorflow';
  if (/\bAccelerator\s*\(/.test(text)) return /\bdiffusers\b/.test(text) ? 'diffusers' : 'accelerate';
  if (/\bdeepspeed\.initialize\b/.test(text)) return 'deepspeed';
  return /^\s*(?:from|import) timm\b/m.test(text) ? 'timm' : 'pytorch';
};

export function loopWorkload(input: PythonInput, { block, bound }: Loop): SeenWorkload {
  const { document, evaluate, program } = input;
  const facts = new FactSet(input);
  if (bound === 'epochs') facts.put('epochs', limit(input, block), amount);
  if (bound === 'steps') facts.put('max_steps', limit(input, block), count);
  const loader = trainLoader(input);
  if (loader) facts.read('batch_size', evaluate.argument(loader, 'batch_size', 1), count);
  addLoopSettings(input, facts);
  addAccumulation(input, facts);
  addOptimizer(input, facts);
  addFrozen(input, facts);
  addHabits(input, facts, { loader });
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
    ...(isPlain(input, facts) && { plain: true as const }),
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
