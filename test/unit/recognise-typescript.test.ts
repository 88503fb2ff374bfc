import { describe, expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'a.ts'): Promise<string[]> => (await seen(name, text)).short;

describe('requests of TypeScript and JavaScript', () => {
  test.each<[what: string, text: string, expected: string[], name?: string]>([
    [
      'openai: constants, spreads, arithmetic, a prompt that is written out',
      `import OpenAI from 'openai';
const MODEL = 'gpt-4o' as const;
const shared = { model: MODEL, n: 2 };
const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });
const answer = await client.chat.completions.create({
  ...shared,
  max_completion_tokens: 100 * 3,
  messages: [{ role: 'user', content: \`Hello\` }],
});
`,
      ['api-call openai 5-9 {model=gpt-4o@2 variable, max_tokens=300@7, n=2@3, prompt_chars=5@8}'],
    ],
    [
      'openai: fields, defaults behind ?? and ||, a client loaded in the constructor',
      `class Bot {
  constructor(model = null) {
    const { OpenAI: Api } = require('openai');
    this.client = new Api({ apiKey: process.env.KEY });
    this.model = model || process.env.MODEL || 'gpt-4.1-nano';
  }
  async ask(input) {
    return this.client.responses
      .create({ model: this.model, input, reasoning: { effort: 'low' } })
      .catch(() => null);
  }
}
module.exports = { Bot };
`,
      ['api-call openai 8-9 {model=gpt-4.1-nano@5 default, reasoning_effort=low@9} ?input_tokens'],
      'bot.js',
    ],
    [
      'openai: clients of functions, of types, of lazily set names; other services by package and by address',
      `import OpenAI, { AzureOpenAI } from 'openai';
import Groq from 'groq-sdk';
let lazy: OpenAI | undefined;
function get() { return (lazy ??= new OpenAI()); }
export const embed = (x: string) => get().embeddings.create({ model: 'text-embedding-3-small', input: x, dimensions: 256 });
async function draw(client: OpenAI) { await client.images.generate({ model: 'gpt-image-1', prompt: 'cat' }); }
const azure = new AzureOpenAI({ deployment: 'dep', apiVersion: '2024' });
azure.chat.completions.create({ model: 'ignored', messages });
new Groq().chat.completions.create({ model: 'llama-3.3-70b-versatile', messages });
const router = new OpenAI({ baseURL: 'https://openrouter.ai/api/v1' });
router.chat.completions.create({ model: 'x/y', messages });
`,
      [
        'api-call openai 5-5 {model=text-embedding-3-small@5, embedding_dims=256@5} ?input_tokens',
        'api-call openai 6-6 {model=gpt-image-1@6, prompt_chars=3@6}',
        'api-call azure-openai 8-8 {model=dep@7} ?input_tokens',
        'api-call groq 9-9 {model=llama-3.3-70b-versatile@9} ?input_tokens',
        'api-call openrouter 11-11 {model=x/y@11} ?input_tokens',
      ],
    ],
    [
      'openai: a server of one’s own, a local class of that name, a mock, other things called create: none',
      `import OpenAI from 'openai';
const own = new OpenAI({ baseURL: 'http://localhost:8000/v1', apiKey: 'none' });
own.chat.completions.create({ model: 'm', messages: [] });
const either = new OpenAI({ baseURL: process.env.LLM_URL ?? 'http://vllm.default.svc/v1' });
either.chat.completions.create({ model: 'm', messages: [] });
prisma.user.create({ data: {} });
mockOpenai.embeddings.create({ model: 'm' });
await fetchModels(own.models.list());
`,
      [],
    ],
    [
      'openai: who answers at an address that is on no list, or that the text does not show; a response that goes on',
      `import OpenAI from 'openai';
new OpenAI({ baseURL: 'https://llm.example.com/v1' }).chat.completions.create({ model: 'gpt-4o', messages });
new OpenAI({ baseURL: process.env.LLM_URL }).chat.completions.create({ model: 'gpt-4o', messages });
new OpenAI({ baseURL: process.env.OPENAI_BASE_URL }).chat.completions.create({ model: 'gpt-4o', messages });
new OpenAI({ baseURL: process.env.LM_STUDIO_URL }).chat.completions.create({ model: 'm', messages });
new OpenAI().responses.stream({ response_id: id, starting_after: 3 });
`,
      [
        'api-call openai 2-2 {model=gpt-4o@2, base_url=https://llm.example.com/v1@2} ?input_tokens',
        'api-call openai-compatible 3-3 {model=gpt-4o@3} ?input_tokens',
        'api-call openai 4-4 {model=gpt-4o@4} ?input_tokens',
      ],
    ],
    [
      'a class of the file that is called like the client',
      `class OpenAI { chat = { completions: { create: async (x: unknown) => x } }; }
const client = new OpenAI();
client.chat.completions.create({ model: 'gpt-4o', messages: [] });
`,
      [],
    ],
    [
      'types, menus and comments name models and run nothing',
      `import type OpenAI from 'openai';
import type { Message } from '@anthropic-ai/sdk/resources';
// client.chat.completions.create({ model: 'gpt-4o' })
export const models = [{ id: 'openai/gpt-4o', label: 'GPT-4o' }];
export type Body = OpenAI.Chat.ChatCompletionCreateParams;
const text = "client.chat.completions.create({ model: 'gpt-4o' })";
`,
      [],
    ],
    [
      'a test calls what is replaced',
      `import OpenAI from 'openai';
new OpenAI().chat.completions.create({ model: 'gpt-4o', messages: [] });
`,
      [],
      'chat.test.ts',
    ],
    [
      'anthropic: caching, thinking, streams, batches; other messages are other services’',
      `import Anthropic from '@anthropic-ai/sdk';
const anthropic = new Anthropic();
anthropic.messages.create({
  model: 'claude-sonnet-4-5',
  max_tokens: 2048,
  thinking: { type: 'enabled', budget_tokens: 1024 },
  system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
  messages: [{ role: 'user', content: question }],
});
anthropic.messages.batches.create({ requests: [1, 2].map((n) => ({ custom_id: String(n), params: { model: 'claude-haiku-4-5', max_tokens: 10, messages: [] } })) });
twilio.messages.create({ body: 'hi', from: a, to: b });
`,
      [
        'api-call anthropic 3-9 {model=claude-sonnet-4-5@4, max_tokens=2048@5, reasoning_effort=1024@6, prompt_cache=true@7 default} ?input_tokens',
        'api-call anthropic 10-10 {model=claude-haiku-4-5@10, max_tokens=10@10, batch_api=true@10 default, num_requests=2@10 default} ?input_tokens',
      ],
    ],
    [
      'google: both libraries, chats, a model object with its limits',
      `import { GoogleGenAI } from '@google/genai';
import { GoogleGenerativeAI } from '@google/generative-ai';
const ai = new GoogleGenAI({});
await ai.models.generateContent({ model: 'gemini-2.5-flash', contents: 'Hi', config: { maxOutputTokens: 64, thinkingConfig: { thinkingBudget: 0 } } });
const chat = ai.chats.create({ model: 'gemini-2.5-pro' });
await chat.sendMessage({ message: text });
const model = new GoogleGenerativeAI(key).getGenerativeModel({ model: 'gemini-1.5-flash', generationConfig: { maxOutputTokens: 9 } });
await model.generateContentStream(text);
await model.startChat({ history: [] }).sendMessage(text);
await socket.sendMessage(text);
`,
      [
        'api-call google-genai 4-4 {model=gemini-2.5-flash@4, max_tokens=64@4, reasoning_effort=0@4, prompt_chars=2@4}',
        'api-call google-genai 6-6 {model=gemini-2.5-pro@5} ?input_tokens',
        'api-call google-genai 8-8 {model=gemini-1.5-flash@7, max_tokens=9@7} ?input_tokens',
        'api-call google-genai 9-9 {model=gemini-1.5-flash@7, max_tokens=9@7} ?input_tokens',
      ],
    ],
    [
      'bedrock: the settings in the body',
      `import { BedrockRuntimeClient, InvokeModelCommand, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
const body = { anthropic_version: 'x', max_tokens: 500, messages: [{ role: 'user', content: 'Hi' }] };
const command = new InvokeModelCommand({ modelId: 'anthropic.claude-3-haiku-20240307-v1:0', body: JSON.stringify(body) });
await client.send(new ConverseCommand({ modelId, messages, inferenceConfig: { maxTokens: 9 } }));
`,
      [
        'api-call bedrock 3-3 {model=anthropic.claude-3-haiku-20240307-v1:0@3, max_tokens=500@2, prompt_chars=2@2}',
        'api-call bedrock 4-4 {max_tokens=9@4} ?model ?input_tokens',
      ],
    ],
    [
      'AI SDK: providers, gateway strings, steps, thinking budgets, custom providers',
      `import { customProvider, embedMany, generateText, stepCountIs, streamText } from 'ai';
import { openai, createOpenAI } from '@ai-sdk/openai';
import { anthropic } from '@ai-sdk/anthropic';
const deep = createOpenAI({ baseURL: 'https://api.deepseek.com/v1' });
const mine = customProvider({ languageModels: { small: anthropic('claude-haiku-4-5') } });
await generateText({ model: openai('gpt-4o'), maxOutputTokens: 300, system: 'Be brief.', prompt: 'Hi' });
streamText({ model: 'anthropic/claude-sonnet-4-5', messages, stopWhen: [stepCountIs(5), done()], providerOptions: thinking ? { anthropic: { thinking: { type: 'enabled', budgetTokens: 10_000 } } } : undefined });
streamText({ model: deep.chat('deepseek-chat'), messages, maxSteps: 3 });
await generateText({ model: mine.languageModel('small'), prompt: text });
await embedMany({ model: openai.embedding('text-embedding-3-small'), values: ['a', 'b'] });
`,
      [
        'api-call vercel-ai 6-6 {model=gpt-4o@6, api_provider=openai@6, max_tokens=300@6, prompt_chars=11@6}',
        'api-call vercel-ai 7-7 {model=anthropic/claude-sonnet-4-5@7, inference_steps=5@7, reasoning_effort=10000@7} ?input_tokens',
        'api-call vercel-ai 8-8 {model=deepseek-chat@8, api_provider=deepseek@8, inference_steps=3@8} ?input_tokens',
        'api-call vercel-ai 9-9 {model=claude-haiku-4-5@5} ?input_tokens',
        'api-call vercel-ai 10-10 {model=text-embedding-3-small@10, api_provider=openai@10, prompt_chars=2@10}',
      ],
    ],
    [
      'AI SDK: a batch makes a request for each entry of its list',
      `import { experimental_startTextBatch as startTextBatch } from 'ai';
const model = 'anthropic/claude-haiku-4-5';
await startTextBatch({ model, requests: [{ id: 'a', prompt: 'Hi' }, { id: 'b', prompt: 'Ho' }] });
await startTextBatch({ model, requests: rows.map(toRequest) });
`,
      [
        'api-call vercel-ai 3-3 {model=anthropic/claude-haiku-4-5@2 variable, batch_api=true@3 default, num_requests=2@3 default}',
        'api-call vercel-ai 4-4 {model=anthropic/claude-haiku-4-5@2 variable, batch_api=true@4 default}',
      ],
    ],
    [
      'AI SDK: under other names; a provider at an address of one’s own, at one that is on no list',
      `import { streamText as start } from 'ai';
import * as ai from 'ai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
const local = createOpenAICompatible({ name: 'mine', baseURL: 'http://0.0.0.0:4000' });
const proxy = createOpenAICompatible({ name: 'proxy', baseURL: 'https://llm.example.com/v1' });
start({ model: 'openai/gpt-4o', messages });
ai.generateText({ model: 'openai/gpt-4o', messages });
start({ model: local.chatModel('m'), messages });
start({ model: proxy('m'), messages });
`,
      [
        'api-call vercel-ai 6-6 {model=openai/gpt-4o@6} ?input_tokens',
        'api-call vercel-ai 7-7 {model=openai/gpt-4o@7} ?input_tokens',
        'api-call vercel-ai 9-9 {model=m@9, base_url=https://llm.example.com/v1@5} ?input_tokens',
      ],
    ],
    [
      'AI SDK: functions of that name from elsewhere',
      `import { generateText } from './mine';
generateText({ model: 'gpt-4o' });
import { useChat } from '@ai-sdk/react';
useChat({ api: '/api/chat' });
`,
      [],
    ],
    [
      'LangChain: objects and names of models',
      `import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { initChatModel } from 'langchain/chat_models/universal';
import { createAgent } from 'langchain';
const llm = new ChatOpenAI({ modelName: 'gpt-4o-mini', maxTokens: 500 });
new OpenAIEmbeddings();
const other = await initChatModel('anthropic:claude-haiku-4-5', { temperature: 0 });
createAgent({ model: 'openai:gpt-5', tools: [] });
createAgent({ model: llm, tools: [] });
createAgent({ model: shared, tools: [] });
import { shared } from './models';
ChatPromptTemplate.fromTemplate('x');
`,
      [
        'api-call langchain-openai 5-5 {model=gpt-4o-mini@5, max_tokens=500@5}',
        'api-call langchain-openai 6-6 {}',
        'api-call langchain 7-7 {model=anthropic:claude-haiku-4-5@7}',
        'api-call langchain 8-8 {model=openai:gpt-5@8}',
        'api-call langchain 10-10 {} ?model',
      ],
    ],
    [
      'OpenAI Agents: the runs with their turns',
      `import { Agent, run } from '@openai/agents';
const agent = new Agent({ name: 'a', model: 'gpt-5', modelSettings: { reasoning: { effort: 'high' }, maxTokens: 900 } });
while (true) await run(agent, input, { maxTurns: 7 });
`,
      ['api-call openai-agents 3-3 {model=gpt-5@2, max_tokens=900@2, reasoning_effort=high@2, inference_steps=7@3, call_in_loop=true@3 default}'],
    ],
    [
      'LlamaIndex, Mistral, Cohere, Replicate, Hugging Face, fal, Workers AI, Ollama',
      `import { OpenAI } from 'llamaindex';
import { Mistral } from '@mistralai/mistralai';
import { CohereClientV2 } from 'cohere-ai';
import Replicate from 'replicate';
import { InferenceClient } from '@huggingface/inference';
import { fal } from '@fal-ai/client';
import ollama from 'ollama';
new OpenAI({ model: 'gpt-4o-mini' });
new Mistral({ apiKey }).chat.complete({ model: 'mistral-small-latest', maxTokens: 9, messages });
new CohereClientV2({}).embed({ model: 'embed-v4.0', texts: ['abc'] });
new Replicate().run('black-forest-labs/flux-schnell', { input: { prompt } });
new InferenceClient(token).chatCompletion({ model: 'meta-llama/Llama-3.1-8B-Instruct', messages, max_tokens: 5 });
fal.subscribe('fal-ai/flux/dev', { input: {} });
env.AI.run('@cf/meta/llama-3.1-8b-instruct', { prompt: 'Hi' });
ollama.chat({ model: 'llama3.2', messages });
`,
      [
        'api-call llama-index 8-8 {model=gpt-4o-mini@8}',
        'api-call mistral 9-9 {model=mistral-small-latest@9, max_tokens=9@9} ?input_tokens',
        'api-call cohere 10-10 {model=embed-v4.0@10, prompt_chars=3@10}',
        'api-call replicate 11-11 {model=black-forest-labs/flux-schnell@11}',
        'api-call huggingface_hub 12-12 {model=meta-llama/Llama-3.1-8B-Instruct@12, max_tokens=5@12} ?input_tokens',
        'api-call fal 13-13 {model=fal-ai/flux/dev@13}',
        'api-call cloudflare 14-14 {model=@cf/meta/llama-3.1-8b-instruct@14, prompt_chars=2@14}',
        'api-call ollama 15-15 {model=llama3.2@15} ?input_tokens',
      ],
    ],
    [
      'plain HTTP: the body and the address say the model; what sends nothing asks for a list',
      `const base = 'https://api.openai.com/v1';
await fetch(\`\${base}/chat/completions\`, { method: 'POST', body: JSON.stringify({ model: 'gpt-4o', max_tokens: 5, messages }) });
await axios.post('https://api.anthropic.com/v1/messages', { model: 'claude-haiku-4-5', max_tokens: 6, messages }, { headers });
await fetch(\`https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent?key=\${key}\`, { method: 'POST', body: JSON.stringify({ contents }) });
await fetch(base + '/models');
await fetch('https://example.com/chat/completions', { method: 'POST', body });
const router = axios.create({ baseURL: 'https://openrouter.ai/api/v1' });
await router.post('/chat/completions', { model: 'x/y', messages });
const found = process.env.LLM_URL;
await fetch(\`\${found}/v1/chat/completions\`, { method: 'POST', body: JSON.stringify({ model: 'm', messages }) });
await fetch(\`\${found}/v1/chat/completions\`, { method: 'POST', body: request.body });
await fetch(\`http://localhost:\${port}/v1/chat/completions\`, { method: 'POST', body: JSON.stringify({ model: 'm', messages }) });
import axios from 'axios';
`,
      [
        'api-call openai 2-2 {model=gpt-4o@2, max_tokens=5@2} ?input_tokens',
        'api-call anthropic 3-3 {model=claude-haiku-4-5@3, max_tokens=6@3} ?input_tokens',
        'api-call gemini 4-4 {model=gemini-2.5-flash@4} ?input_tokens',
        'api-call openrouter 8-8 {model=x/y@8} ?input_tokens',
        'api-call http 10-10 {model=m@10} ?input_tokens',
      ],
    ],
    [
      'markup, generics and what the two grammars differ in',
      `import { streamText } from 'ai';
const pick = async <T,>(x: T) => <div onClick={() => streamText({ model: 'openai/gpt-4o', prompt: 'Hi' })}>{x}</div>;
`,
      ['api-call vercel-ai 2-2 {model=openai/gpt-4o@2, prompt_chars=2@2}'],
      'page.tsx',
    ],
    [
      'type assertions in angle brackets',
      `import { generateText } from 'ai';
const settings = <any>{ model: 'openai/gpt-4o' };
const retry = async <T>(f: () => Promise<T>) => f();
retry(() => generateText({ ...settings, prompt: 'Hi' }));
`,
      ['api-call vercel-ai 4-4 {model=openai/gpt-4o@2, prompt_chars=2@4}'],
    ],
  ])('%s', async (_what, text, expected, name) => expect(await short(text, name)).toEqual(expected));
});

describe('values of TypeScript', () => {
  const model = async (before: string, expr: string): Promise<string> =>
    (await short(`import { generateText } from 'ai';\n${before}\ngenerateText({ model: ${expr} });`)).join().replace(/^.*?\{(.*)\}(.*)$/, '$1$2');
  test.each<[before: string, expr: string, expected: string]>([
    ["const M = { fast: 'a', slow: 'b' } as const;", 'M.fast', 'model=a@2 variable'],
    ["const M = { fast: 'a', slow: 'b' };", "M['slow']", 'model=b@2 variable'],
    ["const M = { fast: 'a' };", 'M[kind]', ' ?model'],
    ["enum M { Fast = 'a', Slow = 'b' }", 'M.Slow', 'model=b@2 variable'],
    ["class M { static readonly Fast = 'a' }", 'M.Fast', 'model=a@2 variable'],
    ["const { a: { b = 'x' } } = { a: { b: 'y' } };", 'b', 'model=y@2 variable'],
    ["const all = ['x', 'y'];", 'all[1]', 'model=y@2 variable'],
    ['', "process.env.MODEL ?? 'a'", 'model=a@3 default'],
    ['', "process.env['MODEL'] || 'a'", 'model=a@3 default'],
    ['', 'process.env.MODEL', ' ?model'],
    ['const big = true;', "big ? 'a' : 'b'", 'model=a@3'],
    ['', "big ? 'a' : 'b'", ' ?model'],
    ["let m = 'a'; if (x) m = 'b';", 'm', ' ?model'],
    ["let m; m = 'b';", 'm', 'model=b@2 variable'],
    ["const get = () => 'a';", 'get()', 'model=a@2 variable'],
    ["function get(kind) { if (kind) return 'a'; return 'b'; }", 'get(1)', ' ?model'],
    ["const v = '4o';", '`gpt-${v}`', 'model=gpt-4o@3 variable'],
    ["const M = Object.freeze({ fast: 'a' });", 'M.fast', 'model=a@2 variable'],
    ['const m = m;', 'm', ' ?model'],
    ['const a = b; const b = a;', 'a', ' ?model'],
  ])('%s %s', async (before, expr, expected) => expect(await model(before, expr)).toBe(expected));
});

test('parameters take what the one caller gives, else their default', async () => {
  expect(
    await short(`import OpenAI from 'openai';
const ai = new OpenAI();
async function ask({ model = 'gpt-4o-mini', limit }: { model?: string; limit: number }) {
  return ai.chat.completions.create({ model, max_tokens: limit, messages });
}
class Agent {
  constructor(private readonly model: string = 'gpt-4o') {}
  go() { return ai.chat.completions.create({ model: this.model, messages }); }
}
ask({ limit: 20 });
`),
  ).toEqual([
    'api-call openai 4-4 {model=gpt-4o-mini@3 default, max_tokens=20@10 variable} ?input_tokens',
    'api-call openai 8-8 {model=gpt-4o@7 default} ?input_tokens',
  ]);
});

test('of a prompt that is built at run time, what is written of it is said', async () => {
  const { sighting } = await seen(
    'a.ts',
    "import { generateText } from 'ai';\ngenerateText({ model: 'openai/gpt-4o', system: 'Be brief.', prompt: `Sum up: ${text}` });\n",
  );
  expect(sighting.workloads[0]?.unknown).toEqual([expect.objectContaining({ name: 'input_tokens', reason: expect.stringContaining('17 characters of it') })]);
});
test('parts that are joined count with what stands between them', async () => {
  expect(await short("import { generateText } from 'ai';\ngenerateText({ model: 'm', prompt: ['ab', 'cd', 'e'].join('\\n') });\n")).toEqual([
    'api-call vercel-ai 2-2 {model=m@2, prompt_chars=7@2}',
  ]);
  expect(await short('from openai import OpenAI\nOpenAI().responses.create(model="m", input="\\n".join(["ab", "cd", "e"]))\n', 'a.py')).toEqual([
    'api-call openai 2-2 {model=m@2, prompt_chars=7@2}',
  ]);
});
