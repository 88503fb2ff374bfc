import type { FactValue } from '../model/fact.js';
import type { WorkloadKind } from '../model/workload.js';
import type { Library, Version } from '../recognise/version.js';

/** Values that a library takes where nobody writes one. */
export interface LibraryDefaults {
  readonly frameworks: readonly string[];
  readonly kinds: readonly WorkloadKind[];
  /** Only for workloads whose title says this: the trainer's method. */
  readonly method?: RegExp;
  /** Only where another fact has such a value. */
  readonly where?: readonly [fact: string, value: RegExp];
  /** Only for code that computes its gradients itself and names no narrower type. */
  readonly plain?: true;
  /** From this release of transformers on, weights are loaded, and so trained, in the type that they are stored in. */
  readonly stored?: Version;
  /** Whose default, for the hover. */
  readonly of: string;
  /** The package whose version decides; absent where all releases that are in use agree. */
  readonly library?: Library;
  readonly facts: Readonly<Record<string, FactValue>>;
  /** Where releases differ: the value before a release, and from it on. Undefined: none that the library alone decides. */
  readonly changed?: Readonly<Record<string, readonly { readonly from: Version; readonly value: FactValue | undefined }[]>>;
}

const always: Version = [0];

/** @source huggingface/transformers src/transformers/training_args.py 00349ae8, MIGRATION_GUIDE_V5.md (weights keep the checkpoint's type);
 * huggingface/trl trl/trainer/{base,sft,dpo,grpo,rloo,kto,orpo,reward}_config.py and {dpo,kto,reward,sft}_trainer.py at tags v0.9.6 to v1.9.0;
 * huggingface/peft src/peft/tuners/lora/config.py at tags v0.10.0 to v0.19.0 (r: 8);
 * axolotl-ai-cloud/axolotl src/axolotl/utils/schemas 067b021c, 4d92a68a (v0.8.0); hiyouga/LLaMA-Factory src/llamafactory/hparams at tags v0.2.0 to v0.9.5;
 * huggingface/text-generation-inference launcher/src/main.rs at tags v0.9.4, v1.0.0 to v1.4.5, v2.0.0 to v2.4.0, v3.0.0 to v3.3.4 (read 2026-11-26);
 * InternLM/lmdeploy lmdeploy/messages.py at tags v0.2.0 to v0.10.0 (read 2026-11-26); sgl-project/sglang srt/server_args.py 001067ff (disable_radix_cache);
 * huggingface/diffusers src/diffusers/pipelines/pipeline_utils.py;
 * vllm-project/vllm vllm/engine/arg_utils.py, docs.vllm.ai v0.6.4 and v0.8.1 engine arguments; Lightning-AI/pytorch-lightning trainer.py 7f0c3436;
 * pytorch/pytorch docs notes/cuda (allow_tf32), huggingface/accelerate Accelerator, keras.io mixed precision, pytorch/torchtitan config/job_config.py,
 * AI-Hypercomputer/maxtext configs/base.yml, lightning.ai Fabric arguments, sbert.net SentenceTransformer.fit;
 * openai/openai-agents-python src/agents/run_config.py 7f7a44f8, openai/openai-agents-js packages/agents-core/src/runner/constants.ts 6d0c61a5 */
export const libraryDefaults: readonly LibraryDefaults[] = [
  {
    frameworks: ['transformers', 'hf-trainer'],
    kinds: ['training'],
    of: 'transformers TrainingArguments',
    library: 'transformers',
    stored: [5],
    facts: { batch_size: 8, grad_accum: 1, epochs: 3, optimizer: 'adamw_torch', grad_ckpt: false, compile: false },
    changed: {
      precision: [
        { from: always, value: 'fp32' },
        { from: [5], value: undefined },
      ],
    },
  },
  // What loads photographs shows in an estimate; loading tokens does not.
  {
    frameworks: ['transformers', 'hf-trainer'],
    kinds: ['training'],
    where: [
      'model',
      /(?:^|[/_-])(?:vit|deit|swin(?:v2)?|beit|dinov2|convnext(?:v2)?|resnet|efficientnet|mobilenet(?:_v\d)?|mobilevit|regnet|levit|cvt|pvt|segformer|detr|yolos)(?:[-_.\d]|$)/i,
    ],
    of: 'transformers TrainingArguments',
    facts: { loader_workers: 0 },
  },
  // Preference pairs were cut at 512 tokens, for two releases at none, since then at 1024.
  {
    frameworks: ['trl'],
    kinds: ['training'],
    method: /^DPO/,
    of: 'TRL',
    library: 'trl',
    facts: {},
    changed: {
      seq_len: [
        { from: always, value: 512 },
        { from: [0, 12], value: undefined },
        { from: [0, 14], value: 1024 },
      ],
    },
  },
  {
    frameworks: ['trl'],
    kinds: ['training'],
    method: /^(?:KTO|ORPO|Reward)/,
    of: 'TRL',
    library: 'trl',
    facts: {},
    changed: {
      seq_len: [
        { from: always, value: 512 },
        { from: [0, 14], value: 1024 },
      ],
    },
  },
  // The length of a prompt; without a limit it is the data's.
  {
    frameworks: ['trl'],
    kinds: ['training'],
    method: /^GRPO/,
    of: 'TRL',
    library: 'trl',
    facts: { num_generations: 8, max_tokens: 256, rollout_engine: 'transformers' },
    changed: {
      seq_len: [
        { from: always, value: 512 },
        { from: [0, 26], value: undefined },
      ],
      batch_size: [
        { from: always, value: 1 },
        { from: [0, 15], value: 8 },
      ],
    },
  },
  {
    frameworks: ['trl'],
    kinds: ['training'],
    method: /^RLOO/,
    of: 'TRL',
    library: 'trl',
    facts: {},
    changed: {
      num_generations: [
        { from: always, value: undefined },
        { from: [0, 22], value: 2 },
      ],
      max_tokens: [
        { from: always, value: undefined },
        { from: [0, 22], value: 256 },
      ],
      seq_len: [
        { from: always, value: undefined },
        { from: [0, 22], value: 512 },
        { from: [0, 27], value: undefined },
      ],
    },
  },
  {
    frameworks: ['trl'],
    kinds: ['training'],
    method: /^(?!DPO|KTO|ORPO|Reward|GRPO|RLOO)/,
    of: 'TRL',
    library: 'trl',
    facts: { seq_len: 1024 },
  },
  {
    frameworks: ['trl'],
    kinds: ['training'],
    of: 'TRL',
    library: 'trl',
    facts: { batch_size: 8, grad_accum: 1, epochs: 3, optimizer: 'adamw_torch', packing: false },
    changed: {
      precision: [
        { from: always, value: 'fp32' },
        { from: [0, 19], value: 'bf16' },
      ],
      grad_ckpt: [
        { from: always, value: false },
        { from: [0, 22], value: true },
      ],
    },
  },
  {
    frameworks: ['transformers', 'hf-trainer', 'peft', 'pytorch'],
    kinds: ['training'],
    where: ['finetune_method', /^q?lora$/],
    of: 'PEFT LoraConfig',
    facts: { lora_rank: 8 },
  },
  // NVIDIA/Megatron-LM megatron/training/arguments.py: --recompute-granularity is None.
  { frameworks: ['megatron'], kinds: ['training'], of: 'Megatron-LM', facts: { grad_ckpt: false } },
  {
    frameworks: ['axolotl'],
    kinds: ['training'],
    of: 'Axolotl',
    library: 'axolotl',
    facts: { batch_size: 1, grad_accum: 1, epochs: 1, seq_len: 512, grad_ckpt: false, packing: false, finetune_method: 'full' },
    changed: {
      optimizer: [
        { from: always, value: 'adamw_hf' },
        { from: [0, 8], value: 'adamw_torch_fused' },
      ],
    },
  },
  {
    frameworks: ['llama-factory', 'llamafactory'],
    kinds: ['training'],
    of: 'LLaMA-Factory',
    library: 'llamafactory',
    facts: { batch_size: 8, grad_accum: 1, epochs: 3, optimizer: 'adamw_torch', grad_ckpt: true, finetune_method: 'lora', lora_rank: 8 },
    changed: {
      seq_len: [
        { from: always, value: 1024 },
        { from: [0, 9, 1], value: 2048 },
      ],
    },
  },
  {
    frameworks: ['lightning', 'pytorch-lightning'],
    kinds: ['training'],
    of: 'Lightning Trainer',
    facts: { precision: 'fp32', num_nodes: 1, grad_accum: 1 },
  },
  {
    frameworks: ['fabric'],
    kinds: ['training'],
    of: 'Lightning Fabric',
    facts: { precision: 'fp32' },
  },
  // Releases 1.7 to 1.11 let products of matrices take TF32; before and after, only convolutions may.
  {
    frameworks: ['pytorch', 'timm'],
    kinds: ['training'],
    plain: true,
    stored: [5],
    of: 'PyTorch',
    library: 'torch',
    facts: {},
    changed: {
      precision: [
        { from: always, value: 'fp32' },
        { from: [1, 7], value: 'tf32' },
        { from: [1, 12], value: 'fp32' },
      ],
    },
  },
  {
    frameworks: ['accelerate', 'diffusers'],
    kinds: ['training'],
    plain: true,
    stored: [5],
    of: 'accelerate (mixed_precision: no)',
    facts: { precision: 'fp32' },
  },
  {
    frameworks: ['tensorflow', 'flax'],
    kinds: ['training'],
    plain: true,
    of: 'the library: 32-bit numbers',
    facts: { precision: 'fp32' },
  },
  {
    frameworks: ['keras'],
    kinds: ['training'],
    of: 'Keras (policy float32)',
    facts: { precision: 'fp32' },
  },
  {
    frameworks: ['sentence-transformers'],
    kinds: ['training'],
    of: 'sentence-transformers fit() (use_amp=False)',
    facts: { precision: 'fp32' },
  },
  {
    frameworks: ['maxtext'],
    kinds: ['training'],
    of: 'MaxText base.yml',
    facts: { precision: 'bf16' },
  },
  {
    frameworks: ['torchtitan'],
    kinds: ['training'],
    of: 'torchtitan (mixed_precision_param, compile.enable)',
    facts: { precision: 'bf16', compile: false },
  },
  // A model that nothing narrows is loaded in 32-bit numbers; from release 5 of transformers on, as it is stored.
  {
    frameworks: ['transformers', 'sentence-transformers', 'peft'],
    kinds: ['serving', 'batch-inference'],
    plain: true,
    where: ['model', /^(?!.*(?:awq|gptq|gguf|fp8|fp4|int[48]|[48]bit|w[48]a\d+))/i],
    stored: [5],
    of: 'transformers from_pretrained()',
    library: 'transformers',
    facts: {},
    changed: {
      precision: [
        { from: always, value: 'fp32' },
        { from: [5], value: undefined },
      ],
    },
  },
  {
    frameworks: ['diffusers'],
    kinds: ['serving', 'batch-inference'],
    plain: true,
    of: 'diffusers from_pretrained() (torch_dtype)',
    facts: { precision: 'fp32' },
  },
  // Without a limit a request had 2,048 tokens, then what the model takes up to 4,096, since then what fits the memory.
  {
    frameworks: ['tgi'],
    kinds: ['serving'],
    of: 'text-generation-inference',
    library: 'tgi',
    facts: {},
    changed: {
      max_model_len: [
        { from: always, value: 2048 },
        { from: [2], value: 4096 },
        { from: [3], value: undefined },
      ],
      prompt_cache: [
        { from: always, value: false },
        { from: [2, 3], value: true },
      ],
    },
  },
  { frameworks: ['lmdeploy'], kinds: ['serving', 'batch-inference'], of: 'LMDeploy', facts: { prompt_cache: false } },
  { frameworks: ['sglang'], kinds: ['serving', 'batch-inference'], of: 'SGLang (radix cache)', library: 'sglang', facts: { prompt_cache: true } },
  {
    frameworks: ['vllm'],
    kinds: ['serving', 'batch-inference'],
    of: 'vLLM',
    library: 'vllm',
    facts: { tensor_parallel: 1, pipeline_parallel: 1, gpu_mem_util: 0.9 },
    changed: {
      // From 0.8 on the V1 engine runs, which caches prefixes.
      prompt_cache: [
        { from: always, value: false },
        { from: [0, 8], value: true },
      ],
    },
  },
  {
    frameworks: ['openai-agents'],
    kinds: ['api-call'],
    of: 'the OpenAI Agents SDK (maxTurns)',
    facts: { inference_steps: 10 },
  },
];
