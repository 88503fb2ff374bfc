import { argument, dotted } from '../../../syntax/python/ast.js';
import { boundName, type Change, type Code, lineAfter, modelLoads, type Recipe, withImports, withKeyword } from './recipe.js';

/** LoRA on a model that a Hugging Face trainer trains, and its base in NF4 with double quantization.
 * @source PEFT documentation, LoRA and quantization; TRL documentation, training with PEFT; Dettmers et al. 2023 */
export const adapters: Recipe = {
  facts: ['finetune_method', 'lora_rank', 'quantization'],
  write(code, to) {
    const { program, workload } = code;
    const method = to('finetune_method');
    if ((method !== 'lora' && method !== 'qlora') || !/^(transformers|trl)$/.test(workload.framework)) return undefined;
    const loads = modelLoads(code);
    const [load] = loads;
    const changes: Change[] = [];
    const wanted: (readonly [string, string?])[] = [];
    if (method === 'qlora') {
      const strategy = workload.facts.find(({ name }) => name === 'strategy')?.value;
      // What shards weights moves them as numbers of one float type (bitsandbytes documentation, FSDP-QLoRA).
      const stored = /^(fsdp|zero3)/.test(String(strategy)) ? ', bnb_4bit_quant_storage=torch.bfloat16' : '';
      // A base that is loaded in several ways, or is quantized already, is for a person.
      if (!load || loads.length > 1 || argument(load, 'quantization_config') || argument(load, 'load_in_8bit')) return undefined;
      changes.push(
        withKeyword(
          code,
          load,
          `quantization_config=BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=torch.bfloat16${stored})`,
        ),
      );
      wanted.push(['torch'], ['transformers', 'BitsAndBytesConfig']);
    }
    const has = program.callsOf(/^(?:\w*LoraConfig|get_peft_model)$/).length > 0;
    if (!has) {
      const rank = Number(to('lora_rank') ?? 16);
      const config = `LoraConfig(r=${rank}, lora_alpha=${2 * rank}, target_modules="all-linear", task_type="CAUSAL_LM")`;
      const added = workload.framework === 'trl' ? inTrainer(code, config) : aroundModel(code, config);
      if (!added) return undefined;
      changes.push(added);
      wanted.push(['peft', 'LoraConfig'], ...(workload.framework === 'trl' ? [] : [['peft', 'get_peft_model'] as const]));
    } else if (method === 'lora') return undefined;
    return withImports(code, changes, wanted);
  },
};

/** TRL's trainers take the adapter as an argument. */
function inTrainer(code: Code, config: string): Change | undefined {
  const { program, workload } = code;
  const trainers = program
    .callsOf(/Trainer$/)
    .map(({ call }) => call)
    .filter(
      (call) =>
        call.start >= workload.span.start && call.end <= workload.span.end && /(SFT|DPO|ORPO|KTO|CPO|GRPO|RLOO|Reward)Trainer$/.test(dotted(call.callee) ?? ''),
    );
  const [trainer] = trainers;
  return trainer && trainers.length === 1 && !argument(trainer, 'peft_config') && !trainer.args.some((arg) => arg.spread)
    ? withKeyword(code, trainer, `peft_config=${config}`)
    : undefined;
}
/** transformers' trainer takes a model that has one; only of a causal model is the task known. */
function aroundModel(code: Code, config: string): Change | undefined {
  const [load, ...others] = modelLoads(code).filter((call) => /CausalLM\.from_pretrained$/.test(dotted(call.callee) ?? ''));
  const name = load && others.length === 0 ? boundName(code, load) : undefined;
  return load && name !== undefined ? lineAfter(code, load.start, `${name} = get_peft_model(${name}, ${config})`) : undefined;
}
