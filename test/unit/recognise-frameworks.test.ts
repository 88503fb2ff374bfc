import { describe, expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'a.py') => (await seen(name, text)).short;

describe('Lightning', () => {
  test('trainer, module and data module', async () => {
    expect(
      await short(`import lightning.pytorch as pl
import torch
class Net(pl.LightningModule):
    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())
class Data(pl.LightningDataModule):
    def __init__(self, batch_size):
        self.batch_size = batch_size
    def train_dataloader(self):
        return torch.utils.data.DataLoader(self.d, batch_size=self.batch_size)
data = Data(batch_size=32)
trainer = pl.Trainer(max_epochs=5, devices=[0, 1], num_nodes=2, precision="bf16-mixed", strategy="deepspeed_stage_2", accumulate_grad_batches=4)
trainer.fit(Net(), datamodule=data)
`),
    ).toEqual([
      'training lightning 12-13 {gpu_count=2@12, num_nodes=2@12, precision=bf16@12, strategy=zero2@12, epochs=5@12, grad_accum=4@12, batch_size=32@11 variable, optimizer=Adam@5, loader_workers=0@10 default}',
    ]);
  });
  test('devices of a CPU are none, -1 is all', async () => {
    expect(await short('import pytorch_lightning as pl\nt = pl.Trainer(accelerator="cpu", devices=4)\nt.fit(m)\n')).toEqual(['training lightning 2-3 {}']);
    expect(await short('import pytorch_lightning as pl\nt = pl.Trainer(devices=-1)\nt.fit(m)\n')).toEqual(['training lightning 2-3 {gpu_count=all@2}']);
  });
  test.each([
    ['only a test', 'import lightning as L\nt = L.Trainer()\nt.test(m)\n'],
    ['another Trainer', 'import lightning\nfrom mine import Trainer\nt = Trainer(max_epochs=3)\nt.fit(m)\n'],
  ])('none: %s', async (_, text) => {
    expect(await short(text)).toEqual([]);
  });
});

describe('Keras', () => {
  test('fit with compile', async () => {
    expect(
      await short(
        'import keras\nfrom keras.datasets import mnist\nN = 3000\n(x, y), (a, b) = keras.datasets.mnist.load_data()\nx = x.reshape(-1)[:N] / 255\nmodel.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1), jit_compile=True)\nmodel.fit(x, y, batch_size=128, epochs=3)\n',
      ),
    ).toEqual(['training keras 7-7 {batch_size=128@7, epochs=3@7, optimizer=RMSprop@6, compile=true@6, dataset_size=3000@3 variable, dataset=mnist@4}']);
  });
  test('a strategy splits the batch of the pipeline', async () => {
    expect(
      await short(
        'import tensorflow as tf\nstrategy = tf.distribute.MirroredStrategy()\nds = tf.data.Dataset.from_tensor_slices(x).batch(64)\nmodel.compile("adam")\nmodel.fit(ds, epochs=2)\n',
      ),
    ).toEqual(['training keras 5-5 {epochs=2@5, optimizer=adam@4, strategy=MirroredStrategy@2, global_batch_size=64@3}']);
  });
  test.each([
    ['scikit-learn beside it', 'import keras\nfrom sklearn.svm import SVC\nclf = SVC()\nclf.fit(x, y)\n'],
    ['a tokenizer', 'import keras\ntokenizer.fit(texts)\n'],
  ])('none: %s', async (_, text) => {
    expect(await short(text)).toEqual([]);
  });
});

describe('Ray Train', () => {
  test('workers times devices; the loop inside is no second training', async () => {
    expect(
      await short(`from ray.train.torch import TorchTrainer
from ray.train import ScalingConfig
import torch
def loop(config):
    loader = torch.utils.data.DataLoader(d, batch_size=config["batch_size"])
    for epoch in range(config["epochs"]):
        loss.backward()
        opt.step()
trainer = TorchTrainer(loop, train_loop_config={"batch_size": 16, "epochs": 5}, scaling_config=ScalingConfig(num_workers=4, use_gpu=True))
trainer.fit()
`),
    ).toEqual(['training ray-train 9-9 {num_nodes=4@9, gpu_count=1@9 default, batch_size=16@9 variable, epochs=5@9}']);
  });
});

describe('settings files', () => {
  test('a class of plain settings', async () => {
    expect(
      await short(
        '@dataclass\nclass train_config:\n    model_name: str = "m/x"\n    batch_size_training: int = 4\n    num_epochs: int = 3\n    context_length: int = 4096\n    use_peft: bool = False\n    seed: int = 1\n',
        'configs/training.py',
      ),
    ).toEqual([
      'training pytorch 2-8 {epochs=3@5 default, model=m/x@3 default, batch_size=4@4 default, seq_len=4096@6 default, finetune_method=full@7 default}',
    ]);
  });
  test('ml_collections', async () => {
    expect(
      await short(
        'import ml_collections\ndef get_config():\n    config = ml_collections.ConfigDict()\n    config.model = "ResNet50"\n    config.dataset = "imagenet2012:5.*.*"\n    config.batch_size = 128\n    config.num_epochs = 100.0\n    config.num_train_steps = -1\n    config.half_precision = False\n    return config\n',
      ),
    ).toEqual(['training ml-collections 2-10 {epochs=100@7, dataset=imagenet2012@5, model=ResNet50@4, batch_size=128@6, precision=fp32@9 default}']);
  });
  test.each([
    [
      "a library's arguments",
      '@dataclass\nclass TrainingArguments(Base):\n    model_name: str = "m"\n    batch_size: int = 4\n    num_epochs: int = 3\n    a: int = 1\n    b: int = 1\n    c: int = 1\n',
    ],
    ['no run', 'class AdapterConfig:\n    rank: int = 4\n    alpha: int = 3\n    a: int = 1\n    b: int = 1\n    c: int = 1\n    d: int = 2\n'],
  ])('none: %s', async (_, text) => {
    expect(await short(text)).toEqual([]);
  });
});

describe('NeMo', () => {
  test('a recipe and what is set on it later', async () => {
    expect(
      await short(`from nemo.collections import llm
import nemo_run as run
def configure(nodes: int = 2):
    recipe = llm.llama3_8b.pretrain_recipe(num_nodes=nodes, num_gpus_per_node=8)
    recipe.trainer.max_steps = 100
    recipe.trainer.strategy.tensor_model_parallel_size = 4
    recipe.data.global_batch_size = 512
    return recipe
`),
    ).toEqual(['training nemo 4-4 {num_nodes=2@3 default, gpu_count=8@4, max_steps=100@5, global_batch_size=512@7, tensor_parallel=4@6, model=llama3_8b@4}']);
  });
  test('its Lightning trainer, handed over', async () => {
    expect(
      await short(`from nemo import lightning as nl
from nemo.collections import llm
strategy = nl.MegatronStrategy(tensor_model_parallel_size=2)
trainer = nl.Trainer(devices=8, num_nodes=4, max_steps=50, strategy=strategy)
llm.train(model=m, data=d, trainer=trainer)
`),
    ).toEqual(['training lightning 4-4 {gpu_count=8@4, num_nodes=4@4, strategy=megatron@3, tensor_parallel=2@3, max_steps=50@4}']);
  });
  test('a trainer that only loads a model is none', async () => {
    expect(await short('from lightning.pytorch import Trainer\ntrainer = Trainer(devices=1)\nmodel = M.restore_from(p, trainer=trainer)\n')).toEqual([]);
  });
});
