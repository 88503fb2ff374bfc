import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

test.each<[what: string, text: string, expected: string[]]>([
  [
    'a handler calls its model as a function; branches of elif are one load, and gradients of an explanation are no training',
    `from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification
from ts.torch_handler.base_handler import BaseHandler
class Handler(BaseHandler):
    def initialize(self, ctx):
        if mode == "a":
            self.model = AutoModelForSequenceClassification.from_pretrained("org/a")
        elif mode == "b":
            self.model = AutoModelForTokenClassification.from_pretrained("org/b")
    def inference(self, x):
        return self.model(x)
    def explain(self, x):
        self.model.zero_grad()
`,
    ['serving transformers 6-6 {model=org/a@6}'],
  ],
  [
    'the settings of a generation that a thread runs, the type among the keywords of a pipeline',
    `import gradio as gr
from threading import Thread
from transformers import AutoModelForCausalLM
model = AutoModelForCausalLM.from_pretrained("org/chat")
def predict(message):
    options = dict(inputs(message), streamer=s, max_new_tokens=512)
    Thread(target=model.generate, kwargs=options).start()
gr.ChatInterface(predict).launch()
`,
    ['serving transformers 4-4 {model=org/chat@4, max_tokens=512@6}'],
  ],
  [
    'the type among the keywords of a pipeline’s model',
    'import torch, transformers\npipe = transformers.pipeline("text-generation", model="org/m", model_kwargs={"torch_dtype": torch.bfloat16})\npipe("hi", max_new_tokens=8)\n',
    ['batch-inference transformers 2-2 {model=org/m@2, max_tokens=8@3, precision=bf16@2}'],
  ],
  [
    'options that main hands on by **kwargs',
    `import click
from transformers import Trainer, TrainingArguments
def train(*, epochs, bs):
    args = TrainingArguments(num_train_epochs=epochs, per_device_train_batch_size=bs)
    trainer = Trainer(model=m, args=args)
    trainer.train()
@click.command()
@click.option("--epochs", type=int, default=3)
@click.option("--bs", type=int, default=8)
def main(**kwargs):
    train(**kwargs)
`,
    ['training transformers 5-6 {batch_size=8@9 default, epochs=3@8 default}'],
  ],
  [
    'a trainer that its configuration builds',
    `import torch
from olmo_core import train
trainer = train.TrainerConfig(save_folder=f, max_duration=d).build(module, loader)
trainer.fit()
`,
    ['training pytorch 3-4 {}'],
  ],
  [
    'one turn more than steps, from a counter that is resumed',
    'import torch\nSTEPS = 2900\nfor step in range(resumed, STEPS + 1):\n    loss.backward()\n    optimizer.step()\nif __name__ == "__main__":\n    pass\n',
    ['training pytorch 3-5 {max_steps=2900@2 variable}'],
  ],
])('%s', async (_what, text, expected) => {
  expect((await seen('a.py', text)).short).toEqual(expected);
});
