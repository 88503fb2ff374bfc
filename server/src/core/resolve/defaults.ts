import type { FactValue } from '../model/fact.js';
import type { WorkloadKind } from '../model/workload.js';

/** Values that a library takes where nobody writes one. */
export interface LibraryDefaults {
  readonly frameworks: readonly string[];
  readonly kinds: readonly WorkloadKind[];
  /** For the hover: whose default, of which release. */
  readonly of: string;
  readonly facts: Readonly<Record<string, FactValue>>;
}

/** @source huggingface/transformers src/transformers/training_args.py 00349ae8; huggingface/trl trl/trainer/{base,sft}_config.py f2cd5771;
 * axolotl-ai-cloud/axolotl src/axolotl/utils/schemas 067b021c; hiyouga/LLaMA-Factory src/llamafactory/hparams ff6d4d12;
 * vllm-project/vllm vllm/engine/arg_utils.py; Lightning-AI/pytorch-lightning trainer.py 7f0c3436 */
export const libraryDefaults: readonly LibraryDefaults[] = [
  {
    frameworks: ['transformers', 'hf-trainer'],
    kinds: ['training'],
    of: 'transformers TrainingArguments',
    facts: { batch_size: 8, grad_accum: 1, epochs: 3, optimizer: 'adamw_torch', grad_ckpt: false, precision: 'fp32', compile: false },
  },
  {
    frameworks: ['trl'],
    kinds: ['training'],
    of: 'TRL configurations',
    facts: { batch_size: 8, grad_accum: 1, epochs: 3, optimizer: 'adamw_torch', grad_ckpt: true, precision: 'bf16', seq_len: 1024, packing: false },
  },
  {
    frameworks: ['axolotl'],
    kinds: ['training'],
    of: 'Axolotl',
    facts: { batch_size: 1, grad_accum: 1, epochs: 1, seq_len: 512, optimizer: 'adamw_torch_fused', grad_ckpt: false, packing: false, finetune_method: 'full' },
  },
  {
    frameworks: ['llama-factory', 'llamafactory'],
    kinds: ['training'],
    of: 'LLaMA-Factory',
    facts: { batch_size: 8, grad_accum: 1, epochs: 3, seq_len: 2048, optimizer: 'adamw_torch', grad_ckpt: true, finetune_method: 'lora', lora_rank: 8 },
  },
  {
    frameworks: ['lightning', 'pytorch-lightning'],
    kinds: ['training'],
    of: 'Lightning Trainer',
    facts: { precision: 'fp32', num_nodes: 1, grad_accum: 1 },
  },
  {
    frameworks: ['vllm'],
    kinds: ['serving', 'batch-inference'],
    of: 'vLLM',
    facts: { tensor_parallel: 1, pipeline_parallel: 1, gpu_mem_util: 0.9, prompt_cache: true },
  },
];
