import type { TypescriptRecogniser } from '../types.js';
import { modelObject } from './model-object.js';
import { importedCalls, isTest } from './requests.js';

const models =
  /#(?:OpenAI|AzureOpenAI|Anthropic|Gemini|MistralAI|Groq|DeepSeekLLM|DeepSeek|Ollama|TogetherLLM|FireworksLLM|Bedrock|ReplicateLLM|Perplexity|OpenAIEmbedding|GeminiEmbedding|MistralAIEmbedding|VoyageAIEmbedding|openai|anthropic|gemini|mistral|groq|bedrock|ollama|deepseek|perplexity)$/;

/** Model objects of LlamaIndex. */
export const llamaIndexTypescript: TypescriptRecogniser = {
  id: 'llama-index',
  language: 'typescript',
  marker: /["'](?:llamaindex|@llamaindex\/)/,
  doc: {
    format: 'LlamaIndex (TypeScript, JavaScript)',
    reads: 'language models and embeddings of hosted providers',
    example: "new OpenAI({ model: 'gpt-4o-mini' })",
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    return importedCalls(input, /^(?:llamaindex|@llamaindex\/[\w-]+)(?:\/|$)/, models).flatMap(({ call }) =>
      modelObject(input, /#ollama$/i.test(input.evaluate.callee(call)) ? 'llama-index-ollama' : 'llama-index', call),
    );
  },
};
