import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { keyed } from './keyed.js';
import { isTest } from './requests.js';
import { amount, count, FactSet, text } from './training/fact-set.js';

const made =
  /^kubeflow\.trainer(?:\.\w+)*\.(?:CustomTrainer|Trainer|BuiltinTrainer)$|^kubeflow\.training(?:\.\w+)*\.TrainingClient\(?\)?\.(?:train|create_job)$/;

/** What Kubeflow's trainer clients ask a cluster for; the function that they run is read where it stands.
 * @source github.com/kubeflow/sdk, github.com/kubeflow/training-operator sdk/python: train(num_workers, num_procs_per_worker, resources_per_worker) */
export const kubeflowTrainer: PythonRecogniser = {
  id: 'kubeflow-trainer',
  language: 'python',
  marker: /\bkubeflow\.train(?:er|ing)\b/,
  doc: {
    format: 'Kubeflow Trainer (Python)',
    reads: 'nodes and accelerators of the jobs that a program creates',
    example: 'from kubeflow.trainer import CustomTrainer\nCustomTrainer(func=train, num_nodes=4, resources_per_node={"gpu": 1})',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    return program.callsOf(/^(?:CustomTrainer|Trainer|BuiltinTrainer|train|create_job)$/).flatMap(({ call }): SeenWorkload[] => {
      const owner = call.callee.kind === 'attribute' ? evaluate.expression(call.callee.object) : undefined;
      const name = owner?.kind === 'call' && call.callee.kind === 'attribute' ? `${evaluate.callee(owner)}.${call.callee.name}` : evaluate.callee(call);
      return made.test(name) ? job(input, call) : [];
    });
  },
};

function job(input: PythonInput, call: Parameters<PythonInput['evaluate']['callee']>[0]): SeenWorkload[] {
  const { evaluate, document } = input;
  const given = keyed(evaluate, call);
  const resources = keyed(evaluate, given.get('resources_per_node', 'resources_per_worker'));
  const facts = new FactSet(input);
  facts.read('num_nodes', given.get('num_nodes', 'num_workers'), count);
  facts.read('gpu_count', resources.get('gpu', 'nvidia.com/gpu'), count);
  facts.read('nproc_per_node', given.get('num_procs_per_worker', 'num_proc_per_node'), count);
  facts.read('cpu', resources.get('cpu'), amount);
  facts.read('memory', resources.get('memory'), text);
  if (!facts.has('gpu_count')) return [];
  return [{ kind: 'resource', framework: 'kubernetes', title: 'Kubeflow job', span: { uri: document.uri, start: call.start, end: call.end }, ...facts.result }];
}
