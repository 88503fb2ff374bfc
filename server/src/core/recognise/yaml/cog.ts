import { at, hasKey, textOf } from '../../syntax/value.js';
import { ConfigFacts, flagOf, integer } from '../shared/config-facts.js';
import type { YamlRecogniser } from '../types.js';

/** A Cog model: `predict` serves it, on a GPU where the build says so. */
export const cog: YamlRecogniser = {
  id: 'cog',
  language: 'yaml',
  marker: /^(?:predict|run|train)[ \t]*:\s*["']?[\w./-]+\.py:\w+/m,
  doc: { format: 'Cog', reads: 'GPU, concurrency', example: 'predict: "predict.py:Predictor"' },
  recognise({ document, roots }) {
    return roots.flatMap((root) => {
      if (at(root, 'build')?.kind !== 'map' || !['predict', 'run', 'train'].some((key) => /\.py:\w+$/.test(textOf(at(root, key)) ?? ''))) return [];
      const facts = new ConfigFacts(document.uri, root);
      const gpu = at(root, 'build', 'gpu');
      if (gpu && flagOf(gpu) === true) facts.put('gpu_count', 1, gpu, 'default', 'gpu: true is one GPU');
      facts.take('concurrency', at(root, 'concurrency', 'max'), integer);
      return [facts.workload(hasKey(root, 'predict') || hasKey(root, 'run') ? 'serving' : 'training', 'cog', 'Cog')];
    });
  },
};
