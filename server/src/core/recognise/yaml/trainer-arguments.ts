import { trainerArguments as read } from '../config/trainer-arguments.js';
import type { YamlRecogniser } from '../types.js';

/** Arguments of a transformers or TRL trainer in a YAML recipe. */
export const trainerArguments: YamlRecogniser = {
  id: 'trainer-arguments',
  language: 'yaml',
  marker: /^[ \t]*(?:per_device_train_batch_size|num_train_epochs|gradient_accumulation_steps|learning_rate)[ \t]*:/m,
  doc: {
    format: 'transformers and TRL recipes (YAML)',
    reads: 'model, data set, batch, length, epochs, precision, LoRA, sharding',
    example: 'model_name_or_path: Qwen/Qwen3-8B',
  },
  recognise: ({ document, roots }) => roots.flatMap((root) => read(document.uri, root) ?? []),
};
