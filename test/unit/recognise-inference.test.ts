import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'a.py'): Promise<string[]> => (await seen(name, text)).short;

test.each<[what: string, text: string, expected: string[]]>([
  [
    'vLLM offline, with its sampling settings',
    `from vllm import LLM, SamplingParams
params = SamplingParams(max_tokens=256, n=4)
llm = LLM(model="meta-llama/Llama-3.1-8B-Instruct", tensor_parallel_size=2, gpu_memory_utilization=0.85, max_model_len=4096, dtype="bfloat16", quantization="fp8", enable_prefix_caching=True)
out = llm.generate(prompts, params)
`,
    [
      'batch-inference vllm 3-3 {model=meta-llama/Llama-3.1-8B-Instruct@3, tensor_parallel=2@3, max_model_len=4096@3, gpu_mem_util=0.85@3, quantization=fp8@3, prompt_cache=true@3, precision=bf16@3, max_tokens=256@2, n=4@2}',
    ],
  ],
  [
    'vLLM served: engine arguments whose values come from the program’s entry',
    `import fire
from vllm import AsyncEngineArgs, AsyncLLMEngine
def load(name, tp=1):
    args = AsyncEngineArgs(model=name, tensor_parallel_size=tp)
    return AsyncLLMEngine.from_engine_args(args)
def run(name: str, tp: int = 4):
    load(name, tp)
fire.Fire(run)
`,
    ['serving vllm 4-4 {tensor_parallel=4@6 default} ?model'],
  ],
  ['a class of one’s own that is called LLM', `class LLM: pass\nfrom mylib import SamplingParams\n# vllm\nLLM(model="x")\n`, []],
  [
    'pipeline, its call, and the model object that it is given',
    `import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline
model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen2.5-7B-Instruct")
tokenizer = AutoTokenizer.from_pretrained("Qwen/Qwen2.5-7B-Instruct")
pipe = pipeline("text-generation", model=model, tokenizer=tokenizer, batch_size=8, torch_dtype=torch.bfloat16)
pipe(texts, max_new_tokens=200)
`,
    ['batch-inference transformers 5-5 {model=Qwen/Qwen2.5-7B-Instruct@3 variable, max_tokens=200@6, batch_size=8@5, precision=bf16@5}'],
  ],
  [
    'generate: the load carries the workload; an adapter is no second model',
    `import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, BitsAndBytesConfig
base = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-2-7b-hf", quantization_config=BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4"), attn_implementation="flash_attention_2")
model = PeftModel.from_pretrained(base, "me/adapter")
out = model.generate(**inputs, max_new_tokens=64, num_return_sequences=2)
`,
    ['batch-inference transformers 4-4 {model=meta-llama/Llama-2-7b-hf@4, max_tokens=64@6, n=2@6, quantization=nf4@4, flash_attention=true@4}'],
  ],
  [
    'a model that is loaded and not run',
    `from transformers import AutoModel\ndef build(name):\n    return AutoModel.from_pretrained(name)\nmodel = AutoModel.from_pretrained("bert-base-uncased")\nmodel.save_pretrained("x")\n`,
    [],
  ],
  [
    'a model inside a web application serves',
    `from fastapi import FastAPI
from transformers import AutoModel
app = FastAPI()
@app.post("/")
def answer(q: str):
    return model.chat(tokenizer, q)
model = AutoModel.from_pretrained("THUDM/chatglm2-6b").half().cuda()
`,
    ['serving transformers 7-7 {model=THUDM/chatglm2-6b@7, precision=fp16@7 default}'],
  ],
  [
    'sampling in a training program is a look at the result',
    `from transformers import AutoModelForCausalLM, Trainer\nmodel = AutoModelForCausalLM.from_pretrained("gpt2")\ntrainer = Thing(model)\nloss.backward()\nmodel.generate(x)\n`,
    [],
  ],
  [
    'diffusers, sentence-transformers, whisper',
    `import torch, whisper
from diffusers import FluxPipeline
from sentence_transformers import SentenceTransformer
pipe = FluxPipeline.from_pretrained("black-forest-labs/FLUX.1-dev", torch_dtype=torch.float16)
pipe("a cat", num_inference_steps=28, height=1024)
encoder = SentenceTransformer("BAAI/bge-m3")
encoder.encode(texts, batch_size=64)
asr = whisper.load_model("turbo")
asr_model = whisper.load_model("large-v3")
asr_model.transcribe("a.mp3", fp16=True)
`,
    [
      'batch-inference diffusers 4-4 {model=black-forest-labs/FLUX.1-dev@4, inference_steps=28@5, image_size=1024@5, precision=fp16@4}',
      'batch-inference sentence-transformers 6-6 {model=BAAI/bge-m3@6, batch_size=64@7}',
      'batch-inference whisper 9-9 {model=large-v3@9, precision=fp16@10}',
    ],
  ],
  [
    'options that arrive through **vars(args)',
    `import argparse, whisper
parser = argparse.ArgumentParser()
parser.add_argument("--model", default="turbo")
parser.add_argument("--fp16", default=True)
args = parser.parse_args().__dict__
model = whisper.load_model(args.pop("model"))
whisper.transcribe(model, "a.mp3", **args)
`,
    ['batch-inference whisper 6-6 {model=turbo@3 default, precision=fp16@4 default}'],
  ],
  [
    'Modal: hardware, limits and the engine inside are one workload',
    `import modal
N = 2
MINUTES = 60
@app.function(gpu=modal.gpu.A100(count=N, size="80GB"), timeout=30 * MINUTES, container_idle_timeout=5 * MINUTES, concurrency_limit=10)
@modal.asgi_app()
def serve():
    from vllm.engine.arg_utils import AsyncEngineArgs
    args = AsyncEngineArgs(model="/models/" + "Qwen/Qwen3-8B", tensor_parallel_size=N)
@app.function(gpu="H100:8")
def train():
    pass
@app.function(cpu=2)
def light():
    pass
`,
    [
      'serving vllm 4-8 {gpu_type=A100-80GB@4, gpu_count=2@2 variable, max_time=1800@4 variable, idle_timeout=300@4 variable, max_replicas=10@4, tensor_parallel=2@2 variable, model=Qwen/Qwen3-8B@8}',
      'training modal 9-9 {gpu_type=H100@9, gpu_count=8@9}',
    ],
  ],
  [
    'Cog: the predictor class, with the defaults of its inputs',
    `import torch
from cog import BasePredictor, Input
from diffusers import StableDiffusionPipeline
class Predictor(BasePredictor):
    def setup(self):
        self.pipe = StableDiffusionPipeline.from_pretrained("runwayml/stable-diffusion-v1-5", torch_dtype=torch.float16)
    def predict(self, prompt: str, num_inference_steps: int = Input(default=30)) -> str:
        return self.pipe(prompt)
`,
    ['serving cog 4-8 {model=runwayml/stable-diffusion-v1-5@6, precision=fp16@6, inference_steps=30@7 default}'],
  ],
  [
    'distilabel: a step with a server of one’s own is no hosted call',
    `from distilabel.llms import OpenAILLM
from distilabel.steps.tasks import TextGeneration
def build(model: str, base_url: str = "http://localhost:8000/v1", size: int = 64):
    return TextGeneration(llm=OpenAILLM(model=model, base_url=base_url, generation_kwargs={"max_new_tokens": 512}), input_batch_size=size, num_generations=4)
TextGeneration(llm=OpenAILLM(model="gpt-4o"))
`,
    ['batch-inference distilabel 4-4 {max_tokens=512@4, batch_size=64@3 default, n=4@4} ?model', 'api-call distilabel 5-5 {model=gpt-4o@5}'],
  ],
  [
    'distilabel: the engine that a step loads; vLLM holds back what it has no room for, Transformers takes what it is handed',
    `from distilabel.llms import TransformersLLM, vLLM
from distilabel.steps.tasks import TextGeneration
TextGeneration(llm=vLLM(model="Qwen/Qwen2.5-7B-Instruct", extra_kwargs={"tensor_parallel_size": 2}), input_batch_size=1000)
TextGeneration(llm=TransformersLLM(model="Qwen/Qwen2.5-0.5B-Instruct"), input_batch_size=8)
`,
    [
      'batch-inference vllm 3-3 {model=Qwen/Qwen2.5-7B-Instruct@3, tensor_parallel=2@3}',
      'batch-inference transformers 4-4 {model=Qwen/Qwen2.5-0.5B-Instruct@4, batch_size=8@4}',
    ],
  ],
])('%s', async (_, text, expected) => {
  expect(await short(text)).toEqual(expected);
});

test('tests of a library run no workload', async () => {
  expect(await short('from vllm import LLM\nLLM(model="facebook/opt-125m")\n', 'tests/basic.py')).toEqual([]);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'clip, without gradients',
    'import clip, torch\nmodel, preprocess = clip.load("ViT-B/32")\nwith torch.no_grad():\n    f = model.encode_image(x)\n',
    ['batch-inference clip 2-2 {model=ViT-B/32@2}'],
  ],
  [
    'timm and torchvision',
    'import timm, torch, torchvision\na = timm.create_model("resnet50", pretrained=True)\nb = torchvision.models.vgg16(weights="DEFAULT")\nwith torch.no_grad():\n    a(x)\n    b(x)\n',
    ['batch-inference timm 2-2 {model=resnet50@2}', 'batch-inference torchvision 3-3 {model=vgg16@3}'],
  ],
  [
    'torch.hub, Ultralytics, mlx_lm',
    'import torch\nfrom ultralytics import YOLO\nfrom mlx_lm import load, generate\nh = torch.hub.load("org/repo", "net5s")\nh(imgs)\ny = YOLO("yolov8n.pt")\ny.predict("a.jpg")\nmodel, tok = load("org/m-7b")\ngenerate(model, tok, prompt="x", max_tokens=100)\n',
    [
      'batch-inference pytorch 4-4 {model=net5s@4}',
      'batch-inference ultralytics 6-6 {model=yolov8n.pt@6}',
      'batch-inference mlx_lm 8-8 {model=org/m-7b@8, max_tokens=100@9}',
    ],
  ],
  [
    'a part of a network that is defined here',
    'import clip, torch\nclass Embedder(Base):\n    def __init__(self):\n        self.model, _ = clip.load("ViT-B/32")\n    @torch.no_grad()\n    def forward(self, x):\n        return self.model.encode_image(x)\n',
    [],
  ],
  [
    'Cog: what the call inside states',
    'from cog import BasePredictor\nfrom diffusers import DiffusionPipeline\nclass Predictor(BasePredictor):\n    def setup(self):\n        self.pipe = DiffusionPipeline.from_pretrained("org/p")\n    def predict(self, prompt: str):\n        return self.pipe(prompt, num_inference_steps=9, height=1024)\n',
    ['serving cog 3-7 {model=org/p@5, inference_steps=9@7, image_size=1024@7}'],
  ],
])('%s', async (_what, text, expected) => {
  expect((await seen('a.py', text)).short).toEqual(expected);
});

test('a model that a function loads and returns at once', async () => {
  const text =
    'import streamlit as st\nfrom sentence_transformers import SentenceTransformer\n@st.cache_resource\ndef get_encoder():\n    return SentenceTransformer("org/encoder")\nretriever = get_encoder()\nretriever.encode([q])\n';
  expect((await seen('a.py', text)).short).toEqual(['serving sentence-transformers 5-5 {model=org/encoder@5}']);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'a manager that gives the model away',
    'from faster_whisper import WhisperModel\nclass Manager(Base):\n    def _load(self, size):\n        return WhisperModel("large-v3", compute_type="float16")\n    def run(self, audio):\n        with self.load() as whisper:\n            return whisper.transcribe(audio)\n',
    ['batch-inference faster-whisper 4-4 {model=large-v3@4, precision=fp16@4}'],
  ],
  ['a loader whose model nothing here runs', 'from faster_whisper import WhisperModel\ndef load():\n    return WhisperModel("large-v3")\n', []],
])('%s', async (_what, text, expected) => {
  expect((await seen('a.py', text)).short).toEqual(expected);
});
