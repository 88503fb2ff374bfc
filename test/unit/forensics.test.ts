import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { estimate } from '../../server/src/core/estimate/estimate.js';
import type { EstimateContext, Spec } from '../../server/src/core/estimate/spec.js';
import { diagnose } from '../../server/src/core/forensics/diagnose.js';
import { explainMemory, observedRun } from '../../server/src/core/forensics/explain.js';
import { readMemoryLog } from '../../server/src/core/forensics/read.js';
import type { Fact, FactValue } from '../../server/src/core/model/fact.js';
import type { Workload } from '../../server/src/core/model/workload.js';
import { forensicsMarkdown, forensicsText } from '../../server/src/core/render/forensics.js';
import { shippedCatalog } from '../support/catalog.js';

const catalog = shippedCatalog();
const coefficients = JSON.parse(readFileSync(new URL('../../server/data/coefficients.json', import.meta.url), 'utf8'));
const context: EstimateContext = { catalog, coefficients };
const near = (value: number) => expect.closeTo(value, 2) as number;
const frames = (...lines: readonly string[]): string =>
  `Traceback (most recent call last):\n${lines.map((line) => `  File "${line}\n    x = y()`).join('\n')}\n`;
const advice = 'If reserved but unallocated memory is large try setting PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation.';

describe('each generation of message is read, and the part of the memory that ran out is named', () => {
  test.each<[string, string, object, string]>([
    [
      'PyTorch 1.x in the loss',
      `${frames('train.py", line 9, in <module>', '/lib/torch/nn/functional.py", line 3, in cross_entropy')}RuntimeError: CUDA out of memory. Tried to allocate 1.50 GiB (GPU 0; 15.90 GiB total capacity; 14.00 GiB already allocated; 200.00 MiB free; 14.10 GiB reserved in total by PyTorch)`,
      { kind: 'training', engine: 'pytorch', tried: near(1.5), total: near(15.9), allocated: near(14), unallocated: near(0.1), free: near(0.195) },
      'logits',
    ],
    [
      'PyTorch before 1.5',
      'RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 10.00 GiB total capacity; 9.00 GiB already allocated; 10.00 MiB free; 9.10 GiB cached)',
      { allocated: near(9), unallocated: near(0.1) },
      'unknown',
    ],
    [
      'PyTorch 2.1 with its spelling, in the optimizer',
      `${frames('/w/train/a.py", line 9, in main', '/lib/torch/optim/adamw.py", line 99, in _init_group')}torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 86.00 MiB. GPU 0 has a total capacty of 31.74 GiB of which 53.12 MiB is free. Including non-PyTorch memory, this process has 31.68 GiB memory in use. Of the allocated memory 30.16 GiB is allocated by PyTorch, and 50.00 MiB is reserved by PyTorch but unallocated.`,
      { total: near(31.74), inUse: near(31.68), allocated: near(30.16) },
      'optimizer',
    ],
    [
      'PyTorch 2.6, fragmented',
      `torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.10 GiB of which 900.00 MiB is free. Including non-PyTorch memory, this process has 78.20 GiB memory in use. Of the allocated memory 60.00 GiB is allocated by PyTorch, and 17.00 GiB is reserved by PyTorch but unallocated. ${advice}`,
      { unallocated: near(17), tried: near(2) },
      'fragmentation',
    ],
    [
      'another process on the GPU',
      'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 938.00 MiB. GPU 0 has a total capacity of 24.00 GiB of which 49.44 MiB is free. Process 12622 has 9.00 GiB memory in use. Including non-PyTorch memory, this process has 14.90 GiB memory in use. Of the allocated memory 14.00 GiB is allocated by PyTorch, and 23.73 MiB is reserved by PyTorch but unallocated.',
      { others: near(9), inUse: near(14.9) },
      'other-process',
    ],
    [
      'ROCm, in the backward pass',
      `${frames('a.py", line 1, in step', '/lib/torch/_tensor.py", line 2, in backward')}torch.OutOfMemoryError: HIP out of memory. Tried to allocate 4.00 GiB. GPU 0 has a total capacity of 63.98 GiB of which 2.00 GiB is free. Of the allocated memory 60.00 GiB is allocated by PyTorch, and 0.10 GiB is reserved by PyTorch but unallocated.`,
      { tried: near(4), total: near(63.98) },
      'activations',
    ],
    [
      'weights on the way to the device',
      `${frames('a.py", line 1, in main', '/lib/transformers/modeling_utils.py", line 5, in from_pretrained')}torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 112.00 MiB.`,
      { tried: near(112 / 1024) },
      'weights',
    ],
    [
      'DeepSpeed, gathering',
      `${frames('/lib/deepspeed/runtime/zero/partition_parameters.py", line 5, in all_gather_coalesced')}torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.00 GiB.`,
      {},
      'sharding-buffers',
    ],
    [
      'a TPU',
      'jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: XLA:TPU compile permanent error. Ran out of memory in memory space hbm. Used 18.00G of 15.48G hbm. Exceeded hbm capacity by 2.52G.',
      { engine: 'jax', inUse: near(18), total: near(15.48) },
      'unknown',
    ],
    [
      'JAX on a GPU',
      'XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 17179869184 bytes.',
      { engine: 'jax', tried: near(16) },
      'unknown',
    ],
    ['bitsandbytes', 'Error out of memory at line 380 in file /src/csrc/ops.cu', { engine: 'bitsandbytes' }, 'unknown'],
    [
      'vLLM: a length that does not fit',
      "INFO Initializing an LLM engine with config: model='org/m-8b', max_seq_len=131072, tensor_parallel_size=1\nModel loading took 15.00 GiB and 9.1 seconds\nAvailable KV cache memory: 4.50 GiB\nValueError: To serve at least one request with the models's max seq len (131072), (16.00 GiB KV cache is needed, which is larger than the available KV cache memory (4.50 GiB). Based on the available memory, the estimated maximum model length is 36864. Try increasing `gpu_memory_utilization`",
      {
        kind: 'serving',
        engine: 'vllm',
        outcome: 'cache-too-small',
        weights: near(15),
        cacheFree: near(4.5),
        cacheNeeded: near(16),
        fittingLength: 36_864,
        facts: { model: 'org/m-8b', max_model_len: 131_072, tensor_parallel: 1 },
      },
      'kv-cache',
    ],
    [
      'older vLLM',
      "ValueError: The model's max seq len (32768) is larger than the maximum number of tokens that can be stored in KV cache (5472). Try increasing `gpu_memory_utilization`",
      { cacheTokens: 5472, facts: { max_model_len: 32_768 } },
      'kv-cache',
    ],
    [
      'vLLM on a GPU that is in use',
      'ValueError: Free memory on device cuda:0 (10.20/23.64 GiB) on startup is less than desired GPU memory utilization (0.9, 21.28 GiB).',
      { engine: 'vllm', facts: { gpu_mem_util: 0.9 } },
      'other-process',
    ],
    [
      'vLLM’s sampler',
      'RuntimeError: CUDA out of memory occurred when warming up sampler with 1024 dummy requests. Please try lowering `max_num_seqs`',
      { facts: { max_num_seqs: 1024 } },
      'logits',
    ],
    [
      'SGLang’s start',
      '[sglang] Load weight end. type=X, dtype=torch.bfloat16, avail mem=63.00 GB, mem usage=15.00 GB.\nKV Cache is allocated. #tokens: 443882, K size: 27.00 GB, V size: 27.00 GB\nmax_total_num_tokens=443882, context_len=8192',
      { outcome: 'started', engine: 'sglang', weights: near(15), cacheFree: near(54), cacheTokens: 443_882 },
      'kv-cache',
    ],
    [
      'TGI',
      'RuntimeError: Not enough memory to handle 4096 prefill tokens. You need to decrease `--max-batch-prefill-tokens`',
      { engine: 'tgi' },
      'activations',
    ],
  ])('%s', (_name, text, evidence, term) => {
    const found = readMemoryLog(text);
    expect(found).toMatchObject(evidence);
    expect(found && diagnose(found).term).toBe(term);
  });
  test.each(['', 'Epoch 1 loss 0.3', 'out of patience'])('%j is no such log', (text) => expect(readMemoryLog(text)).toBeUndefined());
});

const job: Record<string, FactValue> = {
  model: 'meta-llama/Llama-3.1-8B',
  batch_size: 8,
  grad_accum: 1,
  seq_len: 4096,
  max_steps: 100,
  precision: 'bf16',
  gpu_type: 'a100-sxm-80gb',
  gpus: 8,
  strategy: 'fsdp',
  grad_ckpt: false,
  framework: 'transformers',
};
const workload = (facts: Record<string, FactValue>, path = 'train/a.py', kind: Workload['kind'] = 'training'): { workload: Workload; spec: Spec } => ({
  workload: {
    id: `${path}#${kind}-1`,
    kind,
    framework: 'transformers',
    title: 'Fine-tune',
    span: { uri: `file:///w/${path}`, start: 0, end: 1 },
    facts: Object.entries(facts).map(([name, value]): Fact => ({ name, value, origin: 'literal' })),
    unknown: [],
    conflicts: [],
  },
  spec: { kind, facts },
});
const oom = (allocated: number, file = '/home/q/w/train/a.py') =>
  `${frames(`${file}", line 9, in main`, '/lib/torch/nn/modules/mlp.py", line 2, in forward')}torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 4.00 GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.00 GiB is free. Including non-PyTorch memory, this process has 78.10 GiB memory in use. Of the allocated memory ${allocated.toFixed(2)} GiB is allocated by PyTorch, and 100.00 MiB is reserved by PyTorch but unallocated. ${advice}`;

describe('a training that ran out of memory', () => {
  const found = explainMemory(oom(76), [workload(job, 'train/b.py'), workload(job)], context)!;
  test('is the one whose file the traceback goes through', () => {
    expect(found.workload?.id).toBe('train/a.py#training-1');
    expect(found.whose).toMatch(/train\/a\.py/);
    expect(found.needed).toBeCloseTo(80);
  });
  test('gets changes whose memory is the estimate’s own, corrected by what was measured; nothing is said to fit that may not', () => {
    expect(found.remedies.map(({ title }) => title)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Micro-batch 8 → 4, accumulation 1 → 2/), expect.stringMatching(/^Gradient checkpointing on/)]),
    );
    const plain = (changes: object) => estimate({ kind: 'training', facts: { ...job, ...changes } }, context).estimates['peak_memory_gib']!.likely;
    const half = found.remedies.find(({ changes }) => changes.some(({ fact, to }) => fact === 'batch_size' && to === 4))!;
    expect(half.memory?.likely).toBeCloseTo(plain({ batch_size: 4, grad_accum: 2 }) * found.factor!);
    expect(half.changes).toContainEqual({ fact: 'grad_accum', from: 1, to: 2 });
    for (const { memory, fits } of found.remedies) if (fits) expect(memory!.high).toBeLessThanOrEqual(79.15);
    expect(found.remedies.some(({ fits }) => fits === true)).toBe(true);
  });
  test('tells that the estimate was low where it was, and only there', () => {
    const peak = estimate({ kind: 'training', facts: job }, context).estimates['peak_memory_gib']!.likely;
    expect(found.factor).toBeCloseTo(Math.max(1, 80 / peak));
    expect(explainMemory(oom(peak / 10), [workload(job)], context)?.factor).toBe(1);
  });
  test('is an observation that a team can keep', () => {
    expect(observedRun(found, 'train/a.py', '2026-01-02')).toMatchObject({
      sources: ['out-of-memory'],
      workload: 'train/a.py',
      measured: { needed_memory_gib: expect.closeTo(80) as number },
    });
  });
  test('without any workload says what the message says', () => {
    const alone = explainMemory(oom(76), [], context)!;
    expect([alone.workload, alone.diagnosis.term, alone.remedies]).toEqual([undefined, 'activations', []]);
    expect(forensicsMarkdown(alone)).not.toMatch(/NaN|undefined/);
  });
  test('fragmentation first asks for other segments', () => {
    const text = oom(60).replace('100.00 MiB is reserved', '17.00 GiB is reserved');
    expect(explainMemory(text, [workload(job)], context)?.remedies[0]?.title).toBe('PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True');
  });
});

describe('a server whose cache is too small', () => {
  const text =
    "INFO Initializing an LLM engine with config: model='org/m-8b', max_seq_len=131072, tensor_parallel_size=1\nModel loading took 15.00 GiB and 9.1 seconds\nValueError: To serve at least one request with the models's max seq len (131072), (16.00 GiB KV cache is needed, which is larger than the available KV cache memory (9.00 GiB). Based on the available memory, the estimated maximum model length is 73728.";
  const found = explainMemory(text, [workload({ model: 'org/m-8b', gpu_type: 'rtx-4090' }, 'serve.sh', 'serving')], context)!;
  const remedy = (start: RegExp) => found.remedies.find(({ title }) => start.test(title));
  test('is found by its model, and gets the longest length, by its own figures', () => {
    expect(found.workload?.id).toBe('serve.sh#serving-1');
    expect(remedy(/max-model-len/)).toMatchObject({ title: '--max-model-len 73728: the longest that fits', fits: true });
  });
  test('FP8 doubles the tokens; two devices halve weights and cache', () => {
    // 9 GiB hold 73,728 tokens: twice that is enough for 131,072
    expect(remedy(/FP8 KV/)?.fits).toBe(true);
    expect(remedy(/Tensor parallel/)).toMatchObject({ fits: true, changes: [{ fact: 'tensor_parallel', from: 1, to: 2 }] });
    expect(remedy(/memory share/)?.fits).toBe(false);
  });
  test('prints for a person', () => {
    expect(forensicsText(found)).toMatch(/^KV cache too small: KV cache[\s\S]*longest length that fits +73,728[\s\S]*What would fit/);
    expect(forensicsMarkdown(found)).toMatch(/^# KV cache too small[\s\S]*✓ fits/);
  });
});
