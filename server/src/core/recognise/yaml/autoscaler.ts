import { at, hasKey, textOf } from '../../syntax/value.js';
import { ConfigFacts, integer, scalerName } from '../shared/config-facts.js';
import type { YamlRecogniser } from '../types.js';

/** A scaler of model servers: its bounds multiply the GPUs of another object. */
export const autoscaler: YamlRecogniser = {
  id: 'autoscaler',
  language: 'yaml',
  marker: /^kind[ \t]*:\s*["']?\w*(?:Autoscaler|ScaledObject)\b/m,
  doc: { format: 'HPA, KEDA, scalers of other operators', reads: 'bounds of the replicas of a model server', example: 'kind: ScaledObject' },
  recognise({ document, roots }) {
    return roots.flatMap((root) => {
      const kind = textOf(at(root, 'kind'));
      if (!/(?:Autoscaler|ScaledObject)$/.test(kind ?? '') || !hasKey(at(root, 'spec'), 'scaleTargetRef')) return [];
      if (!modelSigns.test(document.text.slice(root.start, root.end))) return [];
      const spec = at(root, 'spec');
      const facts = new ConfigFacts(document.uri, root);
      facts.take('min_replicas', at(spec, 'minReplicas') ?? at(spec, 'minReplicaCount'), integer);
      facts.take('max_replicas', at(spec, 'maxReplicas') ?? at(spec, 'maxReplicaCount'), integer);
      if (facts.facts.length === 0) return [];
      facts.take('scaler', at(root, 'kind'), scalerName);
      const target = at(spec, 'scaleTargetRef');
      const name = textOf(at(target, 'name'));
      return [
        {
          ...facts.workload('resource', kind === 'ScaledObject' ? 'keda' : 'kubernetes', 'Autoscaler'),
          fragment: true as const,
          ...(name === undefined ? {} : { scales: `${textOf(at(target, 'kind')) ?? 'Deployment'}/${name}` }),
        },
      ];
    });
  },
};

/** Metrics or names that only a model server or a GPU has. */
const modelSigns =
  /\bvllm\b|\bsglang\b|\btgi_|\btext-generation\b|\btriton(?:server)?\b|\bnv_inference|\bDCGM_|\bgpu[_-]|[_-]gpu\b|\bllm\b|\btorchserve\b|\bkserve\b|\bts_queue/i;
