import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'a.py'): Promise<string[]> => (await seen(name, text)).short;

test.each<[what: string, text: string, expected: string[]]>([
  [
    'Ultralytics: arguments of train(), devices as a list',
    'from ultralytics import YOLO\nmodel = YOLO("yolov8n.pt")\nmodel.train(data="c.yaml", epochs=100, imgsz=640, batch=16, device=[0, 1])\n',
    ['training ultralytics 3-3 {batch_size=16@3, epochs=100@3, image_size=640@3, dataset=c.yaml@3, model=yolov8n.pt@2, gpu_count=2@3}'],
  ],
  ['Ultralytics: what only predicts is no training', 'from ultralytics import YOLO\nYOLO("a.pt").val(data="c.yaml")\n', []],
  [
    'fastai: names out of a starred import; the batch where the data is made',
    'from fastai.vision.all import *\ndls = ImageDataLoaders.from_folder(p, bs=64)\nlearn = vision_learner(dls, resnet34)\nlearn.fine_tune(4)\n',
    ['training fastai 4-4 {epochs=4@4, batch_size=64@2, model=resnet34@3}'],
  ],
  [
    'stable-baselines3: the batch of the algorithm',
    'from stable_baselines3 import PPO\nmodel = PPO("MlpPolicy", env, batch_size=64)\nmodel.learn(total_timesteps=25_000)\n',
    ['training stable-baselines3 3-3 {batch_size=64@2}'],
  ],
  [
    'detectron2: a configuration object, a trainer of the file',
    `from detectron2.engine import DefaultTrainer
class Mine(DefaultTrainer):
    pass
cfg.SOLVER.IMS_PER_BATCH = 16
cfg.SOLVER.MAX_ITER = 90000
cfg.DATASETS.TRAIN = ("coco_train",)
trainer = Mine(cfg)
trainer.train()
`,
    ['training detectron2 8-8 {global_batch_size=16@4, max_steps=90000@5, dataset=coco_train@6}'],
  ],
  [
    'mmengine',
    'from mmengine.runner import Runner\ndef main():\n    runner = Runner.from_cfg(cfg)\n    runner.train()\nmain()\n',
    ['training mmengine 4-4 {}'],
  ],
  [
    'simpletransformers, with arguments of its own class',
    'from simpletransformers.ner import NERModel, NERArgs\nmodel = NERModel("bert", "bert-base-cased", args=NERArgs(num_train_epochs=2, train_batch_size=16))\nmodel.train_model(df)\n',
    ['training simpletransformers 3-3 {model=bert-base-cased@2, epochs=2@2, batch_size=16@2}'],
  ],
  [
    'Composer: epochs and batches as texts',
    'from composer import Trainer\nTrainer(model=m, train_dataloader=d, max_duration="2ep", precision="amp_bf16").fit()\nTrainer(model=m, train_dataloader=d, max_duration="500ba").fit()\n',
    ['training composer 2-2 {epochs=2@2, precision=bf16@2}', 'training composer 3-3 {max_steps=500@3}'],
  ],
  [
    'flair, ignite, skorch, Paddle',
    `from flair.trainers import ModelTrainer
from ignite.engine import create_supervised_trainer
from skorch import NeuralNetClassifier
import paddle
ModelTrainer(tagger, corpus).train("out", mini_batch_size=32, max_epochs=150)
create_supervised_trainer(model, opt, loss).run(loader, max_epochs=7)
NeuralNetClassifier(M, max_epochs=10, batch_size=64).fit(X, y)
paddle.Model(net).fit(data, epochs=5, batch_size=8)
`,
    [
      'training flair 5-5 {batch_size=32@5, epochs=150@5}',
      'training ignite 6-6 {epochs=7@6}',
      'training skorch 7-7 {batch_size=64@7, epochs=10@7}',
      'training paddle 8-8 {batch_size=8@8, epochs=5@8}',
    ],
  ],
  ['the same names of other libraries', 'import mmcv\nfrom sklearn.svm import SVC\nSVC().fit(x, y)\nfrom mine import Runner\nRunner(cfg).run()\n', []],
])('%s', async (_what, text, expected) => {
  expect(await short(text)).toEqual(expected);
});
