import { describe, expect, test } from 'vitest';
import { type Assumed, advised, edited, type Files } from '../../support/advised.js';

const little: Assumed = { input_tokens: 1000, output_tokens: 300, requests_per_s: 0.001 };
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: chat}
spec:
  replicas: 1
  template:
    spec:
      nodeSelector:
        nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3
      containers:
        - name: vllm
          image: vllm/vllm-openai:v0.8.5
          args: ["--model", "Qwen/Qwen2.5-7B-Instruct"]
          resources:
            limits:
              nvidia.com/gpu: 1
`;
const scaled = (kind: 'keda' | 'hpa'): string =>
  kind === 'keda'
    ? `${deployment}---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: chat}
spec:
  scaleTargetRef: {name: chat}
  minReplicaCount: 1 # awake
  maxReplicaCount: 2
`
    : `${deployment}---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: chat}
spec:
  scaleTargetRef: {kind: Deployment, name: chat}
  minReplicas: 1
  maxReplicas: 2
`;
const kserve = `apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: chat}
spec:
  predictor:
    minReplicas: 1
    maxReplicas: 2
    nodeSelector:
      nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3
    containers:
      - name: kserve-container
        image: vllm/vllm-openai:v0.8.5
        args: ["--model", "Qwen/Qwen2.5-7B-Instruct"]
        resources:
          limits: {nvidia.com/gpu: 1}
`;

describe('no replica while nobody asks', () => {
  test.each<[name: string, text: string, before: string, after: string]>([
    ['KEDA', scaled('keda'), 'minReplicaCount: 1 # awake', 'minReplicaCount: 0 # awake'],
    ['KServe', kserve, 'minReplicas: 1', 'minReplicas: 0'],
  ])('%s: the smallest number is none, and what is saved follows from the traffic', async (_name, text, before, after) => {
    const { changed, found } = await edited({ 'deploy.yaml': text }, 'scale-to-zero', little);
    expect(changed['deploy.yaml']).toBe(text.replace(before, after));
    expect(found.saving.unit).toBe('usd/month');
    expect(found.saving.percent).toBeGreaterThan(50);
    const again = await advised(changed, little);
    expect(again.advice.filter(({ id }) => id.endsWith('/scale-to-zero'))).toEqual([]);
  });
  test.each<[name: string, text: string, note: RegExp]>([
    ['an HPA', scaled('hpa'), /an HPA keeps at least one replica/],
    ['a plain Deployment', deployment, /needs what scales to zero/],
  ])('%s has no such number: it is for a person, with what would do it', async (_name, text, note) => {
    const { advice } = await advised({ 'deploy.yaml': text }, little);
    const found = advice.find(({ id }) => id.endsWith('/scale-to-zero'));
    expect(found).toMatchObject({ editable: false, effort: 3 });
    expect(found?.saving.percent).toBeGreaterThan(50);
    expect(found?.notes.join('\n')).toMatch(note);
    expect(found?.edits).toBeUndefined();
  });
  test.each<[name: string, assumed: Assumed]>([
    ['without a stated traffic', { input_tokens: 1000, output_tokens: 300 }],
    ['for a service that is never idle for long', { input_tokens: 1000, output_tokens: 300, requests_per_s: 1 }],
  ])('nothing is said %s', async (_name, assumed) => {
    const { advice } = await advised({ 'deploy.yaml': scaled('keda') }, assumed);
    expect(advice.filter(({ id }) => id.endsWith('/scale-to-zero'))).toEqual([]);
  });
  test('what a warm replica costs and spares is said without a saving', async () => {
    const { advice } = await advised({ 'deploy.yaml': scaled('keda').replace('minReplicaCount: 1', 'minReplicaCount: 0') }, { ...little, idle_timeout: 300 });
    const found = advice.find(({ id }) => id.endsWith('/warm-pool'));
    expect(found?.saving.percent).toBeUndefined();
    expect(found?.notes).toEqual([
      'no figure: it saves waiting, not money',
      expect.stringMatching(/^about \d+ starts of \d+ s a month are not waited for$/),
      expect.stringMatching(/^it costs about \$\d+ a month more$/),
    ]);
  });
});

describe('switches of an engine that are off', () => {
  const h100: Assumed = { gpu_type: 'h100', gpu_count: 1, input_tokens: 1000, output_tokens: 300 };
  test.each<[file: string, text: string, id: string, before: string, after: string]>([
    [
      'serve.sh',
      'vllm serve Qwen/Qwen2.5-7B-Instruct --max-model-len 8192 --no-enable-chunked-prefill\n',
      'chunked-prefill',
      '--no-enable-chunked-prefill',
      '--enable-chunked-prefill',
    ],
    [
      'serve.sh',
      'vllm serve Qwen/Qwen2.5-7B-Instruct --no-enable-prefix-caching --max-model-len 8192\n',
      'prefix-caching',
      '--no-enable-prefix-caching',
      '--enable-prefix-caching',
    ],
    [
      'infer.py',
      'from vllm import LLM\nllm = LLM(model="Qwen/Qwen2.5-7B-Instruct", enable_chunked_prefill=False)\nllm.generate(prompts)\n',
      'chunked-prefill',
      'enable_chunked_prefill=False',
      'enable_chunked_prefill=True',
    ],
  ])('%s %j: %s', async (file, text, id, before, after) => {
    const { changed, found } = await edited({ [file]: text }, id, h100);
    expect(changed[file]).toBe(text.replace(before, after));
    expect(found.saving.percent).toBeUndefined();
    expect((await advised(changed, h100)).advice.filter((one) => one.id === found.id)).toEqual([]);
  });
});

describe('less of a model', () => {
  const serve = (model: string): Files => ({ 'serve.sh': `vllm serve ${model} --max-model-len 8192\n` });
  const h100: Assumed = { gpu_type: 'h100', gpu_count: 1, input_tokens: 1000, output_tokens: 300 };
  test('a quarter of the layers: its effect is computed, its quality is not known, and it is for a person', async () => {
    const { advice } = await advised(serve('meta-llama/Llama-3.1-8B-Instruct'), h100);
    const found = advice.find(({ id }) => id.endsWith('/pruned-model'));
    expect(found).toMatchObject({ title: '8 of 32 layers pruned', editable: false, risk: { level: 'unmeasured' } });
    // A quarter of the body, which is less than the whole with its embeddings.
    expect(found?.saving.percent).toBeGreaterThan(10);
    expect(found?.saving.percent).toBeLessThan(26);
  });
  test.each(['Qwen/Qwen2.5-0.5B-Instruct', 'somebody/unheard-of', 'mistralai/Mixtral-8x7B-Instruct-v0.1'])(
    '%s has no layers to spare that anybody has shown',
    async (model) => {
      const { advice } = await advised(serve(model), { ...h100, gpu_count: 2, tensor_parallel: 2 });
      expect(advice.filter(({ id }) => id.endsWith('/pruned-model'))).toEqual([]);
    },
  );
  test.each<[path: string, tier: string | undefined]>([
    ['deploy/staging/values.sh', 'staging'],
    ['overlays/QA/serve.sh', 'qa'],
    ['deploy/values-dev.sh', 'dev'],
    ['env/preview.sh', 'preview'],
    ['deploy/prod/values.sh', undefined],
    ['latest/serve.sh', undefined],
    ['benchmarks/multi-round-qa/model.sh', undefined],
    ['3.test_cases/serve.sh', undefined],
    ['chat-qa.sh', undefined],
    ['devices/serve.sh', undefined],
  ])('less precision where nobody relies on the answers is a smaller risk, and is never none: %s', async (path, tier) => {
    const { advice } = await advised({ [path]: serve('meta-llama/Llama-3.1-8B-Instruct')['serve.sh'] ?? '' }, h100);
    const { level, evidence } = advice.find(({ id }) => id.endsWith('/weights-fp8'))?.risk ?? {};
    expect(level).toBe('low');
    expect(/its file is of “(\w+)”/.exec(evidence?.join('\n') ?? '')?.[1]).toBe(tier);
  });
});

describe('a cache of answers to like questions', () => {
  const call: Files = { 'ask.py': 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", max_tokens=300, messages=m)\n' };
  const traffic: Assumed = { input_tokens: 1000, output_tokens: 300, calls_per_month: 100_000 };
  test('saves the stated share', async () => {
    const { advice } = await advised(call, { ...traffic, semantic_hit_rate: 0.3 });
    const found = advice.find(({ id }) => id.endsWith('/semantic-cache'));
    expect(found?.saving).toMatchObject({ percent: 30, unit: 'usd/month' });
    expect(found).toMatchObject({ editable: false, risk: { level: 'medium' }, supposed: { calls_per_month: 70_000 } });
  });
  test('says what each tenth is worth where nobody states a share, and nothing for few calls', async () => {
    const { advice } = await advised(call, traffic);
    const found = advice.find(({ id }) => id.endsWith('/semantic-cache'));
    expect(found?.saving.percent).toBeUndefined();
    expect(found?.notes.slice(0, 2)).toEqual([
      'no figure: how many questions are alike is not stated (semantic_hit_rate)',
      'each tenth of the calls that it answers is about $55 a month',
    ]);
    expect((await advised(call, { ...traffic, calls_per_month: 100 })).advice.filter(({ id }) => id.endsWith('/semantic-cache'))).toEqual([]);
  });
});

describe('what is in force limits what is advised', () => {
  const pod = (image: string, args: readonly string[], gpu = 'nvidia-l4', command = ''): Files => ({
    'serve.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: serve }
spec:
  template:
    spec:
      nodeSelector:
        cloud.google.com/gke-accelerator: ${gpu}
      containers:
        - name: serve
          image: ${image}
${command}          args:
${args.map((arg) => `            - ${arg}\n`).join('')}          resources:
            limits:
              nvidia.com/gpu: 1
`,
  });
  const ids = async (files: Files): Promise<string[]> =>
    (await advised(files, { input_tokens: 1000, output_tokens: 300 })).advice.map(({ id }) => id.slice(id.lastIndexOf('/') + 1));
  test.each([
    ['us-docker.pkg.dev/deeplearning-platform-release/gcr.io/huggingface-text-generation-inference-cu124.2-3.ubuntu2204.py311', false],
    ['us-docker.pkg.dev/deeplearning-platform-release/gcr.io/huggingface-text-generation-inference-cu124.3-0.ubuntu2204.py311', true],
    ['763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-tgi-inference:2.4.0-tgi2.3.1-gpu-py311-cu124-ubuntu22.04', false],
  ])('the release of a cloud’s image %s', async (image, has) => {
    const found = await ids(pod(image, ['--model-id=mistralai/Mistral-7B-Instruct-v0.2', '--num-shard=1']));
    expect(found.some((id) => id.includes('kv-fp8'))).toBe(has);
  });
  test.each([
    ['lmsysorg/sglang:v0.2.10-cu121', false],
    ['lmsysorg/sglang:v0.4.1-cu121', true],
  ])('the release of %s', async (image, has) => {
    const serve = '          command: ["python3", "-m", "sglang.launch_server"]\n';
    const found = await ids(pod(image, ['--model-path=mistralai/Mistral-7B-Instruct-v0.2', '--tp-size=1'], 'nvidia-l4', serve));
    expect(found.some((id) => id.includes('kv-fp8'))).toBe(has);
  });
  test('only what the cloud rents whose nodes are asked for, and no chip that lacks the type of the checkpoint', async () => {
    const found = await ids(pod('vllm/vllm-openai:v0.10.0', ['--model=mistralai/Mistral-7B-Instruct-v0.2', '--max-model-len=8192'], 'nvidia-a100-80gb'));
    expect(found).toContain('on-l4');
    expect(found.filter((id) => /^on-(?:rtx|l40s|a10g|t4)/.test(id))).toEqual([]);
    const tight = await ids(pod('vllm/vllm-openai:v0.10.0', ['--model=meta-llama/Llama-3.1-8B-Instruct', '--max-model-len=32768']));
    expect(tight.filter((id) => /^on-/.test(id))).toEqual([]);
  });
  test('a service that is spread over machines is not told to run copies', async () => {
    const files = (more: string): Files => ({
      'serve.sh': `vllm serve meta-llama/Llama-3.1-8B-Instruct --tensor-parallel-size 8 --max-model-len 8192${more}\n`,
    });
    const assumed: Assumed = { gpu_type: 'h100-sxm-80gb', input_tokens: 1000, output_tokens: 300 };
    const copies = async (more: string) => (await advised(files(more), assumed)).advice.filter(({ id }) => /copies-/.test(id));
    expect(await copies('')).not.toEqual([]);
    expect(await copies(' --pipeline-parallel-size 2')).toEqual([]);
  });
  test('a model stands in for one up to twelve times its size', async () => {
    const { advice } = await advised(
      { 'serve.sh': 'vllm serve meta-llama/Meta-Llama-3.1-405B-Instruct --tensor-parallel-size 16 --max-model-len 8192\n' },
      { gpu_type: 'h200-sxm-141gb', input_tokens: 1000, output_tokens: 300 },
    );
    expect(advice.flatMap(({ title }) => /^(?:Meta-)?Llama-3\.1-\d+B/.exec(title)?.[0] ?? [])).toEqual([expect.stringMatching(/70B/)]);
  });
});
