/** How much work went into the step's kernels and their overlap.
 * `vendor`: recipes tuned by hand for the chip, mostly a vendor's own; `stack`: training stacks with fused kernels; `everyday`: library code as people write it. */
export type StackClass = 'vendor' | 'stack' | 'everyday';

export interface Framework {
  readonly class: StackClass;
  /** False: nobody named it and everyday code was taken. */
  readonly stated: boolean;
  /** Short name that fitted deviations are kept under. */
  readonly name: string;
  /** Computes the loss without keeping all logits. */
  readonly chunkedLoss: boolean;
  /** Bytes of optimizer, weights and gradients follow DeepSpeed's or Megatron's flat fp32 buffers. */
  readonly flatBuffers: 'deepspeed' | 'megatron' | undefined;
  /** A release that brings a cuDNN before 8. */
  readonly aged: boolean;
  /** Trains weights kept in 16 bit only. */
  readonly pureHalf: boolean;
}

const known: readonly { name: string; test: RegExp; class: StackClass }[] = [
  { name: 'automodel', test: /automodel/, class: 'stack' },
  { name: 'megatron-bridge', test: /megatron-bridge|nemo/, class: 'vendor' },
  { name: 'maxtext', test: /maxtext|maxdiffusion|\bpax\b|saxml/, class: 'vendor' },
  { name: 'habana', test: /habana|gaudi/, class: 'vendor' },
  { name: 'poplar', test: /poplar|popart/, class: 'vendor' },
  // NVIDIA's containers count by year and month (21.11), PyTorch itself does not.
  { name: 'ngc-examples', test: /deeplearningexamples|^pytorch 2\d\.\d\d$/, class: 'stack' },
  // A person's own loop; tuned recipes say which release or container.
  { name: 'tensorflow', test: /^tensorflow$/, class: 'everyday' },
  { name: 'ngc', test: /\bngc\b|nvidia|mxnet|hugectr|paddle|tensorflow/, class: 'vendor' },
  { name: 'rocm', test: /rocm|primus|llmboost/, class: 'vendor' },
  { name: 'megatron-deepspeed', test: /megatron.*deepspeed/, class: 'stack' },
  { name: 'megatron', test: /megatron/, class: 'stack' },
  { name: 'llm-foundry', test: /foundry|composer|mosaic/, class: 'stack' },
  { name: 'torchtitan', test: /torchtitan/, class: 'stack' },
  { name: 'torchtune', test: /torchtune/, class: 'stack' },
  { name: 'litgpt', test: /litgpt|lit-gpt|tinyllama/, class: 'stack' },
  { name: 'unsloth', test: /unsloth/, class: 'stack' },
  { name: 'llm.c', test: /llm\.c/, class: 'vendor' },
  { name: 'nanogpt', test: /nanogpt/, class: 'stack' },
  { name: 'flash-attn', test: /flash[-_ ]?att/, class: 'stack' },
  { name: 'gpt-neox', test: /neox/, class: 'stack' },
  { name: 'easylm', test: /easylm|\bjax\b|levanter|flax/, class: 'stack' },
  { name: 'colossalai', test: /colossal/, class: 'stack' },
  { name: 'bmtrain', test: /bmtrain/, class: 'stack' },
  { name: 'axolotl', test: /axolotl/, class: 'everyday' },
  { name: 'llamafactory', test: /llama-?factory/, class: 'everyday' },
  { name: 'swift', test: /swift/, class: 'everyday' },
  { name: 'trl', test: /\btrl\b/, class: 'everyday' },
  { name: 'peft', test: /peft/, class: 'everyday' },
  { name: 'deepspeed', test: /deepspeed/, class: 'everyday' },
  { name: 'transformers', test: /transformers|\bhf\b|hugging|accelerate|\bfa2?\b|sdpa/, class: 'everyday' },
  { name: 'lightning', test: /lightning|fabric/, class: 'everyday' },
  { name: 'keras', test: /keras/, class: 'everyday' },
  { name: 'pytorch', test: /pytorch|torch/, class: 'everyday' },
];

/** Releases with a cuDNN before 8. @source release notes: PyTorch 1.7 and TensorFlow 2.4 are the first that are built with cuDNN 8 */
const aged = /torch7|caffe|theano|chainer|cudnn ?v?[3-7]\b|pytorch (?:0\.|1\.[0-6]\b)|tensorflow (?:1\.|2\.[0-3]\b)/;

/** Which training stack a framework's written name means.
 * @assumes jobs that are large run on a training stack even where none is named */
export function frameworkOf(text: string | undefined, compile: boolean | undefined, large: boolean, strategy = ''): Framework {
  const lower = text?.toLowerCase();
  const found = lower === undefined ? undefined : known.find((one) => one.test.test(lower));
  const name = found?.name ?? 'unknown';
  // Compiled code fuses its elementwise work as the tuned stacks do.
  const kind = found?.name === 'pytorch' && compile === true ? 'stack' : (found?.class ?? (large ? 'stack' : 'everyday'));
  // Library code that shards by ZeRO stage runs DeepSpeed.
  const deepspeed = lower?.includes('deepspeed') === true || (kind === 'everyday' && /zero|deepspeed/.test(strategy));
  return {
    class: kind,
    stated: found !== undefined,
    name,
    chunkedLoss: name === 'unsloth' || name === 'torchtune',
    flatBuffers: name === 'megatron' || name === 'megatron-bridge' ? 'megatron' : deepspeed ? 'deepspeed' : undefined,
    aged: lower !== undefined && aged.test(lower),
    pureHalf: name === 'torchtune' || name === 'litgpt' || name === 'peft',
  };
}
