import { at, hasKey, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, integer, integerOrAuto, lastPart, number, positive, precision, type Read, text } from '../shared/config-facts.js';
import type { YamlRecogniser } from '../types.js';

/** A LitGPT configuration: fine-tuning or pretraining. */
export const litgpt: YamlRecogniser = {
  id: 'litgpt',
  language: 'yaml',
  marker: /^(?:checkpoint_dir|model_name|initial_checkpoint_dir|tokenizer_dir)[ \t]*:/m,
  doc: {
    format: 'LitGPT',
    reads: 'model, devices, batch, length, epochs or tokens, LoRA, quantization',
    example: 'train: {global_batch_size: 8, micro_batch_size: 1}',
  },
  recognise({ document, roots }) {
    return roots.filter(isLitgpt).map((root) => {
      const facts = new ConfigFacts(document.uri, root).fields(fields);
      const rank = at(root, 'lora_r');
      if (rank && integer(rank) !== undefined) facts.put('finetune_method', 'lora', rank, 'default', 'a LoRA rank is set');
      return facts.workload('training', 'litgpt', hasKey(root, 'checkpoint_dir') ? 'Fine-tune' : 'Pretrain');
    });
  },
};

const isLitgpt = (root: Value): boolean =>
  at(root, 'train')?.kind === 'map' &&
  (hasKey(at(root, 'train'), 'micro_batch_size') || hasKey(at(root, 'train'), 'global_batch_size')) &&
  countKeys(root, ['checkpoint_dir', 'model_name', 'model_config', 'tokenizer_dir', 'initial_checkpoint_dir']) > 0 &&
  countKeys(root, ['data', 'out_dir', 'precision', 'devices', 'eval', 'logger_name']) >= 2;

/** `checkpoints/<organisation>/<name>`: the name that was downloaded. */
const checkpoint: Read = (value) =>
  textOf(value)
    ?.trim()
    .replace(/\/+$/, '')
    .replace(/^(?:.*\/)?checkpoints\//, '') || undefined;
const quantize: Read = (value) => textOf(value)?.trim().split('.').at(-1)?.replace(/-dq$/, '') || undefined;
const fields: readonly Field[] = [
  ['model', 'model_name', text],
  ['model', 'model_config.name', text],
  ['model', 'checkpoint_dir', checkpoint],
  ['precision', 'precision', precision],
  ['quantization', 'quantize', quantize],
  ['gpu_count', 'devices', integerOrAuto],
  ['num_nodes', 'num_nodes', integer],
  ['lora_rank', 'lora_r', integer],
  ['dataset', 'data.class_path', lastPart],
  ['dataset', 'data', lastPart],
  ['global_batch_size', 'train.global_batch_size', integer],
  ['batch_size', 'train.micro_batch_size', integer],
  ['epochs', 'train.epochs', number],
  ['train_tokens', 'train.max_tokens', positive],
  ['max_steps', 'train.max_steps', positive],
  ['seq_len', 'train.max_seq_length', integer],
  ['optimizer', 'optimizer.class_path', lastPart],
  ['optimizer', 'optimizer', lastPart],
];
