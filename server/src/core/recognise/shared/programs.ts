import type { Engine } from './engine-flags.js';

/** What a program's name, script or module says it does. */
export type Purpose =
  | { readonly kind: 'training'; readonly framework: string; readonly title?: string; readonly config?: 'positional' | 'flag' }
  | { readonly kind: 'serving'; readonly framework: string; readonly engine: Engine }
  | { readonly kind: 'batch-inference'; readonly framework: string };

const train = (framework: string, title?: string, config?: 'positional' | 'flag'): Purpose => ({
  kind: 'training',
  framework,
  ...(title && { title }),
  ...(config && { config }),
});
const serve = (framework: string, engine: Engine): Purpose => ({ kind: 'serving', framework, engine });
const infer = (framework: string): Purpose => ({ kind: 'batch-inference', framework });

/** Programs by name and sub-command; the pattern reads `name sub-command`. */
const programs: readonly (readonly [RegExp, Purpose])[] = [
  [/^vllm serve\b/, serve('vllm', 'vllm')],
  [/^vllm run-batch\b/, infer('vllm')],
  [/^sglang serve\b/, serve('sglang', 'sglang')],
  [/^text-generation-router-llamacpp\b/, serve('llama.cpp', 'tgi')],
  [/^text-generation-launcher\b/, serve('tgi', 'tgi')],
  [/^text-embeddings-router\b/, serve('tei', 'tei')],
  [/^infinity_emb\b/, serve('infinity', 'infinity')],
  [/^(?:llama-server|llama\.cpp-server|\S*llamafile)\b/, serve('llama.cpp', 'llama.cpp')],
  [/^trtllm-serve\b/, serve('tensorrt-llm', 'trtllm')],
  [/^lmdeploy serve\b/, serve('lmdeploy', 'lmdeploy')],
  [/^(?:swift|megatron) deploy\b/, serve('vllm', 'swift')],
  [/^(?:swift|megatron) rollout\b/, serve('vllm', 'swift')],
  [/^trl vllm-serve\b/, serve('vllm', 'trl')],
  [/^tritonserver\b/, serve('triton', 'triton')],
  [/^swift infer\b/, infer('swift')],
  [/^swift (?:sft|pt|rlhf|rm|grpo|dpo)\b/, train('swift')],
  [/^megatron (?:sft|pt|rlhf)\b/, train('swift')],
  [/^trl (?:sft|dpo|grpo|kto|reward|rloo|orpo|ppo|cpo)\b/, train('trl', 'Fine-tune', 'flag')],
  [/^axolotl (?:train|fine-?tune)\b/, train('axolotl', 'Fine-tune', 'positional')],
  [/^(?:llamafactory-cli|lmf) train\b/, train('llamafactory', 'Fine-tune', 'positional')],
  [/^(?:llamafactory-cli|lmf) api\b/, serve('llamafactory', 'swift')],
  [/^tune run\b/, train('torchtune', 'Fine-tune', 'flag')],
  [/^litgpt (?:finetune(?:_\w+)?|pretrain)\b/, train('litgpt', undefined, 'flag')],
  [/^litgpt serve\b/, serve('litgpt', 'fastchat')],
  [/^xtuner train\b/, train('xtuner', 'Fine-tune', 'positional')],
  [/^oumi train\b/, train('oumi', undefined, 'flag')],
  [/^(?:fairseq-train|fairseq-hydra-train)\b/, train('fairseq')],
  [/^yolo (?:\w+ )?train\b/, train('ultralytics')],
  [/^autotrain (?:llm|sft|dpo|dreambooth|text-classification|seq2seq)\b/, train('autotrain', 'Fine-tune')],
  [/^(?:mlx_lm\.lora|mlx_lm lora)\b/, train('mlx', 'Fine-tune', 'flag')],
  [/^ludwig (?:train|experiment)\b/, train('ludwig', undefined, 'flag')],
  [/^(?:lm_eval|lm-eval|lmms-eval|lmms_eval)\b/, infer('lm-eval')],
  [/^lighteval (?:vllm|accelerate|nanotron)\b/, infer('lighteval')],
];
/** Python modules by name. */
const modules: readonly (readonly [RegExp, Purpose])[] = [
  [/^vllm\.entrypoints\.|^dynamo\.vllm$/, serve('vllm', 'vllm')],
  [/^sglang(?:_router)?\.launch_server$|^dynamo\.sglang/, serve('sglang', 'sglang')],
  [/^(?:llama_cpp\.server)$/, serve('llama.cpp', 'llama.cpp')],
  [/^lmdeploy\.serve\.\S+$/, serve('lmdeploy', 'lmdeploy')],
  [/^fastchat\.serve\.(?:model_worker|vllm_worker|sglang_worker|multi_model_worker)$/, serve('fastchat', 'fastchat')],
  [/^ts\.llm_launcher$/, serve('vllm', 'vllm')],
  [/^tensorrt_llm\.commands\.serve$/, serve('tensorrt-llm', 'trtllm')],
  [/^verl\.trainer\.main_(?:generation\w*|eval)$/, infer('verl')],
  [/^verl\.(?:trainer|experimental)\.\S+$/, train('verl')],
  [/^recipe\.(?:\w+\.)+main_\w+$/, train('verl')],
  [/^openrlhf\.cli\.train_\w+$/, train('openrlhf')],
  [/^axolotl\.cli\.train$/, train('axolotl', 'Fine-tune', 'positional')],
  [/^llamafactory\.(?:launcher|train\S*)$/, train('llamafactory', 'Fine-tune', 'positional')],
  [/^torchtitan\.(?:experiments\.\S+\.)?train$/, train('torchtitan', 'Pretrain')],
  [/^(?:MaxText|maxtext)\.(?:train|sft_train\S*|trainers\.\S+)$/, train('maxtext', undefined, 'positional')],
  [/^mlx_lm(?:\.lora)?$/, train('mlx', 'Fine-tune', 'flag')],
  [/^lm(?:ms)?_eval(?:\.__main__)?$/, infer('lm-eval')],
  [/^nemo_rl\.\S+$|^examples\.run_grpo\S*$/, train('nemo-rl')],
];

export function purposeOfProgram(name: string, args: readonly string[]): Purpose | undefined {
  const plain = [name.replace(/\.exe$/, ''), ...args.filter((word) => !word.startsWith('-')).slice(0, 2)].join(' ');
  return programs.find(([pattern]) => pattern.test(plain))?.[1];
}
export const purposeOfModule = (name: string): Purpose | undefined => modules.find(([pattern]) => pattern.test(name))?.[1];

const trains =
  /^(?:(?:pre|re|post)?train(?:er|ing|s)?\d*|pretrained|finetun(?:e|er|ing)?|sft|dpo|ppo|grpo|kto|orpo|simpo|cpo|mpo|rloo|gspo|dapo|rlhf|rlvr|dreambooth|distill(?:ation)?|tuning|speedrun|tune)$/;
const others =
  /^(?:eval(?:uate|uation|uator|s|uating)?|tests?|testing|infer(?:ence)?|predict(?:ion|ions|or)?|generat(?:e|ion|or|ing)|gen|sampl(?:e|er|ing)|convert(?:er|ing)?|conversion|export(?:er)?|merge[rd]?|preprocess(?:ing|or)?|prepare|preparation|prep|process(?:ing|or)?|download(?:er)?|tokeniz(?:e|er|ation|ers)|tok|bpe|bench(?:mark(?:s|ing)?)?|profil(?:e|er|ing)|plot(?:s|ting)?|visuali[sz](?:e|ation)|vis|viz|scor(?:e|er|es|ing)|upload|push|collect|analy[sz](?:e|is|er)|count|setup|install|split|extract(?:or)?|quantiz(?:e|ation|er)|build(?:er)?|create|get|fetch|crawl|scrape|compare|monitor|parse|filter|judge|annotat(?:e|ion)|retriev(?:e|al)|dump|clean|manage|deploy|lint)$/;
/** Decide only where nothing else does: `chat_sft` trains. */
const weakOthers =
  /^(?:chat|chatbot|webui|gradio|serv(?:e|er|ing)|server|api|app|label|answer|index|search|data|dataset|datasets|load|cache|report|format|log(?:s|ger)?|cluster|demo|submit|launch(?:er)?|make|check(?:er)?|schedule|package|docs?|constraint|timetable)$/;
/** What a script's or module's name says: `true` it trains, `false` it does something else, undefined nothing. The word that stands first decides. */
export function trainsByName(path: string): boolean | undefined {
  // A name out of a variable may say that it trains (`$TRAIN_SCRIPT`), but not that it does not.
  if (/\$\{?\w+\}?$/.test(path)) return /train|finetun/i.test(path) ? true : undefined;
  const parts = path
    .replace(/\.pyc?$/, '')
    .split(/[/.:\\]+/)
    .filter(Boolean);
  const telling = (name: string): boolean | undefined => {
    const spaced = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
    if (/fine[_-]?tun/.test(spaced) && !/^(?:eval|test|infer|generat|merge|convert)/.test(spaced)) return true;
    const words = spaced.split(/[_-]+/);
    for (const word of words) {
      if (trains.test(word)) return true;
      if (others.test(word)) return false;
    }
    return words.some((word) => weakOthers.test(word)) ? false : undefined;
  };
  const last = parts.at(-1) ?? '';
  const own = telling(last);
  if (own !== undefined || !/^(?:main|run|cli|__main__|entry|core|lightning|launcher|\w{1,3})$/.test(last)) return own;
  const folder = parts.at(-2);
  return folder === undefined ? undefined : telling(folder) === true ? true : undefined;
}
/** What a script's name, or the folder that it is in, says of one that trains nothing: it runs a model (`inference_tp.py`), or it may (`eval/mmlu.py`). */
export function runsByName(path: string): 'model' | true | false {
  const [name = '', folder = ''] = path
    .replace(/\.py$/, '')
    .split(/[/.:\\]+/)
    .filter(Boolean)
    .reverse();
  const words = (part: string): string[] => part.toLowerCase().split(/[_-]+/);
  if (words(name).some((word) => runsModel.test(word))) return 'model';
  return (
    words(name).some((word) => evaluates.test(word)) ||
    (trainsByName(name) === undefined && words(folder).some((word) => evaluates.test(word) || runsModel.test(word)))
  );
}
const runsModel = /^(?:infer(?:ence)?|predict(?:ion)?|generat(?:e|ion)|sampl(?:e|ing))$/;
const evaluates = /^(?:eval(?:s|uate|uation)?|bench(?:mark)?)$/;
/** Flags that turn a training script into something else, or into nothing. */
export const notTraining =
  /^(?:help|h|version|evaluate|eval_only|evaluate_only|only_eval|test_only|predict_only|inference|inference_only|generate_only|dry_run|preprocess_only|prepare_only|test)$/;
