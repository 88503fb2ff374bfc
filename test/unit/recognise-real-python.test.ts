import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'a.py'): Promise<string[]> => (await seen(name, text)).short;

test.each<[what: string, text: string, expected: string[]]>([
  [
    'openai: a client that comes in from elsewhere, known by the method and its arguments',
    `class Helper:
    def __init__(self, llm_client, model="gpt-4o-mini"):
        self.llm_client = llm_client
        self.model = model
    def ask(self, messages):
        return self.llm_client.responses.create(model=self.model, input=messages)
def other(cache):
    return cache.responses.create(key=1)
`,
    ['api-call openai 6-6 {model=gpt-4o-mini@2 default} ?input_tokens'],
  ],
  [
    'litellm: loaded late by a module of the project',
    `from tool.llm import litellm
def warm(name, messages):
    return litellm.completion(model=name, messages=messages, max_tokens=5)
`,
    ['api-call litellm 3-3 {max_tokens=5@3} ?model ?input_tokens'],
  ],
  [
    'plain HTTP: the body in a variable, dumped, or written in place; other addresses are none',
    `import json, requests, httpx
URL = "https://api.openai.com/v1"
def a(key):
    data = {"model": "claude-3-5-sonnet-20240620", "max_tokens": 4000, "messages": [{"role": "user", "content": q}]}
    return requests.post("https://api.anthropic.com/v1/messages", headers=h, json=data)
def b():
    return requests.post(f"{URL}/chat/completions", data=json.dumps({"model": "gpt-4o", "n": 2}))
async def c(client):
    return await client.post("https://api.example.com/v1/chat/completions", json={"model": "m"})
def d():
    requests.get("https://api.openai.com/v1/models")
    requests.post("https://api.openai.com/v1/files", data={})
    return httpx.request("POST", "https://openrouter.ai/api/v1/chat/completions", json={"model": "x/y"})
`,
    [
      'api-call anthropic 5-5 {model=claude-3-5-sonnet-20240620@4, max_tokens=4000@4} ?input_tokens',
      'api-call openai 7-7 {model=gpt-4o@7, n=2@7}',
      'api-call openrouter 13-13 {model=x/y@13}',
    ],
  ],
])('%s', async (_what, text, expected) => {
  expect(await short(text)).toEqual(expected);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'sentence-transformers: fit() with objectives and with a loader, and the cut of the texts',
    `from sentence_transformers import SentenceTransformer, CrossEncoder, losses
from torch.utils.data import DataLoader
EPOCHS = 2
model = SentenceTransformer("all-distilroberta-v1")
model.max_seq_length = 256
train_dataloader = DataLoader(samples, batch_size=32)
model.fit(
    train_objectives=[(train_dataloader, losses.TripletLoss(model))],
    epochs=EPOCHS,
    use_amp=True,
)
index.fit(documents)
`,
    ['training sentence-transformers 7-11 {epochs=2@3 variable, batch_size=32@6, precision=fp16@10, model=all-distilroberta-v1@4, seq_len=256@5}'],
  ],
  [
    'an optimiser that is chosen as a class, an option that only a dry run changes, one turn more than steps',
    `import argparse, torch
parser = argparse.ArgumentParser()
parser.add_argument("--use_8bit_adam", action="store_true")
parser.add_argument("--dry_run", action="store_true")
parser.add_argument("--num_iterations", type=int, default=10)
args = parser.parse_args()
if args.dry_run:
    args.num_iterations = 1
if args.use_8bit_adam:
    import bitsandbytes as bnb
    optimizer_class = bnb.optim.AdamW8bit
else:
    optimizer_class = torch.optim.AdamW
optimizer = optimizer_class(model.parameters())
for step in range(args.num_iterations + 1):
    loss = model(batch)
    loss.backward()
    optimizer.step()
`,
    ['training pytorch 15-18 {max_steps=10@5 default, optimizer=AdamW@13}'],
  ],
  [
    'jax: the step under the name of its compiled form, epochs in a named progress bar',
    `import jax
def main():
    def train_step(state, batch):
        return state.apply_gradients(grads=grad(state, batch))
    p_train_step = jax.pmap(train_step, "batch")
    epochs = tqdm(range(args.num_train_epochs))
    for epoch in epochs:
        for batch in train_dataloader:
            state = p_train_step(state, batch)
if __name__ == "__main__":
    main()
`,
    ['training flax 7-9 {} ?epochs'],
  ],
  [
    'a library’s trainer that hands its own loop to a helper is no training',
    `import torch
class Trainer:
    def train(self):
        return find_executable_batch_size(self._inner_training_loop, 8)(args=1)
    def _inner_training_loop(self, args):
        for epoch in range(args.epochs):
            for batch in self.loader:
                loss = self.model(batch)
                loss.backward()
                self.optimizer.step()
`,
    [],
  ],
  [
    'several data sets: the first stands for them',
    `from datasets import load_dataset
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
other = load_dataset("a/eval", split="train")
pairs = load_dataset("a/pairs", split="train")
more = load_dataset("a/more", split="train")
trainer = SentenceTransformerTrainer(model=SentenceTransformer("m"), train_dataset={"pairs": pairs, "more": more})
trainer.train()
`,
    ['training sentence-transformers 6-7 {model=m@6, dataset=a/pairs@4}'],
  ],
])('%s', async (_what, text, expected) => {
  expect(await short(text)).toEqual(expected);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'a trainer of the project, constructed and run; a tokenizer’s trainer and a class that only defines one are none',
    `import torch
from mingpt.trainer import Trainer
from tokenizers.trainers import BpeTrainer
bpe = BpeTrainer(vocab_size=100)
bpe.train(files)
config.max_iters = 2000
trainer = Trainer(config, model, train_dataset)
trainer.set_callback("on_batch_end", f)
trainer.run()
`,
    ['training pytorch 7-9 {max_steps=2000@6}'],
  ],
  [
    'vLLM: everything from the command line',
    `from vllm.engine.arg_utils import AsyncEngineArgs
from vllm.engine.async_llm_engine import AsyncLLMEngine
args = parser.parse_args()
engine = AsyncLLMEngine.from_engine_args(AsyncEngineArgs.from_cli_args(args))
`,
    ['serving vllm 4-4 {}'],
  ],
  [
    'a look at the result inside a jax training is no work of its own',
    `import jax, optax
from diffusers import FlaxStableDiffusionPipeline
def log_validation():
    pipeline, params = FlaxStableDiffusionPipeline.from_pretrained("a/b")
    return pipeline(prompt_ids)
def main():
    optimizer = optax.adamw(learning_rate=1e-4)
    def train_step(state):
        return state.apply_gradients(grads=g)
    for epoch in range(3):
        state = train_step(state)
if __name__ == "__main__":
    main()
`,
    ['training flax 10-11 {epochs=3@10, optimizer=adamw@7, model=a/b@4}'],
  ],
])('%s', async (_what, text, expected) => {
  expect(await short(text)).toEqual(expected);
});

const notebook = (...cells: string[]): string =>
  JSON.stringify({ cells: cells.map((source) => ({ cell_type: 'code', source: source.match(/[^\n]*\n?/g)!.filter(Boolean) })) }, null, 1);

test('a notebook’s shell escapes and %%bash cells launch trainings', async () => {
  const text = notebook(
    '!pip install -q accelerate\nimport os',
    'x = 1\n!accelerate launch train_dreambooth.py \\\n  --pretrained_model_name_or_path="a/sd" \\\n  --train_batch_size=1 --max_train_steps=500\nprint(x)',
    '%%bash\ntorchrun --nproc_per_node=4 train.py --per_device_train_batch_size 8 --num_train_epochs 2\n',
    '# !python train.py --epochs 3\n',
  );
  const lines = text.split('\n');
  const line = (part: string): number => lines.findIndex((one) => one.includes(part)) + 1;
  const found = await short(text, 'a.ipynb');
  expect(found).toHaveLength(2);
  expect(found[0]).toMatch(new RegExp(`^training \\w+ ${line('accelerate launch')}-${line('max_train_steps')} \\{.*batch_size=1`));
  expect(found[1]).toMatch(new RegExp(`^training \\w+ ${line('torchrun')}-${line('torchrun')} \\{.*batch_size=8`));
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'fit() of an index or of a reduction, and a launch line in a docstring, are no training: what is loaded and run counts',
    `"""Run with: accelerate launch embed.py"""
from sentence_transformers import SentenceTransformer
model = SentenceTransformer("all-MiniLM-L6-v2")
index.fit(model.encode(texts), documents)
mapper = UMAP().fit(x)
`,
    ['batch-inference sentence-transformers 3-3 {model=all-MiniLM-L6-v2@3}'],
  ],
  [
    'a model that the project’s own function makes and the program runs',
    `from src import get_model_and_tokenizer
def main():
    model, tokenizer = get_model_and_tokenizer(args)
    for x in loader:
        output = model.generate(**x, max_new_tokens=20)
if __name__ == "__main__":
    main()
`,
    ['batch-inference transformers 3-3 {max_tokens=20@5} ?model'],
  ],
  [
    'sentence-transformers from modules; the last of several names that agree',
    `from sentence_transformers import SentenceTransformer, losses, models
word = models.Transformer("distilbert-base-uncased", max_seq_length=75)
model = SentenceTransformer(modules=[word, models.Pooling(768)])
def go(epochs):
    model.fit(train_objectives=[(loader, loss)], epochs=epochs)
N = 2
go(N)
go(N)
`,
    ['training sentence-transformers 5-5 {epochs=2@6 variable, model=distilbert-base-uncased@2}'],
  ],
  [
    'ray: what the remote call gives',
    `import openai, ray
@ray.remote
def ask(content, max_tokens):
    return openai.ChatCompletion.create(model="gpt-4", messages=content, max_tokens=max_tokens)
ask.remote(c, 1024)
`,
    ['api-call openai 4-4 {model=gpt-4@4, max_tokens=1024@5 variable} ?input_tokens'],
  ],
])('%s', async (_what, text, expected) => {
  expect(await short(text)).toEqual(expected);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'FlagEmbedding’s models, also where their vectors are clustered',
    `from FlagEmbedding import FlagModel
model = FlagModel("BAAI/bge-base-en-v1.5", use_fp16=True)
vectors = model.encode(texts)
clustering_model.fit(vectors)
`,
    ['batch-inference flagembedding 2-2 {model=BAAI/bge-base-en-v1.5@2}'],
  ],
  [
    'a loop over counted episodes',
    `import torch
from itertools import count
def finish():
    loss = policy()
    loss.backward()
    optimizer.step()
def main():
    for i_episode in count(1):
        finish()
if __name__ == "__main__":
    main()
`,
    ['training pytorch 8-9 {}'],
  ],
  [
    'an option that chooses the optimiser wins over the only one that is made in place',
    `import argparse, torch, prodigyopt
parser.add_argument("--optimizer", type=str, default="AdamW")
args = parser.parse_args()
if args.optimizer.lower() == "prodigy":
    optimizer = prodigyopt.Prodigy(params)
else:
    optimizer_class = torch.optim.AdamW
    optimizer = optimizer_class(params)
for epoch in range(3):
    loss.backward()
    optimizer.step()
`,
    ['training pytorch 9-11 {epochs=3@9, optimizer=AdamW@2 default}'],
  ],
])('%s', async (_what, text, expected) => {
  expect(await short(text)).toEqual(expected);
});

test.each<[what: string, name: string, text: string]>([
  ['Python 2', 'old.py', 'import torch\nprint "epoch", 3\nexec "x"\nfor epoch in xrange(3):\n    loss.backward()\n    optimizer.step()\n'],
  [
    'a notebook of markdown only',
    'a.ipynb',
    JSON.stringify({ cells: [{ cell_type: 'markdown', source: ['```py\n', 'client.chat.completions.create(model="gpt-4o")\n', '```'] }] }),
  ],
  [
    'a notebook whose outputs name models',
    'b.ipynb',
    JSON.stringify({ cells: [{ cell_type: 'code', source: ['x = 1'], outputs: [{ text: ['!torchrun train.py --epochs 3\n'] }] }] }),
  ],
  [
    'a notebook of magics only',
    'c.ipynb',
    JSON.stringify({ cells: [{ cell_type: 'code', source: ['%load_ext autoreload\n', '!pip install torch\n', '%%bash\n'] }] }),
  ],
])('%s: nothing is thrown, nothing made up', async (_what, name, text) => {
  const { sighting, short: found } = await seen(name, text);
  expect(sighting.problems.filter((problem) => problem.code === 'internal')).toEqual([]);
  expect(found.every((one) => one.startsWith('training pytorch') && name === 'old.py')).toBe(true);
});

test('a notebook that is kept as Python text launches with its escapes', async () => {
  const found = await short('# Databricks notebook source\nx = 1\n# COMMAND ----------\n!deepspeed --num_gpus=8 \\\n  train.py \\\n  --epochs 2\n');
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^training \w+ 4-6 \{.*epochs=2/);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'keywords that a wrapper of the file passes on, copies and adds to',
    `import openai
def with_backoff(**kwargs):
    sent = kwargs.copy()
    sent.update(dict(n=2))
    return openai.ChatCompletion.create(**sent)
def ask(messages, model="gpt-4", max_tokens=1000):
    return with_backoff(model=model, messages=messages, max_tokens=max_tokens)
`,
    ['api-call openai 5-5 {model=gpt-4@6 default, max_tokens=1000@6 default, n=2@4} ?input_tokens'],
  ],
  [
    'a setting that is only filled in where nobody has given it',
    `from groq import Groq
class Llm:
    def __init__(self, config):
        self.config = config
        if not self.config.model:
            self.config.model = "llama-3.3-70b-versatile"
        self.client = Groq()
    def ask(self, messages):
        params = {"model": self.config.model, "messages": messages}
        return self.client.chat.completions.create(**params)
`,
    ['api-call groq 10-10 {model=llama-3.3-70b-versatile@6 variable} ?input_tokens'],
  ],
  [
    'Gemini interactions',
    'from google import genai\nclient = genai.Client()\nM = "gemini-2.5-flash"\nclient.interactions.create(model=M, input="Hi")\nclient.file_search_stores.create(config={})\n',
    ['api-call google-genai 4-4 {model=gemini-2.5-flash@3 variable, prompt_chars=2@4}'],
  ],
  [
    'Keras: an optimiser for each of two networks',
    `import keras
gan = GAN(d, g)
gan.compile(d_optimizer=keras.optimizers.Adam(1e-4), g_optimizer=keras.optimizers.Adam(1e-4), loss_fn=f)
gan.fit(data, epochs=100)
`,
    ['training keras 4-4 {epochs=100@4, optimizer=Adam@3}'],
  ],
  [
    'Lightning: a trainer out of parsed arguments',
    `from pytorch_lightning import Trainer
trainer = Trainer.from_argparse_args(opt, max_epochs=7)
trainer.fit(model, data)
`,
    ['training lightning 2-3 {epochs=7@2}'],
  ],
  [
    'a parameter’s default means what its name means outside',
    `from transformers import AutoModelForCausalLM
max_new_tokens = 64
model = AutoModelForCausalLM.from_pretrained("org/m")
def ask(model, question, max_new_tokens=max_new_tokens):
    return model.generate(question, max_new_tokens=max_new_tokens)
ask(model, q)
`,
    ['batch-inference transformers 3-3 {model=org/m@3, max_tokens=64@2 variable}'],
  ],
])('%s', async (_what, text, expected) => {
  expect(await short(text)).toEqual(expected);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'features without gradients',
    `import torch
from transformers import AutoModel
model = AutoModel.from_pretrained("org/encoder")
with torch.no_grad():
    out = model(**inputs, output_hidden_states=True)
`,
    ['batch-inference transformers 3-3 {model=org/encoder@3}'],
  ],
  [
    'an application that answers with scores',
    `import gradio as gr
from transformers import AutoModel
model = AutoModel.from_pretrained("org/encoder")
def score(a):
    return model(**tokenizer(a)).pooler_output
gr.Interface(score, a, b).launch()
`,
    ['serving transformers 3-3 {model=org/encoder@3}'],
  ],
  [
    'a part of a model that is defined here',
    `import torch
from torch import nn
from transformers import AutoModel
class Head(nn.Module):
    def __init__(self):
        self.model = AutoModel.from_pretrained("org/encoder")
    @torch.no_grad()
    def forward(self, inputs):
        return self.model(**inputs)
`,
    [],
  ],
  [
    'a conversion that checks its result',
    `import torch
from transformers import AutoModel
model = AutoModel.from_pretrained("org/encoder")
with torch.no_grad():
    out = model(**inputs)
model.save_pretrained("out")
`,
    [],
  ],
])('a loaded model that is called: %s', async (_what, text, expected) => {
  expect(await short(text)).toEqual(expected);
});
