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

/** Weighted layers of an image model where nobody counted them: ResNet-50 has 54. */
const usualKernels = 50;

/** Work of a sample from the table of published models, scaled to the image size.
 * @unknown undefined for models that are language models or that nobody described */
export function sampleWorkOf(facts: FactReader, catalog: Catalog): SampleWork | undefined {
  const task = facts.text('task')?.toLowerCase();
  const name = facts.text('model') ?? facts.text('model_name') ?? '';
  if (task !== undefined && /^(pretrain|finetune|lora|qlora)$/.test(task) && facts.has('n_layer')) return undefined;
  const image = facts.number('image_size') ?? sizeIn(name);
  const listed = catalog.sampleModel(name, image);
  // An exact name knows more than a pattern.
  const passed = catalog.inferenceModel(name);
  if (passed !== undefined && passed.kind === 'vision') {
    const scale = image !== undefined && passed.imageSize !== undefined ? (image / passed.imageSize) ** 2 : 1;
    return {
      model: passed.name,
      macs: passed.forwardGmacs * 1e9 * scale,
      activations: passed.activationsM * 1e6 * scale,
      kept: passed.activationsM * 1e6 * scale,
      params: facts.number('params') ?? passed.params,
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
      activations: (listed.activationsM ?? 2.2 * listed.gmacs) * 1e6 * scale,
      kept: (listed.keptM ?? listed.activationsM ?? 2.2 * listed.gmacs) * 1e6 * scale,
      params: facts.number('params') ?? (listed.paramsM === undefined ? undefined : listed.paramsM * 1e6),
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
      activations: 2.2e6 * gmacs,
      kept: 2.2e6 * gmacs,
      params: facts.number('params') ?? shape.params,
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
    activations: (2.2 * macs) / 1e3,
    kept: (2.2 * macs) / 1e3,
    params,
    tokens: undefined,
    kernels: usualKernels,
    usualBatch: 16,
    kind: task === 'diffusion' ? 'diffusion' : 'convolution',
    exact: false,
  };
}

function sizeIn(name: string): number | undefined {
  const match = /(\d{2,4})x\d{2,4}/.exec(name);
  return match ? Number(match[1]) : undefined;
}
