import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

test.each<[what: string, text: string, expected: string[]]>([
  [
    'litellm: functions, imported functions, Router; a server of one’s own is not hosted',
    `import litellm
from litellm import acompletion, Router
litellm.completion("gpt-4o-mini", messages=[{"role": "user", "content": "hi"}], max_tokens=64)
async def f(q):
    await acompletion(model="anthropic/claude-haiku-4-5", messages=q, thinking={"budget_tokens": 1024})
litellm.batch_completion(model="gpt-4o", messages=[[{"role": "user", "content": "a"}], [{"role": "user", "content": "b"}]])
router = Router(model_list=models)
router.completion(model="fast", messages=q)
litellm.completion(model="openai/x", api_base="http://localhost:4000", messages=[])
completion(model="not litellm's")
`,
    [
      'api-call litellm 3-3 {model=gpt-4o-mini@3, max_tokens=64@3, prompt_chars=2@3}',
      'api-call litellm 5-5 {model=anthropic/claude-haiku-4-5@5, reasoning_effort=1024@5} ?input_tokens',
      'api-call litellm 6-6 {model=gpt-4o@6, num_requests=2@6 default, prompt_chars=2@6}',
      'api-call litellm 8-8 {model=fast@8} ?input_tokens',
    ],
  ],
  [
    'langchain: model objects by their import, prompts and stores are none',
    `from langchain_openai import ChatOpenAI, OpenAIEmbeddings, OpenAI, AzureChatOpenAI
from langchain_core.prompts import ChatPromptTemplate
from langchain.chat_models import init_chat_model
from langchain_ollama import ChatOllama
from langchain_huggingface import HuggingFaceEmbeddings
from langgraph.prebuilt import create_react_agent
MODEL = "gpt-4o"
prompt = ChatPromptTemplate.from_messages([])
prompt | ChatOpenAI(model=MODEL, max_tokens=500, n=2)
OpenAIEmbeddings(model="text-embedding-3-small", dimensions=512)
OpenAI(model_name="gpt-3.5-turbo-instruct")
AzureChatOpenAI(azure_deployment="dep")
init_chat_model("anthropic:claude-sonnet-4-5")
ChatOllama(model="llama3")
HuggingFaceEmbeddings(model_name="BAAI/bge-m3")
ChatOpenAI(base_url="http://vllm:8000/v1", model="m")
create_react_agent("openai:gpt-4o-mini", tools)
create_react_agent(ChatOpenAI(), tools)
`,
    [
      'api-call langchain-openai 9-9 {model=gpt-4o@7 variable, max_tokens=500@9, n=2@9}',
      'api-call langchain-openai 10-10 {model=text-embedding-3-small@10, embedding_dims=512@10}',
      'api-call langchain-openai 11-11 {model=gpt-3.5-turbo-instruct@11}',
      'api-call langchain-openai 12-12 {model=dep@12}',
      'api-call langchain 13-13 {model=anthropic:claude-sonnet-4-5@13}',
      'api-call langchain-ollama 14-14 {model=llama3@14}',
      'api-call langchain 17-17 {model=openai:gpt-4o-mini@17}',
      'api-call langchain-openai 18-18 {}',
    ],
  ],
  [
    'one name, three libraries: the import decides',
    `from llama_index.llms.openai import OpenAI
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
llm = OpenAI(model="gpt-4o-mini", temperature=0)
embed = HuggingFaceEmbedding(model_name="BAAI/bge-small-en")
`,
    ['api-call llama-index 3-3 {model=gpt-4o-mini@3}'],
  ],
  [
    'gemini: client, handed-over method, old interface, chats',
    `import asyncio
from google import genai
from google.genai import types
import google.generativeai as old
class Maker:
    DEFAULT = "gemini-2.5-flash-image"
    def __init__(self, name=None):
        self.name = name or self.DEFAULT
        self.client = genai.Client(vertexai=True, location="europe-west4")
    async def make(self, p):
        return await asyncio.to_thread(self.client.models.generate_content, model=self.name, contents=p)
client = genai.Client()
client.models.generate_content(model="gemini-2.5-pro", contents="Hello", config=types.GenerateContentConfig(max_output_tokens=256, candidate_count=2, thinking_config=types.ThinkingConfig(thinking_budget=512)))
client.models.count_tokens(model="gemini-2.5-pro", contents="Hello")
model = old.GenerativeModel("gemini-1.5-flash", generation_config={"max_output_tokens": 99})
model.generate_content("Hi")
chat = client.chats.create(model="gemini-2.5-flash")
chat.send_message("Hi")
`,
    [
      'api-call google-genai 11-11 {model=gemini-2.5-flash-image@6 default, region=europe-west4@9} ?input_tokens',
      'api-call google-genai 13-13 {model=gemini-2.5-pro@13, max_tokens=256@13, n=2@13, reasoning_effort=512@13, prompt_chars=5@13}',
      'api-call google-genai 16-16 {model=gemini-1.5-flash@15, max_tokens=99@15, prompt_chars=2@16}',
      'api-call google-genai 18-18 {model=gemini-2.5-flash@17, prompt_chars=2@18}',
    ],
  ],
  [
    'bedrock: body of invoke_model, inferenceConfig of converse; other services’ methods of the name are none',
    `import boto3, json
runtime = boto3.client("bedrock-runtime", region_name="us-east-1")
body = json.dumps({"max_tokens": 1000, "messages": [{"role": "user", "content": prompt}]})
runtime.invoke_model(modelId="anthropic.claude-3-haiku-20240307-v1:0", body=body)
runtime.converse(modelId="amazon.nova-lite-v1:0", inferenceConfig={"maxTokens": 200}, messages=[{"role": "user", "content": [{"text": "Hi"}]}])
wrapper.invoke_model("x")
session = boto3.Session(region_name="eu-west-1")
session.client("bedrock-runtime").converse(modelId="amazon.nova-lite-v1:0", messages=[{"role": "user", "content": [{"text": "Hi"}]}])
`,
    [
      'api-call bedrock 4-4 {model=anthropic.claude-3-haiku-20240307-v1:0@4, max_tokens=1000@3, region=us-east-1@2} ?input_tokens',
      'api-call bedrock 5-5 {model=amazon.nova-lite-v1:0@5, max_tokens=200@5, region=us-east-1@2, prompt_chars=2@5}',
      'api-call bedrock 8-8 {model=amazon.nova-lite-v1:0@8, region=eu-west-1@7, prompt_chars=2@8}',
    ],
  ],
  [
    'agents SDK: runs, with the agent that is run; gathered runs are one; loops repeat',
    `import asyncio
from agents import Agent, Runner, ModelSettings
from openai.types.shared import Reasoning
agent = Agent(name="a", instructions="x", model="gpt-5", model_settings=ModelSettings(reasoning=Reasoning(effort="low"), max_tokens=500))
async def main(q):
    await Runner.run(agent, q, max_turns=7)
    await asyncio.gather(Runner.run(agent, q), Runner.run(agent, q))
    while True:
        a = await Runner.run(agent, q)
        b = await Runner.run(agent, a)
`,
    [
      'api-call openai-agents 6-6 {model=gpt-5@4, max_tokens=500@4, reasoning_effort=low@4, inference_steps=7@6}',
      'api-call openai-agents 7-7 {model=gpt-5@4, max_tokens=500@4, reasoning_effort=low@4, num_requests=2@7 default}',
      'api-call openai-agents 9-9 {model=gpt-5@4, max_tokens=500@4, reasoning_effort=low@4, call_in_loop=true@8 default}',
    ],
  ],
  [
    'agents SDK: an agent that is only defined',
    `from agents import Agent\nplanner = Agent(\n    name="p",\n    instructions="plan",\n    model="o3-mini",\n)\n`,
    ['api-call openai-agents 2-6 {model=o3-mini@5}'],
  ],
  ['a project’s own Agent class is none', `from .agents import Agent\nclass Agent2: pass\nAgent(model="gpt-4o")\n`, []],
  [
    'dspy, crewai: the model object carries the cost',
    `import dspy
from crewai import LLM, Agent, Crew
lm = dspy.LM("openai/gpt-4o-mini", max_tokens=1000)
llm = LLM(model="anthropic/claude-haiku-4-5")
crew = Crew(agents=[Agent(role="r", llm=llm)], tasks=[])
`,
    ['api-call dspy 3-3 {model=openai/gpt-4o-mini@3, max_tokens=1000@3}', 'api-call crewai 4-4 {model=anthropic/claude-haiku-4-5@4}'],
  ],
  [
    'crewai: agents that name their model, or leave it to the environment',
    `from crewai import Agent, Crew
a = Agent(role="r", llm="gpt-4o", max_iter=5)
crew = Crew(agents=[a], tasks=[])
`,
    ['api-call crewai 3-3 {model=gpt-4o@2, inference_steps=5@2}'],
  ],
  [
    'a project’s own wrapper around an API, where it is called',
    `from .llm import create_chat_completion
async def f(q, cfg):
    return await create_chat_completion(messages=q, model=cfg.model, max_tokens=4000)
`,
    ['api-call wrapper 3-3 {max_tokens=4000@3} ?model ?input_tokens'],
  ],
  [
    'clients of further providers',
    `import cohere, replicate
from mistralai import Mistral
from huggingface_hub import InferenceClient
cohere.ClientV2().chat(model="command-a", messages=[{"role": "user", "content": "hi"}])
Mistral(api_key=k).chat.complete(model="mistral-large-latest", messages=m)
replicate.run("meta/meta-llama-3-8b-instruct", input={"max_tokens": 5})
InferenceClient("http://10.0.0.3:8080", model="http://10.0.0.3:8080").chat_completion(messages=m)
bot.chat("not a client")
`,
    [
      'api-call cohere 4-4 {model=command-a@4, prompt_chars=2@4}',
      'api-call mistral 5-5 {model=mistral-large-latest@5} ?input_tokens',
      'api-call replicate 6-6 {model=meta/meta-llama-3-8b-instruct@6, max_tokens=5@6}',
    ],
  ],
])('%s', async (_, text, expected) => {
  expect((await seen('a.py', text)).short).toEqual(expected);
});

test.each([
  [
    'with defaults of its own',
    'from megatron.training import pretrain\npretrain(data, model_provider, kind, step, args_defaults={"micro_batch_size": 2, "bf16": True})\n',
    ['training megatron 2-2 {batch_size=2@2 default, precision=bf16@2 default}'],
  ],
  ['of another library', 'from mylib import pretrain\n# not megatron\npretrain(model)\n', []],
])('Megatron: a script that calls pretrain() %s', async (_, text, want) => expect((await seen('pretrain_x.py', text)).short).toEqual(want));
