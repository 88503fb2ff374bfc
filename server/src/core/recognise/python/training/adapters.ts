import type { PythonInput } from '../../types.js';
import { count, type FactSet } from './fact-set.js';

/** Adds what PEFT and unsloth adapters say: method and rank. Adapters under an option that is off by default say nothing. */
export function addAdapters({ program, evaluate }: PythonInput, facts: FactSet, near: number): void {
  if (!/Lora|lora|IA3|Prefix|PromptTuning|get_peft_model|OFTConfig|BOFTConfig/.test(program.text)) return;
  const sites = program
    .callsOf(
      /^(?:((QA?|Ada|V|X|)[Ll]o[Rr][Aa]Config|LoHaConfig|LoKrConfig|IA3Config|PrefixTuningConfig|PromptTuningConfig|PromptEncoderConfig|B?OFTConfig|VeraConfig|VBLoRAConfig|get_peft_model))$/,
    )
    .filter(({ at }) => !evaluate.isOff(at));
  const configs = sites.filter(
    ({ call }) =>
      /Config$/.test(evaluate.callee(call)) && !/^(?!peft\b|trl\b|unsloth\b|\w*Config$|optimum\b|paddlenlp\b|swift\b|mindnlp\b)/.test(evaluate.callee(call)),
  );
  const chosen = configs.findLast(({ at }) => at < near) ?? configs[0];
  const quantized = /4bit|nf4|fp4/.test(String(facts.get('quantization')?.value ?? ''));
  const lora = quantized ? 'qlora' : 'lora';
  if (chosen) {
    const { call } = chosen;
    const kind = evaluate
      .callee(call)
      .match(/(\w+?)Config$/)![1]!
      .toLowerCase();
    facts.written('finetune_method', /^(qa?)?lora$/.test(kind) ? lora : kind, { start: call.start, end: call.callee.end });
    facts.read('lora_rank', evaluate.argument(call, 'r') ?? evaluate.argument(call, 'init_r') ?? evaluate.argument(call, 'rank'), count);
    return;
  }
  const unsloth = sites.find(({ call }) => /^unsloth\b.*\.get_peft_model$/.test(evaluate.callee(call)) || evaluate.argument(call, 'lora_alpha'));
  if (!unsloth) return;
  facts.written('finetune_method', lora, { start: unsloth.call.start, end: unsloth.call.callee.end });
  facts.read('lora_rank', evaluate.argument(unsloth.call, 'r'), count);
  facts.read('grad_ckpt', evaluate.argument(unsloth.call, 'use_gradient_checkpointing'), (value) =>
    value === 'unsloth' ? true : value === 'True' ? true : value === false ? false : value === true,
  );
}

/** Adds checkpointing that is switched on beside the trainer. */
export function addCheckpointing({ program, evaluate }: PythonInput, facts: FactSet): void {
  if (facts.has('grad_ckpt')) return;
  const enabled = program
    .callsOf(
      /^(?:gradient_checkpointing_enable|enable_gradient_checkpointing|set_grad_checkpointing|apply_activation_checkpointing|apply_fsdp_checkpointing|checkpoint_wrapper|apply_ac)$/,
    )
    .find(({ at }) => !evaluate.isOff(at));
  if (enabled) facts.follows('grad_ckpt', true, enabled.call);
  const strategy = program
    .callsOf('FSDPStrategy')
    .find(({ call }) => call.args.some((arg) => /^activation_checkpointing(?:_policy)?$/.test(arg.keyword ?? '') && arg.value.kind !== 'none'));
  if (strategy) facts.follows('grad_ckpt', true, strategy.call);
  const prepared = program.callsOf(/^(?:prepare_model_for_(?:kbit|int8)_training)$/).find(({ at }) => !evaluate.isOff(at));
  if (!prepared) return;
  const given = evaluate.argument(prepared.call, 'use_gradient_checkpointing', 1);
  if (given) facts.read('grad_ckpt', given, (value) => value === true);
  else facts.follows('grad_ckpt', true, prepared.call, { note: 'default of prepare_model_for_kbit_training' });
}
