import type { Catalog } from '../../catalog/catalog.js';
import type { SampleModel } from '../../catalog/types.js';
import type { FactReader } from '../spec.js';

/** Work of one sample of a model whose unit is not the token. */
export interface SampleWork {
  readonly model: string;
  /** Forward-equivalent multiply-accumulates: training costs three times this. @unit MAC */
  readonly macs: number;
  /** Outputs of all layers, which training writes, keeps and reads again. @unit elements */
  readonly activations: number;
  /** Outputs that one pass keeps for its gradients. @unit elements */
  readonly kept: number;
  readonly params: number | undefined;
  /** Share of the multiply-accumulates in convolutions of three by three with stride one. */
  readonly squares: number;
  /** A transformer over patches: matrix products throughout. */
  readonly patches: boolean;
  /** Forward pass of frozen encoders a sample. @unit MAC */
  readonly frozen: number;
  /** Weights of those encoders. @unit params */
  readonly frozenParams: number;
  /** Edge of the image. @unit pixels */
  readonly imageSize: number;
  /** Tokens a sample, for models that are transformers over patches or frames. */
  readonly tokens: number | undefined;
  /** Weighted layers, each of which the host launches once a pass. */
  readonly kernels: number;
  /** A batch that fills a device, where none is stated. */
  readonly usualBatch: number;
  readonly kind: SampleModel['kind'];
  /** False: figures follow from the parameter count. */
  readonly exact: boolean;
}

/** Outputs of all layers by multiply-accumulates, where nobody counted them. @source ResNet-50: 11 M outputs at 4.1 G (Radosavovic et al. 2020) */
export const activationsPerMac = 2.2e-3;

/** Weighted layers of an image model where nobody counted them: ResNet-50 has 54. */
const usualKernels = 50;

/** Traffic of a network whose every layer normalises all earlier outputs, by that of one that normalises its own.
 * @source DenseNet-121 at 224 pixels by layer: 6.9 M outputs, 9.1 M inputs normalised and 9.1 M joined, by twice the outputs */
const concatenated = 1.8;

/** Work of a sample from the table of published models, scaled to the image size.
 * @unknown undefined for models that are language models or that nobody described */
export function sampleWorkOf(facts: FactReader, catalog: Catalog): SampleWork | undefined {
  const task = facts.text('task')?.toLowerCase();
  const name = facts.text('model') ?? facts.text('model_name') ?? '';
  if (task !== undefined && /^(pretrain|finetune|lora|qlora)$/.test(task) && facts.has('n_layer')) return undefined;
  const image = facts.number('image_size') ?? sizeIn(name);
  const listed = catalog.sampleModel(name, image);
  // An exact name knows more than a pattern, but not what training keeps of its activations.
  const passed = catalog.inferenceModel(name);
  if (passed !== undefined && passed.kind === 'vision' && listed?.keptM === undefined) {
    const scale = image !== undefined && passed.imageSize !== undefined ? (image / passed.imageSize) ** 2 : 1;
    return {
      model: passed.name,
      macs: passed.forwardGmacs * 1e9 * scale,
      activations: passed.activationsM * 1e6 * scale * (/densenet/.test(passed.name) ? concatenated : 1),
      kept: passed.activationsM * 1e6 * scale,
      params: facts.number('params') ?? passed.params,
      imageSize: image ?? passed.imageSize ?? 224,
      squares: squaresOf(passed.name, 'convolution'),
      patches: isPatched(passed.name),
      frozen: 0,
      frozenParams: 0,
      tokens: undefined,
      kernels: passed.kernels,
      usualBatch: listed?.usualBatch ?? 64,
      // Few multiply-adds an output: each channel is convolved alone (Howard et al. 2017, arXiv 1704.04861).
      kind: passed.forwardGmacs / passed.activationsM < 0.15 ? 'depthwise' : /resnext|regnet/.test(passed.name) ? 'grouped' : 'convolution',
      exact: true,
    };
  }
  if (listed) {
    const scale = image !== undefined && listed.imageSize !== undefined ? (image / listed.imageSize) ** 2 : 1;
    return {
      model: listed.id,
      macs: listed.gmacs * 1e9 * scale,
      activations: (listed.activationsM ?? 1e3 * activationsPerMac * listed.gmacs) * 1e6 * scale,
      kept: (listed.keptM ?? listed.activationsM ?? 1e3 * activationsPerMac * listed.gmacs) * 1e6 * scale,
      params: facts.number('params') ?? (listed.paramsM === undefined ? undefined : listed.paramsM * 1e6),
      imageSize: image ?? listed.imageSize ?? 224,
      squares: squaresOf(listed.id, listed.kind),
      patches: isPatched(listed.id),
      frozen: (listed.frozenGmacs ?? 0) * 1e9 * scale,
      frozenParams: listed.kind === 'diffusion' ? encoderParams(listed.id) : 0,
      tokens: undefined,
      kernels: usualKernels,
      usualBatch: listed.usualBatch ?? 64,
      kind: listed.kind,
      exact: true,
    };
  }
  const shape = catalog.model(name);
  const gmacs = shape?.forwardGmacs;
  if (gmacs !== undefined && shape !== undefined) {
    return {
      model: shape.id,
      macs: gmacs * 1e9,
      activations: activationsPerMac * 1e9 * gmacs,
      kept: activationsPerMac * 1e9 * gmacs,
      params: facts.number('params') ?? shape.params,
      imageSize: image ?? 224,
      squares: squaresOf(shape.id, 'convolution'),
      patches: isPatched(shape.id),
      frozen: 0,
      frozenParams: 0,
      tokens: undefined,
      kernels: usualKernels,
      usualBatch: 64,
      kind: 'convolution',
      exact: true,
    };
  }
  if (task !== 'vision' && task !== 'diffusion') return undefined;
  const params = facts.number('params');
  if (params === undefined || params <= 0) return undefined;
  // Per-sample transformers reuse each weight once a patch; convolutions far more often. 256 patches is the middle of both.
  const macs = params * 256;
  return {
    model: name,
    macs,
    activations: activationsPerMac * macs,
    kept: activationsPerMac * macs,
    params,
    imageSize: image ?? 224,
    squares: 0,
    patches: false,
    frozen: 0,
    frozenParams: 0,
    tokens: undefined,
    kernels: usualKernels,
    usualBatch: 16,
    kind: task === 'diffusion' ? 'diffusion' : 'convolution',
    exact: false,
  };
}

/** Share of the work in convolutions of three by three with stride one.
 * @source by layer: nearly all of VGG (Simonyan and Zisserman 2014), of basic blocks all but those that halve the image; 9 ÷ 17 of a bottleneck without those
 * (He et al. 2015, table 1); the growth layers of DenseNet (Huang et al. 2016); trunk, pyramid and heads of detectors together about half */
function squaresOf(name: string, kind: SampleModel['kind']): number {
  if (kind === 'detection' || (kind === 'diffusion' && !/dit|pixart|flux/.test(name))) return 0.5;
  if (kind !== 'convolution') return 0;
  return squares.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
}

const squares: readonly (readonly [RegExp, number])[] = [
  [/resnext|regnet|dpn|vit|deit|swin|beit|cait|twins|pit_/, 0],
  [/vgg|darknet/, 0.95],
  [/resnet-?_?(18|34)\b|dla34/, 0.85],
  [/unet/, 0.8],
  [/resnet|hrnet|yolo|csp|inception/, 0.45],
  [/densenet/, 0.35],
];

/** Kinds that classify or find things in images. */
export const isImage: ReadonlySet<SampleWork['kind']> = new Set(['convolution', 'depthwise', 'grouped', 'detection']);

/** True where each sample is a photograph, which the host decodes and augments anew every time. */
export const readsPhotographs = ({ kind }: SampleWork, facts: FactReader): boolean => isImage.has(kind) && facts.flag('synthetic_data') !== true;

/** Weights that a diffusion model's text and image encoders have beside it.
 * @unit params
 * @source model cards and configurations: CLIP ViT-L/14 text 0.12 B, OpenCLIP ViT-H text 0.35 B, ViT-bigG text 0.69 B, T5 v1.1 XXL encoder 4.76 B, autoencoder 0.08 B
 * (Rombach et al. 2022; Podell et al. 2023, arXiv 2307.01952 table 1; Chen et al. 2023, arXiv 2310.00426; black-forest-labs/FLUX.1-schnell) */
function encoderParams(id: string): number {
  if (/flux/.test(id)) return 4.96e9;
  if (/pixart|sana/.test(id)) return 4.84e9;
  if (/sdxl/.test(id)) return 0.9e9;
  if (/stable-diffusion-v2/.test(id)) return 0.44e9;
  if (/stable-diffusion/.test(id)) return 0.21e9;
  return /dit/.test(id) ? 0.08e9 : 0;
}

/** Image transformers and transformers that denoise. */
const isPatched = (name: string): boolean =>
  /(^|[^a-z])(vit|deit\d?|swin\w*|beit\w*|eva\d*|cait|dit|pixart|flux|sana|sam|mae|dino\w*|siglip|clip)([^a-z]|$)/i.test(name);

function sizeIn(name: string): number | undefined {
  const match = /(\d{2,4})x\d{2,4}/.exec(name);
  return match ? Number(match[1]) : undefined;
}
