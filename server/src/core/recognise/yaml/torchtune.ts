import { at, hasKey, scalarOf, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, type Field, flag, integer, lastPart, number, positive, precision } from '../shared/config-facts.js';
import type { YamlRecogniser } from '../types.js';

/** A torchtune recipe configuration: complete, without hidden defaults; the number of GPUs is the launcher's. */
export const torchtune: YamlRecogniser = {
  id: 'torchtune',
  language: 'yaml',
  marker: /_component_[ \t]*:\s*["']?torchtune\./,
  doc: {
    format: 'torchtune',
    reads: 'model builder, data set, batch, length, epochs, optimizer, checkpointing',
    example: 'model: {_component_: torchtune.models.llama3_1.lora_llama3_1_8b}',
  },
  recognise({ document, roots }) {
    return roots.filter(isTraining).map((root) => {
      const facts = new ConfigFacts(document.uri, root).fields(fields);
      takeSteps(facts, root);
      takeMethod(facts, root);
      return facts.workload('training', 'torchtune', 'Fine-tune');
    });
  },
};

/** Generation, evaluation and quantization recipes have a model as well, but no optimizer. */
const isTraining = (root: Value): boolean =>
  builderOf(root) !== undefined && hasKey(root, 'optimizer') && (hasKey(root, 'epochs') || hasKey(root, 'batch_size'));
const builderOf = (root: Value): Value | undefined => at(root, 'model', '_component_') ?? at(root, 'policy_model', '_component_');

const fields: readonly Field[] = [
  ['model', 'model._component_', lastPart],
  ['model', 'policy_model._component_', lastPart],
  ['lora_rank', 'model.lora_rank', integer],
  ['seq_len', 'tokenizer.max_seq_len', integer],
  ['dataset', 'dataset._component_', lastPart],
  ['dataset', 'dataset.0._component_', lastPart],
  ['packing', 'dataset.packed', flag],
  ['batch_size', 'batch_size', integer],
  ['grad_accum', 'gradient_accumulation_steps', integer],
  ['epochs', 'epochs', number],
  ['optimizer', 'optimizer._component_', lastPart],
  ['precision', 'dtype', precision],
  ['grad_ckpt', 'enable_activation_checkpointing', flag],
  ['offload', 'fsdp_cpu_offload', flag],
  ['compile', 'compile', flag],
  ['optimizer_in_backward', 'optimizer_in_bwd', flag],
  ['tensor_parallel', 'tensor_parallel_dim', integer],
  ['context_parallel', 'context_parallel_dim', integer],
];

/** `max_steps_per_epoch` caps each epoch. */
function takeSteps(facts: ConfigFacts, root: Value): void {
  const cap = at(root, 'max_steps_per_epoch');
  const steps = cap && positive(cap);
  const epochs = at(root, 'epochs');
  const times = epochs && number(epochs);
  if (cap && typeof steps === 'number' && typeof times === 'number')
    facts.put('max_steps', steps * times, cap, 'literal', times === 1 ? undefined : `${steps} steps in each of ${times} epochs`);
}

/** The builder's name holds the method. */
function takeMethod(facts: ConfigFacts, root: Value): void {
  const builder = builderOf(root);
  const name = textOf(builder)?.split('.').at(-1) ?? '';
  if (!builder || scalarOf(builder) === null) return;
  const method = /^(qlora|lora|dora|qdora)_/.exec(name)?.[1];
  facts.put('finetune_method', method ?? 'full', builder, 'default', 'the name of the model builder');
  if (method?.startsWith('q')) facts.put('quantization', 'nf4', builder, 'default', 'qlora keeps the base model in NF4');
}
