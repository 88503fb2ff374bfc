import type { InferenceModel } from '../../catalog/types.js';
import { type Dimensions, isSized } from '../dimensions.js';
import { either } from './llm.js';
import { effect, share, type Theta } from './theta.js';
import type { ServingCase } from './workload.js';

/** What one item costs a model that answers in one or several whole passes. */
export interface PassWork {
  readonly kind: string;
  /** Multiply-adds an item. */
  readonly macs: number;
  /** Activation elements written an item. */
  readonly activations: number;
  /** Kernels a call, over all passes. */
  readonly kernels: number;
  readonly params: number;
  readonly passes: number;
  readonly calls: number;
  /** Boxes are decoded and suppressed after the network, image by image. */
  readonly boxes: boolean;
  readonly guessed: boolean;
}

/** Work of one item: from the table of published models, from a transformer's shape, or scaled from the parameters. */
export function passWork(each: ServingCase): PassWork | undefined {
  if (each.task === 'encoder')
    return each.model === undefined
      ? undefined
      : encoderWork(each.model, each.inputTokens ?? encoderTokens(each), each.sparsity, each.itemsPerRequest, /deberta/i.test(each.modelName ?? ''));
  if (each.pass !== undefined) return tableWork(each.pass, each.imageScale, each.steps, each.passGuessed);
  if (each.model === undefined) return undefined;
  // an image transformer sees 197 tokens at 224 px (arXiv:2010.11929); diffusion transformers 4096 at 1024 px, 28 steps with guidance
  const diffusion = each.model.modality === 'diffusion';
  const tokens = diffusion ? 4096 : 197;
  const passes = diffusion ? (each.steps ?? 28) * 2 : 1;
  const work = encoderWork({ ...each.model, vocab: 0 }, tokens, 0, 1, false);
  return {
    ...work,
    kind: diffusion ? 'diffusion' : 'vision',
    macs: work.macs * passes,
    activations: work.activations * passes,
    kernels: work.kernels * (diffusion ? passes / 2 : 1),
    passes,
    calls: diffusion ? passes / 2 : 1,
    guessed: true,
  };
}

function tableWork(model: InferenceModel, scale: number, steps: number | undefined, guessed: boolean): PassWork {
  const calls = steps !== undefined && model.kind === 'diffusion' ? steps : model.calls;
  const passes = model.kind === 'diffusion' ? (calls * model.passes) / model.calls : model.passes;
  return {
    kind: model.kind === 'diffusion' ? 'diffusion' : model.forwardGmacs / model.activationsM < 0.15 && model.kind === 'vision' ? 'depthwise' : model.kind,
    macs: model.forwardGmacs * 1e9 * passes * scale,
    activations: model.activationsM * 1e6 * passes * scale,
    kernels: model.kernels * calls,
    // a weight is used once a position: about 256 times where nobody counts the weights
    params: model.params ?? (model.forwardGmacs * 1e9) / 256,
    passes: model.kind === 'diffusion' ? passes : 1,
    calls: model.kind === 'diffusion' ? calls : 1,
    boxes: /ssd|retina|yolo|r-?cnn|\bdetr/i.test(model.name),
    guessed,
  };
}

/** Encoder pass: body parameters × tokens, and the two attention products 2·layers·tokens²·hidden; 20 activation rows of the hidden width a layer (arXiv:2205.05198 eq. 2, without training's masks). DeBERTa adds two score products with relative positions and gathers them by 8-byte indices (arXiv:2006.03654 §3.1): 20 score-sized writes instead of 2. */
function encoderWork(model: Dimensions, tokens: number, sparsity: number, items: number, disentangled: boolean): PassWork {
  const stored = Math.max(model.params - model.vocab * model.hidden, model.params * 0.2);
  const layered = model.layers * model.hidden * (4 * model.hidden + 2 * model.ffn);
  // far fewer weights than its layers multiply with: they share them (arXiv:1909.11942 §3.1)
  const body = (stored < 0.4 * layered ? layered : stored) * (1 - 0.85 * sparsity);
  return {
    kind: 'encoder',
    macs: items * (body * tokens + (disentangled ? 4 : 2) * model.layers * tokens * tokens * model.hidden),
    activations: items * model.layers * tokens * (20 * model.hidden + (disentangled ? 20 : 2) * model.heads * tokens),
    kernels: model.layers * (disentangled ? 24 : 12),
    params: model.params * (1 - sparsity),
    passes: 1,
    calls: 1,
    boxes: false,
    guessed: isSized(model),
  };
}

/** Length taken where nobody states one: the longest that the model takes, at most 512. @assumes inputs fill the window */
export const encoderTokens = (each: ServingCase): number => (each.itemsPerRequest > 1 ? 450 : Math.min(512, each.model?.maxPosition ?? 512));

/** Time of one call on one device for a batch of items: compute against activation traffic, a floor for each kernel, the host beside it. @unit s */
export function passTime(
  each: ServingCase,
  work: PassWork,
  theta: Theta,
  batch: number,
): { total: number; compute: number; memory: number; host: number } | undefined {
  const { device, engine, format } = each;
  if (device === undefined) return undefined;
  const eager = engine.group === 'eager';
  const compute =
    (2 * work.macs * batch) /
    ((device.peak[format.compute] / device.cores) *
      share(
        theta,
        eager ? 'p.comp.eager' : 'p.comp.compiled',
        `p.comp.kind.${work.kind}`,
        `p.comp.engine.${engine.id}`,
        `p.comp.format.${device.class === 'cpu' ? 'cpu-' : ''}${format.kernels === 'fp32' ? format.compute : format.kernels}`,
        `p.comp.chip.${device.class}`,
      ));
  const width = format.compute === 'fp32' || format.compute === 'tf32' ? 4 : format.compute === 'int8' || format.compute === 'fp8' ? 1 : 2;
  // activations may stay on the chip, weights have to come
  const cached = Math.min(
    5,
    effect(theta, eager ? 'p.mem.eager' : 'p.mem.compiled', `p.mem.engine.${engine.id}`, `p.mem.kind.${work.kind}`, `p.mem.chip.${device.class}`),
  );
  const reach = device.bandwidth / device.cores;
  const memory = (2 * work.activations * batch * width) / (reach * cached) + (work.params * format.bytes * work.passes) / (reach * Math.min(0.8, cached));
  const floor = device.class === 'cpu' ? 0 : work.kernels * effect(theta, 'p.kernel', `p.kernel.chip.${device.class}`) * 1e-6;
  // TensorFlow rewrites the graph once (grappler auto_mixed_precision), and casts nothing call by call
  const mixed = eager && format.compute === 'fp16' && !/^tensorflow/.test(engine.id) ? 'amp' : format.kernels;
  const host =
    work.kernels *
    effect(theta, eager ? 'p.host.eager' : 'p.host.compiled', `p.host.engine.${engine.id}`, `p.host.format.${mixed}`) *
    1e-6 *
    (device.class === 'cpu' ? 0.3 : 1);
  const busy = either(compute, memory, 2) + floor;
  const boxes = work.boxes ? batch * effect(theta, eager ? 'p.boxes.eager' : 'p.boxes.compiled') * 1e-3 : 0;
  const fixed = effect(theta, eager ? 'p.fixed.eager' : 'p.fixed.compiled', `p.fixed.engine.${engine.id}`) * 1e-3 + boxes;
  return { total: either(busy, host, 4) + fixed, compute, memory, host: host + fixed };
}

/** Items in a call where nobody states them and only the rate matters: large enough to fill the chip. */
export const fillingBatch = (work: PassWork): number => Math.max(1, Math.min(256, Math.round(2e12 / Math.max(1, work.macs))));
