import { at, type Entry, entriesOf, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { takeDeepspeed } from '../config/deepspeed.js';
import { ConfigFacts, countKeys, type Field, flag, integer, number, positive, precision, text } from '../shared/config-facts.js';
import type { YamlRecogniser } from '../types.js';

/** A GPT-NeoX configuration: the shape of a model with what trains it, in one file or in the one of several that holds the shape. */
export const gptNeox: YamlRecogniser = {
  id: 'gpt-neox',
  language: 'yaml',
  marker: /["']?(?:pipe|model)[-_]parallel[-_]size["']?[ \t]*:/,
  doc: {
    format: 'GPT-NeoX',
    reads: 'shape, parallelism, batch, length, iterations, ZeRO stage, precision',
    example: '{"pipe_parallel_size": 1, "model_parallel_size": 2, "num_layers": 40, "hidden_size": 5120}',
  },
  recognise({ document, roots }) {
    return roots
      .map(withUnderscores)
      .filter(isNeox)
      .map((root) => {
        const facts = new ConfigFacts(document.uri, root).fields(fields);
        // @source gpt-neox configs/neox_arguments.md: a stage count of 0 turns pipelines off
        facts.take('pipeline_parallel', at(root, 'pipe_parallel_size'), (value) => Math.max(1, Number(integer(value) ?? 1)));
        const attention = itemsOf(at(root, 'attention_config'));
        const kind = attention.length > 0 ? document.text.slice(attention[0]!.start, attention.at(-1)!.end) : '';
        if (/flash/.test(kind)) facts.put('flash_attention', true, attention[0]!);
        takeDeepspeed(facts, root);
        facts.take('precision', at(root, 'precision'), precision);
        const finetunes = at(root, 'finetune');
        const posttrains = textOf(at(root, 'train_impl'));
        return facts.workload(
          'training',
          'gpt-neox',
          (finetunes && flag(finetunes) === true) || (posttrains !== undefined && posttrains !== 'normal') ? 'Fine-tune' : 'Pretrain',
        );
      });
  },
};

/** Keys are written with `-` or `_`. */
function withUnderscores(root: Value): Value {
  if (root.kind !== 'map') return root;
  const entries = entriesOf(root).map((entry): Entry => ({ ...entry, key: entry.key.replaceAll('-', '_') }));
  return { ...root, entries };
}
const isNeox = (root: Value): boolean =>
  countKeys(root, ['num_layers', 'hidden_size', 'num_attention_heads']) === 3 && countKeys(root, ['pipe_parallel_size', 'model_parallel_size']) > 0;

const fields: readonly Field[] = [
  ['tensor_parallel', 'model_parallel_size', integer],
  ['n_layer', 'num_layers', integer],
  ['n_embd', 'hidden_size', integer],
  ['n_head', 'num_attention_heads', integer],
  ['n_kv_head', 'num_kv_heads', integer],
  ['n_ffn', 'intermediate_size', integer],
  ['n_experts', 'num_experts', integer],
  ['seq_len', 'seq_length', integer],
  ['max_steps', 'train_iters', positive],
  ['epochs', 'train_epochs', number],
  ['grad_accum', 'gas', integer],
  ['grad_ckpt', 'checkpoint_activations', flag],
  ['num_nodes', 'num_nodes', integer],
  ['dataset', 'data_path', text],
  ['dataset', 'train_data_paths.0', text],
];
