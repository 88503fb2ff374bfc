import { argument, type Call, type Expr } from '../../syntax/python/ast.js';
import { kindOfCommands } from '../config/command-kind.js';
import { splitCommand } from '../shared/command-line.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { isTest } from './requests.js';
import { amount, count, FactSet, text } from './training/fact-set.js';

/** Jobs, deployments and clusters of Azure Machine Learning's SDK.
 * @source learn.microsoft.com/python/api/azure-ai-ml: command(), ManagedOnlineDeployment, AmlCompute */
export const azuremlSdk: PythonRecogniser = {
  id: 'azureml-sdk',
  language: 'python',
  marker: /\bazure\.ai\.ml\b/,
  doc: {
    format: 'Azure Machine Learning (Python SDK v2)',
    reads: 'command jobs with instances, processes, limits and what they run; managed deployments; clusters',
    example: 'command(command="python train.py --epochs 3", compute="gpu-cluster", instance_count=2)',
  },
  recognise: (input) =>
    isTest(input)
      ? []
      : input.program.callsOf(/^(?:command|ManagedOnlineDeployment|AmlCompute)$/).flatMap(({ call }) => {
          const name = /^azure\.ai\.ml\b.*\.(command|ManagedOnlineDeployment|AmlCompute)$/.exec(input.evaluate.callee(call))?.[1];
          return name === 'command' ? job(input, call) : name === 'AmlCompute' ? cluster(input, call) : name === undefined ? [] : deployment(input, call);
        }),
};

const place = ({ document, program }: PythonInput, call: Call) => ({ uri: document.uri, start: program.statement(call.start).start, end: call.end });

function job(input: PythonInput, call: Call): SeenWorkload[] {
  const { evaluate, document } = input;
  const facts = new FactSet(input);
  const given = (name: string): Expr | undefined => argument(call, name)?.value;
  const resources = given('resources');
  const stated = (name: string): Expr | undefined => given(name) ?? (resources && evaluate.entry(resources, name));
  facts.read('instance_count', stated('instance_count'), count);
  facts.read('instance_type', stated('instance_type') ?? given('compute'), text);
  const distribution = given('distribution');
  facts.read('nproc_per_node', distribution && evaluate.entry(distribution, 'process_count_per_instance'), count);
  const limits = given('limits');
  facts.read('max_time', given('timeout') ?? (limits && evaluate.entry(limits, 'timeout')), amount);
  const written = given('command');
  const value = written && evaluate.value(written);
  const found = value?.known && typeof value.value === 'string' ? runOf(document.uri, value.value, value) : undefined;
  if (found?.kind !== 'training' && !distribution) return [];
  for (const fact of found?.facts ?? []) facts.add(fact);
  const { refs, ...result } = facts.result;
  return [
    {
      kind: 'training',
      framework: found?.framework ?? 'azureml',
      title: 'Train',
      span: place(input, call),
      ...result,
      refs: [...refs, ...(found?.refs ?? [])],
      ...(found?.launch && { launch: found.launch }),
    },
  ];
}
/** The command with its inputs as values that are decided elsewhere: `${{inputs.epochs}}`. */
function runOf(uri: string, command: string, { start }: { readonly start: number }): ReturnType<typeof kindOfCommands> {
  const plain = command.replace(/\$\{\{\s*[\w.]+\s*\}\}/g, (one) => '$'.padEnd(one.length, 'x'));
  return kindOfCommands(uri, [splitCommand(plain, start + 1)]);
}

function deployment(input: PythonInput, call: Call): SeenWorkload[] {
  const facts = new FactSet(input);
  facts.read('instance_type', argument(call, 'instance_type')?.value, text);
  facts.read('instance_count', argument(call, 'instance_count')?.value, count);
  const model = argument(call, 'model')?.value;
  const value = model && input.evaluate.value(model);
  if (value?.known) facts.put('model', value, (one) => (typeof one === 'string' ? one.replace(/^azureml:/, '') : undefined));
  return facts.has('instance_type') ? [{ kind: 'serving', framework: 'azureml', title: 'Endpoint', span: place(input, call), ...facts.result }] : [];
}

function cluster(input: PythonInput, call: Call): SeenWorkload[] {
  const facts = new FactSet(input);
  facts.read('instance_type', argument(call, 'size')?.value, text);
  const size = facts.get('instance_type')?.value;
  // Azure's machines with accelerators are those of the N series.
  if (!/^standard_n[cdgv]/i.test(String(size ?? ''))) return [];
  facts.read('min_replicas', argument(call, 'min_instances')?.value, (value) => (typeof value === 'number' ? value : undefined));
  facts.read('max_replicas', argument(call, 'max_instances')?.value, count);
  facts.read('spot', argument(call, 'tier')?.value, (value) => (/low/i.test(String(value)) ? true : undefined));
  return [{ kind: 'resource', framework: 'azureml', title: 'Cluster', span: place(input, call), ...facts.result }];
}
