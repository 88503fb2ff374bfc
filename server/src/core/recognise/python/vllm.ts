import { sortFacts } from '../shared/facts.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { isPlaced, isServed, isTraining } from './app.js';
import { engineFacts, samplingFacts } from './engine.js';
import { beamFacts } from './placed-functions.js';
import { isTest } from './requests.js';
import { FactSet } from './training/fact-set.js';

const offline =
  /^vllm(\.\w+)*\.LLM$|^sglang(\.\w+)*\.Engine$|^tensorrt_llm(\.\w+)*\.LLM$|^lmdeploy\.pipeline$|^sgl\.Engine$|^mii\.pipeline$|^mlc_llm(\.\w+)*\.(Async)?MLCEngine$/;
const served =
  /^vllm(\.\w+)*\.(Async)?EngineArgs$|^vllm(\.\w+)*\.AsyncLLMEngine$|^mii\.(serve|deploy)$|^zenml(\.\w+)*\.VLLMServiceConfig$|^beam(\.\w+)*\.VLLM$/;

/** Inference engines that a program builds itself. */
export const vllmPython: PythonRecogniser = {
  id: 'vllm',
  language: 'python',
  marker: /\b(vllm|sglang|sgl|tensorrt_llm|lmdeploy|mii|mlc_llm|VLLM)\b/,
  doc: {
    format: 'vLLM (Python)',
    reads: 'LLM, EngineArgs and AsyncEngineArgs with SamplingParams; SGLang, TensorRT-LLM, LMDeploy, DeepSpeed-MII and MLC engines',
    example: 'LLM(model="meta-llama/Llama-3.1-8B-Instruct", tensor_parallel_size=2)',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    const found = program
      .callsOf(/^(?:LLM|Engine|EngineArgs|AsyncEngineArgs|pipeline|serve|deploy|(?:Async)?MLCEngine|VLLMServiceConfig|VLLM)$/)
      .flatMap(({ call, at }): SeenWorkload[] => {
        const name = evaluate.callee(call);
        const online = served.test(name);
        if (!online && !offline.test(name)) return [];
        if (!online && isTraining(program)) return [];
        // An engine inside a function that a platform places is that function's workload, with its hardware.
        if (program.blocks(at).some((block) => block.decorators?.some((decorator) => isPlaced(program, decorator)) === true)) return [];
        return [workload(input, call, name, online)];
      });
    // AsyncEngineArgs.from_cli_args(args): everything comes from the command line.
    const parsed = found.length > 0 ? undefined : program.calls(/(?<=EngineArgs\.)from_cli_args\b(?=\s*\()/g)[0]?.call;
    const name = parsed ? evaluate.callee(parsed) : '';
    return parsed && served.test(name.replace(/\.from_cli_args$/, '')) ? [workload(input, { ...parsed, args: [] }, name, name.includes('Async'))] : found;
  },
};

function workload(input: PythonInput, call: Parameters<typeof engineFacts>[1], name: string, online: boolean): SeenWorkload {
  const serving = online || isServed(input.program);
  const hardware = new FactSet(input);
  if (/^beam\b/.test(name)) beamFacts(hardware, (given) => input.evaluate.argument(call, given));
  const { facts: placed, unknown } = hardware.result;
  return {
    kind: serving ? 'serving' : 'batch-inference',
    framework: /^sgl/.test(name) ? 'sglang' : /\.VLLM(?:ServiceConfig)?$/.test(name) ? 'vllm' : (name.match(/^\w+/)?.[0] ?? 'vllm'),
    title: /vllm/i.test(name) ? 'vLLM' : /^sgl/.test(name) ? 'SGLang' : 'LLM engine',
    span: { uri: input.document.uri, start: call.start, end: call.end },
    refs: [],
    ...sortFacts([...placed, ...unknown, ...engineFacts(input, call), ...samplingFacts(input)]),
  };
}
