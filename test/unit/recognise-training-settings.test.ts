import { describe, expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (name: string, text: string): Promise<string[]> => (await seen(name, text)).short;

describe('settings of a project’s own training', () => {
  test.each<[what: string, name: string, text: string, expected: string[]]>([
    [
      'in sections, with sampling and evaluation left out',
      'a.yaml',
      `train: {epochs: 20, batch_size: 8, precision: 16-mixed}
optimizer: {name: adamw, lr: 1e-4}
model: {name: org/small, n_layer: 4}
eval: {batch_size: 99, max_steps: 5}
teacher: {name: org/big, n_layer: 40}
`,
      ['training pytorch 1-5 {model=org/small@3, optimizer=adamw@2, batch_size=8@1, epochs=20@1, precision=fp16@1, n_layer=4@3}'],
    ],
    [
      'flat, with a DeepSpeed section',
      'a.yml',
      `args: {train_iters: 500, checkpoint_activations: true}
deepspeed:
  train_micro_batch_size_per_gpu: 2
  zero_optimization: {stage: 2}
  optimizer: {type: AdamW, params: {lr: 1e-5}}
`,
      ['training pytorch 1-5 {optimizer=AdamW@5, grad_ckpt=true@1, batch_size=2@3, max_steps=500@1, strategy=zero2@4}'],
    ],
    [
      'JSON',
      'a.json',
      '{"distributed": {"tp_size": 2}, "training": {"learning_rate": 3e-4, "total_train_steps": 200, "micro_batch_size": 32, "seq_length": 1024}}\n',
      ['training pytorch 1-1 {max_steps=200@1, tensor_parallel=2@1, batch_size=32@1, seq_len=1024@1}'],
    ],
  ])('%s', async (_what, name, text, expected) => {
    expect(await short(name, text)).toEqual(expected);
  });

  test.each([
    ['without a length of the run', 'batch_size: 8\nlr: 0.1\n'],
    ['without a batch', 'epochs: 8\nlr: 0.1\n'],
    ['without a learning rate', 'epochs: 8\nbatch_size: 4\n'],
    ['with the batch of an evaluation only', 'epochs: 8\nlr: 0.1\nvalid: {batch_size: 4}\n'],
    ['of an object of a cluster', 'apiVersion: v1\nkind: ConfigMap\ndata: {epochs: 8, lr: 0.1, batch_size: 4}\n'],
  ])('nothing %s', async (_what, text) => {
    expect(await short('a.yaml', text)).toEqual([]);
  });

  test('a known format is read once', async () => {
    const text = 'base_model: m\ndatasets: [{path: d}]\nsequence_len: 1\nmicro_batch_size: 1\nnum_epochs: 1\nlearning_rate: 1e-4\nval_set_size: 0\n';
    expect(await short('a.yaml', text)).toHaveLength(1);
  });

  test('they cost nothing of their own', async () => {
    const { sighting } = await seen('a.yaml', 'epochs: 8\nbatch_size: 4\nlr: 0.1\n');
    expect(sighting.workloads[0]?.fragment).toBe(true);
  });
});

test.each<[what: string, name: string, text: string, expected: RegExp]>([
  [
    'a hub’s id beside a short name',
    'a.sh',
    'accelerate launch train.py --model_path org/big-5B --model_name big-t2v --training_type lora --train_epochs 3 --batch_size 1\n',
    /^training \S+ 1-1 \{.*model=org\/big-5B@1.*epochs=3@1.*finetune_method=lora@1/,
  ],
  [
    'the rank of a LoRA in scripts of diffusers',
    'a.sh',
    'accelerate launch train_dreambooth_lora.py --pretrained_model_name_or_path=org/m --rank=4 --train_batch_size=1\n',
    /lora_rank=4@1/,
  ],
  [
    'values of TensorRT-LLM under Triton',
    'values-prod.yaml',
    'gpu: NVIDIA-H100\ngpuPerNode: 8\ntensorrtLLM:\n  parallelism: {tensor: 8, pipeline: 2}\nautoscaling:\n  replicas: {minimum: 1, maximum: 2}\n',
    /^serving tensorrt-llm 1-\d+ \{gpu_type=NVIDIA-H100@1, gpu_count=8@2, tensor_parallel=8@4, pipeline_parallel=2@4, min_replicas=1@6, max_replicas=2@6\}$/,
  ],
  [
    'a Ray service whose application is given the model',
    'a.yaml',
    `apiVersion: ray.io/v1
kind: RayService
metadata: {name: a}
spec:
  serveConfigV2: |
    applications:
    - name: chat
      import_path: a:app
      runtime_env: {env_vars: {MODEL_ID: "org/chat-40b"}}
  rayClusterConfig:
    workerGroupSpecs:
    - replicas: 1
      template: {spec: {containers: [{name: a, resources: {limits: {nvidia.com/gpu: 2}}}]}}
`,
    /^serving ray-serve 1-\d+ \{model=org\/chat-40b@9, replicas=1@12, gpu_count=2@13/,
  ],
  [
    'a RunPod worker of one pool of cards',
    'hub.json',
    '{"title": "W", "config": {"gpuIds": "ADA_80_PRO,-NVIDIA H100 NVL", "gpuCount": 2, "presets": [{"defaults": {"MODEL_NAME": "org/m"}}]}}\n',
    /^serving runpod 1-1 \{gpu_count=2@1, gpu_type=H100@1, model=org\/m@1\}$/,
  ],
  [
    'a RunPod worker of several',
    'hub.json',
    '{"config": {"gpuIds": "ADA_24,AMPERE_80", "gpuCount": 1}}\n',
    /^serving runpod 1-1 \{gpu_count=1@1\} \?gpu_type$/,
  ],
  [
    'Semantic Kernel and browser-use: model objects',
    'a.py',
    'from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion\nfrom browser_use import Agent, ChatOpenAI\na = OpenAIChatCompletion(ai_model_id="gpt-4o")\n',
    /^api-call semantic-kernel 3-3 \{model=gpt-4o@3\}/,
  ],
  [
    'CTranslate2',
    'a.py',
    'import ctranslate2\ngenerator = ctranslate2.Generator("llama-ct2", device="cuda", compute_type="int8_float16")\nfor step in generator.generate_tokens(tokens, max_length=512):\n    print(step)\n',
    /^batch-inference ctranslate2 2-2 \{model=llama-ct2@2, max_tokens=512@3/,
  ],
  [
    'a session of ONNX Runtime',
    'a.py',
    'import onnxruntime as ort\nsession = ort.InferenceSession("det.onnx", providers=["CUDAExecutionProvider"])\nout = session.run(None, {"x": x})\n',
    /^batch-inference onnxruntime 2-2 \{model=det.onnx@2\}/,
  ],
  [
    'a pipeline that is put together',
    'a.py',
    'from diffusers import AutoencoderKL, FluxPipeline\nvae = AutoencoderKL.from_pretrained("org/v")\npipe = FluxPipeline(vae=vae, transformer=t, scheduler=s)\npipe = pipe.to("cuda")\npipe(prompt="x", height=1024, num_inference_steps=50)\n',
    /^batch-inference diffusers 3-3 \{inference_steps=50@5, image_size=1024@5\}/,
  ],
])('%s', async (_what, name, text, expected) => {
  expect((await short(name, text))[0]).toMatch(expected);
});

test.each<[what: string, text: string, expected: RegExp]>([
  [
    'DeepSpeed-MII',
    'import mii\nmii.deploy(task="text-generation", model="org/m", mii_config={"tensor_parallel": 2, "dtype": "fp16"})\n',
    /^serving mii 2-2 \{model=org\/m@2, tensor_parallel=2@2, precision=fp16@2\}/,
  ],
  [
    'XTuner: a class for a type, the model that is loaded inside',
    `from torch.optim import AdamW
path = "org/m-34B"
max_length = 2048
model = dict(type=SupervisedFinetune, llm=dict(type=AutoModelForCausalLM.from_pretrained, pretrained_model_name_or_path=path))
train_dataset = dict(type=process, max_length=max_length, pack_to_max_length=True)
train_dataloader = dict(batch_size=1, dataset=train_dataset)
optim_wrapper = dict(type=AmpOptimWrapper, optimizer=dict(type=AdamW, lr=2e-5), dtype="bfloat16", accumulative_counts=16)
`,
    /^training mmengine 1-7 \{batch_size=1@6, grad_accum=16@7, optimizer=AdamW@7, precision=bf16@7, dataset=process@5, model=org\/m-34B@2 variable, seq_len=2048@3 variable, packing=true@5/,
  ],
  [
    'Kubeflow’s trainer',
    'from kubeflow.trainer import CustomTrainer, TrainerClient\nTrainerClient().train(trainer=CustomTrainer(func=fit, num_nodes=4, resources_per_node={"gpu": 1, "cpu": 3}))\n',
    /^resource kubernetes 2-2 \{num_nodes=4@2, gpu_count=1@2, cpu=3@2\}/,
  ],
])('%s', async (_what, text, expected) => {
  expect((await short('a.py', text))[0]).toMatch(expected);
});

test('a session that checks an export is no workload', async () => {
  const text = 'import onnxruntime, torch\ntorch.onnx.export(net, x, "a.onnx")\ns = onnxruntime.InferenceSession("a.onnx")\ns.run(None, {"x": x})\n';
  expect(await short('a.py', text)).toEqual([]);
});

test.each<[what: string, name: string, text: string, expected: string[]]>([
  [
    'a NIM service',
    'nim.yaml',
    'apiVersion: apps.nvidia.com/v1alpha1\nkind: NIMService\nmetadata: {name: a}\nspec:\n  image: {repository: nvcr.io/nim/meta/llama-3.1-8b-instruct, tag: 1.3.3}\n  replicas: 2\n  resources: {limits: {nvidia.com/gpu: 2}}\n',
    ['serving nim 1-7 {model=meta/llama-3.1-8b-instruct@5, replicas=2@6, gpu_count=2@7}'],
  ],
  [
    'values of a chart that runs one server',
    'values.yaml',
    'image: {repository: nvcr.io/nim/meta/llama3-70b-instruct}\nreplicaCount: 1\nresources: {limits: {nvidia.com/gpu: 4}}\nautoscaling: {enabled: true, minReplicas: 1, maxReplicas: 5}\n',
    ['serving nim 1-4 {model=meta/llama3-70b-instruct@1, gpu_count=4@3, replicas=1@2, min_replicas=1@4, max_replicas=5@4}'],
  ],
  [
    'accelerators of a chart of something else',
    'values.yaml',
    'image: {repository: nginx}\nresources: {limits: {nvidia.com/gpu: 4}}\n',
    ['resource helm 1-2 {gpu_count=4@2}'],
  ],
  ['values of a chart without accelerators', 'values.yaml', 'image: {repository: nginx}\nresources: {limits: {nvidia.com/gpu: 0, cpu: 4}}\n', []],
  [
    'an engine of one’s own is no hosted API',
    'a.py',
    'from mlc_llm import MLCEngine\nengine = MLCEngine("HF://org/m")\nengine.chat.completions.create(messages=[], model="HF://org/m")\n',
    ['batch-inference mlc_llm 2-2 {model=HF://org/m@2}'],
  ],
  [
    'a model that is loaded back to see that it runs',
    'a.py',
    'from transformers import AutoModelForCausalLM\nmodel = make()\nmodel.save_pretrained(path)\nagain = AutoModelForCausalLM.from_pretrained(path)\nagain.generate(**x)\n',
    [],
  ],
  ['settings of sampling that take over those of a training', 'configs/inference/a.py', "_base_ = ['../train/a.py']\nmodel = dict(type='M')\n", []],
])('%s', async (_what, name, text, expected) => {
  expect(await short(name, text)).toEqual(expected);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'Beam: an endpoint whose model is loaded by the function that runs first',
    'from beam import endpoint, Image\ndef load():\n    from transformers import AutoTokenizer, OPTForCausalLM\n    t = AutoTokenizer.from_pretrained("org/m")\n    return OPTForCausalLM.from_pretrained("org/m"), t\n@endpoint(on_start=load, cpu=1, memory="16Gi", gpu="T4")\ndef predict(context, prompt):\n    return context\n',
    ['serving beam 6-8 {gpu_type=T4@6, gpu_count=1@6 default, cpu=1@6, memory=16Gi@6, model=org/m@5}'],
  ],
  [
    'Beam: a function with a training in it is what that runs on',
    'from beam import function\n@function(gpu="A100-40", gpu_count=2)\ndef fit():\n    loss.backward()\n',
    ['resource beam 2-4 {gpu_type=A100-40@2, gpu_count=2@2}'],
  ],
  [
    'CAMEL: members of enumerations; a platform of one’s own is no hosted API',
    'from camel.models import ModelFactory\nfrom camel.types import ModelPlatformType, ModelType\na = ModelFactory.create(model_platform=ModelPlatformType.OPENAI, model_type=ModelType.GPT_4O_MINI)\nb = ModelFactory.create(model_platform=ModelPlatformType.OLLAMA, model_type="llama3")\n',
    ['api-call camel 3-3 {model=gpt-4o-mini@3, api_provider=openai@3}'],
  ],
  [
    'a configuration of ml_collections beside functions that fill other ones',
    'import ml_collections\ndef source():\n  return ml_collections.ConfigDict({"size": 3})\ndef get_config():\n  config = ml_collections.ConfigDict()\n  config.batch_size = 64\n  config.num_training_steps = 30_000\n  return config\n',
    ['training ml-collections 4-8 {batch_size=64@6, max_steps=30000@7}'],
  ],
  [
    'mixed precision as a switch',
    'import torch\nfrom trainer import Trainer, TrainerArgs\nconfig = GlowConfig(batch_size=64, epochs=1000, mixed_precision=True)\ntrainer = Trainer(TrainerArgs(), config, "out", model=model)\ntrainer.fit()\n',
    ['training pytorch 4-5 {precision=fp16@3, epochs=1000@3, batch_size=64@3}'],
  ],
])('%s', async (_what, text, expected) => {
  expect(await short('a.py', text)).toEqual(expected);
});

test('a program in a ConfigMap is read as in a file of its own, at its place, and has no money of its own', async () => {
  const text = `apiVersion: v1
kind: ConfigMap
metadata: {name: code}
data:
  note.txt: "train.py: nothing"
  run.py: |
    import ray
    from transformers import pipeline
    BATCH = 16
    class Classifier:
        def __init__(self):
            self.pipe = pipeline("image-classification", model="org/vit")
        def __call__(self, batch):
            return self.pipe(batch["image"], batch_size=BATCH)
    ds.map_batches(Classifier, batch_size=BATCH, num_gpus=1, concurrency=4)
---
apiVersion: v1
kind: Secret
data:
  run.py: |
    import openai
`;
  const { short: found, sighting } = await seen('code.yaml', text);
  expect(found).toEqual(['batch-inference ray-data 15-15 {gpu_count=1@15, batch_size=16@9 variable, concurrency=4@15, model=org/vit@12}']);
  expect(sighting.workloads[0]?.fragment).toBe(true);
});

test.each<[what: string, name: string, text: string, expected: string[]]>([
  [
    'Beam’s vLLM: hardware and engine in one call',
    'a.py',
    'from beam.integrations import VLLM, VLLMArgs\nMODEL = "org/m-8B-AWQ"\nserver = VLLM(name="m", gpu="A10G", gpu_count=2, cpu=4, vllm_args=VLLMArgs(model=MODEL, max_model_len=4096))\n',
    ['serving vllm 3-3 {gpu_type=A10G@3, gpu_count=2@3, cpu=4@3, model=org/m-8B-AWQ@2 variable, max_model_len=4096@3}'],
  ],
  [
    'a model that the command line may name',
    'a.py',
    'import sys\nfrom vllm import LLM\nname = sys.argv[1] if len(sys.argv) > 1 else "org/m"\nLLM(model=name)\n',
    ['batch-inference vllm 4-4 {model=org/m@3 default}'],
  ],
  [
    'settings with a LoRA and a DeepSpeed file of their own',
    'a.yaml',
    'model_id: org/m\ncontext_length: 4096\nnum_devices: 16\nnum_epochs: 10\ntrain_batch_size_per_device: 8\nlearning_rate: 1e-4\ndeepspeed:\n  config_path: configs/zero_3.json\nlora_config: {r: 8}\n',
    ['training pytorch 1-9 {batch_size=8@5, seq_len=4096@2, gpus=16@3, lora_rank=8@9, strategy=zero3@8, model=org/m@1, epochs=10@4}'],
  ],
])('%s', async (_what, name, text, expected) => {
  expect(await short(name, text)).toEqual(expected);
});

test.each([
  ['--eval-interval 500 --eval-iters 20 --async-save', ['eval_steps=500@1', 'eval_batches=20@1', 'async_save=true@1']],
  ['--max_eval_samples 2000', ['eval_size=2000@1']],
])('evaluation and checkpoints beside the steps: %s', async (flags, facts) => {
  const [line] = await short('run.sh', `torchrun --nproc_per_node 8 pretrain.py --train-iters 1000 ${flags}\n`);
  for (const fact of facts) expect(line).toContain(fact);
});
