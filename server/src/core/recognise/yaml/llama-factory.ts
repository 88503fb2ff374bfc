import { llamaFactory as read } from '../config/llama-factory.js';
import type { YamlRecogniser } from '../types.js';

/** A LLaMA-Factory training configuration. */
export const llamaFactory: YamlRecogniser = {
  id: 'llama-factory',
  language: 'yaml',
  marker: /^(?:finetuning_type|cutoff_len|stage|train_dataset|lora_target)[ \t]*:/m,
  doc: { format: 'LLaMA-Factory', reads: 'model, method, quantization, batch, length, epochs, sharding, data set', example: 'finetuning_type: lora' },
  recognise: ({ document, roots }) => roots.flatMap((root) => read(document.uri, root) ?? []),
};
