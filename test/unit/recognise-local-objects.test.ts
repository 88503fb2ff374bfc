import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

test.each<[what: string, text: string, expected: string[]]>([
  [
    'language models on this machine behind objects of frameworks',
    `import torch
from langchain_huggingface import HuggingFacePipeline
from langchain_community.llms import LlamaCpp
from llama_index.llms.huggingface import HuggingFaceLLM
from haystack.components.generators import HuggingFaceLocalGenerator
from smolagents import TransformersModel
import outlines
a = HuggingFacePipeline.from_model_id(model_id="org/m", task="text-generation", pipeline_kwargs={"max_new_tokens": 9})
b = LlamaCpp(model_path="m.gguf", n_ctx=4096, max_tokens=20)
c = HuggingFaceLLM(model_name="org/m", context_window=2048, max_new_tokens=30, model_kwargs={"torch_dtype": torch.float16})
d = HuggingFaceLocalGenerator(model="org/m", generation_kwargs={"max_new_tokens": 40})
e = TransformersModel(model_id="org/m", torch_dtype="bfloat16")
f = outlines.models.transformers("org/m")
`,
    [
      'batch-inference langchain-huggingface 8-8 {model=org/m@8, max_tokens=9@8}',
      'batch-inference llama-cpp 9-9 {model=m.gguf@9, max_tokens=20@9, max_model_len=4096@9}',
      'batch-inference llama-index 10-10 {model=org/m@10, max_tokens=30@10, max_model_len=2048@10, precision=fp16@10}',
      'batch-inference haystack 11-11 {model=org/m@11, max_tokens=40@11}',
      'batch-inference smolagents 12-12 {model=org/m@12, precision=bf16@12}',
      'batch-inference outlines 13-13 {model=org/m@13}',
    ],
  ],
  ['classes of one’s own with such names', 'from mine import TransformersModel, LlamaCpp\nTransformersModel(model_id="x")\nLlamaCpp(model_path="x")\n', []],
  [
    'outlines around a model of transformers',
    'import outlines\nfrom transformers import AutoModelForCausalLM\nmodel = outlines.from_transformers(AutoModelForCausalLM.from_pretrained("org/m"), tok)\nmodel("Hi", int, max_new_tokens=7)\n',
    ['batch-inference transformers 3-3 {model=org/m@3, max_tokens=7@4}'],
  ],
  [
    'a client that the class holds, given to a function; what it posts',
    `from huggingface_hub import InferenceClient
def ask(text, client):
    payload = {"inputs": text, "parameters": {"max_new_tokens": 200}}
    return client.post(json=payload)
class Tool:
    client = InferenceClient("org/m")
    def run(self, text):
        return ask(text, self.client)
`,
    ['api-call huggingface_hub 4-4 {model=org/m@6, max_tokens=200@3}'],
  ],
  [
    'a body that a method puts together, a model with a fallback in the environment',
    `import os
from openai import OpenAI
class Service:
    def __init__(self, model=None):
        self.model = model or os.getenv("MODEL", "gpt-5")
        self._client = OpenAI()
    def send(self, request):
        return self._client.chat.completions.create(**self._body(request))
    def _body(self, request):
        body = {"model": self.model, "max_tokens": 300, "messages": request.messages}
        return body
`,
    ['api-call openai 8-8 {model=gpt-5@5 default, max_tokens=300@10} ?input_tokens'],
  ],
  [
    'Kauldron: the trainer of a configuration',
    `from kauldron import konfig
with konfig.imports():
    from kauldron import kd
    import optax
def get_config():
    size = 32
    return kd.train.Trainer(
        train_ds=make(batch_size=size),
        model=nets.Big_4B(tokens="x"),
        num_train_steps=10_000,
        optimizer=optax.adafactor(learning_rate=1e-3),
        evals={"test": evaluator(ds=make(batch_size=4))},
    )
`,
    ['training kauldron 7-13 {max_steps=10000@10, model=Big_4B@9, optimizer=adafactor@11, batch_size=32@6 variable}'],
  ],
  [
    'where there is a GPU; what fills a configuration’s fields; the strategy’s checkpointing',
    `import torch
from dataclasses import dataclass
from lightning.fabric.strategies import FSDPStrategy
BATCH = 256 if torch.cuda.is_available() else 64
@dataclass
class NetConfig:
    n_layer: int = 12
    n_embd: int = 768
def train():
    n_layer = 6
    args = dict(n_layer=n_layer, n_embd=384)
    net = Net(NetConfig(**args))
    strategy = FSDPStrategy(activation_checkpointing=Block)
    loader = torch.utils.data.DataLoader(data, batch_size=BATCH)
    opt = torch.optim.AdamW(net.parameters())
    for step in range(100):
        net(next(loader)).backward()
        opt.step()
if __name__ == "__main__":
    train()
`,
    [
      'training pytorch 16-18 {max_steps=100@16, batch_size=256@4 variable, optimizer=AdamW@15, loader_workers=0@14 default, grad_ckpt=true@13 default, n_layer=6@10 variable, n_embd=384@11}',
    ],
  ],
])('%s', async (_what, text, expected) => {
  expect((await seen('a.py', text)).short).toEqual(expected);
});
