import type { Proposal, Rule } from '../types.js';

/** What shards weights moves them as numbers of one float type.
 * @source bitsandbytes documentation 0.50, FSDP-QLoRA; PEFT documentation, DeepSpeed: QLoRA with ZeRO-3 */
const storage = 'where weights are sharded, 4-bit ones have to be stored in the type of the others (`bnb_4bit_quant_storage`)';
const isSharded = (strategy: string | undefined): boolean => /^(fsdp|zero3)/.test(strategy ?? '');

/** Adapters instead of all weights, and adapters on 4-bit weights. */
export const lora: Rule = {
  id: 'lora',
  kinds: ['training'],
  propose({ facts, workload }) {
    const method = facts.text('finetune_method');
    const model = facts.text('model');
    // Only a fine-tuning of a named model has weights to keep.
    if (model === undefined || !/\//.test(model) || /pretrain|distil/i.test(workload.title)) return [];
    const rank = facts.number('lora_rank') ?? 16;
    const found: Proposal[] = [];
    if (method === undefined || method === 'full')
      found.push({
        id: 'lora',
        title: 'LoRA',
        changes: { finetune_method: 'lora', lora_rank: rank },
        risk: { level: 'medium', evidence: ['learns less than full fine-tuning on code and mathematics, forgets less (Biderman et al. 2024)'] },
        effort: 3,
      });
    if (method === 'lora' && facts.text('quantization') === undefined)
      found.push({
        id: 'qlora',
        title: 'QLoRA (NF4 base)',
        changes: { finetune_method: 'qlora', quantization: 'nf4' },
        risk: { level: 'low', evidence: ['NF4 with double quantization matches 16-bit LoRA on MMLU (Dettmers et al. 2023, table 4)'] },
        effort: 2,
        notes: ['saves memory; each pass dequantizes, so alone it is slower', ...(isSharded(facts.text('strategy')) ? [storage] : [])],
      });
    return found;
  },
};
