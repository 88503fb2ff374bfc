import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (name: string, text: string): Promise<string[]> => (await seen(name, text)).short;

const nanotron = `data_stages:
- data:
    dataset:
      hf_dataset_or_datasets: HuggingFaceFW/fineweb
model:
  dtype: bfloat16
  model_config: {hidden_size: 512, num_hidden_layers: 8, num_attention_heads: 8, moe_config: {num_experts: 4}}
optimizer:
  zero_stage: 1
  optimizer_factory: {name: adamW}
parallelism: {dp: 4, tp: 2, pp: 1, expert_parallel_size: 2, recompute_layer: true}
tokens:
  micro_batch_size: 2
  batch_accumulation_per_replica: 8
  sequence_length: 2048
  train_steps: 1000
`;

test.each<[what: string, text: string, expected: string[]]>([
  [
    'nanotron: devices are the product of the mesh, experts lie within it',
    nanotron,
    [
      'training nanotron 1-16 {precision=bf16@6, n_layer=8@7, n_embd=512@7, n_head=8@7, n_experts=4@7, dataset=HuggingFaceFW/fineweb@4, optimizer=adamw@10, batch_size=2@13, grad_accum=8@14, seq_len=2048@15, max_steps=1000@16, data_parallel=4@11, tensor_parallel=2@11, pipeline_parallel=1@11, expert_parallel=2@11, grad_ckpt=true@11, strategy=zero1@9, gpus=8@11 default}',
    ],
  ],
  [
    'GPT-NeoX: keys with dashes, a pipeline of no stages, ZeRO as DeepSpeed has it',
    `{
  "pipe-parallel-size": 0,
  "model-parallel-size": 2,
  "num-layers": 24,
  "hidden-size": 1024,
  "num-attention-heads": 16,
  "attention-config": [[["flash"], 24]],
  "zero_optimization": {"stage": 1},
  "train_micro_batch_size_per_gpu": 4,
  "train-iters": 320000, # steps
  "fp16": {"enabled": true},
}
`,
    [
      'training gpt-neox 1-12 {tensor_parallel=2@3, n_layer=24@4, n_embd=1024@5, n_head=16@6, max_steps=320000@10, pipeline_parallel=1@2, flash_attention=true@7, strategy=zero1@8, precision=fp16@11, batch_size=4@9}',
    ],
  ],
  [
    'Levanter: what a policy computes in; the batch is that of all devices',
    `data: {id: dlwh/wikitext_103}
model: {type: llama, hidden_dim: 256, num_layers: 4, num_heads: 4, seq_len: 512}
trainer:
  mp: p=f32,c=f16
  train_batch_size: 64
  per_device_parallelism: -1
  num_train_steps: 200
optimizer: {type: adam}
`,
    [
      'training levanter 1-8 {n_layer=4@2, n_embd=256@2, n_head=4@2, seq_len=512@2, global_batch_size=64@5, max_steps=200@7, optimizer=adam@8, dataset=dlwh/wikitext_103@1, precision=fp16@4}',
    ],
  ],
  [
    'options of a vLLM server in a file',
    'model: Qwen/Qwen3-8B\ntensor-parallel-size: 2\nmax_model_len: 8192\ndtype: auto\nkv-cache-dtype: fp8\n',
    ['serving vllm 1-5 {model=Qwen/Qwen3-8B@1, tensor_parallel=2@2, max_model_len=8192@3, precision=auto@4, kv_cache_dtype=fp8@5}'],
  ],
])('%s', async (_what, text, expected) => {
  expect(await short('a.yaml', text)).toEqual(expected);
});

test.each([
  ['data paths of GPT-NeoX alone', '{"data_path": "data/x", "model_parallel_size": 1}\n'],
  ['a tokens section of something else', 'tokens: {sequence_length: 10}\nmodel: {a: 1}\n'],
  ['a trainer without a model', 'trainer: {num_train_steps: 3}\n'],
  ['a model name with one option that engines have', 'model: gpt-4o\nmax-model-len: 8192\n'],
  ['a training with engine options for its rollouts', 'model: m\nmax_model_len: 1\ngpu_memory_utilization: 0.5\nlearning_rate: 1e-6\n'],
])('no workload in %s', async (_what, text) => {
  expect(await short('a.yaml', text)).toEqual([]);
});
