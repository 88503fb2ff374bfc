import { argument, type Call, type Expr } from '../../syntax/python/ast.js';
import type { ShellWord } from '../../syntax/shell/script.js';
import { kindOfCommands } from '../config/command-kind.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { listWords } from './platform.js';
import { isTest } from './requests.js';
import { count, FactSet, text } from './training/fact-set.js';

const device = /^(?:nvidia\.com\/gpu|amd\.com\/gpu|google\.com\/tpu|aws\.amazon\.com\/neuron(?:core|device)?|habana\.ai\/gaudi)$/;
const orchestrators = /^(?:airflow|dagster\w*|prefect\w*|kfp|kubernetes|kubernetes_asyncio)(?:\.|$)/;

/** Steps of pipelines that ask Kubernetes for accelerators: Airflow's pod operators, Dagster's and Prefect's jobs, Kubeflow's tasks.
 * @source airflow.apache.org KubernetesPodOperator, docs.dagster.io dagster-k8s/config, kubeflow-pipelines.readthedocs.io PipelineTask */
export const pipelines: PythonRecogniser = {
  id: 'pipelines',
  language: 'python',
  marker: /["'](?:nvidia\.com\/gpu|amd\.com\/gpu|google\.com\/tpu|aws\.amazon\.com\/neuron\w*|habana\.ai\/gaudi)["']|\bset_(?:gpu|accelerator)_limit\b/,
  doc: {
    format: 'Airflow, Dagster, Prefect, Kubeflow Pipelines, the Kubernetes client (Python)',
    reads: 'accelerators that a step asks for, its node, and the command that its container runs',
    example: 'KubernetesPodOperator(container_resources=V1ResourceRequirements(limits={"nvidia.com/gpu": 1}))',
  },
  recognise: (input) => {
    const { program } = input;
    if (isTest(input) || ![...program.imports.values()].some(({ module }) => orchestrators.test(module))) return [];
    return [...steps(input), ...kubeflow(input)];
  },
};

const requested = /["'](?:nvidia\.com\/gpu|amd\.com\/gpu|google\.com\/tpu|aws\.amazon\.com\/neuron\w*|habana\.ai\/gaudi)["']\s*:/g;
/** Each statement with a request of its own. */
function steps(input: PythonInput): SeenWorkload[] {
  const { program, evaluate, document } = input;
  const seen = new Set<number>();
  return [...program.text.matchAll(requested)].flatMap(({ index: at }) => {
    const statement = program.statement(at);
    if (seen.has(statement.start)) return [];
    const inner = program.callAround(at);
    const operator = operatorAround(input, at, statement);
    const named = operator ?? inner;
    const span = { uri: document.uri, start: statement.start, end: Math.max(statement.end, named?.end ?? 0) };
    const facts = new FactSet(input);
    const amount = valueAfter(input, at);
    if (amount) facts.read('gpu_count', amount, count);
    if (!facts.has('gpu_count')) return [];
    seen.add(statement.start);
    const selector = operator && argument(operator, 'node_selector')?.value;
    const chip =
      selector &&
      ['cloud.google.com/gke-accelerator', 'nvidia.com/gpu.product', 'node.kubernetes.io/instance-type']
        .map((key) => [key, evaluate.entry(selector, key)] as const)
        .find(([, value]) => value);
    if (chip) facts.read(/instance-type$/.test(chip[0]) ? 'instance_type' : 'gpu_type', chip[1], text);
    const found = operator && commandOf(input, operator);
    for (const fact of found?.facts ?? []) facts.add(fact);
    const { refs, ...result } = facts.result;
    return [
      {
        kind: found?.kind ?? ('resource' as const),
        framework: found?.framework ?? 'kubernetes',
        title: found ? (found.kind === 'training' ? 'Train' : 'Serve') : 'Step',
        span,
        ...result,
        refs: [...refs, ...(found?.refs ?? [])],
        ...(found?.launch && { launch: found.launch }),
      },
    ];
  });
}
/** The outermost call of a statement that makes a step: `KubernetesPodOperator(…)`. */
function operatorAround({ program }: PythonInput, at: number, statement: { readonly start: number }): Call | undefined {
  let call = program.callAround(at);
  for (let depth = 0; call && depth < 12; depth++) {
    if (['cmds', 'arguments', 'image'].some((name) => argument(call!, name))) return call;
    if (call.start <= statement.start) return undefined;
    const outer = program.callAround(call.start);
    if (!outer || outer.start === call.start) return undefined;
    call = outer;
  }
  return undefined;
}
function valueAfter(input: PythonInput, at: number): Expr | undefined {
  const dict = dictAround(input, at);
  return dict?.entries.find(({ key }) => key?.kind === 'string' && device.test(key.value) && key.start === at)?.value;
}
function dictAround({ program }: PythonInput, at: number): Extract<Expr, { kind: 'dict' }> | undefined {
  const found: Extract<Expr, { kind: 'dict' }>[] = [];
  const search = (expr: Expr): void => {
    if (expr.start > at || expr.end <= at) return;
    if (expr.kind === 'dict') {
      found.push(expr);
      for (const entry of expr.entries) search(entry.value);
    } else if (expr.kind === 'call') for (const arg of expr.args) search(arg.value);
    else if (expr.kind === 'list' || expr.kind === 'tuple') for (const item of expr.items) search(item);
  };
  const call = program.callAround(at);
  if (call) search(call);
  // tags = {"dagster-k8s/config": {…}}
  const name = /^\s*([A-Za-z_]\w*)\s*(?::[^=]+)?=/.exec(program.text.slice(program.statement(at).start, at))?.[1];
  for (const { value } of call || name === undefined ? [] : program.bindings(name)) if (value) search(value);
  return found.at(-1);
}
function commandOf(input: PythonInput, operator: Call): ReturnType<typeof kindOfCommands> {
  const words: ShellWord[] = ['cmds', 'command', 'arguments', 'args'].flatMap((name) => listWords(input, argument(operator, name)?.value));
  const image = argument(operator, 'image')?.value;
  const value = image && input.evaluate.value(image);
  return words.length === 0 ? undefined : kindOfCommands(input.document.uri, [words], value?.known ? String(value.value) : '');
}

/** `task.set_gpu_limit(1)`, `task.set_accelerator_type("NVIDIA_L4").set_accelerator_limit(2)` */
function kubeflow(input: PythonInput): SeenWorkload[] {
  const { program, document } = input;
  if (![...program.imports.values()].some(({ module }) => /^kfp(?:\.|$)/.test(module))) return [];
  const seen = new Set<number>();
  return program.callsOf(/^set_(?:gpu|accelerator)_limit$/).flatMap(({ call, at }) => {
    const statement = program.statement(at);
    if (seen.has(statement.start)) return [];
    seen.add(statement.start);
    const facts = new FactSet(input);
    facts.read('gpu_count', call.args[0]?.value, count);
    if (!facts.has('gpu_count')) return [];
    const type = program.callsOf(/^set_accelerator_type$/).find((one) => Math.abs(one.at - at) < 400)?.call;
    facts.read('gpu_type', type?.args[0]?.value, text);
    return [
      { kind: 'resource' as const, framework: 'kubeflow', title: 'Step', span: { uri: document.uri, start: statement.start, end: call.end }, ...facts.result },
    ];
  });
}
