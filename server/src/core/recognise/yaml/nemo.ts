import { at, hasKey, scalarOf, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, flag, flagOf, integer, number, positive, precision, type Read, text } from '../shared/config-facts.js';
import { slurmSeconds } from '../shell/job.js';
import type { YamlRecogniser } from '../types.js';

/** A NeMo (Hydra) configuration with its trainer and its model. */
export const nemo: YamlRecogniser = {
  id: 'nemo',
  language: 'yaml',
  marker: /^[ \t]+(?:tensor_model_parallel_size|micro_batch_size|train_ds|accumulate_grad_batches)[ \t]*:/m,
  doc: {
    format: 'NeMo',
    reads: 'devices, nodes, parallelism, batch, length, steps, shape',
    example: 'model: {micro_batch_size: 1, tensor_model_parallel_size: 4}',
  },
  recognise({ document, roots }) {
    return roots.filter(isNemo).map((root) => {
      const facts = new ConfigFacts(document.uri, root).fields(fields);
      const granularity = at(root, 'model', 'activations_checkpoint_granularity');
      if (granularity && typeof scalarOf(granularity) === 'string') facts.put('grad_ckpt', true, granularity);
      // @source NeMo, megatron_gpt_config.yaml: Transformer Engine multiplies in fp8, while weights keep the trainer's type
      const products = at(root, 'model', 'fp8');
      if (products && flagOf(products) === true) facts.put('matmul_precision', 'fp8', products);
      const sharded = at(root, 'model', 'fsdp');
      if (sharded && flagOf(sharded) === true) facts.put('strategy', 'fsdp', sharded);
      return facts.workload('training', 'nemo', 'Train');
    });
  },
};

const isNemo = (root: Value): boolean =>
  at(root, 'trainer')?.kind === 'map' &&
  at(root, 'model')?.kind === 'map' &&
  countKeys(at(root, 'trainer') as Value, ['devices', 'num_nodes', 'max_steps', 'max_epochs', 'precision']) >= 2 &&
  (hasKey(at(root, 'model'), 'micro_batch_size') || hasKey(at(root, 'model'), 'train_ds') || hasKey(at(root, 'model'), 'tensor_model_parallel_size'));

/** Lightning's `DD:HH:MM:SS`, in seconds. */
const days: Read = (value) => {
  const [, day, hour, minute, second] = /^(\d+):(\d+):(\d+):(\d+)$/.exec(textOf(value)?.trim() ?? '') ?? [];
  return day === undefined ? undefined : Number(day) * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
};
const fields: readonly Field[] = [
  ['model', 'model.restore_from_path', text],
  ['model', 'restore_from_path', text],
  ['gpu_count', 'trainer.devices', positive],
  ['num_nodes', 'trainer.num_nodes', integer],
  ['precision', 'trainer.precision', precision],
  ['max_steps', 'trainer.max_steps', positive],
  ['epochs', 'trainer.max_epochs', number],
  ['grad_accum', 'trainer.accumulate_grad_batches', integer],
  ['batch_size', 'model.micro_batch_size', integer],
  ['batch_size', 'model.train_ds.batch_size', integer],
  ['global_batch_size', 'model.global_batch_size', integer],
  ['seq_len', 'model.encoder_seq_length', integer],
  ['seq_len', 'model.data.seq_length', integer],
  ['tensor_parallel', 'model.tensor_model_parallel_size', integer],
  ['pipeline_parallel', 'model.pipeline_model_parallel_size', integer],
  ['context_parallel', 'model.context_parallel_size', integer],
  ['expert_parallel', 'model.expert_model_parallel_size', integer],
  ['n_layer', 'model.num_layers', integer],
  ['n_embd', 'model.hidden_size', integer],
  ['n_head', 'model.num_attention_heads', integer],
  ['n_kv_head', 'model.num_query_groups', integer],
  ['n_ffn', 'model.ffn_hidden_size', integer],
  ['optimizer', 'model.optim.name', text],
  ['flash_attention', 'model.use_flash_attention', flag],
  ['flash_attention', 'model.unet_config.use_flash_attention', flag],
  ['max_time', 'trainer.max_time', days],
  ['max_time', 'run.time_limit', (value) => slurmSeconds(textOf(value) ?? '')],
];
