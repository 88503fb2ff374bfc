import type { TypescriptRecogniser } from '../types.js';
import { modelObject } from './model-object.js';
import { isTest } from './requests.js';

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
    return input.program
      .calls(
        /\b(?:OpenAI|AzureOpenAI|Anthropic|Gemini|MistralAI|Groq|DeepSeek|Ollama|TogetherLLM|FireworksLLM|Bedrock|ReplicateLLM|Perplexity|OpenAIEmbedding|GeminiEmbedding|MistralAIEmbedding|VoyageAIEmbedding|openai|anthropic|gemini|mistral|groq|bedrock|ollama|deepseek)\b(?=\s*\()/g,
      )
      .flatMap(({ call }) => {
        const [module = '', last = ''] = input.evaluate.callee(call).split('#');
        if (!/^(?:llamaindex$|llamaindex\/|@llamaindex\/)/.test(module) || last === '') return [];
        return modelObject(input, /ollama/i.test(last) ? 'llama-index-ollama' : 'llama-index', call);
      });
  },
};
