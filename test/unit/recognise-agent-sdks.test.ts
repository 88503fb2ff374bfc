import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

test.each<[what: string, name: string, text: string, expected: string[]]>([
  [
    'Claude Agent SDK: a query, with options and without',
    'a.py',
    `from claude_agent_sdk import query, ClaudeAgentOptions, ClaudeSDKClient
options = ClaudeAgentOptions(model="claude-sonnet-4-5", max_turns=3)
async def ask():
    async for message in query(prompt="Hi", options=options):
        print(message)
    async for message in query(prompt="Hi"):
        print(message)
async def talk():
    async with ClaudeSDKClient(ClaudeAgentOptions(model="claude-haiku-4-5")) as client:
        await client.query("Hello")
        db.query("select 1")
`,
    [
      'api-call claude-agent 4-4 {model=claude-sonnet-4-5@2, inference_steps=3@2} ?input_tokens',
      'api-call claude-agent 6-6 {} ?model ?input_tokens',
      'api-call claude-agent 10-10 {model=claude-haiku-4-5@9} ?input_tokens',
    ],
  ],
  [
    'Claude Agent SDK in TypeScript',
    'a.ts',
    `import { query } from '@anthropic-ai/claude-agent-sdk';
for await (const message of query({ prompt: 'Hi', options: { model: 'claude-opus-4-5', maxTurns: 5 } })) console.log(message);
`,
    ['api-call claude-agent 2-2 {model=claude-opus-4-5@2, inference_steps=5@2} ?input_tokens'],
  ],
  [
    'xAI: a chat is one workload, with the answers that it is asked for later',
    'a.py',
    `from xai_sdk import AsyncClient
client = AsyncClient()
async def ask():
    chat = client.chat.create(model="grok-4", max_tokens=100)
    return await chat.sample_batch(5)
client.image.sample(prompt="a cat", model="grok-2-image")
`,
    ['api-call xai 4-4 {model=grok-4@4, max_tokens=100@4, n=5@5}', 'api-call xai 6-6 {model=grok-2-image@6, prompt_chars=5@6}'],
  ],
  [
    'agents whose model this file does not make, and those whose model is an object of its own',
    'a.py',
    `from agno.agent import Agent
from agno.models.openai import OpenAIChat
from smolagents import CodeAgent, TransformersModel
from google.adk.agents import LlmAgent
from settings import MODEL
first = Agent(tools=[search])
second = Agent(model=OpenAIChat(id="gpt-5-mini"))
def crawl(model):
    return CodeAgent(tools=[], model=model, max_steps=20)
third = CodeAgent(tools=[], model=TransformersModel("x/y"))
root = LlmAgent(model=MODEL, name="root")
`,
    [
      'api-call agno 6-6 {}',
      'api-call agno 7-7 {model=gpt-5-mini@7}',
      'api-call smolagents 9-9 {inference_steps=20@9} ?model',
      'batch-inference smolagents 10-10 {model=x/y@10}',
      'api-call google-adk 11-11 {} ?model',
    ],
  ],
  [
    'Haystack: hosted generators and embedders, not those of this machine',
    'a.py',
    `from haystack_integrations.components.embedders.nvidia import NvidiaTextEmbedder
from haystack_integrations.components.generators.ollama import OllamaGenerator
from haystack.components.generators import HuggingFaceLocalGenerator
from haystack.components.generators.chat import HuggingFaceAPIChatGenerator
a = NvidiaTextEmbedder(model="nv-embed")
b = OllamaGenerator(model="x")
c = HuggingFaceLocalGenerator(model="x")
d = HuggingFaceAPIChatGenerator(api_params={"model": "x"})
`,
    ['api-call haystack 5-5 {model=nv-embed@5}', 'batch-inference haystack 7-7 {model=x@7}', 'api-call haystack 8-8 {}'],
  ],
])('%s', async (_what, name, text, expected) => {
  expect((await seen(name, text)).short).toEqual(expected);
});
