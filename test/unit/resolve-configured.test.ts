import { describe, expect, test } from 'vitest';
import { workloadsOf } from '../support/project.js';

const torch = (cfg: string, head: string) => `import torch
${head}
def run(cfg):
    model = Net()
    opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
    loader = torch.utils.data.DataLoader(data, batch_size=${cfg.replace('?', 'batch_size')})
    for epoch in range(${cfg.replace('?', 'epochs')}):
        for x in loader:
            loss = model(x)
            loss.backward()
            opt.step()
run(cfg)
`;
const settings = 'lr: 0.1\ntrain:\n  batch_size: 48\n  epochs: 11\n';

describe('a program’s settings are those of the file that it loads', () => {
  test.each([
    ['an open file', torch("cfg['train']['?']", 'import yaml\nwith open("config.yaml") as f:\n    cfg = yaml.safe_load(f)'), { 'config.yaml': settings }],
    [
      'an opened file in the call',
      torch('cfg["train"]["?"]', 'import yaml\ncfg = yaml.load(open("config.yaml"), Loader=yaml.Loader)'),
      { 'config.yaml': settings },
    ],
    ['OmegaConf', torch('cfg.train.?', 'from omegaconf import OmegaConf\ncfg = OmegaConf.load("config.yaml")'), { 'config.yaml': settings }],
    [
      'a wrapper around it',
      torch('cfg.train.?', 'import yaml\nfrom easydict import EasyDict\ncfg = EasyDict(yaml.safe_load(open("conf/a.yaml")))'),
      { 'conf/a.yaml': settings },
    ],
    [
      'a path beside the program',
      torch('cfg["train"]["?"]', 'import os, yaml\ncfg = yaml.safe_load(open(os.path.join(os.path.dirname(__file__), "config.yaml")))'),
      { 'config.yaml': settings },
    ],
    [
      'a part of it',
      torch('part["?"]', 'import json\ncfg = json.load(open("config.json"))\npart = cfg["train"]'),
      {
        'config.json': '{"train": {"batch_size": 48, "epochs": 11}}',
      },
    ],
    [
      'an option’s default',
      torch(
        'cfg["train"]["?"]',
        'import argparse, yaml\np = argparse.ArgumentParser()\np.add_argument("--config", default="config.yaml")\nargs = p.parse_args()\ncfg = yaml.safe_load(open(args.config))',
      ),
      { 'config.yaml': settings },
    ],
    ['over a default in the code', torch('cfg.get("?", 1)', 'import yaml\ncfg = yaml.safe_load(open("config.yaml"))["train"]'), { 'config.yaml': settings }],
  ])('%s', async (_, program, files) => {
    const { facts } = await workloadsOf({ 'train.py': program, ...files }, 'train.py');
    const file = Object.keys(files)[0];
    expect(facts).toMatchObject({ batch_size: `48 other-file ${file}`, epochs: `11 other-file ${file}` });
  });
  test('without the file nothing is taken', async () => {
    const { facts, unknown } = await workloadsOf(
      { 'train.py': torch('cfg["train"]["?"]', 'import yaml\ncfg = yaml.safe_load(open("config.yaml"))') },
      'train.py',
    );
    expect(facts['batch_size']).toBeUndefined();
    expect(unknown).toEqual(expect.arrayContaining(['batch_size', 'epochs']));
  });
  test('a command chooses the file', async () => {
    const program = torch(
      'cfg["train"]["?"]',
      'import argparse, yaml\np = argparse.ArgumentParser()\np.add_argument("--config")\nargs = p.parse_args()\ncfg = yaml.safe_load(open(args.config))',
    );
    const { facts } = await workloadsOf({ 'train.py': program, 'b.yaml': settings, 'run.sh': 'python train.py --config b.yaml\n' }, 'run.sh');
    expect(facts).toMatchObject({ batch_size: '48 other-file b.yaml', epochs: '11 other-file b.yaml' });
  });
});

/** An interpolation. */
const ref = (path: string): string => `\${${path}}`;
describe('Hydra composes', () => {
  const program = torch('cfg.train.?', 'import hydra')
    .replace('def run', '@hydra.main(version_base=None, config_path="conf", config_name="config")\ndef run')
    .replace('run(cfg)\n', 'run()\n');
  const files = {
    'train.py': program,
    'conf/config.yaml': 'defaults:\n  - train: base\n  - _self_\nseed: 1\n',
    'conf/train/base.yaml': 'batch_size: 8\nepochs: 3\n',
    'conf/train/long.yaml': 'defaults:\n  - base\nepochs: 30\n',
    'conf/experiment/big.yaml': '# @package _global_\ndefaults:\n  - override /train: long\ntrain:\n  batch_size: 64\n',
  };
  const config = (text: string) => ({ ...files, 'conf/config.yaml': text });
  test.each([
    ['a group’s choice', files, '8 conf/train/base.yaml', '3 conf/train/base.yaml'],
    ['the file over its defaults', config('defaults:\n  - train: base\ntrain:\n  epochs: 5\n'), '8 conf/train/base.yaml', '5 conf/config.yaml'],
    [
      'the file under its defaults',
      config('defaults:\n  - _self_\n  - train: base\ntrain:\n  epochs: 5\n'),
      '8 conf/train/base.yaml',
      '3 conf/train/base.yaml',
    ],
    ['a list that names a list', config('defaults:\n  - train: long\n'), '8 conf/train/base.yaml', '30 conf/train/long.yaml'],
    [
      'several options',
      config('defaults:\n  - train: [base, short]\n'),
      '8 conf/train/base.yaml',
      '1 conf/train/short.yaml',
      { 'conf/train/short.yaml': 'epochs: 1\n' },
    ],
    ['an experiment over all', config('defaults:\n  - train: base\n  - experiment: big\n'), '64 conf/experiment/big.yaml', '30 conf/train/long.yaml'],
    [
      'a package',
      config('defaults:\n  - other@train: odd\n'),
      '2 conf/other/odd.yaml',
      '9 conf/other/odd.yaml',
      { 'conf/other/odd.yaml': 'batch_size: 2\nepochs: 9\n' },
    ],
    [
      'an interpolation',
      config(`defaults:\n  - _self_\nn: 7\ntrain:\n  batch_size: ${ref('n')}\n  epochs: ${ref('oc.env:EPOCHS,4')}\n`),
      '7 conf/config.yaml',
      '4 conf/config.yaml',
    ],
    [
      'a relative interpolation',
      config(`train:\n  n: 6\n  batch_size: ${ref('.n')}\n  epochs: ${ref('..e')}\ne: 2\n`),
      '6 conf/config.yaml',
      '2 conf/config.yaml',
    ],
  ] as [string, Record<string, string>, string, string, Record<string, string>?][])('%s', async (_, all, batch, epochs, more = {}) => {
    const { facts } = await workloadsOf({ ...all, ...more }, 'train.py');
    expect([facts['batch_size'], facts['epochs']]).toEqual([batch, epochs].map((one) => one.replace(' ', ' other-file ')));
  });
  test.each([
    ['a choice', 'train=long', '8 other-file conf/train/base.yaml', '30 other-file conf/train/long.yaml'],
    ['a value', 'train.epochs=12', '8 other-file conf/train/base.yaml', '12 literal run.sh'],
    ['a group that no list has', '+experiment=big train.epochs=1', '64 other-file conf/experiment/big.yaml', '1 literal run.sh'],
    ['another file', '--config-name other', '1 other-file conf/other.yaml', '2 other-file conf/other.yaml'],
  ])('the command line: %s', async (_, words, batch, epochs) => {
    const { facts } = await workloadsOf(
      { ...files, 'conf/other.yaml': 'train: {batch_size: 1, epochs: 2}\n', 'run.sh': `python train.py ${words}\n` },
      'run.sh',
    );
    expect([facts['batch_size'], facts['epochs']]).toEqual([batch, epochs]);
  });
  test('a sweep is as many runs as it has combinations, and no value of it is the one', async () => {
    const { facts, unknown } = await workloadsOf({ ...files, 'run.sh': 'python train.py -m train=base,long train.batch_size=8,16,32 seed=4\n' }, 'run.sh');
    expect(facts).toMatchObject({ trials: '6 default run.sh' });
    expect(facts['batch_size']).toBeUndefined();
    expect(unknown).toEqual(expect.arrayContaining(['batch_size', 'epochs']));
  });
  test('a group that is named like a fact is no fact', async () => {
    const all = config('defaults:\n  - model: small\n  - train: base\n');
    const { facts } = await workloadsOf(
      { ...all, 'conf/model/small.yaml': 'width: 1\n', 'run.sh': 'torchrun --nproc_per_node=2 train.py model=small\n' },
      'run.sh',
    );
    expect(facts['model']).toBeUndefined();
    expect(facts['gpu_count']).toBe('2 literal run.sh');
  });
});

describe('settings that are programs', () => {
  const script = `import torch
batch_size = 12
block_size = 1024
max_iters = 600
exec(open('configurator.py').read())
optimizer = torch.optim.AdamW(model.parameters())
for i in range(max_iters):
    loss = model(x)
    loss.backward()
    optimizer.step()
`;
  test('a file and flags over a script’s own variables', async () => {
    const files = { 'train.py': script, 'config/big.py': 'batch_size = 5\n', 'run.sh': 'python train.py config/big.py --block_size=2048\n' };
    expect((await workloadsOf(files, 'run.sh')).facts).toMatchObject({
      batch_size: '5 other-file config/big.py',
      seq_len: '2048 literal run.sh',
      max_steps: '600 other-file train.py',
    });
  });
  test('a script that runs no settings keeps its own', async () => {
    const files = { 'train.py': script.replace(/exec.*\n/, ''), 'config/big.py': 'batch_size = 5\n', 'run.sh': 'python train.py config/big.py\n' };
    expect((await workloadsOf(files, 'run.sh')).facts['batch_size']).toBe('12 other-file train.py');
  });
  test('OpenMMLab’s bases are under what takes them over, without a conflict', async () => {
    const files = {
      'configs/_base_/schedule.py':
        "train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=12)\noptim_wrapper = dict(type='AmpOptimWrapper', optimizer=dict(type='SGD', lr=0.1))\n",
      'configs/_base_/data.py': "train_dataloader = dict(batch_size=2, dataset=dict(type='CocoDataset'))\n",
      'configs/net.py': "_base_ = ['_base_/schedule.py', '_base_/data.py']\nmodel = dict(type='Net')\ntrain_dataloader = dict(batch_size=16)\n",
      'run.sh': 'torchrun --nproc_per_node=8 tools/train.py configs/net.py\n',
    };
    const { facts, conflicts } = await workloadsOf(files, 'configs/net.py');
    expect(facts).toMatchObject({
      batch_size: '16 literal configs/net.py',
      epochs: '12 other-file configs/_base_/schedule.py',
      precision: 'fp16 other-file configs/_base_/schedule.py',
      dataset: 'CocoDataset other-file configs/_base_/data.py',
      gpu_count: '8 command-line run.sh',
    });
    expect(conflicts).toEqual([]);
  });
  test('a module with functions is no configuration', async () => {
    const { workloads } = await workloadsOf({ 'a.py': 'def f():\n    return dict(a=1)\n\nrunner = dict(max_epochs=3)\n' }, 'a.py');
    expect(workloads).toEqual([]);
  });
});

const loop = (batch: string) =>
  torch(
    'args.?',
    'import argparse, os\np = argparse.ArgumentParser()\np.add_argument("--epochs", type=int, default=1)\nargs = p.parse_args()\ncfg = args',
  ).replace('args.batch_size', batch);
describe('a container’s environment reaches the program', () => {
  const program = loop('int(os.environ.get("BATCH", "8"))');
  test.each([
    [
      'compose.yaml',
      'services:\n  t:\n    build: .\n    environment: {BATCH: "16"}\n    command: python train.py --epochs 5\n    gpus: all\n',
      '16 variable compose.yaml',
    ],
    [
      'job.yaml',
      'apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n      containers:\n      - command: [python, train.py, --epochs, "5"]\n        env: [{name: BATCH, value: "32"}]\n        resources: {limits: {nvidia.com/gpu: 1}}\n',
      '32 variable job.yaml',
    ],
    ['Dockerfile', 'FROM python:3.12\nENV BATCH=24\nENTRYPOINT ["python", "train.py"]\nCMD ["--epochs", "5"]\n', '24 variable Dockerfile'],
  ])('%s', async (file, text, batch) => {
    const { facts } = await workloadsOf({ 'train.py': program, [file]: text }, file);
    expect(facts).toMatchObject({ batch_size: batch, epochs: `5 literal ${file}` });
  });
});

test('a sweep gives the program what it fixes; of what it tries nobody knows the value', async () => {
  const files = {
    'sweep.yaml':
      'program: train.py\nmethod: grid\ncommand: ["${env}", python, "${program}", "${args}", --epochs, "7"]\nparameters:\n  batch-size: {values: [16, 32]}\n  workers: {value: 3}\n  lr: {min: 0.1, max: 0.2}\n',
    'train.py': torch(
      'args.?',
      'import argparse\np = argparse.ArgumentParser()\np.add_argument("--epochs", type=int, default=1)\np.add_argument("--batch-size", type=int, default=8)\np.add_argument("--workers", type=int, default=0)\nargs = p.parse_args()\ncfg = args',
    ).replace('batch_size=args', 'num_workers=args.workers, batch_size=args'),
  };
  const sweep = await workloadsOf(files, 'sweep.yaml');
  expect(sweep.facts).toMatchObject({ epochs: '7 literal sweep.yaml', loader_workers: '3 literal sweep.yaml', optimizer: 'AdamW other-file train.py' });
  expect(sweep.unknown).toContain('batch_size');
  expect((await workloadsOf(files, 'train.py')).facts).toMatchObject({ epochs: '7 command-line sweep.yaml' });
});
