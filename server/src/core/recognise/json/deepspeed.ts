import { at, hasKey, type Value } from '../../syntax/value.js';
import { takeDeepspeed } from '../config/deepspeed.js';
import { ConfigFacts } from '../shared/config-facts.js';
import type { JsonRecogniser } from '../types.js';

/** A DeepSpeed configuration file: says how a training elsewhere runs. */
export const deepspeed: JsonRecogniser = {
  id: 'deepspeed',
  language: 'json',
  marker: /"(?:zero_optimization|train_micro_batch_size_per_gpu|train_batch_size)"\s*:/,
  doc: { format: 'DeepSpeed', reads: 'ZeRO stage, offload, precision, batch sizes, optimizer', example: '{"zero_optimization": {"stage": 3}}' },
  recognise({ document, roots }) {
    return roots.filter(isDeepspeed).map((root) => {
      const facts = new ConfigFacts(document.uri, root);
      takeDeepspeed(facts, root);
      return { ...facts.workload('training', 'deepspeed', 'DeepSpeed'), fragment: true as const };
    });
  },
};

function isDeepspeed(root: Value): boolean {
  if (root.kind !== 'map') return false;
  if (at(root, 'zero_optimization')?.kind === 'map' || hasKey(root, 'train_micro_batch_size_per_gpu')) return true;
  const parts = ['optimizer', 'fp16', 'bf16'].filter((key) => at(root, key)?.kind === 'map').length;
  return hasKey(root, 'train_batch_size') && parts > 0 && (hasKey(root, 'steps_per_print') || hasKey(root, 'gradient_clipping') || parts > 1);
}
