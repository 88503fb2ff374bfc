import { describe, expect, test } from 'vitest';
import { applied, writeChanges } from '../../../server/src/core/index.js';
import { type Assumed, advised, edited, type Files } from '../../support/advised.js';

const never = (what: string): never => {
  throw new Error(what);
};

const one: Assumed = { gpu_type: 'a100-80gb', gpu_count: 1, dataset_size: 50_000 };
const hf = (settings: string, trainer = 'model=model, args=args, train_dataset=data, eval_dataset=held'): Files => ({
  'train.py': `from transformers import AutoModelForImageClassification, Trainer, TrainingArguments

model = AutoModelForImageClassification.from_pretrained("google/vit-base-patch16-224")
args = TrainingArguments("out", per_device_train_batch_size=32, bf16=True, ${settings})
trainer = Trainer(${trainer})
trainer.train()
`,
});
const loop: Files = {
  'train.py': `import torch
import torchvision
from torch.utils.data import DataLoader

model = torchvision.models.resnet50().cuda()
loader = DataLoader(train_set, batch_size=64, shuffle=True)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for epoch in range(90):
    for images, labels in loader:
        loss = torch.nn.functional.cross_entropy(model(images.cuda()), labels.cuda())
        loss.backward()
        optimizer.step()
`,
};
const lit: Files = {
  'train.py': `import lightning as L
import torch


class Net(L.LightningModule):
    def validation_step(self, batch, i):
        self.log("val_loss", self.loss(batch))


trainer = L.Trainer(max_epochs=90, devices=1, accelerator="gpu", precision="bf16-mixed")
trainer.fit(Net(), loader)
`,
};
const keras: Files = {
  'train.py': `import keras

model = keras.applications.ResNet50()
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(x, y, batch_size=64, epochs=40, validation_split=0.1)
`,
};

describe('what a training does beside its steps', () => {
  test.each<[name: string, files: Files, id: string, assumed: Assumed, changes: readonly (readonly [before: string, after: string])[]]>([
    ['workers of a loader', loop, 'loader-workers', one, [['shuffle=True)', 'shuffle=True, num_workers=4)']]],
    ['workers of a trainer', hf('max_steps=2000, dataloader_num_workers=0'), 'loader-workers', one, [['dataloader_num_workers=0', 'dataloader_num_workers=4']]],
    ['a fused optimizer in a loop', loop, 'fused-optimizer', one, [['lr=1e-3)', 'lr=1e-3, fused=True)']]],
    [
      'a fused optimizer in the place of another form',
      { 'train.py': loop['train.py']?.replace('lr=1e-3', 'lr=1e-3, foreach=False') ?? '' },
      'fused-optimizer',
      one,
      [['foreach=False)', 'fused=True)']],
    ],
    ['a fused optimizer of a trainer', hf('max_steps=2000, optim="adamw_torch"'), 'fused-optimizer', one, [['"adamw_torch"', '"adamw_torch_fused"']]],
    [
      'early stopping with what it needs, saved as it is evaluated',
      hf('num_train_epochs=10, eval_strategy="epoch"'),
      'early-stopping',
      one,
      [
        [
          'from transformers import AutoModelForImageClassification, Trainer, TrainingArguments\n',
          'from transformers import AutoModelForImageClassification, Trainer, TrainingArguments\nfrom transformers import EarlyStoppingCallback\n',
        ],
        ['eval_strategy="epoch")', 'eval_strategy="epoch", save_strategy="epoch", load_best_model_at_end=True)'],
        ['eval_dataset=held)', 'eval_dataset=held, callbacks=[EarlyStoppingCallback(early_stopping_patience=3)])'],
      ],
    ],
    [
      'an import before what uses it, where later lines import as well',
      {
        'train.py': `${hf('num_train_epochs=10, eval_strategy="epoch", save_strategy="best", load_best_model_at_end=True')['train.py']}from random import randrange\n`,
      },
      'early-stopping',
      one,
      [
        [
          'from transformers import AutoModelForImageClassification, Trainer, TrainingArguments\n',
          'from transformers import AutoModelForImageClassification, Trainer, TrainingArguments\nfrom transformers import EarlyStoppingCallback\n',
        ],
        ['eval_dataset=held)', 'eval_dataset=held, callbacks=[EarlyStoppingCallback(early_stopping_patience=3)])'],
      ],
    ],
    [
      'a name that only later lines import is imported before its use',
      {
        'train.py': `${hf('num_train_epochs=10, eval_strategy="epoch", save_strategy="best", load_best_model_at_end=True')['train.py']}from transformers import EarlyStoppingCallback\n`,
      },
      'early-stopping',
      one,
      [
        [
          'from transformers import AutoModelForImageClassification, Trainer, TrainingArguments\n',
          'from transformers import AutoModelForImageClassification, Trainer, TrainingArguments\nfrom transformers import EarlyStoppingCallback\n',
        ],
        ['eval_dataset=held)', 'eval_dataset=held, callbacks=[EarlyStoppingCallback(early_stopping_patience=3)])'],
      ],
    ],
    [
      'early stopping on what a Lightning module logs',
      lit,
      'early-stopping',
      { ...one, model: 'resnet50', batch_size: 64 },
      [
        ['import torch\n', 'import torch\nfrom lightning.pytorch.callbacks import EarlyStopping\n'],
        ['precision="bf16-mixed")', 'precision="bf16-mixed", callbacks=[EarlyStopping(monitor="val_loss", patience=3)])'],
      ],
    ],
    [
      'early stopping on a score that a Lightning module logs, which rises',
      { 'train.py': lit['train.py']?.replace('"val_loss"', '"valid/acc"') ?? '' },
      'early-stopping',
      { ...one, model: 'resnet50', batch_size: 64 },
      [
        ['import torch\n', 'import torch\nfrom lightning.pytorch.callbacks import EarlyStopping\n'],
        ['precision="bf16-mixed")', 'precision="bf16-mixed", callbacks=[EarlyStopping(monitor="valid/acc", mode="max", patience=3)])'],
      ],
    ],
    [
      'early stopping where the best is kept already',
      hf('num_train_epochs=10, eval_strategy="epoch", save_strategy="best", load_best_model_at_end=True'),
      'early-stopping',
      one,
      [
        [
          'from transformers import AutoModelForImageClassification, Trainer, TrainingArguments\n',
          'from transformers import AutoModelForImageClassification, Trainer, TrainingArguments\nfrom transformers import EarlyStoppingCallback\n',
        ],
        ['eval_dataset=held)', 'eval_dataset=held, callbacks=[EarlyStoppingCallback(early_stopping_patience=3)])'],
      ],
    ],
    [
      'early stopping of Keras, of which only parts are imported',
      {
        'train.py':
          keras['train.py']?.replace('import keras\n', 'from keras.applications import ResNet50\n').replace('keras.applications.ResNet50()', 'ResNet50()') ??
          '',
      },
      'early-stopping',
      one,
      [
        ['import ResNet50\n', 'import ResNet50\nfrom keras.callbacks import EarlyStopping\n'],
        ['validation_split=0.1)', 'validation_split=0.1, callbacks=[EarlyStopping(patience=3, restore_best_weights=True)])'],
      ],
    ],
    [
      'early stopping of Keras',
      keras,
      'early-stopping',
      one,
      [['validation_split=0.1)', 'validation_split=0.1, callbacks=[keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)])']],
    ],
    ['fewer evaluations', hf('max_steps=100000, eval_strategy="steps", eval_steps=50'), 'eval-steps-5000', one, [['eval_steps=50', 'eval_steps=5000']]],
    [
      'checkpoints and evaluations that stay multiples',
      hf('max_steps=100000, eval_strategy="steps", eval_steps=50, save_steps=100'),
      'eval-steps-5000',
      one,
      [
        ['eval_steps=50', 'eval_steps=5000'],
        ['save_steps=100', 'save_steps=5000'],
      ],
    ],
    [
      'a start that resumes, where there is something to resume from',
      hf('max_steps=2000'),
      'resume',
      { ...one, spot: 'true' },
      [
        ['TrainingArguments\n', 'TrainingArguments\nimport os\nfrom transformers.trainer_utils import get_last_checkpoint\n'],
        ['trainer.train()', 'trainer.train(resume_from_checkpoint=get_last_checkpoint("out") if os.path.isdir("out") else None)'],
      ],
    ],
    [
      'a start of Lightning that resumes',
      lit,
      'resume',
      { ...one, model: 'resnet50', batch_size: 64, spot: 'true' },
      [['loader)', 'loader, ckpt_path="last")']],
    ],
  ])('%s', async (_name, files, id, assumed, changes) => {
    const before = files['train.py'] ?? '';
    const { changed, found } = await edited(files, id, assumed);
    const expected = changes.reduce((text, [from, to]) => {
      expect(text).toContain(from);
      return text.replace(from, to);
    }, before);
    expect(changed['train.py']).toBe(expected);
    const again = await advised(changed, assumed);
    expect(again.advice.map((advice) => advice.id)).not.toContain(found.id);
  });

  test('checkpoints as often as writing and losing work cost least together, with the figure', async () => {
    const { changed, found } = await edited(
      {
        'train.py': `from transformers import AutoModelForCausalLM, Trainer, TrainingArguments
args = TrainingArguments("out", per_device_train_batch_size=4, bf16=True, max_steps=20000, save_steps=10)
Trainer(model=AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B"), args=args, train_dataset=data).train()
`,
      },
      'save-steps-250',
      { gpu_type: 'h100', gpu_count: 8, strategy: 'zero3', seq_len: 2048 },
    );
    expect(changed['train.py']).toContain('save_steps=250)');
    expect(found.saving.percent).toBeGreaterThan(3);
  });

  test.each<[name: string, files: Files, id: string, assumed: Assumed]>([
    ['tokens are not loaded one by one', hf('max_steps=2000, dataloader_num_workers=0'), 'loader-workers', { ...one, seq_len: 512 }],
    ['workers that stand', { 'train.py': loop['train.py']?.replace('shuffle=True', 'shuffle=True, num_workers=8') ?? '' }, 'loader-workers', one],
    ['an optimizer that is fused', { 'train.py': loop['train.py']?.replace('lr=1e-3', 'lr=1e-3, fused=True') ?? '' }, 'fused-optimizer', one],
    ['a default that nobody wrote', hf('max_steps=2000'), 'fused-optimizer', one],
    ['DeepSpeed has an optimizer of its own', hf('max_steps=2000, optim="adamw_torch", deepspeed="ds_zero2.json"'), 'fused-optimizer', one],
    [
      'a training that stops early',
      { 'train.py': keras['train.py']?.replace('split=0.1', 'split=0.1, callbacks=[keras.callbacks.EarlyStopping()]') ?? '' },
      'early-stopping',
      one,
    ],
    ['a short run', hf('num_train_epochs=2, eval_strategy="epoch"'), 'early-stopping', one],
    ['nothing is evaluated', hf('num_train_epochs=10'), 'early-stopping', one],
    ['few evaluations', hf('max_steps=1000, eval_strategy="steps", eval_steps=50'), 'eval-steps-50', one],
    ['a short run on machines that stay', hf('max_steps=200'), 'resume', one],
  ])('nothing is said where it does not hold: %s', async (_name, files, id, assumed) => {
    const { advice } = await advised(files, assumed);
    expect(advice.length).toBeGreaterThanOrEqual(0);
    expect(advice.map((advice) => advice.id).filter((name) => name.includes(`/${id}`))).toEqual([]);
  });

  test('where saving and evaluating do not go together, early stopping is for a person', async () => {
    const { advice } = await advised(hf('num_train_epochs=10, eval_strategy="steps", eval_steps=300, save_steps=500'), one);
    const found = advice.find(({ id }) => id.endsWith('/early-stopping'));
    expect(found).toMatchObject({ title: 'early stopping', editable: true });
    expect(found?.edits).toBeUndefined();
    expect(found?.saving.percent).toBeUndefined();
    expect(found?.notes[0]).toMatch(/^no figure: when the score stops/);
  });

  test('data in another region is said with what a gigabyte costs between them, and what follows is not claimed', async () => {
    const assumed: Assumed = { ...one, provider: 'aws', region: 'us-east-1', data_region: 'us-west-2' };
    const { advice } = await advised(hf('max_steps=2000'), assumed);
    const found = advice.find(({ id }) => id.endsWith('/co-location'));
    expect(found?.saving.percent).toBeUndefined();
    expect(found?.notes.join('\n')).toMatch(/us-west-2 → us-east-1: about \$0\.02 a GB/);
    const far = (await advised(hf('max_steps=2000'), { ...assumed, data_region: 'ap-northeast-1' })).advice.find(({ id }) => id.endsWith('/co-location'));
    expect(far?.notes.join('\n')).toMatch(/ap-northeast-1 → us-east-1: no price is listed/);
    const sized = (await advised(hf('max_steps=2000'), { ...assumed, dataset_gb: 500 })).advice.find(({ id }) => id.endsWith('/co-location'));
    expect(sized?.saving).toMatchObject({ unit: 'usd', usd: expect.closeTo(10, 0) });
    const near = await advised(hf('max_steps=2000'), { ...assumed, data_region: 'us-east-1' });
    expect(near.advice.filter(({ id }) => id.endsWith('/co-location'))).toEqual([]);
  });
});

describe('interruptible machines in the platform’s words', () => {
  test('SageMaker: the wait and the place of the checkpoints stand with them', async () => {
    const files: Files = {
      'job.py': `from sagemaker.huggingface import HuggingFace
estimator = HuggingFace(
    entry_point="train.py",
    role=role,
    instance_type="ml.g5.12xlarge",
    instance_count=1,
    max_run=3600,
    output_path="s3://bucket/results/",
    hyperparameters={"model_name_or_path": "Qwen/Qwen2.5-7B", "per_device_train_batch_size": 1, "max_steps": 1000, "bf16": True},
)
estimator.fit()
`,
    };
    const { changed } = await edited(files, 'spot', { provider: 'aws' });
    expect(changed['job.py']).toContain(
      '"bf16": True},\n    use_spot_instances=True,\n    max_wait=7200,\n    checkpoint_s3_uri="s3://bucket/results/checkpoints",\n)',
    );
    const again = await advised(changed, { provider: 'aws' });
    expect(again.advice.filter(({ id }) => id.endsWith('/spot'))).toEqual([]);
  });
  const estimator = (more: string): Files => ({
    'job.py': `import sagemaker
from sagemaker.huggingface import HuggingFace
sess = sagemaker.Session()
estimator = HuggingFace(
    entry_point="train.py",
    role=role,
    instance_type="ml.g5.12xlarge",
    instance_count=1,
    hyperparameters={"model_name_or_path": "Qwen/Qwen2.5-7B", "per_device_train_batch_size": 1, "max_steps": 100, "bf16": True},
${more})
estimator.fit()
`,
  });
  test('SageMaker: without a place for results, checkpoints lie in the session’s bucket, apart for each kind of job', async () => {
    const { changed } = await edited(estimator('    base_job_name=job_name,\n'), 'spot', { provider: 'aws' });
    expect(changed['job.py']).toContain('    checkpoint_s3_uri=f"s3://{sess.default_bucket()}/checkpoints/{job_name}",\n)');
    const { advice } = await advised(estimator(''), { provider: 'aws' });
    expect(advice.find(({ id }) => id.endsWith('/spot'))?.edits).toBeUndefined();
  });
  test('SageMaker: machines wait for the next job, or are interruptible', async () => {
    const { changed, found } = await edited(estimator(''), 'warm-pool', { provider: 'aws' });
    expect(changed['job.py']).toContain('"bf16": True},\n    keep_alive_period_in_seconds=1800,\n)');
    expect(found.notes.join('\n')).toMatch(/saves waiting, not money[\s\S]*while they wait they cost \$[\d.]+ an hour/);
    const after = (await advised(changed, { provider: 'aws' })).advice.map(({ id }) => id.slice(id.lastIndexOf('/') + 1));
    expect(after.filter((id) => id === 'warm-pool' || id === 'spot')).toEqual([]);
    const unknown = { 'job.py': estimator('')['job.py']?.replace('"Qwen/Qwen2.5-7B"', 'model_name') ?? '' };
    expect((await advised(unknown, { provider: 'aws' })).advice.filter(({ id }) => id.endsWith('/warm-pool'))).toEqual([]);
    const spot = await advised(estimator('    use_spot_instances=True,\n    max_wait=7200,\n'), { provider: 'aws' });
    expect(spot.advice.filter(({ id }) => id.endsWith('/warm-pool'))).toEqual([]);
  });
  const training = (kind: string, more: string, replicas: string, selector = ''): Files => ({
    'job.yaml': `apiVersion: v1
kind: ${kind}
metadata: {name: tune}
spec:
${more}${replicas.replaceAll(
  'POD',
  `template:
          spec:
            nodeSelector:
              cloud.google.com/gke-accelerator: nvidia-h100-80gb
${selector}            containers:
              - name: tune
                image: pytorch/pytorch
                command: ["torchrun", "train.py", "--model_name_or_path", "Qwen/Qwen2.5-7B", "--per_device_train_batch_size", "4", "--max_steps", "1000", "--bf16", "True"]
                resources:
                  limits:
                    nvidia.com/gpu: 8`,
)}
`,
  });
  const selected = '              cloud.google.com/gke-spot: "true"\n';
  const replicas =
    '  pytorchReplicaSpecs:\n    Master:\n        replicas: 1\n        restartPolicy: Never\n        POD\n    Worker:\n        replicas: 1\n        restartPolicy: Never  # once\n        POD\n';
  test('a job that gives up at once is started again after an interruption', async () => {
    const spot = await edited(training('Job', '  backoffLimit: 0\n', '        POD\n'.replace(/^ {6}/, '')), 'spot');
    expect(spot.changed['job.yaml']).toContain('backoffLimit: 6\n');
    expect(spot.changed['job.yaml']).toContain('cloud.google.com/gke-spot: "true"');
    const { changed, found } = await edited(training('PyTorchJob', '', replicas, selected), 'restarts');
    expect(changed['job.yaml']?.match(/restartPolicy: OnFailure/g)).toHaveLength(2);
    expect(changed['job.yaml']).toContain('OnFailure  # once');
    expect(found.notes.join('\n')).toMatch(/outlives the pod/);
    expect((await advised(changed)).advice.filter(({ id }) => id.endsWith('/restarts'))).toEqual([]);
  });
  test.each([
    ['where converters are named', 'flavor = "8B"\nconverters = []  # none yet\n', 'converters = ["float8"]  # none yet\n'],
    ['where a comment shows them', 'flavor = "8B"\n# converters = ["float8"]\n', 'flavor = "8B"\nconverters = ["float8"]\n# converters'],
    ['where nothing shows how the release spells them', 'flavor = "8B"\n', undefined],
    ['where others stand', 'flavor = "8B"\nconverters = ["mine"]\n', undefined],
  ])('torchtitan multiplies in FP8 %s', async (_where, model, expected) => {
    const text = `[model]\nname = "llama3"\n${model}\n[training]\nlocal_batch_size = 4\nseq_len = 8192\nsteps = 1000\n\n[parallelism]\ndata_parallel_shard_degree = -1\n\n[compile]\nenable = true\n`;
    const assumed: Assumed = { gpu_type: 'h100', gpu_count: 64 };
    const { advice } = await advised({ 'job.toml': text }, assumed);
    const found = advice.find(({ id }) => id.endsWith('/precision-fp8'));
    expect(found).toBeDefined();
    if (expected === undefined) expect(found?.edits).toBeUndefined();
    else expect((await edited({ 'job.toml': text }, 'precision-fp8', assumed)).changed['job.toml']).toContain(expected);
  });
  test('axolotl goes on from its last checkpoint where its configuration says so', async () => {
    const text =
      'base_model: Qwen/Qwen2.5-7B\nmicro_batch_size: 2\ngradient_accumulation_steps: 4\nsequence_len: 4096\nmax_steps: 50000\nbf16: true\ndatasets:\n  - path: org/chat\n';
    const assumed: Assumed = { gpu_type: 'h100', gpu_count: 8 };
    const { changed } = await edited({ 'tune.yaml': text }, 'resume', assumed);
    expect(changed['tune.yaml']).toContain('auto_resume_from_checkpoints: true\n');
    expect((await advised(changed, assumed)).advice.filter(({ id }) => id.endsWith('/resume'))).toEqual([]);
  });
  test('GKE: a selector beside that of the accelerator', async () => {
    const text = `apiVersion: batch/v1
kind: Job
metadata: {name: tune}
spec:
  template:
    spec:
      nodeSelector:
        cloud.google.com/gke-accelerator: nvidia-h100-80gb
      containers:
        - name: tune
          image: pytorch/pytorch
          command: ["torchrun", "train.py", "--model_name_or_path", "Qwen/Qwen2.5-7B", "--per_device_train_batch_size", "4", "--max_steps", "1000", "--bf16", "True"]
          resources:
            limits:
              nvidia.com/gpu: 8
`;
    const { changed, found } = await edited({ 'job.yaml': text }, 'spot', { provider: 'gcp' });
    const after = text.replace('gke-accelerator: nvidia-h100-80gb\n', 'gke-accelerator: nvidia-h100-80gb\n        cloud.google.com/gke-spot: "true"\n');
    expect(changed['job.yaml']).toBe(after);
    const { engine } = await advised(changed, { provider: 'gcp' });
    const [{ workload } = never('no workload')] = (await engine.report('file:///w/job.yaml')).workloads;
    expect(applied(after, writeChanges(workload, found.changes, engine.texts) ?? [])).toBe(after);
  });
});
