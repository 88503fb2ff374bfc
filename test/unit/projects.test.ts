import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { totalsOf, type Workload } from '../../server/src/core/index.js';
import { Engine, type Estimated } from '../../server/src/host/engine.js';
import { memoryHost } from '../support/memory-host.js';

const folder = path.join(import.meta.dirname, '../fixtures/projects');
const root = 'file:///w';

/** A fixture project, estimated as a whole. */
async function project(name: string): Promise<{ all: readonly Estimated[]; of: (id: string) => Workload; totals: ReturnType<typeof totalsOf> }> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(path.join(folder, name), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(path.join(folder, name), file).replaceAll(path.sep, '/')] = readFileSync(file, 'utf8');
  }
  const engine = new Engine(memoryHost(files));
  engine.roots = [root];
  // Data files are not listed by a host: they are read when a workload names them.
  const listed = Object.keys(files).filter((file) => !file.endsWith('.jsonl'));
  const all = (await engine.scan(listed.map((file) => `${root}/${file}`))).flatMap((report) => report.workloads);
  const of = (id: string): Workload => {
    const found = all.find(({ workload }) => workload.id === id)?.workload;
    if (!found) throw new Error(`no workload ${id}: ${all.map(({ workload }) => workload.id).join(', ')}`);
    return found;
  };
  return { all, of, totals: totalsOf(all) };
}
const factsOf = ({ facts }: Workload): Record<string, string> =>
  Object.fromEntries(facts.map(({ name, value, origin, span }) => [name, `${value} ${origin}${span ? ` ${span.uri.slice(root.length + 1)}` : ''}`]));

test('accelerate names DeepSpeed’s file, the model and the data lie in the workspace', async () => {
  const { of, totals } = await project('accelerate-zero');
  const run = of('run.sh#training-1');
  expect(factsOf(run)).toMatchObject({
    // 16 processes on 2 machines
    gpu_count: '8 other-file configs/zero2.yaml',
    num_nodes: '2 other-file configs/zero2.yaml',
    // the content of the file, not its name and not the launcher's "deepspeed"
    strategy: 'zero3 other-file configs/ds.json',
    offload: 'cpu other-file configs/ds.json',
    grad_accum: '8 other-file configs/ds.json',
    precision: 'bf16 literal run.sh',
    batch_size: '4 literal run.sh',
    seq_len: '1024 other-file train.py',
    grad_ckpt: 'true other-file train.py',
    dataset_size: '5 other-file data/train.jsonl',
    n_layer: '22 other-file model/config.json',
    n_kv_head: '4 other-file model/config.json',
    vocab_size: '32000 other-file model/config.json',
  });
  expect(run.conflicts).toEqual([]);
  expect(factsOf(of('train.py#training-1'))).toMatchObject({
    batch_size: '4 command-line run.sh',
    gpu_count: '8 other-file configs/zero2.yaml',
    strategy: 'zero3 other-file configs/ds.json',
  });
  expect(['train.py#training-1', 'configs/zero2.yaml#resource-1', 'configs/ds.json#training-1'].map((id) => of(id).countedIn)).toEqual(
    Array(3).fill('run.sh#training-1'),
  );
  expect(totals.unknown + totals.counted).toBe(1);
});

test('a Slurm job gives its machines and its limit to what it runs, and is counted once', async () => {
  const { of, all, totals } = await project('slurm-jobs');
  const run = of('train.slurm#training-1');
  expect(factsOf(run)).toMatchObject({
    gpu_type: 'a100 literal train.slurm',
    gpu_count: '4 literal train.slurm',
    num_nodes: '2 literal train.slurm',
    max_time: '43200 literal train.slurm',
    epochs: '3 literal train.slurm',
    model: 'Qwen/Qwen2.5-1.5B other-file finetune.py',
  });
  expect(of('train.slurm#resource-1').countedIn).toBe(run.id);
  expect(of('finetune.py#training-1').countedIn).toBe(run.id);
  // 4 a node × 2 nodes for 12 hours, never × processes
  expect(all.find(({ workload }) => workload.id === 'train.slurm#resource-1')?.estimation.estimates['gpu_hours_max']?.likely).toBe(96);
  expect(totals).toMatchObject({ once: 0, counted: 1, unknown: 0 });
  expect(totals.onceAtMost).toBeGreaterThan(0);
});

test('a pod’s chip and count go to the script inside it, flags over its defaults', async () => {
  const { of, all, totals } = await project('pod');
  expect(factsOf(of('job.yaml#training-1'))).toMatchObject({
    gpu_type: 'nvidia-h100-80gb literal job.yaml',
    gpu_count: '8 literal job.yaml',
    max_steps: '2000 literal job.yaml',
    batch_size: '2 other-file src/train.py',
    strategy: 'fsdp other-file src/train.py',
  });
  expect(of('job.yaml#training-1').framework).toBe('transformers');
  expect(of('src/train.py#training-1').countedIn).toBe('job.yaml#training-1');
  const [job, script] = ['job.yaml#training-1', 'src/train.py#training-1'].map(
    (id) => all.find(({ workload }) => workload.id === id)?.estimation.estimates['usd'],
  );
  expect(script).toEqual(job);
  expect(totals).toMatchObject({ once: job?.likely, counted: 1, unknown: 0 });
});

test('each command of a script is a workload of its own, the script is counted nowhere else', async () => {
  const { of, totals } = await project('ablation');
  expect(factsOf(of('small.sh#training-1'))).toMatchObject({ model: 'Qwen/Qwen2.5-0.5B literal small.sh', max_steps: '500 literal small.sh' });
  expect(factsOf(of('large.sh#training-1'))).toMatchObject({ model: 'Qwen/Qwen2.5-7B literal large.sh', gpu_count: '8 literal large.sh' });
  // a source and a target limit make a sample together
  expect(factsOf(of('large.sh#training-1'))['seq_len']).toBe('1024 literal large.sh');
  const script = of('train.py#training-1');
  expect(script).toMatchObject({ countedIn: 'large.sh#training-1', runs: 2 });
  expect(factsOf(script)['max_steps']).toBe('100 default train.py');
  expect(totals.counted + totals.unknown).toBe(2);
});

test('commands in a notebook’s cells run scripts, with their places in the notebook', async () => {
  const { of, totals } = await project('notebook');
  expect(factsOf(of('run.ipynb#training-1'))).toMatchObject({
    gpu_count: '2 literal run.ipynb',
    batch_size: '8 literal run.ipynb',
    epochs: '2 other-file train.py',
    model: 'bert-base-uncased other-file train.py',
  });
  expect(factsOf(of('run.ipynb#training-2'))).toMatchObject({ gpu_count: '4 literal run.ipynb', model: 'gpt2 literal run.ipynb' });
  expect(of('train.py#training-1').countedIn).toBe('run.ipynb#training-1');
  expect(totals.counted + totals.unknown).toBe(2);
});

test('a product with an imported constant is not that constant', async () => {
  const { of } = await project('imported');
  const run = of('train.py#training-1');
  expect(factsOf(run)).toMatchObject({ model: 'meta-llama/Llama-3.2-1B other-file pkg/settings.py', epochs: '3 literal train.py' });
  expect(factsOf(run)['batch_size']).toBeUndefined();
  expect(run.unknown.map(({ name }) => name)).toContain('batch_size');
});

test('TypeScript takes names from sibling modules, from aliases, and from what these hand on', async () => {
  const engine = new Engine(
    memoryHost({
      'app/route.ts': `import { generateText } from 'ai';
import { MODELS } from '@/lib/models';
import { pick, limit } from '../lib/index.js';
generateText({ model: MODELS.fast, prompt: 'Hi', maxOutputTokens: limit });
generateText({ model: pick(), prompt: 'Hi' });
generateText({ model: absent, prompt: 'Hi' });
`,
      'lib/models.ts': "export const MODELS = { fast: 'openai/gpt-4o-mini' } as const;",
      'lib/index.ts': "export * from './pick';\nexport { limit } from './limits';",
      'lib/pick.ts': "import { anthropic } from '@ai-sdk/anthropic';\nexport function pick() {\n  return anthropic('claude-haiku-4-5');\n}\n",
      'lib/limits.ts': 'export const limit = 2 * 64;',
    }),
  );
  engine.roots = [root];
  // Read as a workspace, those without a marker first: they still answer what is asked of them.
  const reports = await engine.scan(['lib/models.ts', 'lib/index.ts', 'lib/limits.ts', 'app/route.ts'].map((file) => `${root}/${file}`));
  const [first, second, third] = reports.flatMap(({ workloads }) => workloads.map(({ workload }) => workload));
  expect(factsOf(first!)).toMatchObject({ model: 'openai/gpt-4o-mini other-file lib/models.ts', max_tokens: '128 other-file lib/limits.ts' });
  expect(factsOf(second!)).toMatchObject({ model: 'claude-haiku-4-5 other-file lib/pick.ts' });
  expect(third!.unknown.map(({ name }) => name)).toContain('model');
});
