import { dotted } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { trainingLoop } from './training/loop.js';
import { loopWorkload } from './training/loop-workload.js';
import { isRayDriven } from './training/ray.js';
import { isTest } from './training/tests.js';

/** Training loops that a program writes itself: PyTorch, accelerate, Fabric, DeepSpeed engines, TensorFlow tapes. */
export const torchLoop: PythonRecogniser = {
  id: 'torch-loop',
  language: 'python',
  marker: /\bbackward\s*\(|scaler\(\s*\w*loss|\.apply_gradients\s*\(|\bvalue_and_grad\b|\bapply_updates\b|\b(?:nnx|jax)\.grad\b|\.minimize\s*\(/,
  doc: {
    format: 'PyTorch and JAX loops, accelerate, Lightning Fabric',
    reads:
      'loops around backward() or an optax update with the loader, the optimiser, autocast, sharding, compilation; options, constants and configuration objects by their names',
    example: 'for epoch in range(EPOCHS): … loss.backward(); optimizer.step()',
  },
  recognise: (input) => {
    const { document, program, evaluate } = input;
    if (
      isTest(document.path ?? document.uri) ||
      isRayDriven(input) ||
      !/\.(step|zero_grad|apply_gradients|update|stateless_apply)\s*\(|_scaler\(|optimizer_step\(|\.minimize\s*\(|\bapply_updates\b/.test(program.text)
    )
      return [];
    const seen = new Set<number>();
    const all = updates(input);
    // Of two loops of which an option chooses, the one that its default chooses.
    const on = all.filter((at) => !evaluate.isOff(at));
    return (on.length > 0 ? on : all)
      .flatMap((at): SeenWorkload[] => {
        if (seen.size > 5) return [];
        const loop = trainingLoop(input, at);
        if (!loop || [...seen].some((start) => start === loop.block.start)) return [];
        seen.add(loop.block.start);
        return [loopWorkload(input, loop)];
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
  // sess.run([train_op, loss]) of a graph
  if (/\bimport tensorflow\b/.test(program.text) && /\.minimize\s*\(|\.apply_gradients\s*\(/.test(program.text)) {
    const graph = program.callsOf('run').filter(({ call }) => {
      const first = call.args[0];
      return (
        first !== undefined && /train|optim|minimi|solver|update/i.test(program.text.slice(first.start, first.end)) && /sess/i.test(dotted(call.callee) ?? '')
      );
    });
    if (graph.length > 0) return graph.map(({ at }) => at);
  }
  const jax = /\bvalue_and_grad\b|\boptax\b|\b(?:nnx|jax)\.grad\b/.test(program.text);
  return program
    .callsOf(jax ? /^(?:backward|apply_gradients|apply_updates|stateless_apply|update|\w*scaler)$/ : /^(?:backward|apply_gradients|\w*scaler)$/)
    .filter(({ call }) => {
      const { callee } = call;
      const given = call.args.map((arg) => (dotted(arg.value) ?? '').toLowerCase());
      // loss_scaler(loss, optimizer, parameters=…)
      if (/scaler$/.test(dotted(callee) ?? '')) return given.some((one) => one.includes('loss')) && given.some((one) => one.includes('optim'));
      // backward(loss, scaler) of the project
      if (callee.kind !== 'attribute') return callee.kind === 'name' && (callee.name === 'apply_updates' || given.some((one) => one.includes('loss')));
      return callee.name !== 'update' || /(^|\.)(opt|optim|optimizer|tx)(_?\w*)$/i.test(dotted(callee.object) ?? '');
    })
    .map(({ at }) => at);
}
