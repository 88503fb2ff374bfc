import { describe, expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'a.py') => (await seen(name, text)).short;

describe('SageMaker', () => {
  test('an estimator with its script, hyperparameters set later, and a tuner', async () => {
    const { short: found, sighting } = await seen(
      'launch.py',
      `from sagemaker.pytorch import PyTorch
from sagemaker.tuner import HyperparameterTuner
hp = {"epochs": 3, "per-device-train-batch-size": "8", "lr": 1e-4}
hp["max_seq_length"] = 512
est = PyTorch(entry_point="train.py", source_dir="src", instance_type="ml.p4d.24xlarge", instance_count=2, use_spot_instances=True,
    max_run=2 * 3600, hyperparameters=hp, distribution={"torch_distributed": {"enabled": True}})
tuner = HyperparameterTuner(est, "loss", {}, max_jobs=20, max_parallel_jobs=4)
tuner.fit()
`,
    );
    expect(found).toEqual([
      'training sagemaker 5-6 {instance_type=ml.p4d.24xlarge@5, instance_count=2@5, spot=true@5, max_time=7200@6, trials=20@7, concurrency=4@7, batch_size=8@3, seq_len=512@4, epochs=3@3}',
    ]);
    expect(sighting.workloads[0]?.launch?.target).toEqual({ kind: 'script', name: 'src/train.py' });
  });
  test('the machine of a ModelTrainer stands in its Compute', async () => {
    expect(
      await short(
        `from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, SourceCode, StoppingCondition
KIND = "ml.g5.12xlarge"
trainer = ModelTrainer(source_code=SourceCode(entry_script="t.py"), compute=Compute(instance_type=KIND, instance_count=1),
    stopping_condition=StoppingCondition(max_runtime_in_seconds=600), hyperparameters={"num_train_epochs": 2})
`,
      ),
    ).toEqual(['training sagemaker 4-5 {instance_type=ml.g5.12xlarge@3 variable, instance_count=1@4, max_time=600@5, epochs=2@5}']);
  });
  test.each([
    [
      'a Hugging Face model with its container',
      `import json
from sagemaker.huggingface import HuggingFaceModel
config = {"HF_MODEL_ID": "org/chat-7b", "SM_NUM_GPUS": json.dumps(4), "MAX_TOTAL_TOKENS": json.dumps(4096)}
model = HuggingFaceModel(role=role, image_uri=uri, env=config)
llm = model.deploy(initial_instance_count=1, instance_type="ml.g5.12xlarge")
`,
      'serving sagemaker 5-5 {instance_type=ml.g5.12xlarge@5, instance_count=1@5, model=org/chat-7b@3, tensor_parallel=4@3, max_model_len=4096@3}',
    ],
    [
      'JumpStart',
      'from sagemaker.jumpstart.model import JumpStartModel\nm = JumpStartModel(model_id="meta-textgeneration-llama-2-7b", instance_type="ml.g5.2xlarge")\np = m.deploy()\n',
      'serving sagemaker 3-3 {instance_type=ml.g5.2xlarge@2, model=meta-textgeneration-llama-2-7b@2}',
    ],
    [
      'a boto3 request',
      'import boto3\nsm = boto3.client("sagemaker")\nsm.create_endpoint_config(EndpointConfigName="e", ProductionVariants=[{"InstanceType": "ml.g4dn.xlarge", "InitialInstanceCount": 2}])\n',
      'serving sagemaker 3-3 {instance_type=ml.g4dn.xlarge@3, instance_count=2@3}',
    ],
    [
      'a transform job',
      'from sagemaker.pytorch import PyTorchModel\nm = PyTorchModel(model_data=d)\nt = m.transformer(instance_count=3, instance_type="ml.g4dn.xlarge")\n',
      'batch-inference sagemaker 3-3 {instance_type=ml.g4dn.xlarge@3, instance_count=3@3}',
    ],
  ])('%s', async (_, text, expected) => {
    expect(await short(text)).toEqual([expected]);
  });
  test.each([
    ['a model that is not deployed', 'from sagemaker.huggingface import HuggingFaceModel\nm = HuggingFaceModel(env={"HF_MODEL_ID": "a/b"})\n'],
    ['another deploy', 'import sagemaker\nfrom mine import Site\nSite("x").deploy(branch="main")\n'],
  ])('none: %s', async (_, text) => {
    expect(await short(text)).toEqual([]);
  });
});

describe('Vertex AI', () => {
  test('a container job with its arguments in a list', async () => {
    expect(
      await short(
        `from google.cloud import aiplatform
job = aiplatform.CustomContainerTrainingJob(display_name="j", container_uri=uri, command=["sh", "-c", 'exec trl sft "$@"', "--"])
args = ["--model_name_or_path=org/m-7b", "--use_peft", "--lora_r=16", "--per_device_train_batch_size", "2", f"--output_dir={out}"]
job.run(args=args, replica_count=2, machine_type="a2-highgpu-4g", accelerator_type="NVIDIA_TESLA_A100", accelerator_count=4, timeout=60 * 60)
`,
      ),
    ).toEqual([
      'training trl 4-4 {instance_count=2@4, instance_type=a2-highgpu-4g@4, gpu_type=NVIDIA_TESLA_A100@4, gpu_count=4@4, max_time=3600@4, model=org/m-7b@3, batch_size=2@3, lora_rank=16@3, finetune_method=lora@3}',
    ]);
  });
  test('a job of worker pools under a tuning job', async () => {
    expect(
      await short(
        `from google.cloud import aiplatform as aip
pools = [{"machine_spec": {"machine_type": "n1-standard-8", "accelerator_type": aip.gapic.AcceleratorType.NVIDIA_TESLA_T4, "accelerator_count": 2},
  "replica_count": 1, "container_spec": {"image_uri": i, "args": ["--epochs=5"]}}]
custom = aip.CustomJob(display_name="c", worker_pool_specs=pools)
aip.HyperparameterTuningJob(display_name="h", custom_job=custom, max_trial_count=15, parallel_trial_count=3).run()
`,
      ),
    ).toEqual([
      'training vertex-ai 4-4 {instance_count=1@3, instance_type=n1-standard-8@2, gpu_type=NVIDIA_TESLA_T4@2, gpu_count=2@2, trials=15@5, concurrency=3@5, epochs=5@3}',
    ]);
  });
  test('an uploaded model that an endpoint deploys', async () => {
    expect(
      await short(
        `from google.cloud import aiplatform
model = aiplatform.Model.upload(display_name="m", serving_container_image_uri=uri,
    serving_container_args=["--model=org/m-8b", "--tensor-parallel-size=2", "--max-model-len=8192"])
endpoint.deploy(model=model, machine_type="g2-standard-24", accelerator_type="NVIDIA_L4", accelerator_count=2, min_replica_count=1, max_replica_count=3)
`,
      ),
    ).toEqual([
      'serving vertex-ai 4-4 {instance_type=g2-standard-24@4, gpu_type=NVIDIA_L4@4, gpu_count=2@4, min_replicas=1@4, max_replicas=3@4, model=org/m-8b@3, tensor_parallel=2@3, max_model_len=8192@3}',
    ]);
  });
  test('an upload alone runs nothing', async () => {
    expect(await short('from google.cloud import aiplatform\naiplatform.Model.upload(display_name="m", serving_container_image_uri=u)\n')).toEqual([]);
  });
});

describe('Metaflow', () => {
  test('a gang of nodes under torchrun; steps without accelerators are none', async () => {
    const { short: found, sighting } = await seen(
      'flow.py',
      `from metaflow import FlowSpec, step, kubernetes, torchrun, current
GPUS = 4
class Train(FlowSpec):
    @step
    def start(self):
        self.next(self.train, num_parallel=2)
    @kubernetes(gpu=GPUS, cpu=12, memory=28000)
    @torchrun
    @step
    def train(self):
        current.torch.run(entrypoint="main.py", entrypoint_args={"batch-size": 32}, nproc_per_node=GPUS)
        self.next(self.end)
    @kubernetes(cpu=2)
    @step
    def end(self):
        pass
`,
    );
    expect(found).toEqual([
      'training metaflow 7-12 {gpu_count=4@2 variable, cpu=12@7, memory=28000@7, num_nodes=2@6, nproc_per_node=4@2 variable, batch_size=32@11}',
    ]);
    expect(sighting.workloads[0]?.launch?.target.name).toBe('main.py');
  });
});

describe('Optuna', () => {
  const objective = (body: string) => `import optuna\nimport torch\ndef objective(trial):\n${body}\nstudy = optuna.create_study()\n`;
  const loop = '    for epoch in range(3):\n        for x in loader:\n            loss.backward()\n            opt.step()\n    return 1';
  test('the search stands beside the training that counts its trials', async () => {
    const { short: found, sighting } = await seen('a.py', `${objective(loop)}study.optimize(objective, n_trials=50, timeout=600)\n`);
    expect(found).toEqual(['training pytorch 4-7 {epochs=3@4, trials=50@10}', 'training optuna 10-10 {trials=50@10, max_time=600@10}']);
    expect(sighting.workloads.map((one) => one.fragment)).toEqual([undefined, true]);
  });
  test('none: a model for a CPU', async () => {
    expect(
      await short('import optuna\nfrom sklearn.svm import SVC\ndef f(t):\n    return SVC().fit(x, y).score()\noptuna.create_study().optimize(f, n_trials=9)\n'),
    ).toEqual([]);
  });
});

describe('torchtitan', () => {
  test('each whole configuration; one that changes another is none', async () => {
    expect(
      await short(
        `from torchtitan.config import ParallelismConfig, TrainingConfig
from torchtitan.components.optimizer import default_adamw
from torchtitan.trainer import Trainer
def small() -> Trainer.Config:
    return Trainer.Config(
        model_spec=model_registry("8B"),
        optimizer=default_adamw(lr=1e-4),
        training=TrainingConfig(num_tokens_per_microbatch_per_dp_rank=4 * 2048, max_context_length=2048, steps=100),
        parallelism=ParallelismConfig(tensor_parallel_degree=2),
    )
def changed() -> Trainer.Config:
    config = small()
    config.training.steps = 5
    return config
`,
        'registry.py',
      ),
    ).toEqual(['training torchtitan 4-10 {seq_len=2048@8, max_steps=100@8, batch_size=4@8 default, tensor_parallel=2@9, optimizer=adamw@7, model=8B@6}']);
  });
});

test.each([
  ['under models/', 'WEIGHTS_PATH = "models/chat-7b/tensors/w.tensors"', 'chat-7b'],
  ['as an id', 'MODEL_ID = "org/chat-7b"', 'org/chat-7b'],
])('Cog: a constant names the model that is loaded from outside, %s', async (_, constant, model) => {
  const name = constant.split(' ')[0];
  expect(
    await short(
      `from cog import BasePredictor\n${constant}\nclass Predictor(BasePredictor):\n    def setup(self, weights=None):\n        self.model = load(weights or ${name})\n    def predict(self, prompt: str):\n        return self.model(prompt)\n`,
    ),
  ).toEqual([`serving cog 3-7 {model=${model}@2 variable}`]);
});

describe('Ray', () => {
  test('a search over a trainer: the trainer counts the trials', async () => {
    const { short: found, sighting } = await seen(
      'a.py',
      `import torch
from ray import tune
from ray.train import ScalingConfig
from ray.train.torch import TorchTrainer
trainer = TorchTrainer(loop, scaling_config=ScalingConfig(num_workers=2, use_gpu=True))
tuner = tune.Tuner(trainer, tune_config=tune.TuneConfig(num_samples=8, max_concurrent_trials=2))
tuner.fit()
`,
    );
    expect(found).toEqual(['training ray-train 5-5 {num_nodes=2@5, gpu_count=1@5 default, trials=8@6}', 'training ray-tune 6-6 {trials=8@6, concurrency=2@6}']);
    expect(sighting.workloads[1]?.fragment).toBe(true);
  });
  test('grids multiply the samples of a function with resources', async () => {
    expect(
      await short(
        'import torch\nfrom ray import tune\ntune.Tuner(tune.with_resources(train, {"gpu": 1, "cpu": 4}), param_space={"lr": tune.grid_search([1, 2, 3])}, tune_config=tune.TuneConfig(num_samples=2)).fit()\n',
      ),
    ).toEqual(['training ray-tune 3-3 {trials=6@3, gpu_count=1@3, cpu=4@3}']);
  });
  test('another Tuner, and a search without a network, are none', async () => {
    expect(await short('import torch\nfrom mine import Tuner\nTuner(train).fit()\n')).toEqual([]);
    expect(await short('from ray import tune\ntune.run(objective, num_samples=10)\n')).toEqual([]);
  });
  test('a model over a data set', async () => {
    expect(
      await short(
        `import ray
from transformers import pipeline
class Predictor:
    def __init__(self):
        self.pipe = pipeline("image-classification", model="org/vit")
    def __call__(self, batch):
        return self.pipe(batch)
ray.data.read_images(p).map_batches(Predictor, batch_size=16, num_gpus=1, concurrency=4)
`,
      ),
    ).toContain('batch-inference ray-data 8-8 {gpu_count=1@8, batch_size=16@8, concurrency=4@8, model=org/vit@5}');
  });
  test('a served deployment with its engine', async () => {
    expect(
      await short(
        `from ray import serve
from vllm import LLM
@serve.deployment(num_replicas=2, ray_actor_options={"num_gpus": 1}, max_ongoing_requests=10)
class Chat:
    def __init__(self):
        self.llm = LLM(model="org/chat-7b", max_model_len=4096)
`,
      ),
    ).toEqual(['serving ray 3-6 {gpu_count=1@3, replicas=2@3, concurrency=10@3, model=org/chat-7b@6, max_model_len=4096@6}']);
  });
});

test.each([
  [
    'BentoML: a decorator under a name of its own, arguments of the bento, the engine in the command',
    'import bentoml, pydantic\nclass Args(pydantic.BaseModel):\n    tp: int = 2\n    gpu_type: str = "nvidia-h100-80gb"\n    model_id: str = "Org/Big-Model"\nargs = bentoml.use_arguments(Args)\nservice = bentoml.service\n@service(resources={"gpu": args.tp, "gpu_type": args.gpu_type})\nclass S:\n    hf = bentoml.models.HuggingFaceModel(args.model_id.lower())\n    def __command__(self):\n        return ["vllm", "serve", self.hf, "--max-model-len", str(4096), "--dtype=bfloat16", *self.more]\n',
    /^serving bentoml 8-12 \{gpu_count=2@3 default, gpu_type=nvidia-h100-80gb@4 default, max_model_len=4096@12, precision=bf16@12, model=org\/big-model@5 default/,
  ],
  [
    'BentoML',
    'import bentoml\nfrom transformers import pipeline\n@bentoml.service(resources={"gpu": 1, "gpu_type": "nvidia-l4"}, traffic={"concurrency": 8})\nclass S:\n    def __init__(self):\n        self.p = pipeline("summarization", model="org/sum")\n    @bentoml.api\n    def run(self, text: str) -> str:\n        return self.p(text)\n',
    /^serving bentoml 3-9 \{gpu_count=1@3, gpu_type=nvidia-l4@3, concurrency=8@3/,
  ],
  [
    'Flyte',
    'from flytekit import task, Resources\nfrom flytekit.extras.accelerators import A100\n@task(requests=Resources(gpu="2", cpu="8", mem="32Gi"), accelerator=A100)\ndef train_model(epochs: int):\n    run(epochs)\n',
    /^training flytekit 3-5 \{gpu_count=2@3, cpu=8@3, memory=32Gi@3, gpu_type=A100@3\}$/,
  ],
])('%s: what the decorator asks for', async (_, text, expected) => {
  const found = await short(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(expected);
});
test.each([
  ['a task without accelerators', 'from flytekit import task, Resources\n@task(requests=Resources(cpu="2"))\ndef prepare():\n    pass\n'],
  ['another service', 'from mine import service\n@service(resources={"gpu": 1})\nclass S:\n    pass\n'],
])('none: %s', async (_, text) => {
  expect(await short(text)).toEqual([]);
});
test('SageMaker: machines by position and from a pipeline parameter', async () => {
  expect(
    await short(
      `from sagemaker.huggingface import HuggingFace
from sagemaker.workflow.parameters import ParameterString
kind = ParameterString(name="Kind", default_value="ml.p3.2xlarge")
est = HuggingFace(entry_point="train.py", instance_type=kind, instance_count=1)
est.fit()
predictor = est.deploy(1, "ml.g4dn.xlarge")
`,
    ),
  ).toEqual([
    'training sagemaker 4-4 {instance_type=ml.p3.2xlarge@3 default, instance_count=1@4}',
    'serving sagemaker 6-6 {instance_type=ml.g4dn.xlarge@6, instance_count=1@6}',
  ]);
});
