import { learningRateMarker, trainingSettings as read } from '../config/training-settings.js';
import type { YamlRecogniser } from '../types.js';

/** Settings of a project's own training program. */
export const trainingSettings: YamlRecogniser = {
  id: 'training-settings',
  language: 'yaml',
  marker: learningRateMarker,
  last: true,
  doc: {
    format: 'settings of a project’s own training (YAML)',
    reads: 'batch, epochs or steps, optimiser, precision, length, shape, parallelism by their usual names, where no known format has them',
    example: 'train: {epochs: 20, batch_size: 8}\noptimizer: {name: adamw, lr: 1e-4}',
  },
  recognise: ({ document, roots }) => (roots.length === 1 ? [read(document.uri, roots[0]!) ?? []].flat() : []),
};
