import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

test.each<[what: string, name: string, text: string, expected: string[]]>([
  [
    'an address with a part that the reader fills in is no address of one’s own',
    'a.py',
    'from langchain_openai import AzureChatOpenAI\na = AzureChatOpenAI(azure_deployment="gpt35", azure_endpoint="https://<your-endpoint>.openai.azure.com/")\nb = AzureChatOpenAI(azure_deployment="gpt4", azure_endpoint="https://{resource}/")\nc = AzureChatOpenAI(azure_deployment="x", azure_endpoint="http://<host>:8000/")\n',
    ['api-call langchain-openai 2-2 {model=gpt35@2}', 'api-call langchain-openai 3-3 {model=gpt4@3}'],
  ],
  [
    'a service that no table lists, by path and body',
    'a.py',
    'import requests\nrequests.post("https://api.some-models.example/v1/chat/completions", json={"model": "m", "max_tokens": 9, "messages": m})\nrequests.post("https://api.some-models.example/v1/chat/completions", data=forwarded)\nrequests.post("http://localhost:8000/v1/chat/completions", json={"model": "m", "messages": m})\n',
    ['api-call http 2-2 {model=m@2, max_tokens=9@2} ?input_tokens'],
  ],
  [
    'a Bedrock client that a function makes for several services',
    'a.py',
    'import boto3\ndef make(service="sts"):\n    return boto3.client(service)\nbedrock = make()\nbedrock.converse(modelId="anthropic.claude-3-haiku-20240307-v1:0", messages=[])\n',
    ['api-call bedrock 5-5 {model=anthropic.claude-3-haiku-20240307-v1:0@5} ?input_tokens'],
  ],
  [
    'Mistral: a batch and a hosted fine-tuning',
    'a.py',
    'from mistralai import Mistral\nclient = Mistral()\nclient.batch.jobs.create(input_files=[f], model="mistral-small-latest", endpoint="/v1/chat/completions")\nclient.fine_tuning.jobs.create(model="open-mistral-7b", training_files=f, hyperparameters={"training_steps": 10, "epochs": 2})\n',
    [
      'api-call mistral 3-3 {batch_api=true@3 default, model=mistral-small-latest@3}',
      'training mistral 4-4 {model=open-mistral-7b@4, epochs=2@4, max_steps=10@4}',
    ],
  ],
  [
    'a trainer class by its name, a trainer that other files run',
    'a.py',
    `import torch
import trainers
class MyTrainer:
    def run_batch(self, x):
        self.net(x).backward()
        self.optimizer.step()
    def train(self):
        for epoch in range(self.epochs):
            for x in self.data:
                self.run_batch(x)
class Helper:
    def train(self):
        for x in self.data:
            self.net(x).backward()
            self.optimizer.step()
`,
    ['training pytorch 8-10 {}'],
  ],
  [
    'a trainer class by its name',
    'a.py',
    'import torch\nimport trainers\nif __name__ == "__main__":\n    TrainerClass = getattr(trainers, config.trainer)\n    trainer = TrainerClass(policy, config)\n    trainer.train()\n',
    ['training pytorch 5-6 {}'],
  ],
  [
    'FSDP offloads parameters only where it is told to',
    'a.py',
    'import torch\nfrom torch.distributed.fsdp import FullyShardedDataParallel as FSDP, CPUOffload\nnet = FSDP(net, cpu_offload=CPUOffload(offload_params=False))\nopt = torch.optim.SGD(net.parameters())\nfor epoch in range(3):\n    net(x).backward()\n    opt.step()\n',
    ['training pytorch 5-7 {epochs=3@5, strategy=fsdp@3, optimizer=SGD@4}'],
  ],
  [
    'MLX: weights out of files, a generator of the program',
    'a.py',
    'import mlx.core as mx\nfrom mlx.utils import tree_unflatten\ndef load_model(folder):\n    weights = tree_unflatten(list(mx.load(folder).items()))\n    model = Net(args)\n    model.update(weights)\n    return model\ndef generate(prompt, model):\n    yield model(prompt)\nif __name__ == "__main__":\n    parser.add_argument("--max-tokens", type=int, default=100)\n    model = load_model("x")\n    for token in generate(prompt, model): print(token)\n',
    ['batch-inference mlx 12-13 {max_tokens=100@11 default}'],
  ],
])('%s', async (_what, name, text, expected) => {
  expect((await seen(name, text)).short).toEqual(expected);
});
