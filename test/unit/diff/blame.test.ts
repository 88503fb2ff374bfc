import { describe, expect, test } from 'vitest';
import { blameText } from '../../../server/src/core/index.js';
import { blamed } from '../../../server/src/host/blame.js';
import { Engine } from '../../../server/src/host/engine.js';
import { memoryHost } from '../../support/memory-host.js';

const train = `from transformers import AutoModelForCausalLM, Trainer, TrainingArguments
from datasets import Dataset
BATCH = 4
model = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B")
args = TrainingArguments(
    output_dir="out",
    per_device_train_batch_size=BATCH,
    num_train_epochs=6,
    gradient_checkpointing=True,
    logging_steps=10,
)
Trainer(model=model, args=args, train_dataset=data).train()
`;
const settings = 'assumptions:\n  gpu_type: h100\n  gpu_count: 8\n  dataset_size: 20000\n  seq_len: 1024\n';
const launch = 'torchrun --nproc_per_node 8 train.py --epochs 2\n';

/** Lines of a file with their effects: `8 costs +100 %, else epochs 3`. */
async function lines(files: Record<string, string>, file: string): Promise<string[]> {
  const host = memoryHost(files);
  const engine = new Engine(host);
  engine.roots = ['file:///w'];
  const reports = await engine.scan(Object.keys(files).map((name) => `file:///w/${name}`));
  const effects = await blamed(
    engine,
    host,
    `file:///w/${file}`,
    reports.flatMap(({ workloads }) => workloads),
  );
  return effects.map((one) => {
    const { without } = blameText(one);
    const percent = one.quantity && Math.round((one.quantity.after.likely / one.quantity.before.likely - 1) * 100);
    return `${one.line} ${one.effect}${percent === undefined ? '' : ` ${percent} %`}${without === '' || one.effect === 'none' ? '' : `, else ${without}`}`;
  });
}

describe('what a line does to the cost', () => {
  test('a line is held against what the library does without it', async () => {
    const found = await lines({ 'train.py': train, '.mlcost.yaml': settings }, 'train.py');
    expect(found).toContainEqual(expect.stringMatching(/^8 costs 9\d %, else epochs 3$/));
    expect(found).toContainEqual(expect.stringMatching(/^9 costs \d+ %, else gradient checkpointing off$/));
    expect(found).toContainEqual(expect.stringMatching(/^3 costs \d+ %, else batch size 8$/));
    expect(found.find((line) => line.startsWith('4 '))).toMatch(/^4 decides, else no model/);
    expect(found.filter((line) => /^(6|10|11|12) /.test(line) && !line.endsWith('none'))).toEqual([]);
  });
  test('an assumption is a line like any other, whatever workload takes it', async () => {
    const found = await lines({ 'train.py': train, '.mlcost.yaml': settings }, '.mlcost.yaml');
    expect(found.map((line) => line.split(' ')[0])).toEqual(['2', '3', '4', '5']);
    expect(found[2]).toMatch(/^4 decides/);
  });
  test('what a command says gives way to the default that its program writes down', async () => {
    const program = `import argparse\n${train.replace('num_train_epochs=6', 'num_train_epochs=args.epochs').replace('BATCH = 4', 'BATCH = 4\np = argparse.ArgumentParser()\np.add_argument("--epochs", type=int, default=4)\nargs = p.parse_args()')}`;
    const files = { 'train.py': program, 'run.sh': launch, '.mlcost.yaml': settings };
    expect(await lines(files, 'run.sh')).toContainEqual(expect.stringMatching(/^1 saves -4\d %, else epochs 4$/));
  });
  test('lines that share their work each count in full', async () => {
    const two = 'from openai import OpenAI\nOpenAI().chat.completions.create(\n  model="gpt-4o",\n  messages=[],\n  max_tokens=100,\n)\n';
    const found = await lines({ 'call.py': two, '.mlcost.yaml': 'assumptions:\n  input_tokens: 500\n  calls_per_month: 1000\n' }, 'call.py');
    expect(found).toEqual([expect.stringMatching(/^3 decides, else no model/), '5 decides, else no output limit']);
  });
  test('where the cost is unknown, a line has the effect that is known, and no claim about the cost', async () => {
    const host = memoryHost({ 'train.py': train, '.mlcost.yaml': settings.replace('  dataset_size: 20000\n', '') });
    const engine = new Engine(host);
    engine.roots = ['file:///w'];
    const reports = await engine.scan(['file:///w/train.py']);
    const effects = await blamed(
      engine,
      host,
      'file:///w/train.py',
      reports.flatMap(({ workloads }) => workloads),
    );
    const at = (line: number) =>
      effects.filter((one) => one.line === line).map((one) => [one.effect, one.quantity?.name, blameText(one).effect.split(' · ')[0]]);
    expect(at(8)).toEqual([['none', undefined, 'cost unknown']]);
    expect(at(9)).toEqual([['costs', 'tokens_per_s_per_gpu', expect.stringMatching(/^Throughput −\d+ %/)]]);
  });
  test('a file that no workload reads has nothing', async () => {
    expect(await lines({ 'train.py': train, 'notes.py': 'BATCH = 4\n' }, 'notes.py')).toEqual([]);
  });
});
