import { at, hasKey, itemsOf, scalarOf, type Value } from '../../syntax/value.js';
import { takeDeepspeedOption, takeFsdp } from '../config/deepspeed.js';
import { takeAttention, takePrecision, takeQuantization } from '../config/transformers-fields.js';
import { ConfigFacts, countKeys, type Field, flag, integer, integerOrAuto, lower, number, positive, text } from '../shared/config-facts.js';
import { engineOfSamples } from '../shared/facts.js';
import type { YamlRecogniser } from '../types.js';

/** An Axolotl configuration: one training run. */
export const axolotl: YamlRecogniser = {
  id: 'axolotl',
  language: 'yaml',
  marker: /^base_model[ \t]*:/m,
  doc: { format: 'Axolotl', reads: 'model, method, batch, length, epochs, sharding, data set', example: 'base_model: Qwen/Qwen3-8B' },
  recognise({ document, roots }) {
    return roots.filter(isAxolotl).map((root) => {
      const facts = new ConfigFacts(document.uri, root).fields(fields);
      takePrecision(facts, root, 'bf16');
      takeQuantization(facts, root);
      takeAttention(facts, root);
      facts.take('dataset', datasetOf(root), text, 'datasets');
      facts.mixed(at(root, 'datasets'));
      const adapter = at(root, 'adapter');
      if (scalarOf(adapter) === 'qlora' && adapter) facts.put('quantization', '4bit', adapter, 'default', 'qlora loads the base model in 4 bits');
      takeDeepspeedOption(facts, at(root, 'deepspeed'));
      takeFsdp(facts, root);
      return facts.workload('training', 'axolotl', titleOf(root));
    });
  },
};

const fields: readonly Field[] = [
  ['model', 'base_model', text],
  ['seq_len', 'sequence_len', integer],
  ['packing', 'sample_packing', flag],
  ['resume', 'auto_resume_from_checkpoints', flag],
  ['batch_size', 'micro_batch_size', integer],
  ['grad_accum', 'gradient_accumulation_steps', integer],
  ['global_batch_size', 'batch_size', integer],
  ['epochs', 'num_epochs', number],
  ['max_steps', 'max_steps', positive],
  ['optimizer', 'optimizer', text],
  ['finetune_method', 'adapter', lower],
  ['lora_rank', 'lora_r', integer],
  ['tensor_parallel', 'tensor_parallel_size', integer],
  ['context_parallel', 'context_parallel_size', integer],
  ['context_parallel', 'sequence_parallel_degree', integer],
  ['expert_parallel', 'expert_parallel_size', integer],
  ['compile', 'torch_compile', flag],
  ['gpu_count', 'ray_num_workers', integer],
  ['num_generations', 'trl.num_generations', integer],
  ['max_tokens', 'trl.max_completion_length', integer],
  ['rollout_engine', 'trl.use_vllm', (value) => engineOfSamples(flag(value))],
  [
    'grad_ckpt',
    'gradient_checkpointing',
    (value) => flag(value) ?? (/^offload/.test(String(scalarOf(value))) ? 'offload' : scalarOf(value) === 'unsloth' ? true : undefined),
  ],
  ['dataset_size', 'max_samples', integerOrAuto],
];

const companions = ['datasets', 'pretraining_dataset', 'sequence_len', 'micro_batch_size', 'num_epochs', 'adapter', 'sample_packing', 'val_set_size', 'lora_r'];
/** A merge or inference configuration has a `base_model` too; only a training names its data. */
const isAxolotl = (root: Value): boolean =>
  text(at(root, 'base_model') ?? root) !== undefined && countKeys(root, companions) >= 3 && (hasKey(root, 'micro_batch_size') || datasetOf(root) !== undefined);

function datasetOf(root: Value): Value | undefined {
  for (const key of ['datasets', 'pretraining_dataset']) {
    const listed = at(root, key);
    if (listed?.kind === 'scalar' && typeof listed.value === 'string') return listed;
    const path = at(itemsOf(listed)[0], 'path');
    if (path) return path;
  }
  return undefined;
}

function titleOf(root: Value): string {
  const rl = scalarOf(at(root, 'rl'));
  if (typeof rl === 'string' && rl !== '') return rl.toUpperCase();
  return hasKey(root, 'pretraining_dataset') && !hasKey(root, 'datasets') ? 'Pretrain' : 'Fine-tune';
}
