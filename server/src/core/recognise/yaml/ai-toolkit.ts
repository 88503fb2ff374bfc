import { at, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, type Field, flag, flagOf, integer, lower, positive, precision, text } from '../shared/config-facts.js';
import type { YamlRecogniser } from '../types.js';

/** A job of ai-toolkit: each trainer process of it is a training of an image or video model. */
export const aiToolkit: YamlRecogniser = {
  id: 'ai-toolkit',
  language: 'yaml',
  marker: /type[ \t]*:\s*["']?\w*trainer\b/,
  doc: { format: 'ai-toolkit', reads: 'model, steps, batch, precision, LoRA rank, optimizer', example: 'process: [{type: sd_trainer, train: {steps: 2000}}]' },
  recognise({ document, roots }) {
    return roots.flatMap((root) => {
      const processes = itemsOf(at(root, 'config', 'process')).filter(isTrainer);
      return processes.map((process) => {
        const facts = new ConfigFacts(document.uri, process).fields(fields);
        const quantize = at(process, 'model', 'quantize');
        if (quantize && flagOf(quantize) === true) facts.put('quantization', '8bit', quantize, 'default', 'quantize keeps the base model in 8 bits');
        if (!at(process, 'network')) facts.put('finetune_method', 'full', at(process, 'train') ?? process, 'default', 'no adapter network is named');
        return facts.workload('training', 'ai-toolkit', 'Fine-tune', processes.length > 1 ? process : root);
      });
    });
  },
};

const isTrainer = (process: Value): boolean => /trainer/i.test(textOf(at(process, 'type')) ?? '') && at(process, 'train')?.kind === 'map';
const fields: readonly Field[] = [
  ['model', 'model.name_or_path', text],
  ['finetune_method', 'network.type', lower],
  ['lora_rank', 'network.linear', integer],
  ['lora_rank', 'network.rank', integer],
  ['dataset', 'datasets.0.folder_path', text],
  ['batch_size', 'train.batch_size', integer],
  ['max_steps', 'train.steps', positive],
  ['grad_accum', 'train.gradient_accumulation_steps', integer],
  ['grad_accum', 'train.gradient_accumulation', integer],
  ['grad_ckpt', 'train.gradient_checkpointing', flag],
  ['optimizer', 'train.optimizer', text],
  ['precision', 'train.dtype', precision],
];
