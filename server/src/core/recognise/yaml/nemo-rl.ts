import { at, hasKey, scalarOf, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, flag, integer, lastPart, number, positive, precision, text } from '../shared/config-facts.js';
import type { YamlRecogniser } from '../types.js';

/** A NeMo-RL run: the policy, its algorithm's section, the cluster.
 * @source NVIDIA-NeMo/RL examples/configs */
export const nemoRl: YamlRecogniser = {
  id: 'nemo-rl',
  language: 'yaml',
  marker: /(?:^|[\s{,])train_(?:micro|global)_batch_size[ \t]*:/m,
  doc: {
    format: 'NeMo-RL',
    reads: 'model, batch, length, steps or epochs, samples a prompt, parallelism, precision, LoRA, engine options of the rollouts, devices and nodes',
    example: 'policy: {model_name: Qwen/Qwen2.5-1.5B, train_global_batch_size: 512, train_micro_batch_size: 4}\ncluster: {gpus_per_node: 8, num_nodes: 1}',
  },
  recognise: ({ document, roots }) =>
    roots.filter(isNemoRl).map((root) => {
      const facts = new ConfigFacts(document.uri, root).fields(fields);
      for (const algorithm of algorithms) {
        facts.take('num_generations', at(root, algorithm, 'num_generations_per_prompt'), positive);
        facts.take('max_steps', at(root, algorithm, 'max_num_steps'), positive, `${algorithm}.max_num_steps`);
        facts.take('epochs', at(root, algorithm, 'max_num_epochs'), positive, `${algorithm}.max_num_epochs`);
      }
      for (const backend of ['dtensor_cfg', 'megatron_cfg']) takeBackend(facts, at(root, 'policy', backend));
      const used = algorithms.find((algorithm) => hasKey(root, algorithm)) ?? '';
      return facts.workload('training', 'nemo-rl', used === 'sft' || used === '' ? 'Fine-tune' : used.toUpperCase());
    }),
};

const algorithms = ['grpo', 'sft', 'dpo', 'rm', 'distillation', 'ppo'];
const isNemoRl = (root: Value): boolean =>
  hasKey(at(root, 'policy'), 'train_micro_batch_size') &&
  textOf(at(root, 'policy', 'model_name')) !== undefined &&
  countKeys(root, [...algorithms, 'cluster']) > 0;

/** How the policy is spread, by the backend that is on. */
function takeBackend(facts: ConfigFacts, section: Value | undefined): void {
  if (scalarOf(at(section, 'enabled')) !== true) return;
  facts.take('grad_ckpt', at(section, 'activation_checkpointing'), flag);
  facts.take('tensor_parallel', at(section, 'tensor_parallel_size') ?? at(section, 'tensor_model_parallel_size'), positive);
  facts.take('pipeline_parallel', at(section, 'pipeline_model_parallel_size'), positive);
  facts.take('context_parallel', at(section, 'context_parallel_size'), positive);
  facts.take('expert_parallel', at(section, 'expert_model_parallel_size'), positive);
  const adapter = at(section, 'lora_cfg') ?? at(section, 'peft');
  if (scalarOf(at(adapter, 'enabled')) === true) facts.take('lora_rank', at(adapter, 'dim'), positive);
}

const fields: readonly Field[] = [
  ['model', 'policy.model_name', text],
  ['global_batch_size', 'policy.train_global_batch_size', integer],
  ['batch_size', 'policy.train_micro_batch_size', integer],
  ['seq_len', 'policy.max_total_sequence_length', integer],
  ['precision', 'policy.precision', precision],
  ['grad_ckpt', 'policy.activation_checkpointing_enabled', flag],
  ['optimizer', 'policy.optimizer.name', lastPart],
  ['gpu_mem_util', 'policy.generation.vllm_cfg.gpu_memory_utilization', number],
  ['dataset', 'data.dataset_name', text],
  ['dataset', 'data.train.dataset_name', text],
  ['gpu_count', 'cluster.gpus_per_node', positive],
  ['num_nodes', 'cluster.num_nodes', integer],
];
