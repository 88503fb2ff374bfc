import { learningRateMarker, trainingSettings as read } from '../config/training-settings.js';
import type { JsonRecogniser } from '../types.js';

/** Settings of a project's own training program. */
export const trainingSettingsJson: JsonRecogniser = {
  id: 'training-settings',
  language: 'json',
  marker: learningRateMarker,
  last: true,
  doc: {
    format: 'settings of a project’s own training (JSON)',
    reads: 'as in YAML',
    example: '{"training": {"total_train_steps": 200, "micro_batch_size": 32, "learning_rate": 3e-4}}',
  },
  recognise: ({ document, roots }) => (roots.length === 1 ? [read(document.uri, roots[0]!) ?? []].flat() : []),
};
