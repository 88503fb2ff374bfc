import type { WorkloadKind } from '../../model/workload.js';
import type { Call, Expr } from '../../syntax/python/ast.js';
import { type ReadFlag, toFlags } from '../shared/command-line.js';
import { engineFlags } from '../shared/engine-flags.js';
import { factsOfFlags } from '../shared/flag-facts.js';
import { factsOfTraining } from '../shared/training-flags.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { containerFacts } from './container.js';
import { dictFlags, listFlags } from './platform.js';
import { isTest } from './requests.js';
import { count, FactSet, flag, text } from './training/fact-set.js';

const trainers = /\bCustom(Container|PythonPackage)?TrainingJob$|\bCustomJob(\.from_local_script)?$/;

/** Jobs and endpoints of Vertex AI's SDK. */
export const vertex: PythonRecogniser = {
  id: 'vertex',
  language: 'python',
  marker: /\b(aiplatform|vertexai)\b/,
  doc: {
    format: 'Vertex AI (Python)',
    reads: 'custom jobs with their machines, accelerators, arguments and time limit, tuning jobs; Model.upload with deploy(), batch prediction',
    example: 'aiplatform.Model(name).deploy(machine_type="g2-standard-12", accelerator_type="NVIDIA_L4", accelerator_count=1)',
  },
  recognise: (input) => (isTest(input) ? [] : [...jobs(input), ...endpoints(input)]),
};

function jobs(input: PythonInput): SeenWorkload[] {
  const { program, evaluate } = input;
  const started = program.callsOf(/^(?:run|submit)$/).flatMap(({ call }): SeenWorkload[] => {
    const made = call.callee.kind === 'attribute' ? evaluate.expression(call.callee.object) : undefined;
    if (made?.kind !== 'call' || !/aiplatform/.test(evaluate.callee(made)) || !/TrainingJob$/.test(evaluate.callee(made))) return [];
    return [job(input, made, call, { start: program.statement(call.start).start, end: call.end })];
  });
  const specs = program.callsOf(/^(?:CustomJob|from_local_script)$/).flatMap(({ call }) => {
    const name = evaluate.callee(call);
    return trainers.test(name) && /aiplatform/.test(name) ? [job(input, call, call, { start: program.statement(call.start).start, end: call.end })] : [];
  });
  return [...started, ...specs];
}
function job(input: PythonInput, made: Call, run: Call, place: { start: number; end: number }): SeenWorkload {
  const { evaluate, program } = input;
  const facts = new FactSet(input);
  const either = (name: string): Expr | undefined => evaluate.argument(run, name) ?? evaluate.argument(made, name);
  const pools = either('worker_pool_specs');
  const list = pools && evaluate.expression(pools);
  const pool = list?.kind === 'list' ? list.items[0] : undefined;
  const machine = pool && evaluate.entry(pool, 'machine_spec');
  const container = pool && (evaluate.entry(pool, 'container_spec') ?? evaluate.entry(pool, 'python_package_spec'));
  const stated = (name: string): Expr | undefined => (machine && evaluate.entry(machine, name)) ?? either(name);
  facts.read('instance_count', (pool && evaluate.entry(pool, 'replica_count')) ?? either('replica_count'), count);
  addMachine(input, facts, stated);
  facts.read('max_time', either('timeout'), count);
  facts.read('spot', either('scheduling_strategy'), (value) => (/SPOT|PREEMPT/i.test(String(value)) ? true : undefined));
  const tuner = tunerOf(input, made);
  if (tuner) {
    facts.read('trials', evaluate.argument(tuner, 'max_trial_count'), count);
    facts.read('concurrency', evaluate.argument(tuner, 'parallel_trial_count'), count);
  }
  const flags: ReadFlag[] = listFlags(input, (container && evaluate.entry(container, 'args')) ?? either('args'));
  for (const fact of factsOfTraining(evaluate.uri, flags)) facts.add(fact);
  const script = either('script_path');
  const path = script && evaluate.value(script);
  const command = either('command') ?? (container && evaluate.entry(container, 'command'));
  const meant = command && evaluate.expression(command);
  const span = { uri: evaluate.uri, ...place };
  return {
    kind: 'training',
    framework: meant && /\btrl (sft|dpo|grpo|kto|reward|rloo)\b/.test(program.text.slice(meant.start, meant.end)) ? 'trl' : 'vertex-ai',
    title: 'Train',
    span,
    ...facts.result,
    ...(path?.known && typeof path.value === 'string'
      ? { launch: { span, target: { kind: 'script' as const, name: path.value }, flags: toFlags(evaluate.uri, flags) } }
      : {}),
  };
}
function addMachine(input: PythonInput, facts: FactSet, stated: (name: string) => Expr | undefined): void {
  facts.read('instance_type', stated('machine_type'), text);
  const type = stated('accelerator_type');
  // aiplatform.gapic.AcceleratorType.NVIDIA_L4: the name itself is the type
  const meant = type && input.evaluate.expression(type);
  if (meant?.kind === 'attribute' && /^[A-Z][A-Z0-9_]+$/.test(meant.name)) facts.written('gpu_type', meant.name, meant);
  else facts.read('gpu_type', type, (value) => (typeof value === 'string' && !/UNSPECIFIED|^$/.test(value) ? value : undefined));
  facts.read('gpu_count', stated('accelerator_count'), count);
}
function tunerOf({ program, evaluate }: PythonInput, made: Call): Call | undefined {
  return program.callsOf('HyperparameterTuningJob').find(({ call }) => {
    const given = evaluate.argument(call, 'custom_job', 1);
    return given && evaluate.expression(given).start === made.start;
  })?.call;
}

function endpoints(input: PythonInput): SeenWorkload[] {
  const { program, evaluate } = input;
  return program.callsOf(/^(?:deploy|batch_predict)$/).flatMap(({ call }): SeenWorkload[] => {
    if (
      call.callee.kind !== 'attribute' ||
      !['machine_type', 'accelerator_type', 'starting_replica_count', 'min_replica_count'].some((name) => evaluate.argument(call, name))
    )
      return [];
    const own = evaluate.expression(call.callee.object);
    const given = evaluate.argument(call, 'model', 0);
    const other = given && evaluate.expression(given);
    const model = [own, other].find((one): one is Call => one?.kind === 'call' && /\bModel(\.upload\w*)?$|OpenModel$/.test(evaluate.callee(one)));
    const facts = new FactSet(input);
    addMachine(input, facts, (name) => evaluate.argument(call, name));
    facts.read('min_replicas', evaluate.argument(call, 'min_replica_count'), count);
    facts.read('max_replicas', evaluate.argument(call, 'max_replica_count'), count);
    facts.read('spot', evaluate.argument(call, 'spot'), flag);
    if (call.callee.name === 'batch_predict') {
      facts.read('instance_count', evaluate.argument(call, 'starting_replica_count'), count);
      facts.read('batch_size', evaluate.argument(call, 'batch_size'), count);
    }
    if (model) {
      if (/OpenModel$/.test(evaluate.callee(model))) facts.read('model', model.args[0]?.value, text);
      const arguments_ = listFlags(input, evaluate.argument(model, 'serving_container_args'));
      for (const fact of factsOfFlags(evaluate.uri, arguments_, engineFlags.vllm)) facts.add(fact);
      for (const fact of containerFacts(evaluate.uri, dictFlags(input, evaluate.argument(model, 'serving_container_environment_variables')))) facts.add(fact);
    }
    const kind: WorkloadKind = call.callee.name === 'deploy' ? 'serving' : 'batch-inference';
    return [
      {
        kind,
        framework: 'vertex-ai',
        title: kind === 'serving' ? 'Endpoint' : 'Batch',
        span: { uri: evaluate.uri, start: program.statement(call.start).start, end: call.end },
        ...facts.result,
      },
    ];
  });
}
