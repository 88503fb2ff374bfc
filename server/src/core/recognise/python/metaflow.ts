import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { FunctionInfo } from '../../syntax/python/program.js';
import { toFlags } from '../shared/command-line.js';
import { factsOfTraining } from '../shared/training-flags.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { dictFlags } from './platform.js';
import { isTest } from './requests.js';
import { count, FactSet } from './training/fact-set.js';

/** Steps of a Metaflow flow that ask for accelerators. */
export const metaflow: PythonRecogniser = {
  id: 'metaflow',
  language: 'python',
  marker: /\bmetaflow\b/,
  doc: {
    format: 'Metaflow',
    reads: 'steps with @kubernetes, @batch or @resources that ask for accelerators; nodes of num_parallel; torchrun with its script and arguments',
    example: '@kubernetes(gpu=4, cpu=12, memory=28000)',
  },
  recognise: (input) => {
    const { program } = input;
    if (isTest(input) || ![...program.imports.values()].some((one) => /^metaflow\b/.test(one.module))) return [];
    return program.functions().flatMap((step) => (step.decorators.some((one) => dotted(one) === 'step') ? (workload(input, step) ?? []) : []));
  },
};

function workload(input: PythonInput, step: FunctionInfo): SeenWorkload | undefined {
  const { evaluate, program } = input;
  const facts = new FactSet(input);
  for (const decorator of step.decorators) {
    if (decorator.kind !== 'call' || !/(^|\.)(resources|kubernetes|batch)$/.test(dotted(decorator.callee) ?? '')) continue;
    const read = (name: string, key: string): void => facts.read(name, evaluate.argument(decorator, key), count);
    read('gpu_count', 'gpu');
    read('cpu', 'cpu');
    read('memory', 'memory');
  }
  const inside = { start: step.bodyStart, end: step.end };
  const run = program
    .callsOf('run', inside)
    .find(({ call }) => evaluate.argument(call, 'entrypoint') !== undefined || /torch\.run$|Torchrun/.test(dotted(call.callee) ?? ''))?.call;
  const asksDistributed = step.decorators.some((one) => /(^|\.)(torchrun|deepspeed|metaflow_ray)$/.test((dotted(one) ?? '').replace(/\(\)$/, '')));
  if (!facts.has('gpu_count') && !run && !asksDistributed) return undefined;
  facts.read('num_nodes', nodesOf(input, step.name), count);
  const flags = run ? dictFlags(input, evaluate.argument(run, 'entrypoint_args')) : [];
  if (run) facts.read('nproc_per_node', evaluate.argument(run, 'nproc_per_node'), count);
  for (const fact of factsOfTraining(evaluate.uri, flags)) facts.add(fact);
  const body = program.text.slice(step.bodyStart, step.end);
  const trains = run !== undefined || asksDistributed || (/train|fine_?tun/i.test(step.name) && !/Trainer\s*\(|\.backward\(/.test(body));
  const start = Math.min(step.start, ...step.decorators.map((one) => one.start - 1));
  const span = { uri: evaluate.uri, start, end: step.end };
  const script = scriptOf(input, run);
  return {
    kind: trains ? 'training' : 'resource',
    framework: 'metaflow',
    ...(trains ? { title: 'Train' } : {}),
    span,
    ...facts.result,
    ...(script === undefined ? {} : { launch: { span, target: { kind: 'script' as const, name: script }, flags: toFlags(evaluate.uri, flags) } }),
  };
}
function scriptOf({ evaluate }: PythonInput, run: Call | undefined): string | undefined {
  const given = run && evaluate.argument(run, 'entrypoint');
  const value = given && evaluate.value(given);
  return value?.known && typeof value.value === 'string' ? value.value : undefined;
}
/** `self.next(self.train, num_parallel=2)` starts a step on that many nodes. */
function nodesOf({ program, evaluate }: PythonInput, step: string): Expr | undefined {
  for (const { call } of program.callsOf('next')) {
    const names = call.args.some((arg) => arg.keyword === undefined && dotted(arg.value) === `self.${step}`);
    const nodes = names ? evaluate.argument(call, 'num_parallel') : undefined;
    if (nodes) return nodes;
  }
  return undefined;
}
