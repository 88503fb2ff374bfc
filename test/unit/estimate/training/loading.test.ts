import { expect, it } from 'vitest';
import { estimateOf, type Facts } from './context.js';

const job: Facts = {
  task: 'vision',
  model: 'ResNet-50',
  image_size: 224,
  gpu_type: 'h100-sxm-80gb',
  gpus: 8,
  precision: 'bf16',
  batch_size: 128,
  framework: 'pytorch',
};
const width = (facts: Facts) => {
  const { low, high } = estimateOf({ ...job, ...facts }).estimates['samples_per_s']!;
  return high / low;
};

it('where nobody says how photographs are loaded, the fast end is that of a run which does not wait for them', () => {
  expect(width({})).toBeGreaterThan(1.1 * width({ loader_workers: 8 }));
});
it.each<[string, Facts]>([
  ['samples that are made up', { synthetic_data: true }],
  ['a loader of a vendor’s recipe', { framework: 'NVIDIA DeepLearningExamples' }],
])('%s: nothing is open', (_, facts) => {
  expect(width(facts)).toBeCloseTo(width({ ...facts, loader_workers: 8 }), 6);
});
