import type { Fact, UnknownFact } from '../../model/fact.js';
import type { WorkloadKind } from '../../model/workload.js';
import { dotted, type Expr } from '../../syntax/python/ast.js';
import type { Block } from '../../syntax/python/program.js';
import { sortFacts } from '../shared/facts.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { isModal } from './app.js';
import { engineFacts, samplingFacts } from './engine.js';
import { keyed } from './keyed.js';
import { setting } from './requests.js';

type Found = Fact | UnknownFact | undefined;

/** Functions and classes that Modal runs on accelerators. */
export const modalPython: PythonRecogniser = {
  id: 'modal',
  language: 'python',
  marker: /\bmodal\b/,
  doc: { format: 'Modal', reads: 'functions and classes with a GPU, with the engine that they build', example: '@app.function(gpu="H100:2", timeout=3600)' },
  recognise: (input) => {
    const { program } = input;
    return program.matches(/(?<=^[ \t]*@[\w.]+\.)(?:function|cls)\b(?=\s*\()/gm).flatMap((at) => {
      const call = program.callAt(at);
      if (!call || !isModal(program, call)) return [];
      // The definition follows its decorators: the first `def` or `class` after them.
      const next = program.text.slice(call.end).search(/^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w/m);
      const start = next < 0 ? -1 : call.end + next;
      const name = start < 0 ? -1 : start + program.text.slice(start).search(/\w+(?=[^\w]*[(:])/);
      const block = start < 0 ? undefined : program.blocks(name).find((one) => one.kind === 'def' || one.kind === 'class');
      return block ? (workload(input, call, block) ?? []) : [];
    });
  },
};

function workload(input: PythonInput, call: Extract<Expr, { kind: 'call' }>, block: Block): SeenWorkload | undefined {
  const { program, evaluate, document } = input;
  const given = keyed(evaluate, call);
  const gpu = given.get('gpu');
  if (!gpu) return undefined;
  const inside = { start: block.bodyStart, end: block.end };
  const engine = program
    .callsOf(/^(?:LLM|AsyncEngineArgs|EngineArgs|Engine)$/, inside)
    .find(({ call: made }) => /^(vllm|sglang|sgl|tensorrt_llm)\b/.test(evaluate.callee(made)))?.call;
  const body = program.text.slice(block.start, block.end);
  const web =
    block.decorators?.some((one) => /web_endpoint|fastapi_endpoint|asgi_app|wsgi_app|web_server/.test(dotted(one) ?? '')) === true ||
    /@modal\.(web_endpoint|fastapi_endpoint|asgi_app|web_server)/.test(body);
  const kind: WorkloadKind =
    web || /vllm\s+serve|api_server|launch_server/.test(body)
      ? 'serving'
      : /train|fine_?tun/i.test(body)
        ? 'training'
        : engine || /\.generate\(|infer|predict|embed|encode|transcribe|pipe/i.test(body)
          ? block.kind === 'class'
            ? 'serving'
            : 'batch-inference'
          : 'resource';
  return {
    kind,
    framework: engine ? (evaluate.callee(engine).match(/^\w+/)?.[0] ?? 'modal') : 'modal',
    span: { uri: document.uri, start: call.start, end: engine?.end ?? call.end },
    refs: [],
    ...sortFacts([
      ...gpuFacts(input, gpu),
      setting(evaluate, 'max_time', given, ['timeout']),
      setting(evaluate, 'idle_timeout', given, ['scaledown_window', 'container_idle_timeout']),
      setting(evaluate, 'min_replicas', given, ['min_containers', 'keep_warm']),
      setting(evaluate, 'max_replicas', given, ['max_containers', 'concurrency_limit']),
      setting(evaluate, 'concurrency', given, ['allow_concurrent_inputs']) ?? concurrent(input, block),
      setting(evaluate, 'cpu', given, ['cpu']),
      setting(evaluate, 'memory', given, ['memory']),
      setting(evaluate, 'region', given, ['region']),
      ...(engine ? [...engineFacts(input, engine), ...samplingFacts(input)].filter((fact) => fact?.name !== 'model') : []),
      engine && modelOf(input, engine),
    ]),
  };
}
/** `@modal.concurrent(max_inputs=…)` beside the function. */
function concurrent({ evaluate }: PythonInput, block: Block): Found {
  const made = block.decorators?.find((one) => /(^|\.)concurrent\(\)$/.test(dotted(one) ?? ''));
  return made && setting(evaluate, 'concurrency', keyed(evaluate, made), ['max_inputs']);
}
/** The model's id, where the engine reads it from a folder that a download put it into. */
function modelOf(input: PythonInput, engine: Parameters<typeof engineFacts>[1]): Found {
  const model = engineFacts(input, engine).find((fact) => fact?.name === 'model');
  if (!model || !('value' in model) || typeof model.value !== 'string' || !model.value.startsWith('/')) return model;
  const given = keyed(input.evaluate, engine).get('model', 'model_path');
  const parts = given?.kind === 'binary' ? tail(given) : undefined;
  const id = parts && input.evaluate.fact('model', parts);
  return id && 'value' in id && /^[\w.-]+\/[\w.-]+$/.test(String(id.value)) ? id : model;
}
const tail = (expr: Expr): Expr => (expr.kind === 'binary' ? tail(expr.right) : expr);

/** `"H100:8"`, `"A100-80GB"`, `modal.gpu.A100(count=2, size="40GB")`, a list in order of preference. */
function gpuFacts(input: PythonInput, expr: Expr): Found[] {
  const { evaluate, document } = input;
  const meant = evaluate.expression(expr);
  const at = { uri: document.uri, start: meant.start, end: meant.end };
  if (meant.kind === 'list' || meant.kind === 'tuple') return meant.items[0] ? gpuFacts(input, meant.items[0]) : [];
  if (meant.kind === 'call') {
    const type = dotted(meant.callee)?.match(/\w+$/)?.[0];
    const given = keyed(evaluate, meant);
    if (type === undefined || !/(^|\.)gpu\.\w+$/.test(evaluate.callee(meant))) return [evaluate.fact('gpu_type', expr)];
    const size = given.get('size', 'memory');
    const written = size && evaluate.value(size);
    const suffix = written?.known && written.value !== null && type === 'A100' && /80/.test(String(written.value)) ? '-80GB' : '';
    return [
      { name: 'gpu_type', value: `${type}${suffix}`, origin: 'literal', span: at },
      setting(evaluate, 'gpu_count', given, ['count']) ?? { name: 'gpu_count', value: 1, origin: 'default', span: at },
    ];
  }
  const type = evaluate.fact('gpu_type', expr, (value) => String(value).replace(/[:!].*$/, ''));
  if (!type || !('value' in type)) return [type];
  const value = evaluate.value(expr);
  const count = value.known ? String(value.value).match(/:(\d+)/)?.[1] : undefined;
  return [type, { ...type, name: 'gpu_count', value: Number(count ?? 1), origin: count === undefined ? 'default' : type.origin }];
}
