import { sortFacts } from '../shared/facts.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { destination } from './client.js';
import type { engineFacts } from './engine.js';
import { keyed } from './keyed.js';
import { isTest, setting } from './requests.js';

const steps =
  /\b(?:TextGeneration|ChatGeneration|SelfInstruct|UltraFeedback|EvolInstruct|EvolQuality|Magpie|MagpieGenerator|GenerateEmbeddings|Genstruct|QualityScorer|ComplexityScorer|PrometheusEval|StructuredGeneration|GenerateSentencePair|InstructionBacktranslation|PairRM|MathShepherd\w+|APIGen\w+)\b(?=\s*\()/g;

/** Generation steps of distilabel pipelines. */
export const distilabelPython: PythonRecogniser = {
  id: 'distilabel',
  language: 'python',
  marker: /\bdistilabel\b/,
  doc: {
    format: 'distilabel',
    reads: 'steps that generate, with their language model, hosted or not',
    example: 'TextGeneration(llm=vLLM(model="Qwen/Qwen2.5-7B-Instruct"), input_batch_size=64)',
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    return input.program.calls(steps).flatMap(({ call }) => (/^distilabel\./.test(input.evaluate.callee(call)) ? (workload(input, call) ?? []) : []));
  },
};

/** What runs the model in this process or beside it, by the class that is given as `llm`. */
const engines: readonly (readonly [RegExp, string])[] = [
  [/vLLM$/, 'vllm'],
  [/(?:TransformersLLM|SentenceTransformer\w*)$/, 'transformers'],
  [/LlamaCppLLM$/, 'llama.cpp'],
  [/OllamaLLM$/, 'ollama'],
  [/MlxLLM$/, 'mlx'],
];
const eager = new Set(['transformers', 'mlx']);

function workload(input: PythonInput, call: Parameters<typeof engineFacts>[1]): SeenWorkload | undefined {
  const { evaluate, program, document } = input;
  const given = keyed(evaluate, call);
  const llm = given.get('llm');
  const made = llm && evaluate.expression(llm);
  if (made?.kind !== 'call') return undefined;
  const name = evaluate.callee(made);
  const engineName = engines.find(([pattern]) => pattern.test(name))?.[1];
  const hosted = engineName === undefined && !destination(evaluate, program, { type: name, made }).local;
  const model = keyed(evaluate, made);
  const generation = keyed(evaluate, model.get('generation_kwargs'));
  const engine = keyed(evaluate, model.get('extra_kwargs'));
  return {
    kind: hosted ? 'api-call' : 'batch-inference',
    framework: engineName ?? 'distilabel',
    span: { uri: document.uri, start: call.start, end: call.end },
    refs: [],
    ...sortFacts([
      setting(evaluate, 'model', model, ['model', 'model_name', 'repo_id'], made),
      setting(evaluate, 'max_tokens', generation, ['max_new_tokens', 'max_tokens']),
      // what a step hands over at once: a server holds back what its cache has no room for
      engineName === undefined || eager.has(engineName) ? setting(evaluate, 'batch_size', given, ['input_batch_size']) : undefined,
      setting(evaluate, 'n', given, ['num_generations']),
      setting(evaluate, 'concurrency', keyed(evaluate, given.get('resources')), ['replicas']),
      setting(evaluate, 'tensor_parallel', engine, ['tensor_parallel_size']),
      setting(evaluate, 'max_model_len', engine, ['max_model_len']),
    ]),
  };
}
