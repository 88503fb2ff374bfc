import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'a.py'): Promise<string[]> => (await seen(name, text)).short;

test.each<[what: string, text: string, expected: string[]]>([
  [
    'openai: settings through variables and a dict of keyword arguments',
    `from openai import OpenAI
MODEL = "gpt-4o"
settings = {"model": MODEL, "n": 2}
client = OpenAI()
client.chat.completions.create(
    **settings,
    max_completion_tokens=100 * 3,
    messages=[{"role": "user", "content": "Hello"}],
)
`,
    ['api-call openai 5-9 {model=gpt-4o@2 variable, max_tokens=300@7, n=2@3, prompt_chars=5@8}'],
  ],
  [
    'openai: clients in attributes, with-statements and functions of the file',
    `import openai
class Bot:
    def __init__(self, model="gpt-4o-mini"):
        self.client = openai.AsyncOpenAI()
        self.model = model
    async def ask(self, q):
        return await self.client.with_options(timeout=3).responses.create(model=self.model, input=q, reasoning={"effort": "low"})
def make():
    return openai.OpenAI()
make().embeddings.create(model="text-embedding-3-small", input="x", dimensions=256)
with openai.OpenAI() as c:
    c.images.generate(model="gpt-image-1", prompt="cat")
`,
    [
      'api-call openai 7-7 {model=gpt-4o-mini@3 default, reasoning_effort=low@7} ?input_tokens',
      'api-call openai 10-10 {model=text-embedding-3-small@10, embedding_dims=256@10, prompt_chars=1@10}',
      'api-call openai 12-12 {model=gpt-image-1@12, prompt_chars=3@12}',
    ],
  ],
  [
    'openai: the deployment of an Azure client is its model',
    `from openai import AzureOpenAI
client = AzureOpenAI(azure_deployment="dep", azure_endpoint="https://x.openai.azure.com")
client.chat.completions.with_raw_response.create(model="ignored", messages=history)
`,
    ['api-call azure-openai 3-3 {model=dep@2} ?input_tokens'],
  ],
  [
    'openai: a server of one’s own is no hosted API',
    `import os
from openai import OpenAI
a = OpenAI(base_url="http://localhost:8000/v1", api_key="EMPTY")
a.chat.completions.create(model="m", messages=[])
b = OpenAI(base_url=f"http://{host}:{port}/v1")
b.chat.completions.create(model="m", messages=[])
c = OpenAI(base_url="http://vllm.default.svc.cluster.local/v1")
c.chat.completions.create(model="m", messages=[])
d = OpenAI(base_url="http://localhost:{}/v1".format(os.environ.get("PORT", 8000)))
d.chat.completions.create(model="m", messages=[])
e = OpenAI(base_url="https://openrouter.ai/api/v1")
e.chat.completions.create(model="qwen/qwen3-8b", messages=[])
`,
    ['api-call openrouter 12-12 {model=qwen/qwen3-8b@12} ?input_tokens'],
  ],
  [
    'openai: batches, hosted fine-tuning and the interface before 1.0',
    `import openai
client = openai.OpenAI()
client.batches.create(input_file_id=f, endpoint="/v1/chat/completions", completion_window="24h")
client.fine_tuning.jobs.create(training_file=f.id, model="gpt-4o-mini", hyperparameters={"n_epochs": 3})
openai.ChatCompletion.create(engine="gpt-35", messages=m)
`,
    [
      'api-call openai 3-3 {batch_api=true@3 default}',
      'training openai 4-4 {model=gpt-4o-mini@4, epochs=3@4} ?dataset',
      'api-call openai 5-5 {model=gpt-35@5} ?input_tokens',
    ],
  ],
  [
    'what multiplies a call: unbounded loops, gather, semaphores, pools',
    `import asyncio, openai
from concurrent.futures import ThreadPoolExecutor
client = openai.OpenAI()
sem = asyncio.Semaphore(5)
while True:
    client.responses.create(model="gpt-4o", input="hi")
while True:
    try:
        r = client.responses.create(model="gpt-4o", input="hi")
        break
    except Exception:
        pass
async def three():
    async with sem:
        await asyncio.gather(client.responses.create(model="a", input="hi"), client.responses.create(model="a", input="hi"))
def work(x):
    client.responses.create(model="b", input=x)
with ThreadPoolExecutor(max_workers=8) as pool:
    pool.map(work, xs)
`,
    [
      'api-call openai 6-6 {model=gpt-4o@6, call_in_loop=true@5 default, prompt_chars=2@6}',
      'api-call openai 9-9 {model=gpt-4o@9, prompt_chars=2@9}',
      'api-call openai 15-15 {model=a@15, num_requests=2@15 default, concurrency=5@4, prompt_chars=2@15}',
      'api-call openai 17-17 {model=b@17, concurrency=8@18} ?input_tokens',
    ],
  ],
  [
    'openai: what the code hides is unknown, with the reason',
    `from openai import OpenAI
def ask(**kwargs):
    return OpenAI().chat.completions.create(**kwargs)
`,
    ['api-call openai 3-3 {} ?model'],
  ],
  [
    'anthropic: thinking budget, caching, Bedrock region',
    `import anthropic
client = anthropic.AnthropicBedrock(aws_region="us-west-2")
client.messages.create(
    model="claude-sonnet-4-5",
    max_tokens=4000,
    thinking={"type": "enabled", "budget_tokens": 2000},
    system=[{"type": "text", "text": "You help.", "cache_control": {"type": "ephemeral"}}],
    messages=[{"role": "user", "content": "Hi"}],
)
client.messages.count_tokens(model="claude-sonnet-4-5", messages=[])
`,
    [
      'api-call anthropic-bedrock 3-9 {model=claude-sonnet-4-5@4, max_tokens=4000@5, reasoning_effort=2000@6, prompt_cache=true@7 default, region=us-west-2@2, prompt_chars=11@7}',
    ],
  ],
  [
    'anthropic: a batch is one call with the settings of its requests',
    `from anthropic import Anthropic
client = Anthropic()
questions = ["a", "b", "c"]
requests = [{"custom_id": q, "params": {"model": "claude-haiku-4-5", "max_tokens": 512, "messages": []}} for q in questions]
client.messages.batches.create(requests=requests)
`,
    ['api-call anthropic 5-5 {model=claude-haiku-4-5@4, max_tokens=512@4, batch_api=true@5 default, num_requests=3@5 default}'],
  ],
  [
    'other services have messages and completions too',
    `from twilio.rest import Client
client = Client()
client.messages.create(to="+1", from_="+2", body="hi")
db.responses.create(model="Survey")
# client.chat.completions.create(model="gpt-4o")
`,
    [],
  ],
])('%s', async (_, text, expected) => {
  expect(await short(text)).toEqual(expected);
});

test('what a test suite calls is no workload; a script that is only named like one is', async () => {
  const text = `import pytest\nfrom openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", messages=[])\n`;
  expect(await short(text, 'tests/chat.py')).toEqual([]);
  expect(await short(text, 'examples/test_chat.py')).toEqual([]);
  expect(await short(text.replace('import pytest\n', ''), 'examples/test_chat.py')).toHaveLength(1);
});

test('broken text still shows the calls that are whole', async () => {
  expect(await short('from openai import OpenAI\nc = OpenAI()\nc.responses.create(model="gpt-4o", input="a")\ndef f(:\n  (((\n')).toEqual([
    'api-call openai 3-3 {model=gpt-4o@3, prompt_chars=1@3}',
  ]);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'instructor: its own create, and the model where the client is made',
    'import instructor\nfrom openai import OpenAI\na = instructor.from_openai(OpenAI())\na.create(model="gpt-4o", response_model=X, messages=m)\nb = instructor.from_provider("openai/gpt-4o")\nb.chat.completions.create(response_model=X, messages=m)\n',
    ['api-call instructor 4-4 {model=gpt-4o@4} ?input_tokens', 'api-call openai 6-6 {model=openai/gpt-4o@5} ?input_tokens'],
  ],
  [
    'Hugging Face Inference: the model of the client; dashscope',
    'from huggingface_hub import InferenceClient\nimport dashscope\nc = InferenceClient("org/m-8b")\nc.chat_completion(messages=m, max_tokens=100)\ndashscope.Generation.call(model="qwen-max", messages=m)\n',
    ['api-call huggingface_hub 4-4 {model=org/m-8b@3, max_tokens=100@4} ?input_tokens', 'api-call dashscope 5-5 {model=qwen-max@5} ?input_tokens'],
  ],
])('%s', async (_what, text, expected) => {
  expect((await seen('a.py', text)).short).toEqual(expected);
});

test('hosted fine-tuning as the old library asks for it', async () => {
  const text = 'import openai\nopenai.FineTuningJob.create(training_file=f, model="gpt-3.5-turbo", hyperparameters={"n_epochs": 2})\n';
  expect((await seen('a.py', text)).short).toEqual(['training openai 2-2 {model=gpt-3.5-turbo@2, epochs=2@2} ?dataset']);
});
