import type { ShellWord } from '../../syntax/shell/script.js';
import { parseFlags, type ReadFlag } from './command-line.js';
import { engineOfImage, engineSwitches } from './engine-flags.js';
import { asSwitch } from './flag-facts.js';
import { type StartedProgram, startedProgram } from './launchers.js';
import { notTraining, type Purpose, purposeOfModule, purposeOfProgram, runsByName, trainsByName } from './programs.js';
import { trainingSigns } from './training-flags.js';

/** A command that costs money: what it starts, what that does, and its arguments. */
export interface Run {
  readonly started: StartedProgram;
  readonly purpose: Purpose;
  readonly flags: readonly ReadFlag[];
  readonly positionals: readonly ShellWord[];
}

/** What a command does, of a script or of a configuration file; undefined where it neither trains nor runs a model. */
export function runOfWords(uri: string, words: readonly ShellWord[]): Run | undefined {
  const started = startedProgram(uri, words);
  if (!started) return undefined;
  const engine = started.kind === 'program' || /vllm|sglang/.test(started.name);
  const { flags: named, positionals } = parseFlags(started.args, engine ? engineSwitches : undefined);
  const flags = started.kind === 'program' ? named : [...named, ...pairsOf(positionals)];
  const trains = flags.some((flag) => flag.name === 'do_train' && flag.value !== false);
  // A Trainer's script that only predicts.
  const predicts = started.kind !== 'program' && !trains && flags.some((flag) => flag.name === 'do_predict' && asSwitch(flag.value) === true);
  const purpose: Purpose | undefined = predicts ? { kind: 'batch-inference', framework: 'transformers' } : purposeOf(uri, started, flags, positionals);
  if (!purpose || flags.some((flag) => /^(?:help|h|version)$/.test(flag.name) && flag.value === true)) return undefined;
  if (purpose.kind === 'training' && !trains && flags.some((flag) => notTraining.test(flag.name) && asSwitch(flag.value) === true)) return undefined;
  return { started, purpose, flags, positionals };
}

/** `train.py config.py batch_size 32 optimizer.lr 1e-4`: names and values by turns after a configuration. */
function pairsOf(positionals: readonly ShellWord[]): ReadFlag[] {
  const [config, ...rest] = positionals;
  if (!config || !/\.(?:py|ya?ml)$/.test(config.text) || rest.length < 4 || rest.length % 2 !== 0) return [];
  if (!rest.every((word, index) => index % 2 === 1 || /^[A-Za-z_]\w*(?:\.\w+)*$/.test(word.text))) return [];
  return rest.flatMap((word, index) => (index % 2 === 0 ? parseFlags([{ ...word, text: `--${word.text}` }, rest[index + 1]!]).flags : []));
}

function purposeOf(uri: string, started: StartedProgram, flags: readonly ReadFlag[], positionals: readonly ShellWord[]): Purpose | undefined {
  if (started.kind === 'program') {
    const purpose = purposeOfProgram(
      started.name,
      started.args.map((word) => word.text),
    );
    if (purpose) return purpose;
    // A program of one's own with the options of a training script.
    if (!started.image && flags.some((flag) => hubModel.test(flag.name)) && trainingSigns(flags) >= 3)
      return { kind: 'training', framework: frameworkOf(started, flags), ...titleOf(started.name) };
    const engine = started.image ? engineOfImage(started.image.text) : undefined;
    const configured = flags.length > 0 || started.environment.some(({ name }) => /MODEL/.test(name));
    return engine && configured && /^(?:|serve|server)$/.test(started.name)
      ? { kind: 'serving', framework: frameworkOfEngine[engine] ?? engine, engine }
      : undefined;
  }
  if (started.kind === 'module') {
    const known = purposeOfModule(started.name);
    if (known) return /^mlx_lm/.test(started.name) && !started.args.some((word) => word.text === '--train') ? undefined : known;
  }
  const byPath = purposeOfPath(started.name);
  if (byPath) return byPath;
  const named = trainsByName(started.name);
  const spread = /^(?:torchrun|accelerate|deepspeed|colossalai)$/.test(started.launcher);
  const runs = spread && named !== true ? runsByName(started.name) : false;
  const evaluates = /eval/i.test(started.name.replace(/^.*\//, '')) && flags.some((flag) => givenSettings.test(flag.name));
  if (runs === 'model' || (runs && (evaluates || flags.some((flag) => givenModel.test(flag.name))))) return { kind: 'batch-inference', framework: 'pytorch' };
  // Without a launcher the model says that it is run here; of an evaluation, how many samples it is given at once, too.
  const byName = named === false && runsByName(started.name);
  if (
    byName &&
    flags.some((flag) => givenModel.test(flag.name) && isOwnModel(String(flag.value), byName === 'model')) &&
    (byName === 'model' || flags.some((flag) => evaluationBatch.test(flag.name)))
  )
    return { kind: 'batch-inference', framework: 'pytorch' };
  if (named === false) return undefined;
  const distributed = started.launcher !== 'python' && started.launcher !== 'none' && started.launcher !== 'mpirun';
  const signs = flags.some((flag) => flag.name === 'is_training' && asSwitch(flag.value) === true) ? 2 : trainingSigns(flags);
  if (!(named === true || distributed || signs >= 2)) return undefined;
  if (named !== true && signs < 2 && otherJob.test(uri)) return undefined;
  // Text generation under a launcher.
  if (named !== true && signs === 0 && flags.some((flag) => generates.test(flag.name))) return undefined;
  // A test suite or a tool under a launcher.
  if (
    started.kind === 'module' &&
    /^(?:pytest|unittest|pip|venv|http\.server|json\.tool|build|twine|black|ruff|mypy|cProfile|pdb|ipykernel|jupyter|torch\.utils\.collect_env)(?:\.|$)/.test(
      started.name,
    )
  )
    return undefined;
  if (/^(?:test|eval|evaluate|predict|infer|inference|generate|preprocess|prepare)$/.test(positionals[0]?.text ?? '')) return undefined;
  return { kind: 'training', framework: frameworkOf(started, flags), ...titleOf(started.name) };
}
/** A model of a hub, or the file or folder of one; not one of a service. */
const isOwnModel = (value: string, path: boolean): boolean =>
  (/^[\w.-]+\/[\w.-]+$/.test(value) || (path && /\/[^/]+\/|\.(?:pth?|ckpt|safetensors|bin|onnx|gguf)$/.test(value))) &&
  !/^(?:openai|anthropic|google|azure|bedrock|openrouter|gemini|vertex_ai|groq)\//i.test(value);
const hubModel = /^(?:pretrained_model_name_or_path|model_name_or_path)$/;
const evaluationBatch = /^(?:per_device_eval_batch_size|per_gpu_eval_batch_size|eval_batch_size)$/;
const givenSettings = /^(?:cfg|cfg_path|config|config_path|config_file|config_name|yaml)$/;
const givenModel =
  /^(?:model|model_(?:id|path|name|name_or_path)|pretrained(?:_model)?(?:_name_or_path)?|base_model|weights|ckpt(?:_dir|_path)?|checkpoint(?:_path|_dir)?)$/;
/** What the script's own file name says, where the program's says nothing. */
const otherJob = /(?:^|[/_-])(?:eval\w*|tests?|infer\w*|predict|generat\w*|convert\w*|export|preprocess\w*|bench\w*)(?:[_-][^/]*)?\.\w+$/i;
const generates = /^(?:gen_len|max_new_tokens|max_gen_len|prompts?|prompt_len|prompt_file|temperature|top_p|num_beams|do_sample|ckpt_dir)$/;
const frameworkOfEngine: Readonly<Record<string, string>> = { trtllm: 'tensorrt-llm', swift: 'vllm', trl: 'vllm' };

function purposeOfPath(path: string): Purpose | undefined {
  if (/(?:^|\/)vllm\/entrypoints\/\S*api_server\.py$/.test(path)) return { kind: 'serving', framework: 'vllm', engine: 'vllm' };
  if (/(?:^|\/)sglang\/launch_server\.py$/.test(path)) return { kind: 'serving', framework: 'sglang', engine: 'sglang' };
  if (/(?:^|\/)axolotl\/cli\/train\.py$/.test(path)) return { kind: 'training', framework: 'axolotl', title: 'Fine-tune', config: 'positional' };
  return undefined;
}
function frameworkOf(started: StartedProgram, flags: readonly ReadFlag[]): string {
  const has = (pattern: RegExp): boolean => flags.some((flag) => pattern.test(flag.name));
  if (
    /pretrain_(?:gpt|bert|t5|llama|mamba|vlm|retro|ict|vision)|megatron/i.test(started.name) ||
    (has(/^micro_batch_size$/) && has(/^train_(?:iters|samples)$/))
  )
    return 'megatron';
  if (has(/^pretrained_model_name_or_path$/)) return 'diffusers';
  if (/nanochat/.test(started.name)) return 'nanochat';
  if (has(/^(?:zero_stage|actor_zero_stage)$/) || (started.launcher === 'deepspeed' && !has(/^(?:per_device_train_batch_size|output_dir)$/)))
    return 'deepspeed';
  if (has(/^(?:per_device_train_batch_size|model_name_or_path)$/)) return 'transformers';
  if (started.launcher === 'composer') return 'llm-foundry';
  if (started.launcher === 'fabric') return 'lightning-fabric';
  if (has(/^trainer\.(?:devices|max_epochs|max_steps|precision)$/)) return 'nemo';
  return 'pytorch';
}
const titleOf = (name: string): { title?: string } =>
  /pre_?train/i.test(name)
    ? { title: 'Pretrain' }
    : /fine_?tun|sft|dpo|grpo|ppo|lora|dreambooth|text_to_image|controlnet/i.test(name)
      ? { title: 'Fine-tune' }
      : {};
