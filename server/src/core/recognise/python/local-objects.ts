import { sortFacts } from '../shared/facts.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { isServed, isTraining } from './app.js';
import { precisionFact } from './engine.js';
import { keyed } from './keyed.js';
import { isTest, setting, sitesOf } from './requests.js';

/** Objects of frameworks that load a language model onto the machine that runs the program: class, framework. Local embedders are small beside them. */
const objects: readonly (readonly [RegExp, string])[] = [
  [/^haystack\.components\.generators(\.\w+)*\.HuggingFaceLocal(Chat)?Generator$/, 'haystack'],
  [/^haystack_integrations\.components\.generators\.llama_cpp(\.\w+)*\.LlamaCpp(Chat)?Generator$/, 'llama-cpp'],
  [/^fastrag\.generators(\.\w+)*\.\w+Generator$/, 'fastrag'],
  [/^langchain(_huggingface|_community)?(\.\w+)*\.HuggingFacePipeline\.from_model_id$/, 'langchain-huggingface'],
  [/^langchain(_community)?(\.\w+)*\.(Chat)?LlamaCpp$/, 'llama-cpp'],
  [/^langchain(_community)?(\.\w+)*\.VLLM$/, 'vllm'],
  [/^llama_index(\.\w+)*\.HuggingFaceLLM$/, 'llama-index'],
  [/^llama_index(\.\w+)*\.LlamaCPP$/, 'llama-cpp'],
  [/^llama_index(\.\w+)*\.Vllm$/, 'vllm'],
  [/^smolagents(\.\w+)*\.(Transformers|MLX)Model$/, 'smolagents'],
  [/^smolagents(\.\w+)*\.VLLMModel$/, 'vllm'],
  [/^outlines\.models\.(transformers|vllm|exl2|llamacpp|mlxlm|transformers_vision)$/, 'outlines'],
];

/** Language models on one's own machine behind a framework's object. */
export const localObjects: PythonRecogniser = {
  id: 'local-objects',
  language: 'python',
  marker:
    /\b(?:HuggingFaceLocal(?:Chat)?Generator|HuggingFacePipeline|HuggingFaceLLM|(?:Chat)?LlamaC(?:pp|PP)\w*|TransformersModel|MLXModel|VLLMModel|V(?:llm|LLM)|outlines|fastrag)\b/,
  doc: {
    format: 'local models in LangChain, LlamaIndex, Haystack, smolagents, outlines',
    reads: 'objects that load a model onto this machine, with output length, context, number type',
    example: 'HuggingFacePipeline.from_model_id(model_id="Qwen/Qwen2.5-7B-Instruct", task="text-generation")',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input) || isTraining(program)) return [];
    return sitesOf(
      program,
      /\b(?:\w+Generator|from_model_id|(?:Chat)?LlamaC(?:pp|PP)\w*|VLLM|Vllm|HuggingFaceLLM|\w+Model|(?<=models\.)(?:transformers|vllm|exl2|llamacpp|mlxlm|transformers_vision))(?=\s*\()/g,
    ).flatMap(({ call }): SeenWorkload[] => {
      const name = evaluate.callee(call);
      const framework = objects.find(([pattern]) => pattern.test(name))?.[1];
      return framework ? [workload(input, call, framework)] : [];
    });
  },
};

function workload(input: PythonInput, call: Parameters<PythonInput['evaluate']['callee']>[0], framework: string): SeenWorkload {
  const { evaluate } = input;
  const given = keyed(evaluate, call);
  const loading = keyed(evaluate, given.get('model_kwargs', 'huggingface_pipeline_kwargs', 'vllm_kwargs'));
  const generation = keyed(evaluate, given.get('generation_kwargs', 'pipeline_kwargs', 'generate_kwargs'));
  const first = call.args.find((arg) => arg.keyword === undefined && arg.spread === undefined)?.value;
  const either = (name: string, spellings: readonly string[]) =>
    [given, generation, loading].map((one) => setting(evaluate, name, one, spellings)).find((one) => one !== undefined);
  return {
    kind: isServed(input.program) ? 'serving' : 'batch-inference',
    framework,
    span: { uri: input.document.uri, start: call.start, end: call.end },
    refs: [],
    ...sortFacts([
      setting(evaluate, 'model', given, ['model', 'model_id', 'model_name', 'model_path', 'model_url']) ?? (first && evaluate.fact('model', first)),
      either('max_tokens', ['max_new_tokens', 'max_tokens']),
      either('max_model_len', ['n_ctx', 'context_window', 'max_model_len']),
      either('tensor_parallel', ['tensor_parallel_size']),
      either('gpu_mem_util', ['gpu_memory_utilization']),
      precisionFact(
        evaluate,
        [given, loading].map((one) => one.get('torch_dtype', 'dtype')).find((one) => one !== undefined),
      ),
    ]),
  };
}
