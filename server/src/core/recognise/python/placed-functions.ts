import type { WorkloadKind } from '../../model/workload.js';
import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { Block } from '../../syntax/python/program.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { isPlaced, placementOf } from './app.js';
import { commandFacts } from './command-list.js';
import { engineFacts, samplingFacts } from './engine.js';
import { isTest } from './requests.js';
import { count, FactSet, text } from './training/fact-set.js';
import { addModel } from './training/model-source.js';

/** Services and tasks whose decorator asks a platform for accelerators. */
export const placedFunctions: PythonRecogniser = {
  id: 'placed-functions',
  language: 'python',
  marker: /\bbentoml\.service\b|@(?:\w+\.)*deployment\s*\(|\b(?:flytekit|union)\b[\s\S]*@(?:\w+\.)?task\s*\(|\b(?:from|import)\s+beam\b/,
  doc: {
    format: 'BentoML, Ray Serve, Flyte, Beam (Python)',
    reads: 'services, deployments and tasks that ask for accelerators, with replicas, autoscaling, and the model or engine that they load',
    example: '@bentoml.service(resources={"gpu": 1, "gpu_type": "nvidia-l4"})',
  },
  recognise: (input) => {
    const { program } = input;
    if (isTest(input)) return [];
    return program.callsOf(/^(?:service|deployment|task|function|endpoint|task_queue|asgi|realtime|schedule)$/).flatMap(({ call }) => {
      if (program.text[call.start - 1] !== '@' || !isPlaced(program, call)) return [];
      const next = program.text.slice(call.end).search(/^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w/m);
      const start = next < 0 ? -1 : call.end + next;
      const name = start < 0 ? -1 : start + program.text.slice(start).search(/\w+(?=[^\w]*[(:])/);
      const block = start < 0 ? undefined : program.blocks(name).find((one) => one.kind === 'def' || one.kind === 'class');
      return block ? (workload(input, call, block) ?? []) : [];
    });
  },
};

function workload(input: PythonInput, call: Call, block: Block): SeenWorkload | undefined {
  const { program, evaluate, document } = input;
  const facts = new FactSet(input);
  const platform = placementOf(program, call)?.split('.')[0];
  const entry = (name: string, key: string): Expr | undefined => {
    const given = evaluate.argument(call, name);
    return given && evaluate.entry(given, key);
  };
  const resources = platform === 'bentoml' ? 'resources' : platform === 'ray' ? 'ray_actor_options' : 'requests';
  if (platform === 'beam') beamFacts(facts, (name) => evaluate.argument(call, name));
  facts.read('gpu_count', entry(resources, platform === 'ray' ? 'num_gpus' : 'gpu'), count);
  if (platform !== 'bentoml' && platform !== 'ray') facts.read('gpu_count', entry('limits', 'gpu'), count);
  facts.read('gpu_type', entry(resources, 'gpu_type') ?? entry(resources, 'accelerator_type'), text);
  if (!facts.has('gpu_count')) return undefined;
  if (platform === 'ray') {
    facts.read('replicas', evaluate.argument(call, 'num_replicas'), count);
    facts.read('min_replicas', entry('autoscaling_config', 'min_replicas'), count);
    facts.read('max_replicas', entry('autoscaling_config', 'max_replicas'), count);
    facts.read('concurrency', evaluate.argument(call, 'max_ongoing_requests') ?? evaluate.argument(call, 'max_concurrent_queries'), count);
  } else if (platform === 'beam') facts.read('concurrency', evaluate.argument(call, 'concurrent_inputs'), count);
  else if (platform === 'bentoml') facts.read('concurrency', entry('traffic', 'concurrency'), count);
  else {
    facts.read('cpu', entry('requests', 'cpu'));
    facts.read('memory', entry('requests', 'mem'));
    facts.read('num_nodes', entry('task_config', 'nnodes'), count);
    facts.read('nproc_per_node', entry('task_config', 'nproc_per_node'), count);
    const type = evaluate.argument(call, 'accelerator');
    if (type && dotted(type)) facts.written('gpu_type', dotted(type)!.split('.').at(-1)!, type);
  }
  const inside = { start: block.bodyStart, end: block.end };
  const engine = program
    .callsOf(/^(?:LLM|AsyncEngineArgs|EngineArgs|Engine)$/, inside)
    .find(({ call: made }) => /^(vllm|sglang|sgl|tensorrt_llm)\b/.test(evaluate.callee(made)))?.call;
  if (engine) for (const fact of [...engineFacts(input, engine), ...samplingFacts(input)]) facts.add(fact);
  // Beam loads the model in a function that runs first.
  const start = platform === 'beam' ? dotted(evaluate.argument(call, 'on_start') ?? { kind: 'none', start: 0, end: 0 }) : undefined;
  const first = start === undefined ? undefined : program.function(start);
  const loads = (within: { start: number; end: number }) =>
    program
      .callsOf(/^(?:from_pretrained|pipeline|SentenceTransformer)$/, within)
      .find(({ call: made }) => !/(?:Tokenizer|Processor)\w*\.from_pretrained$/.test(evaluate.callee(made)));
  const loaded = loads(inside) ?? (first && loads({ start: first.bodyStart, end: first.end }));
  if (loaded) addModel(input, facts, loaded.call, block.end);
  const command = platform === 'bentoml' ? program.function('__command__', inside) : undefined;
  for (const fact of command ? commandFacts(input, command) : []) facts.add(fact);
  facts.read('model', program.callsOf('HuggingFaceModel', inside)[0]?.call.args[0]?.value, text);
  const body = program.text.slice(block.start, block.end);
  const serves = platform === 'bentoml' || platform === 'ray' || (platform === 'beam' && /endpoint|asgi|realtime|task_queue/.test(dotted(call.callee) ?? ''));
  const trains = /train|fine_?tun/i.test(block.name ?? '') || /\.backward\(|Trainer\s*\(|\.fit\(/.test(body);
  // A training that is written in the task itself is a workload of its own: the task is then what it runs on.
  const own = /\.backward\(|Trainer\s*\(|\.fit\(/.test(body);
  const kind: WorkloadKind = serves ? 'serving' : trains && !own ? 'training' : 'resource';
  return {
    kind,
    framework: platform ?? 'python',
    ...(kind === 'training' ? { title: 'Train' } : {}),
    span: { uri: document.uri, start: call.start, end: block.end },
    ...facts.result,
  };
}

/** @source docs.beam.cloud: `gpu` names a card or a list of them by preference, `gpu_count` is 1 */
export function beamFacts(facts: FactSet, given: (name: string) => Expr | undefined): void {
  const gpu = given('gpu');
  facts.read('gpu_type', gpu?.kind === 'list' ? gpu.items[0] : gpu, text);
  facts.read('gpu_count', given('gpu_count'), count);
  if (gpu && !facts.has('gpu_count')) facts.follows('gpu_count', 1, gpu, { note: 'one unless gpu_count says more' });
  facts.read('cpu', given('cpu'));
  facts.read('memory', given('memory'));
  facts.read('max_replicas', given('max_containers'), count);
  facts.read('idle_timeout', given('keep_warm_seconds'), count);
}
