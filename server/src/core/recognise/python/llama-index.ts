import type { PythonRecogniser } from '../types.js';
import { modelObject } from './model-object.js';
import { isTest, sitesOf } from './requests.js';

/** Model objects of LlamaIndex. */
export const llamaIndexPython: PythonRecogniser = {
  id: 'llama-index',
  language: 'python',
  marker: /\bllama_index\b/,
  doc: { format: 'LlamaIndex (Python)', reads: 'language models and embeddings of hosted providers', example: 'OpenAI(model="gpt-4o-mini")' },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    return sitesOf(
      program,
      /(?:AI|LLM|Anthropic|Gemini|Converse|Bedrock|Embedding|Groq|Cohere|Ollama|Replicate|Vertex|Like|Fireworks|Perplexity|DeepSeek|Inference|Responses|OpenRouter|NVIDIA|API|Palm)(?=\s*\()/g,
    ).flatMap(({ call }) => {
      const name = evaluate.callee(call);
      const last = name.match(/\w+$/)?.[0] ?? '';
      if (!/^llama_index(\.\w+)*\.(llms|embeddings|multi_modal_llms)\b|^llama_index\.(OpenAIEmbedding)$/.test(name)) return [];
      if (
        /HuggingFace(LLM|Embedding)|Mock|Custom|LlamaCPP|FastEmbed|OllamaEmbedding|InstructorEmbedding|OptimumEmbedding|^LLM$|^BaseEmbedding$|^Lang[Cc]hain|Message|Response$|Metadata/.test(
          last,
        )
      )
        return [];
      return modelObject(input, /Ollama/.test(last) ? 'llama-index-ollama' : 'llama-index', call) ?? [];
    });
  },
};
