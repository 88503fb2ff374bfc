import { at, hasKey, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, flag, integer, lower, positive, precision, putProduct, text } from '../shared/config-facts.js';
import type { YamlRecogniser } from '../types.js';

/** A nanotron configuration: model, tokens and parallelism of one pretraining. */
export const nanotron: YamlRecogniser = {
  id: 'nanotron',
  language: 'yaml',
  marker: /^[ \t]+batch_accumulation_per_replica[ \t]*:/m,
  doc: {
    format: 'nanotron',
    reads: 'shape, data set, batch, accumulation, length, steps, parallelism, ZeRO stage',
    example: 'tokens: {micro_batch_size: 2, batch_accumulation_per_replica: 8, sequence_length: 4096}',
  },
  recognise({ document, roots }) {
    return roots.filter(isNanotron).map((root) => {
      const facts = new ConfigFacts(document.uri, root).fields(fields);
      const stage = at(root, 'optimizer', 'zero_stage');
      if (stage) facts.take('strategy', stage, (value) => (integer(value) ? `zero${String(integer(value))}` : 'ddp'));
      // @source nanotron src/nanotron/parallel/context.py: TP*CP*DP*PP is the world size, experts lie within it
      putProduct(
        facts,
        'gpus',
        ['dp', 'tp', 'pp', 'context_parallel_size'].map((key) => at(root, 'parallelism', key)),
      );
      return facts.workload('training', 'nanotron', 'Pretrain');
    });
  },
};

const isNanotron = (root: Value): boolean =>
  hasKey(at(root, 'tokens'), 'batch_accumulation_per_replica') && countKeys(root, ['model', 'parallelism', 'optimizer', 'data_stages']) >= 2;

const fields: readonly Field[] = [
  ['precision', 'model.dtype', precision],
  ['n_layer', 'model.model_config.num_hidden_layers', integer],
  ['n_embd', 'model.model_config.hidden_size', integer],
  ['n_head', 'model.model_config.num_attention_heads', integer],
  ['n_kv_head', 'model.model_config.num_key_value_heads', integer],
  ['n_ffn', 'model.model_config.intermediate_size', integer],
  ['n_experts', 'model.model_config.moe_config.num_experts', integer],
  ['vocab_size', 'model.model_config.vocab_size', integer],
  ['dataset', 'data_stages.0.data.dataset.hf_dataset_or_datasets', text],
  ['dataset', 'data_stages.0.data.dataset.dataset_folder', text],
  ['dataset', 'data_stages.0.data.dataset.dataset_folder.0', text],
  ['optimizer', 'optimizer.optimizer_factory.name', lower],
  ['batch_size', 'tokens.micro_batch_size', integer],
  ['grad_accum', 'tokens.batch_accumulation_per_replica', integer],
  ['seq_len', 'tokens.sequence_length', integer],
  ['max_steps', 'tokens.train_steps', positive],
  ['data_parallel', 'parallelism.dp', integer],
  ['tensor_parallel', 'parallelism.tp', integer],
  ['pipeline_parallel', 'parallelism.pp', integer],
  ['context_parallel', 'parallelism.context_parallel_size', integer],
  ['expert_parallel', 'parallelism.expert_parallel_size', integer],
  ['grad_ckpt', 'parallelism.recompute_layer', flag],
];
