import type { Fact, UnknownFact } from '../../model/fact.js';
import type { WorkloadKind } from '../../model/workload.js';
import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import { flagNamed, type ReadFlag, toFlags } from '../shared/command-line.js';
import { factsOfTraining } from '../shared/training-flags.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { containerFacts } from './container.js';
import { dictFlags } from './platform.js';
import { isTest } from './requests.js';
import { addDataset } from './training/data-source.js';
import { count, FactSet, flag, text } from './training/fact-set.js';

const estimators =
  /^(?:HuggingFace|PyTorch|TensorFlow|MXNet|Chainer|SKLearn|XGBoost|Estimator|Framework|JumpStartEstimator|ModelTrainer|AlgorithmEstimator|RLEstimator|KMeans|PCA|LinearLearner|RandomCutForest|FactorizationMachines|LDA|NTM|Object2Vec|IPInsights|KNN)$/;

/** Training jobs, endpoints and batch jobs of Amazon SageMaker: its SDK of both generations, and boto3's requests. */
export const sagemaker: PythonRecogniser = {
  id: 'sagemaker',
  language: 'python',
  marker: /\bsagemaker\b/,
  doc: {
    format: 'SageMaker (Python)',
    reads:
      'estimators and ModelTrainer with instances, spot, time limit, hyperparameters of the script, tuners; deploy(), ModelBuilder, JumpStart, endpoint configurations, transform jobs',
    example: 'HuggingFace(entry_point="train.py", instance_type="ml.g5.2xlarge", instance_count=1, hyperparameters={"epochs": 3})',
  },
  recognise: (input) => (isTest(input) ? [] : [...trainings(input), ...endpoints(input)]),
};

function trainings(input: PythonInput): SeenWorkload[] {
  const { program, evaluate } = input;
  const made = program.callsOf(estimators).flatMap(({ call }) => {
    const name = evaluate.callee(call);
    const known = /^sagemaker\b/.test(name) || (program.starImports.some((module) => /^sagemaker\b/.test(module)) && /^\w+$/.test(name));
    return known && isRun(input, call) ? [job(input, call)] : [];
  });
  const requested = program.callsOf('create_training_job').map(({ call }) => requestedJob(input, call));
  return [...made, ...requested];
}
/** A constructor says a job where it says a machine, or where its job is started. */
const isRun = ({ program, evaluate }: PythonInput, call: Call): boolean =>
  ['instance_type', 'train_instance_type', 'compute', 'model_id'].some((name) => evaluate.argument(call, name) !== undefined) ||
  new RegExp(`\\b${target(program.text, program.statement(call.start).start, call.start) ?? '-'}\\.(fit|train)\\s*\\(`).test(program.text);
const target = (source: string, start: number, end: number): string | undefined => source.slice(start, end).match(/([\w.]+)\s*(?::[^=\n]+)?=\s*$/)?.[1];

function job(input: PythonInput, call: Call): SeenWorkload {
  const { evaluate, program } = input;
  const facts = new FactSet(input);
  const compute = made(input, call, 'compute');
  const place = compute ?? call;
  facts.read('instance_type', evaluate.argument(place, 'instance_type') ?? evaluate.argument(call, 'train_instance_type'), text);
  facts.read('instance_count', evaluate.argument(place, 'instance_count') ?? evaluate.argument(call, 'train_instance_count'), count);
  const spot =
    evaluate.argument(place, 'use_spot_instances') ??
    evaluate.argument(call, 'train_use_spot_instances') ??
    evaluate.argument(place, 'enable_managed_spot_training');
  facts.read('spot', spot, flag);
  facts.read('keep_alive', evaluate.argument(place, 'keep_alive_period_in_seconds'), count);
  const stop = made(input, call, 'stopping_condition');
  facts.read(
    'max_time',
    (stop && evaluate.argument(stop, 'max_runtime_in_seconds')) ?? evaluate.argument(call, 'max_run') ?? evaluate.argument(call, 'train_max_run'),
    count,
  );
  const given = evaluate.argument(call, 'hyperparameters');
  const flags = dictFlags(input, given);
  addDistribution(input, facts, call);
  const trial = tunerOf(input, call);
  if (trial) {
    facts.read('trials', evaluate.argument(trial, 'max_jobs'), count);
    facts.read('concurrency', evaluate.argument(trial, 'max_parallel_jobs'), count);
  }
  facts.read('model', evaluate.argument(call, 'model_id'), text);
  for (const fact of factsOfTraining(evaluate.uri, flags)) facts.add(fact);
  if (/\bload_dataset\b/.test(program.text)) addDataset(input, facts, undefined, call.start);
  const source = made(input, call, 'source_code');
  const entry = (source && evaluate.argument(source, 'entry_script')) ?? evaluate.argument(call, 'entry_point');
  const folder = (source && evaluate.argument(source, 'source_dir')) ?? evaluate.argument(call, 'source_dir');
  const statement = program.statement(call.start);
  return training(input, facts, { start: statement.start, end: call.end }, entry, folder, flags);
}
function training(
  input: PythonInput,
  facts: FactSet,
  place: { start: number; end: number },
  entry: Expr | undefined,
  folder: Expr | undefined,
  flags: readonly ReadFlag[],
): SeenWorkload {
  const { evaluate } = input;
  const script = entry && evaluate.value(entry);
  const inside = folder && evaluate.value(folder);
  const span = { uri: evaluate.uri, ...place };
  const path = script?.known && typeof script.value === 'string' ? script.value : undefined;
  const local = inside?.known && typeof inside.value === 'string' && !/^\w+:\/\//.test(inside.value) ? `${inside.value.replace(/\/$/, '')}/` : '';
  return {
    kind: 'training',
    framework: 'sagemaker',
    title: 'Train',
    span,
    ...facts.result,
    ...(path && /\.py$/.test(path)
      ? { launch: { span, target: { kind: 'script' as const, name: `${local}${path}` }, flags: toFlags(evaluate.uri, flags) } }
      : {}),
  };
}
const made = ({ evaluate }: PythonInput, call: Call, name: string): Call | undefined => {
  const given = evaluate.argument(call, name);
  const meant = given && evaluate.expression(given);
  return meant?.kind === 'call' ? meant : undefined;
};
/** The tuner that repeats an estimator's job. */
function tunerOf({ program, evaluate }: PythonInput, call: Call): Call | undefined {
  return program.callsOf('HyperparameterTuner').find((site) => {
    const given = evaluate.argument(site.call, 'estimator', 0) ?? evaluate.argument(site.call, 'model_trainer', 0);
    return given && evaluate.expression(given).start === call.start;
  })?.call;
}
/** `distributed=Torchrun(process_count_per_node=8)`, `distribution={"mpi": {"processes_per_host": 8}}`. */
function addDistribution({ evaluate }: PythonInput, facts: FactSet, call: Call): void {
  const given = evaluate.argument(call, 'distributed') ?? evaluate.argument(call, 'distribution');
  const meant = given && evaluate.expression(given);
  if (meant?.kind === 'call') facts.read('nproc_per_node', evaluate.argument(meant, 'process_count_per_node'), count);
  const mpi = meant?.kind === 'dict' ? evaluate.entry(meant, 'mpi') : undefined;
  if (mpi) facts.read('nproc_per_node', evaluate.entry(mpi, 'processes_per_host'), count);
}

/** boto3's `create_training_job(…)`. */
function requestedJob(input: PythonInput, call: Call): SeenWorkload {
  const { evaluate } = input;
  const facts = new FactSet(input);
  const resources = evaluate.argument(call, 'ResourceConfig');
  if (resources) {
    facts.read('instance_type', evaluate.entry(resources, 'InstanceType'), text);
    facts.read('instance_count', evaluate.entry(resources, 'InstanceCount'), count);
    facts.read('keep_alive', evaluate.entry(resources, 'KeepAlivePeriodInSeconds'), count);
  }
  facts.read('spot', evaluate.argument(call, 'EnableManagedSpotTraining'), flag);
  const stop = evaluate.argument(call, 'StoppingCondition');
  if (stop) facts.read('max_time', evaluate.entry(stop, 'MaxRuntimeInSeconds'), count);
  const flags = dictFlags(input, evaluate.argument(call, 'HyperParameters'));
  for (const fact of factsOfTraining(evaluate.uri, flags)) facts.add(fact);
  return training(input, facts, call, undefined, undefined, flags);
}

/** Endpoints and transform jobs. */
function endpoints(input: PythonInput): SeenWorkload[] {
  const { program, evaluate } = input;
  return program.callsOf(/^(?:deploy|transformer|create|create_endpoint_config)$/).flatMap(({ call }): SeenWorkload[] => {
    if (call.callee.kind !== 'attribute') return [];
    const { name, object } = call.callee;
    if (name === 'create')
      return /^sagemaker\b.*\bEndpointConfig\.create$/.test(evaluate.callee(call)) ? variants(input, call, evaluate.argument(call, 'production_variants')) : [];
    if (name === 'create_endpoint_config') return variants(input, call, evaluate.argument(call, 'ProductionVariants'));
    const model = evaluate.expression(object);
    const owner = model.kind === 'call' ? evaluate.callee(model) : '';
    const isOther = owner !== '' && !/^sagemaker\b/.test(owner) && !/^\w*Model\w*$/.test(owner) && !/(^|\.)(build|create_model)$/.test(owner);
    const second = positional(call, 1);
    const says =
      ['instance_type', 'initial_instance_count', 'serverless_inference_config', 'instance_count'].some((key) => evaluate.argument(call, key) !== undefined) ||
      (second !== undefined && /^["']ml\.|instance/.test(program.text.slice(second.start, second.end)));
    if (isOther || !(says || /^sagemaker\.jumpstart\b/.test(owner) || /^sagemaker\b.*ModelBuilder/.test(owner))) return [];
    return [endpoint(input, call, model.kind === 'call' ? model : undefined, name === 'transformer' ? 'batch-inference' : 'serving')];
  });
}
function endpoint(input: PythonInput, call: Call, model: Call | undefined, kind: WorkloadKind): SeenWorkload {
  const { evaluate, program } = input;
  const facts = new FactSet(input);
  // A model may know its machine; the one that an estimator trained on is not the endpoint's.
  const own = model && !estimators.test((dotted(model.callee) ?? '').split('.').at(-1) ?? '') ? evaluate.argument(model, 'instance_type') : undefined;
  facts.read('instance_type', evaluate.argument(call, 'instance_type') ?? positional(call, 1) ?? (kind === 'serving' ? own : undefined), text);
  facts.read('instance_count', evaluate.argument(call, 'initial_instance_count') ?? evaluate.argument(call, 'instance_count') ?? positional(call, 0), count);
  facts.read('max_replicas', serverless(input, call), count);
  if (kind === 'batch-inference') facts.read('concurrency', evaluate.argument(call, 'max_concurrent_transforms'), count);
  if (model) {
    // An estimator that is deployed serves what it trained.
    facts.read(
      'model',
      evaluate.argument(model, 'model_id') ?? (/ModelBuilder$/.test(evaluate.callee(model)) ? evaluate.argument(model, 'model') : undefined),
      text,
    );
    const trained = flagNamed(dictFlags(input, evaluate.argument(model, 'hyperparameters')), 'model_id', 'model_name_or_path', 'model_name');
    if (trained) for (const fact of factsOfTraining(evaluate.uri, [trained])) facts.add(fact);
    const environment = dictFlags(input, evaluate.argument(model, 'env') ?? evaluate.argument(model, 'env_vars') ?? evaluate.argument(model, 'environment'));
    for (const fact of containerFacts(evaluate.uri, environment)) facts.add(localModel(fact));
  }
  return serving(input, facts, { start: program.statement(call.start).start, end: call.end }, kind);
}
const positional = (call: Call, index: number): Expr | undefined => call.args.filter((arg) => arg.keyword === undefined && !arg.spread)[index]?.value;
function serverless(input: PythonInput, call: Call): Expr | undefined {
  const config = made(input, call, 'serverless_inference_config');
  return config && input.evaluate.argument(config, 'max_concurrency');
}
/** The folder where a platform puts the weights names no model. */
const localModel = (fact: Fact | UnknownFact): Fact | UnknownFact | undefined =>
  fact.name === 'model' && 'value' in fact && /^\/opt\/ml\//.test(String(fact.value)) ? undefined : fact;

/** Variants of an endpoint configuration; what the container serves is said where its model is made. */
function variants(input: PythonInput, call: Call, given: Expr | undefined): SeenWorkload[] {
  const { evaluate, program } = input;
  const list = given && evaluate.expression(given);
  const items = list?.kind === 'list' ? list.items : [];
  return items.slice(0, 3).map((item) => {
    const facts = new FactSet(input);
    const read = (...names: readonly string[]): Expr | undefined => names.map((name) => evaluate.entry(item, name)).find((one) => one !== undefined);
    facts.read('instance_type', read('instance_type', 'InstanceType'), text);
    facts.read('instance_count', read('initial_instance_count', 'InitialInstanceCount'), count);
    for (const { call: made } of program.callsOf(/^(?:ContainerDefinition|create_model)$/)) {
      const container = dotted(made.callee)?.endsWith('create_model') ? evaluate.argument(made, 'PrimaryContainer') : undefined;
      const environment = dictFlags(input, container ? evaluate.entry(container, 'Environment') : evaluate.argument(made, 'environment'));
      for (const fact of containerFacts(evaluate.uri, environment)) facts.add(localModel(fact));
    }
    return serving(input, facts, items.length > 1 ? item : { start: program.statement(call.start).start, end: call.end }, 'serving');
  });
}
function serving(input: PythonInput, facts: FactSet, place: { start: number; end: number }, kind: WorkloadKind): SeenWorkload {
  return {
    kind,
    framework: 'sagemaker',
    title: kind === 'serving' ? 'Endpoint' : 'Batch',
    span: { uri: input.document.uri, start: place.start, end: place.end },
    ...facts.result,
  };
}
