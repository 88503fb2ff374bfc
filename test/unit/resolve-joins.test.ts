import { describe, expect, test } from 'vitest';
import { readTables } from '../../server/src/core/catalog/read-tables.js';
import { createCatalog } from '../../server/src/core/index.js';
import type { Fact } from '../../server/src/core/model/fact.js';
import { readDataSet } from '../../server/src/core/recognise/data-set.js';
import type { SeenWorkload, Sighting } from '../../server/src/core/recognise/types.js';
import { Candidates, ranks } from '../../server/src/core/resolve/candidates.js';
import { normalValue } from '../../server/src/core/resolve/normalise.js';
import { resolve } from '../../server/src/core/resolve/resolve.js';
import { titleOf } from '../../server/src/core/resolve/title.js';
import { createDocument, placeOf } from '../../server/src/core/text/document.js';
import { maskMagics, shellLines } from '../../server/src/core/text/notebook.js';

const root = 'file:///w';
const span = (file: string) => ({ uri: `${root}/${file}`, start: 0, end: 1 });
const fact = (file: string, name: string, value: Fact['value'], more: Partial<Fact> = {}): Fact => ({
  name,
  value,
  origin: 'literal',
  span: span(file),
  ...more,
});
const seen = (file: string, facts: Fact[], more: Partial<SeenWorkload> = {}): SeenWorkload => ({
  kind: 'training',
  framework: 'pytorch',
  span: span(file),
  facts,
  unknown: [],
  refs: [],
  ...more,
});
const sighting = (file: string, workloads: SeenWorkload[], more: Partial<Sighting> = {}): Sighting => ({
  uri: `${root}/${file}`,
  workloads,
  problems: [],
  ...more,
});
const ref = (file: string, target: string) => ({ role: 'config' as const, target, span: span(file) });
const launch = (file: string, target: string, facts: Fact[] = [], more: Partial<SeenWorkload> = {}) =>
  seen(file, facts, { launch: { span: span(file), target: { kind: 'script', name: target }, flags: [] }, ...more });
function run(sightings: Sighting[], focus: string) {
  const files = new Map(sightings.map((one) => [one.uri, one] as const));
  const out = resolve({ files, focus: [`${root}/${focus}`], roots: [root], catalog: createCatalog(readTables({})), assumptions: [] });
  return { ...out, first: out.workloads[0], facts: Object.fromEntries(out.workloads[0]?.facts.map((one) => [one.name, one.value]) ?? []) };
}

describe('values in normal form', () => {
  test.each([
    ['precision', 'torch.bfloat16', undefined, 'bf16'],
    ['precision', true, 'bf16', 'bf16'],
    ['precision', 'True', 'fp16', 'fp16'],
    ['precision', false, 'bf16', undefined],
    ['max_steps', -1, undefined, undefined],
    ['epochs', '3', undefined, 3],
    ['seq_len', '4_096', undefined, 4096],
    ['batch_size', 'auto', undefined, 'auto'],
    ['grad_ckpt', 'True', undefined, true],
    ['grad_ckpt', true, 'disable_gradient_checkpointing', false],
    ['strategy', 'configs/ds_z3.json', 'deepspeed', 'zero3'],
    ['optimizer', 'adamw_torch', undefined, 'adamw_torch'],
  ] as const)('%s %s (%s) is %s', (name, value, param, want) => expect(normalValue(name, value, param)).toBe(want));
});

describe('candidates', () => {
  test('DeepSpeed without a stage gives way to a stage, whatever its rank', () => {
    const candidates = new Candidates();
    candidates.add({ name: 'strategy', value: 'deepspeed', origin: 'literal' }, ranks.fixed);
    candidates.add({ name: 'strategy', value: 'zero2', origin: 'other-file' }, ranks.file);
    expect(candidates.settle()).toMatchObject({ facts: [{ value: 'zero2' }], conflicts: [] });
  });
  test('a count that the command takes from a variable is not the file’s', () => {
    const candidates = new Candidates();
    candidates.add({ name: 'num_nodes', value: 1, origin: 'other-file' }, ranks.file);
    candidates.addUnknown({ name: 'num_nodes', reason: '$NNODES', need: '' }, ranks.commandLine);
    expect(candidates.settle()).toMatchObject({ facts: [], unknown: [{ name: 'num_nodes' }] });
  });
  test('what one file cannot say, another may', () => {
    const candidates = new Candidates();
    candidates.add({ name: 'epochs', value: 2, origin: 'other-file' }, ranks.file);
    candidates.addUnknown({ name: 'epochs', reason: 'cfg.epochs', need: '' });
    expect(candidates.settle()).toMatchObject({ facts: [{ value: 2 }], unknown: [] });
  });
});

test('processes that a command counts over all machines of its configuration are shared out', () => {
  const config = sighting('a.yaml', [seen('a.yaml', [fact('a.yaml', 'num_nodes', 4)], { kind: 'resource', framework: 'accelerate', fragment: true })]);
  const sh = sighting('run.sh', [
    launch('run.sh', 'train.py', [fact('run.sh', 'gpu_count', 32, { param: 'num_processes' })], { refs: [ref('run.sh', 'a.yaml')] }),
  ]);
  expect(run([config, sh], 'run.sh').facts).toMatchObject({ gpu_count: 8, num_nodes: 4 });
});

test('configurations that name each other end', () => {
  const a = sighting('a.json', [seen('a.json', [fact('a.json', 'epochs', 2)], { fragment: true, refs: [ref('a.json', 'b.json')] })]);
  const b = sighting('b.json', [seen('b.json', [fact('b.json', 'batch_size', 4)], { fragment: true, refs: [ref('b.json', 'a.json')] })]);
  const py = sighting('train.py', [seen('train.py', [], { refs: [ref('train.py', 'a.json')] })]);
  expect(run([a, b, py], 'train.py').facts).toMatchObject({ epochs: 2, batch_size: 4 });
  expect(run([a, b, py], 'b.json').first?.countedIn).toBe('train.py#training-1');
});

test('a trainer’s configuration that a command gives to a script is counted with the command', () => {
  const yaml = sighting('cfg.yaml', [seen('cfg.yaml', [fact('cfg.yaml', 'epochs', 3)], { framework: 'trl' })]);
  const py = sighting('sft.py', [seen('sft.py', [fact('sft.py', 'epochs', 1, { origin: 'default', param: 'num_train_epochs' })], { framework: 'trl' })]);
  const sh = sighting('run.sh', [launch('run.sh', 'sft.py', [fact('run.sh', 'gpu_count', 8)], { refs: [ref('run.sh', 'cfg.yaml')] })]);
  const all = [yaml, py, sh];
  expect(run(all, 'run.sh').facts).toMatchObject({ epochs: 3, gpu_count: 8 });
  for (const file of ['cfg.yaml', 'sft.py']) {
    const { first, facts } = run(all, file);
    expect(first?.countedIn).toBe('run.sh#training-1');
    expect(facts).toMatchObject({ epochs: 3, gpu_count: 8 });
  }
});

test('of a script with two trainings the command runs the first, and gives the other its machines only', () => {
  const py = sighting('train.py', [seen('train.py', [fact('train.py', 'epochs', 1)]), seen('train.py', [fact('train.py', 'epochs', 9)])]);
  const sh = sighting('run.sh', [launch('run.sh', 'train.py', [fact('run.sh', 'gpu_count', 8), fact('run.sh', 'batch_size', 4)])]);
  const { workloads } = run([py, sh], 'train.py');
  expect(workloads.map(({ countedIn }) => countedIn)).toEqual(['run.sh#training-1', undefined]);
  expect(workloads[1]?.facts.map(({ name, value }) => `${name}=${value}`)).toEqual(['gpu_count=8', 'epochs=9']);
});

describe('a model’s own configuration', () => {
  const shape = [fact('m/config.json', 'n_layer', 32), fact('m/config.json', 'vocab_size', 32000), fact('m/config.json', 'dtype', 'bf16')];
  const config = sighting('m/config.json', [], { modelShape: shape });
  test('fills what the code does not say', () => {
    const py = sighting('train.py', [seen('train.py', [fact('train.py', 'model', './m'), fact('train.py', 'vocab_size', 50000)])]);
    const { facts } = run([config, py], 'train.py');
    expect(facts).toMatchObject({ n_layer: 32, vocab_size: 50000 });
    expect(facts['precision']).toBeUndefined();
  });
  test('an engine computes in the checkpoint’s type', () => {
    const sh = sighting('serve.sh', [seen('serve.sh', [fact('serve.sh', 'model', 'm/')], { kind: 'serving', framework: 'vllm' })]);
    expect(run([config, sh], 'serve.sh').facts).toMatchObject({ n_layer: 32, precision: 'bf16' });
  });
  test('is wanted where it is not known yet; a name without a folder is not looked for', () => {
    const of = (model: string) => run([sighting('train.py', [seen('train.py', [fact('train.py', 'model', model)])])], 'train.py').wants;
    expect(of('./m')).toEqual([`${root}/m/config.json`]);
    expect(of('gpt2')).toEqual([]);
    expect(of('/mnt/models/m')).toEqual([]);
  });
});

describe('samples of a data file', () => {
  test.each([
    ['a.jsonl', '{"a":1}\n{"a":"x\\"y"}\n\n{"a":3}', 3],
    ['a.json', '[{"a":[1,2]},{"b":"],["}, 3]', 3],
    ['a.json', '{"data": [1, 2]}', 2],
    ['a.json', '{"a": 1}\n{"a": 2}\n', 2],
    ['a.json', '{"learning_rate": 1}', undefined],
    ['a.json', '[1, 2', undefined],
    ['a.csv', 'q,a\n"two\nlines",1\nx,2\n', 2],
    ['a.csv', '', undefined],
  ])('%s %j has %s', (name, text, want) => expect(readDataSet(`file:///w/${name}`, text).items).toBe(want));
});

describe('shell in notebooks', () => {
  test.each([
    ['!torchrun a.py \\\n  --x 1\nx = 1', ' torchrun a.py \\\n  --x 1\n     '],
    ['%%bash\npython train.py', '      \npython train.py'],
    ['%%time\nx()', undefined],
    ['%load_ext x\ny = 1', undefined],
    ['x = 5 % 3', undefined],
  ])('%j', (cell, want) => {
    expect(shellLines(cell)).toBe(want);
    if (want !== undefined) expect(maskMagics(cell)).toHaveLength(want.length);
  });
  test('a command stands where the cell has it', () => {
    const cells = [['x = 1'], ['!torchrun --nproc_per_node=2 train.py']].map((source) => ({ cell_type: 'code', source }));
    const document = createDocument('file:///w/a.ipynb', JSON.stringify({ cells }));
    const start = document.shell?.indexOf('torchrun') ?? -1;
    expect(placeOf(document, { uri: document.uri, start, end: start + 8 }).cell).toBe(1);
  });
});

test.each([
  [{ framework: 'trl', title: 'DPO' }, [], 'DPO (model unknown)'],
  [{ framework: 'transformers' }, [], 'Train (model unknown)'],
  [{ framework: 'axolotl', title: `${'$'}{RL}` }, [], 'Fine-tune (model unknown)'],
  [{ framework: 'pytorch', title: 'Train' }, [fact('a', 'n_layer', 12)], 'Train 12-layer model'],
  [{ framework: 'vllm', kind: 'batch-inference' as const }, [], 'vLLM run (model unknown)'],
  [{ framework: 'vllm', kind: 'serving' as const, title: 'vLLM' }, [], 'vLLM'],
  [{ framework: 'peft' }, [fact('a', 'model', 'meta-llama/Llama-3.1-8B'), fact('a', 'finetune_method', 'qlora')], 'QLoRA fine-tune Llama-3.1-8B'],
])('the title of %j with %j is %s', (more, facts, want) => expect(titleOf(seen('a', facts, more), facts)).toBe(want));
