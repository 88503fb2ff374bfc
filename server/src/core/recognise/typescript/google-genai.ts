import type { Call, Expr } from '../../syntax/python/ast.js';
import type { CallSite } from '../../syntax/typescript/program.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { SeenWorkload, TypescriptInput, TypescriptRecogniser } from '../types.js';
import { clientOf, receiver } from './client.js';
import { optionsOf, setting } from './options.js';
import { circumstances, flagFact, isTest, methodName } from './requests.js';

const direct = /\.models\.(?:generateContent(?:Stream)?|embedContent|generateImages|editImage|upscaleImage|generateVideos)$/;
const sends = /\.(?:generateContent(?:Stream)?|sendMessage(?:Stream)?|embedContent|batchEmbedContents)$/;
/** What makes the object that requests are sent by. */
const factories =
  /\.(?:getGenerativeModel|startChat)$|(?:^|\.)chats\.create$|^@google-cloud\/vertexai#GenerativeModel$|^firebase\/(?:ai|vertexai)#getGenerativeModel$/;
const libraries = /["'](?:@google\/genai(?:\/\w+)?|@google\/generative-ai|@google-cloud\/vertexai|firebase\/(?:ai|vertexai))["']/;

/** Requests of Google's generative AI clients. */
export const googleGenaiTypescript: TypescriptRecogniser = {
  id: 'google-genai',
  language: 'typescript',
  marker: /["'](?:@google\/genai(?:\/\w+)?|@google\/generative-ai|@google-cloud\/vertexai|firebase\/(?:ai|vertexai))["']|\bgenerateContent(?:Stream)?\b/,
  doc: {
    format: 'Gemini (TypeScript, JavaScript)',
    reads: '@google/genai, @google/generative-ai, Vertex AI: content, chats, embeddings, images, with limits and thinking budgets',
    example: "ai.models.generateContent({ model: 'gemini-2.5-flash', contents: 'Hi' })",
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    const chats = new Set<number>();
    return input.program
      .calls(
        /\b(?:generateContent(?:Stream)?|embedContent|batchEmbedContents|generateImages|editImage|upscaleImage|generateVideos|sendMessage(?:Stream)?|batches\s*\.\s*create)\b(?=\s*\()/g,
      )
      .filter(({ call }) => {
        // What is said to one chat is one conversation.
        const made = /\.sendMessage(?:Stream)?$/.test(methodName(input, call)) ? makerOf(input, call) : undefined;
        if (made === undefined || !/chats\.create$|startChat$/.test(input.evaluate.callee(made))) return true;
        if (chats.has(made.start)) return false;
        chats.add(made.start);
        return true;
      })
      .flatMap((site) => request(input, site));
  },
};

function request(input: TypescriptInput, site: CallSite): SeenWorkload[] {
  const { evaluate, document } = input;
  const { call } = site;
  const name = methodName(input, call);
  const isDirect = direct.test(name);
  if (call.callee.kind !== 'attribute' || (!isDirect && !sends.test(name))) return [];
  const made = isDirect ? undefined : makerOf(input, call);
  if (!isDirect && !made) return [];
  // Without the library in this file its methods may be anybody's wrapper; the client's own path is not.
  if (isDirect && !libraries.test(document.text) && clientOf(evaluate, receiver(call.callee, /^models$/), /^@google\//).own) return [];
  const first = call.args[0]?.value;
  const given = optionsOf(evaluate, first);
  const from = made ? optionsOf(evaluate, made.args.find((arg) => evaluate.expression(arg.value).kind === 'dict')?.value) : given;
  const configs = [given, from].flatMap((one) => [optionsOf(evaluate, one.get('config', 'generationConfig')), one]);
  const either = (fact: string, ...spellings: string[]) => configs.map((one) => setting(evaluate, fact, one, spellings)).find((one) => one !== undefined);
  const thinking = configs.map((one) => optionsOf(evaluate, one.get('thinkingConfig')));
  const cached = configs.map((one) => one.get('cachedContent')).find((one) => one !== undefined);
  const positional = made?.args[0]?.value;
  return [
    apiCall(input, 'google-genai', call, [
      setting(evaluate, 'model', from, ['model'], true) ??
        (positional && evaluate.fact('model', positional, (value) => (typeof value === 'string' ? value : undefined))),
      either('max_tokens', 'maxOutputTokens'),
      either('n', 'candidateCount', 'numberOfImages'),
      thinking.map((one) => setting(evaluate, 'reasoning_effort', one, ['thinkingBudget', 'thinkingLevel'])).find((one) => one !== undefined),
      cached && flagFact(input, 'prompt_cache', cached),
      either('embedding_dims', 'outputDimensionality'),
      ...circumstances(input, site),
      promptFact(evaluate, ...promptOf(configs, given, first)),
    ]),
  ];
}

/** The call that names the model: of a chat, what the chat was started from. */
function makerOf({ evaluate }: TypescriptInput, call: Call): Call | undefined {
  let object: Expr = call.callee.kind === 'attribute' ? call.callee.object : call.callee;
  for (let step = 0; step < 3; step++) {
    const { made } = clientOf(evaluate, object, factories);
    if (!made || !factories.test(evaluate.callee(made))) return undefined;
    if (!/\.startChat$/.test(evaluate.callee(made)) || made.callee.kind !== 'attribute') return made;
    object = made.callee.object;
  }
  return undefined;
}
function promptOf(configs: readonly ReturnType<typeof optionsOf>[], given: ReturnType<typeof optionsOf>, first: Expr | undefined): (Expr | undefined)[] {
  const system = configs.map((one) => one.get('systemInstruction')).find((one) => one !== undefined);
  return [system, given.get('contents', 'content', 'message', 'prompt') ?? (first?.kind === 'dict' ? undefined : first)];
}
