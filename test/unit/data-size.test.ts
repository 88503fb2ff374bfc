import { describe, expect, test } from 'vitest';
import { Engine } from '../../server/src/host/engine.js';
import { memoryHost } from '../support/memory-host.js';

async function sizeIn(files: Record<string, string>, file: string) {
  const engine = new Engine(memoryHost(files));
  engine.roots = ['file:///w'];
  const [one] = (await engine.report(`file:///w/${file}`)).workloads;
  const fact = one?.workload.facts.find(({ name }) => name === 'dataset_size');
  return fact ? [fact.value, fact.note ?? ''] : ['unknown', one?.workload.unknown.find(({ name }) => name === 'dataset_size')?.reason ?? ''];
}
const trainer = (data: string) =>
  `from datasets import load_dataset\nfrom trl import SFTTrainer, SFTConfig\ndata = ${data}\ntrainer = SFTTrainer(model="gpt2", train_dataset=data, args=SFTConfig(output_dir="o"))\ntrainer.train()\n`;

describe('samples of what a program loads', () => {
  test.each([
    ['a public data set', 'load_dataset("databricks/databricks-dolly-15k", split="train")', 15011, /databricks-dolly-15k, split train, as published/],
    ['its old short name', 'load_dataset("imdb", split="train")', 25000, /stanfordnlp\/imdb/],
    ['the first thousand', 'load_dataset("imdb", split="train[:1000]")', 1000, /^$/],
    ['a percentage', 'load_dataset("imdb", split="train[:1%]")', 'unknown', /part of the split/],
    ['chosen rows', 'load_dataset("imdb", split="train").select(range(500))', 500, /^$/],
    ['what a filter leaves', 'load_dataset("imdb", split="train").filter(lambda r: r["label"] == 1)', 'unknown', /filter\(\) decides/],
    ['nobody knows', 'load_dataset("me/my-set", split="train")', 'unknown', /^$/],
  ] as const)('%s', async (_, data, size, note) => {
    const [value, why] = await sizeIn({ 'train.py': trainer(data) }, 'train.py');
    expect(value).toBe(size);
    expect(why).toMatch(note);
  });
});

describe('samples of what a configuration names', () => {
  const llama = (dataset: string) =>
    `model_name_or_path: Qwen/Qwen2.5-7B\nstage: sft\ndo_train: true\nlearning_rate: 1.0e-4\nfinetuning_type: lora\ndataset: ${dataset}\ntemplate: qwen\noutput_dir: o\n`;
  const registry = JSON.stringify({ own: { file_name: 'own.json' }, alpaca_en: { hf_hub_url: 'yahma/alpaca-cleaned' }, gone: { file_name: 'gone.json' } });
  test.each([
    ['a registered file', 'own', 3, /samples in own\.json/],
    ['a registered id', 'alpaca_en', 51760, /alpaca-cleaned/],
    ['two together', 'own,alpaca_en', 51763, /3 samples in own\.json \+ 51760 rows/],
    ['one that is not there', 'own,gone', 'unknown', /^$/],
  ] as const)('LLaMA-Factory: %s', async (_, name, size, note) => {
    const files = { 'examples/a.yaml': llama(name), 'data/dataset_info.json': registry, 'data/own.json': '[{"a": 1}, {"a": 2}, {"a": 3}]' };
    const [value, why] = await sizeIn(files, 'examples/a.yaml');
    expect(value).toBe(size);
    expect(why).toMatch(note);
  });
  const axolotl = (datasets: string) =>
    `base_model: Qwen/Qwen2.5-0.5B\nsequence_len: 512\nmicro_batch_size: 2\nnum_epochs: 1\nadapter: lora\ndatasets:\n${datasets}`;
  test.each([
    ['one', '  - path: tatsu-lab/alpaca\n    type: alpaca\n', 52002, /alpaca/],
    ['two', '  - path: tatsu-lab/alpaca\n    type: alpaca\n  - path: me/other\n    type: alpaca\n', 'unknown', /2 data sets are mixed/],
    ['a slice', '  - path: tatsu-lab/alpaca\n    split: train[:10%]\n', 'unknown', /part of the data set/],
  ] as const)('Axolotl: %s', async (_, datasets, size, note) => {
    const [value, why] = await sizeIn({ 'a.yaml': axolotl(datasets) }, 'a.yaml');
    expect(value).toBe(size);
    expect(why).toMatch(note);
  });
});
