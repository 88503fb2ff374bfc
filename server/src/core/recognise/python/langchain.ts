import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { keyed } from './keyed.js';
import { modelObject } from './model-object.js';
import { isTest, setting, sitesOf } from './requests.js';

/** Classes whose objects send requests. Prompts, messages, histories and stores are named alike and send none. */
const classes =
  /^(Azure|Custom)?Chat(?!Prompt|Message|Generation|Result|Vector|Session|History|Loader|Model\b|HuggingFace\b|LlamaCpp\b|MLX\b)[A-Z]\w*$|^(Azure)?(OpenAI|AzureOpenAI|Anthropic|AnthropicLLM|GoogleGenerativeAI|VertexAI|GooglePalm|Bedrock|BedrockLLM|Cohere|Together|Fireworks|MistralAI|Groq|Replicate|HuggingFaceHub|HuggingFaceEndpoint|OllamaLLM|Ollama|OpenAIChat|Writer|AI21|NVIDIA|IBM|WatsonxLLM|DeepSeek|Tongyi|QianfanLLMEndpoint|DeepInfra|Databricks)$|^(?!HuggingFace|Fake|Ollama|LlamaCpp|GPT4All|SentenceTransformer|Nomic|FastEmbed|Deterministic|Spacy|Tensorflow|ModelScope|Cached?Backed|Base)\w+Embeddings$/;
const local = /Ollama/;

/** Model objects of LangChain and LangGraph. */
export const langchainPython: PythonRecogniser = {
  id: 'langchain',
  language: 'python',
  marker: /\b(langchain\w*|langgraph\w*)\b/,
  doc: {
    format: 'LangChain, LangGraph (Python)',
    reads: 'chat models, completion models and embeddings of hosted providers; init_chat_model; agents that are given a model by name',
    example: 'ChatOpenAI(model="gpt-4o-mini", max_tokens=500)',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    return sitesOf(
      program,
      /(?:Chat[A-Z]\w*|Embeddings|init_chat_model|init_embeddings|create_react_agent|create_agent|create_deep_agent|AI|LLM|Hub|Endpoint|Bedrock\w*|Anthropic|Cohere|Together|Fireworks|Groq|Replicate|Ollama|Tongyi|DeepSeek|DeepInfra|Databricks|Writer)(?=\s*\()/g,
    ).flatMap(({ call }): SeenWorkload[] => {
      const name = evaluate.callee(call);
      if (
        !/^(langchain|langgraph|deepagents)\w*(\.|$)/.test(name) ||
        /^langchain_core\b|\.(prompts|messages|schema|memory|outputs|chat_loaders|chat_history)\b/.test(name)
      )
        return [];
      const last = name.match(/\w+$/)?.[0] ?? '';
      if (/^create_/.test(last)) return agent(input, call);
      if (!/^init_(chat_model|embeddings)$/.test(last) && !classes.test(last)) return [];
      const seen = modelObject(input, frameworkOf(name, last), call);
      return seen ? [seen] : [];
    });
  },
};

/** `langchain-openai` of `langchain_openai.ChatOpenAI`; of a class in a common package, after its provider. */
function frameworkOf(name: string, last: string): string {
  const own = name.match(/^langchain_(?!community|classic)(\w+)\b/)?.[1];
  if (own) return `langchain-${own.replaceAll('_', '-')}`;
  if (local.test(last)) return 'langchain-ollama';
  const provider = last.match(/OpenAI|Anthropic|Google|Vertex|Bedrock|Groq|Cohere|Mistral|Together|Fireworks/)?.[0];
  return provider === undefined ? 'langchain' : `langchain-${/Vertex|Google/.test(provider) ? 'google' : provider.toLowerCase()}`;
}
/** An agent whose model is given by name; one that is given an object is reported at the object, if this file makes it. */
function agent(input: PythonInput, call: Parameters<typeof modelObject>[2]): SeenWorkload[] {
  const { evaluate } = input;
  const given = keyed(evaluate, call);
  const model = given.get('model') ?? call.args.find((arg) => arg.keyword === undefined && arg.spread === undefined)?.value;
  const value = model && evaluate.value(model);
  const meant = model && evaluate.expression(model);
  const isForeign = meant?.kind === 'name' || (meant?.kind === 'attribute' && meant.object.kind === 'name' && meant.object.name !== 'self');
  if (!isForeign && (!value?.known || typeof value.value !== 'string')) return [];
  return [modelObject(input, 'langchain', call, [setting(evaluate, 'inference_steps', given, ['recursion_limit', 'max_iterations'])])].flatMap(
    (one) => one ?? [],
  );
}
