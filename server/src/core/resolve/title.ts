import type { Fact } from '../model/fact.js';
import type { SeenWorkload } from '../recognise/types.js';

const names: Readonly<Record<string, string>> = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  tgi: 'TGI',
  'tensorrt-llm': 'TensorRT-LLM',
  'llama.cpp': 'llama.cpp',
  transformers: 'Transformers',
  openai: 'OpenAI',
  deepspeed: 'DeepSpeed',
  accelerate: 'Accelerate',
  slurm: 'Slurm job',
  anthropic: 'Anthropic',
};

/** Short words for a lens: what is done, to which model. */
export function titleOf(seen: SeenWorkload, facts: readonly Fact[]): string {
  const text = (name: string): string | undefined => {
    const value = facts.find((fact) => fact.name === name)?.value;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  if (seen.fragment) return [seen.title ?? `${names[seen.framework] ?? seen.framework} settings`, strategyName(text('strategy'))].filter(Boolean).join(' ');
  const model = shortModel(text('model')) ?? layersOf(facts);
  const framework = names[seen.framework] ?? seen.framework;
  const title = seen.title !== undefined && /[${]/.test(seen.title) ? undefined : seen.title;
  const of = (verb: string): string => (model === undefined ? `${verb} (model unknown)` : `${verb} ${model}`);
  if (seen.kind === 'api-call') return model ?? framework;
  if (seen.kind === 'resource') return title ?? framework;
  if (seen.kind === 'serving') return [title ?? framework, model].filter(Boolean).join(' ');
  if (seen.kind === 'batch-inference') return of(title ?? (model === undefined ? `${framework} run` : 'Run'));
  const method = text('finetune_method');
  const from = method !== undefined || /\//.test(text('model') ?? '') || /trl|peft|axolotl|llama-?factory|unsloth|torchtune|swift/.test(seen.framework);
  const named = method && method !== 'full' ? `${method === 'qlora' ? 'QLoRA' : method === 'lora' ? 'LoRA' : method} fine-tune` : undefined;
  // What a command is called by its program alone, the facts of both may say better.
  return of((title === 'Fine-tune' || title === 'Train' ? named : undefined) ?? title ?? named ?? (from ? 'Fine-tune' : 'Train'));
}

/** What stands for a name where the code builds the model itself: `12-layer model`. */
function layersOf(facts: readonly Fact[]): string | undefined {
  const layers = facts.find(({ name }) => name === 'n_layer')?.value;
  return typeof layers === 'number' ? `${layers}-layer model` : undefined;
}

/** A model's name without its owner and folders. */
export function shortModel(model: string | undefined): string | undefined {
  const bare = model?.replace(/\/+$/, '').split('/').at(-1)?.replace(/@.*$/, '');
  return bare === '' ? undefined : bare;
}

const strategyName = (strategy: string | undefined): string | undefined =>
  strategy
    ?.replace(/^zero(\d)$/, 'ZeRO-$1')
    .replace(/^fsdp$/, 'FSDP')
    .replace(/^ddp$/, 'DDP');
