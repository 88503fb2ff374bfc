/** How a fact is called for a person, and what it means: for lenses, hovers, completion and questions. */
export interface FactName {
  readonly label: string;
  readonly meaning: string;
  readonly type: 'number' | 'string' | 'boolean';
  /** Values to offer, where only a few make sense. */
  readonly values?: readonly string[];
}
const number = (label: string, meaning: string): FactName => ({ label, meaning, type: 'number' });
const text = (label: string, meaning: string, values?: readonly string[]): FactName => ({ label, meaning, type: 'string', ...(values ? { values } : {}) });
const flag = (label: string, meaning: string): FactName => ({ label, meaning, type: 'boolean' });

/** The vocabulary of facts. */
export const factNames: Readonly<Record<string, FactName>> = {
  model: text('model', 'Model id, checkpoint or architecture name.'),
  params: number('number of parameters', 'Parameters of the model, where its name is not in the table of models.'),
  precision: text('precision', 'Type that the run computes in.', ['bf16', 'fp16', 'fp32', 'fp8']),
  quantization: text('quantization', 'How weights are stored.', ['4bit', '8bit', 'nf4', 'fp8', 'int8', 'awq', 'gptq']),
  batch_size: number('batch size', 'Samples a device and forward pass (micro batch).'),
  global_batch_size: number('global batch size', 'Samples an optimizer step over all devices.'),
  grad_accum: number('gradient accumulation', 'Gradient accumulation steps.'),
  seq_len: number('sequence length', 'Training sequence length in tokens.'),
  seq_len_max: number('longest sequence', 'Longest training sequence in tokens, where samples are shorter.'),
  epochs: number('epochs', 'Passes over the data set.'),
  max_steps: number('training steps', 'Optimizer steps.'),
  train_tokens: number('token budget', 'Tokens that the run trains on.'),
  dataset: text('data set', 'Data set id or path.'),
  dataset_size: number('data set size', 'Number of samples.'),
  optimizer: text('optimizer', 'Optimizer as the code names it.'),
  grad_ckpt: flag('gradient checkpointing', 'Recomputes activations instead of keeping them.'),
  finetune_method: text('fine-tuning method', 'What is trained.', ['full', 'lora', 'qlora']),
  lora_rank: number('LoRA rank', 'Rank of the adapters.'),
  gpu_type: text('GPU', 'Accelerator that it runs on.'),
  gpus: number('number of GPUs', 'Accelerators in all.'),
  gpu_count: number('number of GPUs', 'Accelerators a node, pod or replica.'),
  num_nodes: number('number of nodes', 'Machines of the job.'),
  nproc_per_node: number('processes a node', 'Processes that the launcher starts on each machine.'),
  instance_type: text('instance type', 'Machine type as the provider names it.'),
  instance_count: number('number of instances', 'Machines that are rented.'),
  provider: text('provider', 'Who rents out the machines.'),
  region: text('region', 'Region of the provider.'),
  spot: flag('spot capacity', 'Interruptible, cheaper capacity.'),
  replicas: number('replicas', 'Copies of the service that run.'),
  min_replicas: number('fewest replicas', 'Lower bound of scaling.'),
  max_replicas: number('most replicas', 'Upper bound of scaling.'),
  utilisation: number('share of time busy', 'Share of the time that a server is busy, 0 to 1.'),
  max_model_len: number('context length', 'Longest context that the server takes, in tokens.'),
  max_num_seqs: number('sequences at once', 'Sequences that the server batches together.'),
  gpu_mem_util: number('share of GPU memory', 'Share of the memory that the engine takes.'),
  kv_cache_dtype: text('KV cache type', 'Type of the KV cache.', ['auto', 'fp8', 'bf16']),
  max_tokens: number('output limit', 'Most output tokens a request.'),
  input_tokens: number('prompt length', 'Input tokens a call.'),
  cached_input_tokens: number('cached prompt tokens', 'Input tokens that come out of the provider’s prompt cache, a call.'),
  output_tokens: number('answer length', 'Output tokens a call.'),
  calls_per_month: number('calls a month', 'How often the call is made.'),
  num_requests: number('number of requests', 'Requests or items in all.'),
  requests_per_s: number('requests a second', 'Arrivals at the server.'),
  tensor_parallel: number('tensor parallel size', 'Devices that share each layer.'),
  pipeline_parallel: number('pipeline parallel size', 'Devices that share the layers out.'),
  data_parallel: number('data parallel size', 'Copies of the model.'),
  context_parallel: number('context parallel size', 'Devices that share each sequence.'),
  expert_parallel: number('expert parallel size', 'Devices that share the experts.'),
  strategy: text('parallel strategy', 'How the model is spread.', ['ddp', 'fsdp', 'zero1', 'zero2', 'zero3']),
  offload: text('offload', 'What is kept in host memory.'),
  compile: flag('compilation', 'Graph compilation.'),
  flash_attention: flag('flash attention', 'Attention without its full matrix in memory.'),
  packing: flag('packing', 'Several samples a sequence, no padding.'),
  n_layer: number('layers', 'Layers of the model.'),
  n_embd: number('hidden width', 'Width of the model.'),
  n_head: number('attention heads', 'Attention heads of the model.'),
  vocab_size: number('vocabulary', 'Size of the vocabulary.'),
  num_generations: number('samples a prompt', 'Samples a prompt in policy-gradient training.'),
  trials: number('trials', 'Runs of a hyper-parameter search.'),
  concurrency: number('parallel calls', 'Calls, workers or requests at once.'),
  max_time: number('time limit', 'Wall-clock limit in seconds.'),
  image_size: number('image size', 'Edge of the image in pixels.'),
  inference_steps: number('denoising steps', 'Denoising steps, or model calls a request.'),
  prompt_cache: flag('prompt caching', 'Prefixes are cached.'),
  batch_api: flag('batch interface', 'Requests go through the provider’s batch interface.'),
  reasoning_effort: text('reasoning effort', 'Reasoning effort or thinking budget.', ['low', 'medium', 'high']),
  n: number('answers a call', 'Completions a call.'),
};
export const factLabel = (name: string): string => factNames[name]?.label ?? name.replaceAll('_', ' ');
