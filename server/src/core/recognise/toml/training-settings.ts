import { learningRateMarker, trainingSettings as read } from '../config/training-settings.js';
import type { TomlRecogniser } from '../types.js';

/** Settings of a project's own training program. */
export const trainingSettingsToml: TomlRecogniser = {
  id: 'training-settings',
  language: 'toml',
  marker: learningRateMarker,
  last: true,
  doc: {
    format: 'settings of a project’s own training (TOML)',
    reads: 'as in YAML',
    example: '[training]\nepochs = 3\nbatch_size = 32\nlearning_rate = 3e-4',
  },
  recognise: ({ document, roots }) => roots.flatMap((root) => read(document.uri, root) ?? []),
};
