import { llamaFactory } from '../config/llama-factory.js';
import { trainerArguments as read } from '../config/trainer-arguments.js';
import type { JsonRecogniser } from '../types.js';

/** Arguments of a transformers, TRL or LLaMA-Factory trainer in a JSON file. */
export const trainerArgumentsJson: JsonRecogniser = {
  id: 'trainer-arguments',
  language: 'json',
  marker: /"(?:per_device_train_batch_size|num_train_epochs|gradient_accumulation_steps|learning_rate)"\s*:/,
  doc: { format: 'transformers, TRL and LLaMA-Factory arguments (JSON)', reads: 'as in YAML', example: '{"model_name_or_path": "Qwen/Qwen3-8B"}' },
  recognise: ({ document, roots }) => roots.flatMap((root) => llamaFactory(document.uri, root) ?? read(document.uri, root) ?? []),
};
