import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifest } from '../support/manifest.js';

const cli = path.resolve('dist/cli.js');
const sample = path.resolve('samples/support-assistant');
const mlcost = (args: string[], input?: string) => spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', input, maxBuffer: 1 << 28 });
const folder = mkdtempSync(path.join(tmpdir(), 'mlcost cli-'));
beforeAll(() => {
  writeFileSync(path.join(folder, 'a b.py'), 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", max_tokens=10)\n');
  writeFileSync(path.join(folder, 'broken.yaml'), 'base_model: a/b\nmicro_batch_size: 1\nsequence_len: 512\nadapter: lora\n  datasets: [\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Report {
  version: number;
  workloads: {
    id: string;
    kind: string;
    title: string;
    file: string;
    line: number;
    endLine: number;
    framework: string;
    cell?: number;
    cellLine?: number;
    facts: { name: string; value: unknown; origin: string; file?: string; line?: number }[];
    estimates: Record<string, { low: number; likely: number; high: number; unit: string; basis: string }>;
    unknown: string[];
    advice: unknown[];
  }[];
  totals: Record<string, number>;
  problems: { file: string; line?: number; severity: string; message: string }[];
}
const report = (...args: string[]): Report => JSON.parse(mlcost(['estimate', '--format', 'json', ...args]).stdout) as Report;

test('a reader that stops early (| head) is no failure', () => {
  const { stderr } = spawnSync('sh', ['-c', '"$0" "$1" estimate "$2" --explain | true', process.execPath, cli, sample], { encoding: 'utf8' });
  expect(stderr).toBe('');
});

describe('mlcost estimate --format json keeps its contract', () => {
  const answer = report(sample);
  test('each workload has its place, facts with origin, and estimates with unit, interval and basis', () => {
    expect(answer.version).toBe(1);
    expect(answer.workloads.length).toBeGreaterThanOrEqual(8);
    for (const one of answer.workloads) {
      const lines = readFileSync(path.join(sample, one.file), 'utf8').split('\n').length;
      expect(one.line, one.file).toBeGreaterThanOrEqual(1);
      expect(one.endLine).toBeLessThanOrEqual(lines);
      for (const fact of one.facts) {
        expect(['literal', 'variable', 'default', 'other-file', 'command-line', 'measured', 'assumption']).toContain(fact.origin);
        if (fact.file !== undefined) expect(readFileSync(path.join(sample, fact.file), 'utf8').split('\n').length).toBeGreaterThanOrEqual(fact.line ?? 0);
      }
      for (const [name, { low, likely, high, unit, basis }] of Object.entries(one.estimates)) {
        expect([low, likely, high].every(Number.isFinite), `${one.id} ${name}`).toBe(true);
        expect(low).toBeLessThanOrEqual(likely);
        expect(likely).toBeLessThanOrEqual(high);
        expect(unit.length).toBeGreaterThan(0);
        expect(basis.length).toBeGreaterThan(0);
      }
      expect(Array.isArray(one.unknown) && Array.isArray(one.advice)).toBe(true);
    }
    expect(new Set(answer.workloads.map((one) => one.id)).size).toBe(answer.workloads.length);
  });
  test('a notebook has lines of the file as stored, with cell and line in the cell', () => {
    const one = answer.workloads.find(({ file }) => file.endsWith('.ipynb'));
    const raw = readFileSync(path.join(sample, one?.file ?? ''), 'utf8').split('\n')[(one?.line ?? 0) - 1];
    expect(one).toMatchObject({ kind: 'training', cell: 4, cellLine: 10 });
    expect(raw).toContain('trainer = SFTTrainer');
  });
  test('facts come over files: the launch line overrides the script’s option, the constant stands in another module', () => {
    const script = answer.workloads.find(({ file }) => file === 'train/finetune.py');
    expect(script?.facts).toContainEqual(expect.objectContaining({ name: 'batch_size', value: 4, origin: 'command-line', file: 'train/run.sh' }));
    expect(script?.facts).toContainEqual(expect.objectContaining({ name: 'model', value: 'meta-llama/Llama-3.1-8B', file: 'train/settings.py' }));
    expect(script?.facts).toContainEqual(expect.objectContaining({ name: 'strategy', value: 'zero2' }));
  });
  test('what the command line sets wins, and says so', () => {
    const epochs = report(sample, '--set', 'epochs=7')
      .workloads.find(({ file, kind }) => file === 'train/run.sh' && kind === 'training')
      ?.facts.find((fact) => fact.name === 'epochs');
    expect(epochs).toMatchObject({ value: 7, origin: 'assumption' });
  });
});

test('a bad file is a problem in the list, and the rest is answered', () => {
  const { workloads, problems } = report(folder);
  expect(workloads.map((one) => one.file)).toContain('a b.py');
  expect(problems).toContainEqual(expect.objectContaining({ file: 'broken.yaml', line: expect.any(Number) as number }));
});

test('the table names what is missing and sums without counting twice', () => {
  const { stdout, status } = mlcost(['estimate', sample]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/GPU unknown .* which\?/);
  expect(stdout).toMatch(/counted in train\/run\.sh/);
  expect(stdout).not.toMatch(/\$0(\.0+)?\b(?!\.)|NaN|undefined/);
});

describe('the nearest .mlcost.yaml holds, wherever it is asked from', () => {
  const call = (tokens: number) => `assumptions:\n  input_tokens: ${tokens}\n  output_tokens: 200\n`;
  const asked = 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o")\n';
  const place = path.join(folder, 'many projects');
  beforeAll(() => {
    for (const [name, text] of Object.entries({
      '.mlcost.yaml': call(1000),
      'src/a.py': asked,
      'own/.mlcost.yaml': call(2000),
      'own/src/a.py': asked,
      'own/.git/HEAD': '',
      'bare/.git/HEAD': '',
      'bare/a.py': asked,
    })) {
      mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
      writeFileSync(path.join(place, name), text);
    }
  });
  test.each([
    ['.', [0.0045, 0.007, 0.0045]],
    ['src', [0.0045]],
    ['src/a.py', [0.0045]],
    ['own', [0.007]],
    ['own/src', [0.007]],
    ['own/src/a.py', [0.007]],
    // a repository of its own has nothing from above it
    ['bare', [undefined]],
  ])('%s', (asking, expected) => {
    const { workloads } = report(path.join(place, asking)) as unknown as { workloads: { estimates: { usd_per_call?: { likely: number } } }[] };
    expect(workloads.map(({ estimates }) => estimates.usd_per_call?.likely)).toEqual(
      expected.map((one) => (one === undefined ? undefined : expect.closeTo(one, 6))),
    );
  });
});

describe('mlcost predict answers line by line, in order', () => {
  test('wrong lines are answered with their error and the others go on', () => {
    const lines = [
      '{"id":"a","kind":"training","facts":{"params":7e9,"train_tokens":1e9,"gpu_type":"h100","gpus":8,"precision":"bf16"}}',
      'not json',
      '{"id":"c","kind":"cooking","facts":{}}',
      '{"id":"d","kind":"serving","facts":{"model":"meta-llama/Meta-Llama-3-8B","gpu_type":"a100-sxm-80gb","engine":"vllm","batch_size":8,"input_tokens":512,"output_tokens":128}}',
      '{"id":"e","kind":"training","facts":{}}',
    ];
    const { stdout, status } = mlcost(['predict', '--format', 'jsonl'], lines.join('\n'));
    const answers = stdout
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            id: string | null;
            error?: string;
            metrics?: Record<string, { low: number; likely: number; high: number }>;
            unknown?: string[];
          },
      );
    expect(status).toBe(0);
    expect(answers.map((one) => one.id)).toEqual(['a', null, 'c', 'd', 'e']);
    expect(answers[1]?.error).toBeDefined();
    expect(answers[2]?.error).toMatch(/kind is one of/);
    expect(answers[0]?.metrics?.['gpu_hours']?.likely).toBeGreaterThan(10);
    expect(answers[3]?.metrics?.['output_tokens_per_s']?.likely).toBeGreaterThan(50);
    expect(answers[4]?.unknown?.length).toBeGreaterThan(0);
  });
});

describe('wrong use is exit status 2 with what would be right', () => {
  test.each([
    [['estimat'], /do you mean 'estimate'/],
    [['estimate', '/nowhere/at/all'], /no such file or folder/],
    [['estimate', sample, '--set', 'batch_sise=2'], /do you mean 'batch_size'/],
    [['estimate', sample, '--gpus', 'many'], /whole number/],
    [['predict', '/nowhere.jsonl'], /nowhere/],
    [['accelerators', 'h101'], /no accelerator is called 'h101'/],
  ])('%j', (args, message) => {
    const { status, stderr, stdout } = mlcost(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

test('compare gives every offer with its price and day', () => {
  const { stdout, status } = mlcost(['compare', path.join(sample, 'train/run.sh'), '--format', 'json']);
  const { workloads } = JSON.parse(stdout) as { workloads: { rows: { provider: string; usd?: { likely: number }; asOf: string; fits: string }[] }[] };
  expect(status).toBe(0);
  const rows = workloads.flatMap((one) => one.rows);
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows) expect(row.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});
test.each(['--version', '--help'])('%s answers at once', (flag) => expect(mlcost([flag])).toMatchObject({ status: 0, stderr: '' }));

describe('mlcost autoscale and prove', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlcost serve-'));
  writeFileSync(path.join(folder, 'deploy.yaml'), manifest);
  const lengths = ['--set', 'input_tokens=1000', '--set', 'output_tokens=300'];

  test('write a file to standard output', () => {
    expect(mlcost(['autoscale', folder, ...lengths]).stdout).toContain('kind: HorizontalPodAutoscaler');
    expect(mlcost(['autoscale', folder, '--scaler', 'keda', ...lengths]).stdout).toContain('kind: ScaledObject');
    expect(mlcost(['prove', folder, ...lengths]).stdout).toContain('lm_eval --model vllm');
    expect(mlcost(['prove', folder, '--guard', ...lengths]).stdout).toContain('name: Quality guard');
  });
  test('ask for what is not known', () => {
    const { status, stderr } = mlcost(['autoscale', folder]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('input_tokens, output_tokens')]);
  });
  test('a service with traffic is compared over the ways to serve it', () => {
    const { ways, fronts } = JSON.parse(mlcost(['advise', folder, '--format', 'json', '--set', 'calls_per_month=10000', ...lengths]).stdout) as {
      ways: { ways: { way: string }[] }[];
      fronts: { points: { onFront: boolean }[] }[];
    };
    expect(ways[0]?.ways.map(({ way }) => way).sort()).toEqual(['batch', 'dedicated', 'edge', 'hosted', 'serverless']);
    expect(fronts[0]?.points.some(({ onFront }) => onFront)).toBe(true);
  });
});

describe('mlcost advise', () => {
  const copy = (): string => {
    const to = mkdtempSync(path.join(tmpdir(), 'mlcost advise-'));
    cpSync(sample, to, { recursive: true });
    return to;
  };
  test('says in JSON what changes, what it saves, how sure, and the lines to write', () => {
    const { stdout, status } = mlcost(['advise', '--format', 'json', sample]);
    const { version, advice } = JSON.parse(stdout);
    expect([status, version]).toEqual([0, 1]);
    expect(advice.length).toBeGreaterThan(3);
    for (const one of advice) {
      expect(one).toMatchObject({
        id: expect.stringContaining(`${one.workload}/`),
        changes: [expect.objectContaining({ fact: expect.any(String) }), ...one.changes.slice(1)],
        saving: { unit: expect.any(String) },
        legality: expect.stringMatching(/^(native|fallback)$/),
        risk: { level: expect.stringMatching(/^(none|low|medium|high|unmeasured)$/), evidence: expect.any(Array) },
      });
      for (const edit of one.edits) expect(Object.keys(edit)).toEqual(['file', 'line', 'endLine', 'text']);
    }
  });
  test('writes one advice, once; the rest of the file stays as it was', () => {
    const folder = copy();
    const { advice } = JSON.parse(mlcost(['advise', '--format', 'json', folder]).stdout) as {
      advice: { id: string; edits: { file: string; line: number; endLine: number; text: string }[] }[];
    };
    const chosen = advice.find(({ id, edits }) => id.endsWith('/compile') && edits.length === 1);
    const edit = chosen?.edits[0];
    if (!chosen || !edit) throw new Error('no such advice');
    const file = path.join(folder, edit.file);
    const lines = readFileSync(file, 'utf8').split('\n');
    lines.splice(edit.line - 1, edit.endLine - edit.line + 1, edit.text);
    expect(mlcost(['advise', folder, '--apply', chosen.id]).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(lines.join('\n'));
    const again = mlcost(['advise', folder, '--apply', chosen.id]);
    expect([again.status, again.stderr]).toEqual([2, expect.stringContaining(`no advice is called '${chosen.id}'`)]);
    rmSync(folder, { recursive: true });
  });
  test('writes by itself only what changes no result', () => {
    const folder = copy();
    const before = report(folder);
    expect(mlcost(['advise', folder, '--apply-all-safe']).status).toBe(0);
    const after = report(folder);
    const cost = ({ workloads }: Report, id: string): number => workloads.find((one) => one.id === id)?.estimates['usd']?.likely ?? Number.NaN;
    expect(cost(after, 'train/run.sh#training-1')).toBeLessThan(cost(before, 'train/run.sh#training-1'));
    expect(after.workloads.map(({ title }) => title)).toEqual(before.workloads.map(({ title }) => title));
    rmSync(folder, { recursive: true });
  });
});

describe('mlcost runs', () => {
  const project = path.join(folder, 'measured');
  const put = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
    writeFileSync(path.join(project, name), text);
  };
  beforeAll(() => {
    put(
      'train.py',
      'from transformers import AutoModelForCausalLM, Trainer, TrainingArguments\nmodel = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B")\nargs = TrainingArguments(output_dir="out/llama", per_device_train_batch_size=4, gradient_accumulation_steps=2, max_steps=1000, bf16=True)\nTrainer(model=model, args=args).train()\n',
    );
    put(
      'out/llama/trainer_state.json',
      '{"global_step":1000,"train_batch_size":4,"num_input_tokens_seen":131072000,"log_history":[{"step":1000,"loss":NaN,"train_runtime":5000,"train_samples_per_second":12.8,"train_steps_per_second":0.2}]}',
    );
    put(
      'out/llama/emissions.csv',
      'timestamp,run_id,duration,energy_consumed,gpu_count,gpu_model\n2026-01-02T03:04:05,x,5100,30,8,8 x NVIDIA H100 80GB HBM3\n',
    );
    put('mlruns/0/abc/meta.yaml', 'start_time: 1767225600000\nend_time: 1767229200000\n');
    put('mlruns/0/abc/tags/mlflow.source.name', 'other.py');
  });
  test('lists what was found, whose it is or why no one’s, and what it changes', () => {
    const { stdout, status, stderr } = mlcost(['runs', project]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/out\/llama +codecarbon \+ hf-trainer +8×H100 .*train\.py#training-1 .* of the estimate .*it wrote to out\/llama/);
    expect(stdout).toMatch(/mlruns\/0\/abc .*none .*no workload is in or runs other\.py/);
    expect(stdout).toMatch(/Fine-tune Llama-3\.1-8B: time × [\d.]+ from 1 run of this code/);
  });
  test('estimates are corrected, the measured figures stand beside them, and the trainer’s files are no problem', () => {
    const [one] = report(project).workloads as ({
      measured?: { runs: { id: string; wall_hours: number }[]; before: Record<string, { high: number }> };
    } & Report['workloads'][number])[];
    expect(one?.measured?.runs).toEqual([
      expect.objectContaining({ id: 'out/llama', match: 'output folder', differs: [], wall_hours: expect.closeTo(5000 / 3600) as number }),
    ]);
    expect(one?.estimates['gpu_hours']?.basis).toContain('1 run of this code');
    expect(one?.facts).toContainEqual(expect.objectContaining({ name: 'gpu_type', value: 'h100-sxm-80gb', origin: 'measured' }));
    expect(report(project).problems).toEqual([]);
    expect(mlcost(['estimate', project]).stdout).toMatch(/measured 1 run: 1\.4 h/);
  });
  test('shares them in a file that is read like any run, and starts afresh', () => {
    expect(mlcost(['runs', project, '--export']).stdout).toMatch(/^1 runs written to/);
    const shared = path.join(project, '.mlcost/measurements.jsonl');
    rmSync(path.join(project, 'out'), { recursive: true });
    const again = JSON.parse(mlcost(['runs', project, '--format', 'json']).stdout) as { runs: { sources: string[]; workload: string | null; why: string }[] };
    expect(again.runs[0]).toMatchObject({ sources: ['shared'], workload: 'train.py#training-1', why: 'its row names train.py' });
    expect(mlcost(['runs', project, '--reset']).status).toBe(0);
    expect(readFileSync(path.join(project, '.mlcost.yaml'), 'utf8')).toMatch(/^runs:\n {2}since: \d{4}-\d{2}-\d{2}\n$/);
    expect(report(project).workloads[0]?.estimates['gpu_hours']?.basis ?? '').not.toContain('of this code');
    expect(existsSync(shared)).toBe(true);
  });
});

describe('mlcost oom', () => {
  const project = path.join(folder, 'oom');
  const log = `  File "/home/q/w/train.py", line 9, in main\n    loss.backward()\n  File "/lib/torch/_tensor.py", line 5, in backward\n    run()\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 6.00 GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.00 GiB is free. Including non-PyTorch memory, this process has 78.10 GiB memory in use. Of the allocated memory 77.00 GiB is allocated by PyTorch, and 0.10 GiB is reserved by PyTorch but unallocated.\n`;
  beforeAll(() => {
    mkdirSync(project, { recursive: true });
    writeFileSync(
      path.join(project, 'train.py'),
      'from transformers import AutoModelForCausalLM, Trainer, TrainingArguments\nmodel = AutoModelForCausalLM.from_pretrained("Qwen/Qwen2.5-1.5B")\nargs = TrainingArguments(per_device_train_batch_size=16, max_steps=1000, bf16=True)\nTrainer(model=model, args=args).train()\n',
    );
    writeFileSync(path.join(project, '.mlcost.yaml'), 'accelerator: { type: H100, count: 1 }\nassumptions: { seq_len: 2048 }\n');
    writeFileSync(path.join(project, 'run.log'), log);
  });
  test('says which workload and which part of the memory, and what would fit', () => {
    const { stdout, stderr, status } = mlcost(['oom', '-', project], log);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Out of memory: activations[\s\S]*Train Qwen2\.5-1\.5B|Fine-tune Qwen2\.5-1\.5B/);
    expect(stdout).toMatch(/Micro-batch 16 → 8, accumulation 1 → 2/);
    expect(stdout).toMatch(/✓ fits/);
  });
  test('what is kept corrects the memory of that workload', () => {
    const peak = () => report(project).workloads[0]?.estimates['peak_memory_gib'];
    const before = peak();
    const answer = JSON.parse(mlcost(['oom', path.join(project, 'run.log'), project, '--format', 'json', '--keep']).stdout);
    expect(answer).toMatchObject({ version: 1, term: 'activations', workload: 'train.py#training-1', needed: expect.closeTo(83) as number });
    const after = peak();
    if (answer.factor > 1) {
      expect(after?.likely).toBeGreaterThan(before?.likely ?? 0);
      expect(after?.basis).toContain('1 run of this code');
    } else expect(after).toEqual(before);
  });
  test('a log without such a thing is wrong use', () => expect(mlcost(['oom', '-', project], 'loss 0.3\n')).toMatchObject({ status: 2, stdout: '' }));
});
