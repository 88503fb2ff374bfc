import type { Expr } from '../../syntax/python/ast.js';
import type { CallSite } from '../../syntax/typescript/program.js';
import type { SeenWorkload, TypescriptInput, TypescriptRecogniser } from '../types.js';
import { modelObject } from './model-object.js';
import { optionsOf, setting } from './options.js';
import { importedCalls, isTest } from './requests.js';

/** Classes whose objects send requests. Prompts, messages and histories are named alike and send none. */
const classes =
  /^(?:Azure)?Chat(?!Prompt|Message|Generation|Result|Session|History|Model$)[A-Z]\w*$|^(?:BedrockChat|(?:Azure)?OpenAI|AzureOpenAI|Anthropic|VertexAI|GooglePaLM|Bedrock|Cohere|TogetherAI|Fireworks|MistralAI|Groq|Replicate|HuggingFaceInference|Ollama|OpenAIChat|CloudflareWorkersAI)$|^(?!HuggingFaceTransformers|Fake|Synthetic|Ollama|LlamaCpp|Tensorflow|Cache|Base)\w+Embeddings$/;

/** Model objects of LangChain and LangGraph. */
export const langchainTypescript: TypescriptRecogniser = {
  id: 'langchain',
  language: 'typescript',
  marker: /["'](?:@langchain\/|langchain[/"'])/,
  doc: {
    format: 'LangChain, LangGraph (TypeScript, JavaScript)',
    reads: 'chat models, completion models and embeddings of hosted providers; initChatModel; agents that are given a model by name',
    example: "new ChatOpenAI({ model: 'gpt-4o-mini', maxTokens: 500 })",
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    return importedCalls(input, /^(?:@langchain\/|langchain(?:\/|$)|deepagents$)/, /#/).flatMap((site) => seenAt(input, site));
  },
};

function seenAt(input: TypescriptInput, { call }: CallSite): SeenWorkload[] {
  const { evaluate } = input;
  const name = evaluate.callee(call);
  const [module = '', last = ''] = name.split('#');
  if (!/^(?:@langchain\/|langchain(?:\/|$)|deepagents$)/.test(module) || /^@langchain\/core\b|\/(?:prompts|messages|schema|memory|stores)\b/.test(module))
    return [];
  if (/^create/.test(last)) {
    const given = optionsOf(evaluate, call.args[0]?.value);
    const model = given.get('model', 'llm');
    const value = model && evaluate.value(model);
    // One that is given an object is reported at the object, if this file makes it.
    const isName = value?.known && typeof value.value === 'string';
    if (!model || !(isName || isForeign(input, model))) return [];
    return modelObject(input, 'langchain', call, [setting(evaluate, 'inference_steps', given, ['recursionLimit', 'maxIterations'])]);
  }
  return last === 'initChatModel' || classes.test(last) ? modelObject(input, frameworkOf(module, last), call) : [];
}
/** True for what another module or the caller gives. */
function isForeign({ evaluate }: TypescriptInput, expr: Expr): boolean {
  const meant = evaluate.expression(expr);
  return meant.kind === 'name' || (meant.kind === 'attribute' && meant.object.kind === 'name');
}
/** `langchain-openai` of `@langchain/openai`; of a class in a common package, after its provider. */
function frameworkOf(module: string, last: string): string {
  const own = /^@langchain\/(?!community|classic)([\w-]+)/.exec(module)?.[1];
  if (own) return `langchain-${own}`;
  const provider = /Ollama|OpenAI|Anthropic|Google|Vertex|Bedrock|Groq|Cohere|Mistral|Together|Fireworks/.exec(last)?.[0];
  return provider === undefined ? 'langchain' : `langchain-${/Vertex|Google/.test(provider) ? 'google' : provider.toLowerCase()}`;
}
