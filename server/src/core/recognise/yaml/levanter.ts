import { at, hasKey, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, flag, integer, number, positive, precisionOf, text } from '../shared/config-facts.js';
import type { YamlRecogniser } from '../types.js';

/** A Levanter (JAX) configuration: model, trainer and optimiser. */
export const levanter: YamlRecogniser = {
  id: 'levanter',
  language: 'yaml',
  marker: /^[ \t]+num_train_steps[ \t]*:/m,
  doc: {
    format: 'Levanter',
    reads: 'shape, data set, global batch, length, steps, compute type',
    example: 'trainer: {mp: "p=f32,c=bfloat16", train_batch_size: 256, num_train_steps: 50000}',
  },
  recognise({ document, roots }) {
    return roots.filter(isLevanter).map((root) => {
      const facts = new ConfigFacts(document.uri, root).fields(fields);
      // @source levanter src/levanter/trainer.py: a jmp policy, whose `c` is what is computed in
      facts.take('precision', at(root, 'trainer', 'mp'), (value) => {
        const policy = textOf(value) ?? '';
        return precisionOf(
          (/\bc(?:ompute)?=(\w+)/.exec(policy)?.[1] ?? policy).replace(/^(b?f)(\d\d)$/, (_all, kind, bits) => `${kind === 'bf' ? 'bf' : 'fp'}${bits}`),
        );
      });
      const pretrained = at(root, 'initialize_from_hf');
      return facts.workload('training', 'levanter', pretrained && flag(pretrained) !== false ? 'Fine-tune' : 'Pretrain');
    });
  },
};

const isLevanter = (root: Value): boolean =>
  hasKey(at(root, 'trainer'), 'num_train_steps') &&
  at(root, 'model')?.kind === 'map' &&
  countKeys(root, ['data', 'optimizer', 'initialize_from_hf', 'hf_save_path']) > 0;

const fields: readonly Field[] = [
  ['model', 'model_name_or_path', text],
  ['n_layer', 'model.num_layers', integer],
  ['n_embd', 'model.hidden_dim', integer],
  ['n_head', 'model.num_heads', integer],
  ['n_kv_head', 'model.num_kv_heads', integer],
  ['n_ffn', 'model.intermediate_dim', integer],
  ['seq_len', 'max_seq_len', integer],
  ['seq_len', 'model.seq_len', integer],
  ['grad_ckpt', 'model.gradient_checkpointing', flag],
  ['global_batch_size', 'trainer.train_batch_size', integer],
  ['batch_size', 'trainer.per_device_parallelism', positive],
  ['max_steps', 'trainer.num_train_steps', positive],
  ['epochs', 'epoch', (value) => (Number(number(value)) > 0 ? number(value) : undefined)],
  ['tensor_parallel', 'trainer.model_axis_size', integer],
  ['optimizer', 'optimizer.type', text],
  ['dataset', 'data.id', text],
  // `!include` names a file, not a data set.
  ['dataset', 'data', (value) => (value.kind === 'scalar' && value.tag === undefined ? text(value) : undefined)],
  ['lora_rank', 'lora.r', integer],
];
