import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (name: string, text: string): Promise<string[]> => (await seen(name, text)).short;

test.each([
  [
    'the list form',
    'FROM python:3.12\nENTRYPOINT ["vllm", "serve", "org/m-7b", "--tensor-parallel-size", "2"]\n',
    'serving vllm 2-2 {model=org/m-7b@2, tensor_parallel=2@2}',
  ],
  [
    'the shell form over lines',
    'FROM python:3.12\nCMD exec vllm serve org/m-7b \\\n  # longer context\n  --max-model-len 8192\n',
    'serving vllm 2-4 {model=org/m-7b@2, max_model_len=8192@4}',
  ],
  [
    'a list and its arguments',
    'FROM x\nENTRYPOINT ["python", "-m", "vllm.entrypoints.openai.api_server"]\nEXPOSE 8000\nCMD ["--model", "org/m-7b"]\n',
    'serving vllm 2-4 {model=org/m-7b@4}',
  ],
  [
    'arguments of the image’s own entry point',
    'ARG TAG=v0.6.0\nFROM vllm/vllm-openai:${TAG}\nCMD ["--model", "org/m-7b", "--dtype=bfloat16"]\n',
    'serving vllm 3-3 {model=org/m-7b@3, precision=bf16@3}',
  ],
  [
    'variables of the image',
    'FROM ghcr.io/huggingface/text-generation-inference:2.0\nENV MODEL_ID=org/m-7b NUM_SHARD=2\n',
    'serving tgi 1-1 {model=org/m-7b@2, tensor_parallel=2@2}',
  ],
  ['a variable in the command', 'FROM x\nENV MODEL org/m-7b\nCMD vllm serve $MODEL\n', 'serving vllm 3-3 {model=org/m-7b@2 variable}'],
  [
    'a llamafile',
    'FROM x\nENTRYPOINT ["./m-7b.llamafile"]\nCMD ["--model", "m-7b.gguf", "-c", "4096"]\n',
    'serving llama.cpp 2-3 {model=m-7b.gguf@3, max_model_len=4096@3}',
  ],
  ['the last of several commands', 'FROM x\nCMD ["vllm", "serve", "org/a"]\nCMD ["vllm", "serve", "org/b"]\n', 'serving vllm 3-3 {model=org/b@3}'],
  [
    'training',
    'FROM x\nCMD ["torchrun", "--nproc_per_node=8", "train.py", "--num_train_epochs", "3"]\n',
    'training pytorch 2-2 {gpu_count=8@2, nproc_per_node=8@2, epochs=3@2}',
  ],
])('Dockerfile: %s', async (_name, text, expected) => {
  expect(await short('Dockerfile', text)).toEqual([expected]);
});

test.each([
  ['what the build runs', 'FROM vllm/vllm-openai\nRUN python train.py --num_train_epochs 3\n'],
  ['a health check', 'FROM x\nHEALTHCHECK CMD vllm serve org/m\nCMD ["bash"]\n'],
  ['a text in a build step', 'FROM x\nRUN <<EOF\nCMD ["vllm", "serve", "org/m"]\nEOF\n'],
  ['an engine’s image that starts something else', 'FROM vllm/vllm-openai\nENTRYPOINT ["/bin/bash"]\nCMD ["-c", "sleep infinity"]\n'],
  ['a web server', 'FROM python:3.12\nCMD ["uvicorn", "app:app"]\n'],
  ['comments', 'FROM x\n# CMD ["vllm", "serve", "org/m"]\nCMD ["python", "app.py"]\n'],
])('Dockerfile: nothing is marked for %s', async (_name, text) => {
  expect(await short('Containerfile', text)).toEqual([]);
});

const model = (more: string): string =>
  `name: "llm"\nbackend: "onnxruntime"\nmax_batch_size: 16\ninput [\n  { name: "ids" data_type: TYPE_INT64 dims: [ -1 ] },\n  { name: 'mask', dims: [1] }\n]\n${more}`;
test.each([
  ['a model', '', '{model=llm@1, batch_size=16@3}'],
  [
    'instances on some GPUs',
    'instance_group [\n  { count: 2 kind: KIND_GPU gpus: [ 0, 1 ] }\n]\n',
    '{model=llm@1, batch_size=16@3, gpu_count=2@9 default, concurrency=2@9}',
  ],
  [
    'parameters',
    'parameters: {\n  key: "kv_cache_free_gpu_mem_fraction"\n  value: { string_value: "0.8" }\n}\nparameters { key: "x" value { string_value: "${x}" } }\n',
    '{model=llm@1, batch_size=16@3, gpu_mem_util=0.8@10}',
  ],
  [
    'the precision of its accelerator',
    'optimization { execution_accelerators {\n gpu_execution_accelerator : [ { name : "tensorrt" parameters { key: "precision_mode" value: "FP16" } } ]\n} }\n',
    '{model=llm@1, batch_size=16@3, precision=fp16@9}',
  ],
])('Triton: %s', async (_name, more, expected) => {
  expect((await short('config.pbtxt', model(more))).map((one) => one.replace(/^.*?(?=\{)/, ''))).toEqual([expected]);
});
test('Triton: the TensorRT-LLM backend places itself on GPUs; a folder that is filled in later is unknown', async () => {
  expect(await short('config.pbtxt', 'name: "${name}"\nbackend: "tensorrtllm"\nmax_batch_size: 8\ninstance_group [ { count: 1 kind : KIND_CPU } ]\n')).toEqual([
    'serving triton 1-4 {batch_size=8@3} ?model',
  ]);
});
test.each([
  ['an ensemble', 'name: "all"\nplatform: "ensemble"\nmax_batch_size: 8\nensemble_scheduling { step [ ] }\n'],
  ['a step in Python', 'name: "tokenizer"\nbackend: "python"\nmax_batch_size: 8\ninstance_group [ { kind: KIND_CPU } ]\n'],
  ['a model on CPUs', model('instance_group [ { kind: KIND_CPU } ]\n')],
  ['labels', 'item {\n  id: 1\n  name: "cat"\n}\n'],
])('Triton: nothing is marked for %s', async (_name, text) => {
  expect(await short('config.pbtxt', text)).toEqual([]);
});

test('Ollama: a Modelfile is a model with its limits', async () => {
  expect(
    await short('Modelfile', '# my model\nFROM llama3.1:8b-instruct-q4_K_M\nPARAMETER num_ctx 8192\nPARAMETER num_predict -1\nSYSTEM """\nFROM here\n"""\n'),
  ).toEqual(['serving ollama 1-7 {model=llama3.1:8b-instruct-q4_K_M@2, quantization=q4_k_m@2 default, max_model_len=8192@3}']);
});
