import type { Catalog } from '../../catalog/catalog.js';
import type { InferenceModel, SampleModel } from '../../catalog/types.js';
import type { FactReader } from '../spec.js';

/** Weighted layers of a network that no table counts. @assumes a ResNet-101's: vision and diffusion backbones have 50 to 300 */
const usualKernels = 100;

/** The work of a model that answers in whole passes: what is stated (a model file's own count), the table of inference measures first, then that of training samples, then what a checkpoint's card states.
 * `guessed` says that kernels, or the work itself, follow from the size alone. */
export function passModelOf(facts: FactReader, catalog: Catalog): { readonly model: InferenceModel; readonly guessed: boolean } | undefined {
  const names = [facts.text('model'), facts.text('model_name')].filter((name) => name !== undefined);
  const gigaMacs = facts.number('forward_gmacs');
  if (gigaMacs !== undefined && gigaMacs > 0) return stated(facts, names[0] ?? '', gigaMacs);
  for (const name of names) {
    const listed = catalog.inferenceModel(name);
    if (listed !== undefined) return { model: listed, guessed: false };
  }
  const task = facts.text('task')?.toLowerCase();
  if (names.length === 0 || (task !== undefined && !/^(vision|diffusion|other|speech)$/.test(task))) return undefined;
  const image = facts.number('image_size');
  for (const name of names) {
    const sample = catalog.sampleModel(name, image);
    if (sample !== undefined && sample.kind !== 'recommendation') return { model: fromSample(sample, name), guessed: true };
  }
  if (task !== 'vision') return undefined;
  const shape = names.map((name) => catalog.model(name)).find((found) => found?.forwardGmacs !== undefined);
  const params = facts.number('params') ?? shape?.params;
  // a weight is used once a patch or position: 256 times is between image transformers (197) and early convolutions
  const gmacs = shape?.forwardGmacs ?? (params === undefined || params <= 0 ? undefined : (params * 256) / 1e9);
  if (gmacs === undefined) return undefined;
  return {
    model: {
      name: shape?.id ?? names[0] ?? '',
      kind: 'vision',
      ...(params === undefined ? {} : { params }),
      forwardGmacs: gmacs,
      activationsM: 2.2 * gmacs,
      kernels: usualKernels,
      passes: 1,
      calls: 1,
      source: shape?.source ?? 'from the number of parameters',
      asOf: shape?.asOf ?? '',
    },
    guessed: true,
  };
}

/** A pass whose multiply-accumulates somebody counted; what it writes and how many kernels it takes follow from them where nobody says. */
function stated(facts: FactReader, name: string, forwardGmacs: number): { readonly model: InferenceModel; readonly guessed: boolean } {
  const [params, kernels] = [facts.number('params'), facts.number('kernels')];
  return {
    model: {
      name,
      kind: 'vision',
      ...(params === undefined ? {} : { params }),
      forwardGmacs,
      activationsM: facts.number('activations_m') ?? 2.2 * forwardGmacs,
      kernels: kernels ?? usualKernels,
      passes: 1,
      calls: 1,
      source: 'stated',
      asOf: '',
    },
    guessed: kernels === undefined,
  };
}

/** A denoising network is called once a step with guidance; 25 steps where nobody states them, the middle of samplers' defaults (20 to 30). */
function fromSample(sample: SampleModel, name: string): InferenceModel {
  const diffusion = sample.kind === 'diffusion';
  return {
    name: sample.id,
    kind: diffusion ? 'diffusion' : sample.kind === 'speech' || sample.kind === 'gan' || sample.kind === 'recurrent' ? 'speech' : 'vision',
    ...(sample.paramsM === undefined ? {} : { params: sample.paramsM * 1e6 }),
    forwardGmacs: sample.gmacs,
    activationsM: sample.activationsM ?? 2.2 * sample.gmacs,
    kernels: diffusion ? usualKernels * 3 : usualKernels,
    ...(sample.imageSize === undefined ? {} : { imageSize: sample.imageSize }),
    passes: diffusion ? (/schnell|turbo|lightning|lcm/i.test(name) ? 4 : 50) : 1,
    calls: diffusion ? (/schnell|turbo|lightning|lcm/i.test(name) ? 4 : 25) : 1,
    source: sample.source,
    asOf: sample.asOf,
  };
}
