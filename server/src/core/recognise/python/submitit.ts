import type { Call } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { clientOf, receiver } from './client.js';
import { keyed } from './keyed.js';
import { isTest, methodName, sitesOf } from './requests.js';
import { amount, count, FactSet, text } from './training/fact-set.js';

const executors = /^submitit(?:\.\w+)*\.(?:Auto|Slurm|Local|Debug)Executor$/;

/** Jobs that a program hands to Slurm.
 * @source github.com/facebookincubator/submitit, docs/structure.md: parameters that all executors share */
export const submitit: PythonRecogniser = {
  id: 'submitit',
  language: 'python',
  marker: /\bsubmitit\b/,
  doc: {
    format: 'submitit',
    reads: 'nodes, GPUs, processes and time limit of the jobs that a program hands to Slurm',
    example: 'executor = submitit.AutoExecutor(folder="logs")\nexecutor.update_parameters(nodes=2, gpus_per_node=8, timeout_min=60)',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input) || !program.mentions(/\bsubmitit\b/)) return [];
    return sitesOf(program, /\bupdate_parameters\b(?=\s*\()/g).flatMap((site) => {
      const type = clientOf(evaluate, receiver(site.method, /^$/), executors).type ?? '';
      // Where the executor comes in as an argument, the name of the method still tells.
      const handedIn = /^\w*exec\w*\.update_parameters$/i.test(methodName(program, site)) && program.mentions(/\b(?:timeout_min|gpus_per_node|slurm_\w+)\b/);
      return executors.test(type) || handedIn ? job(input, site.call) : [];
    });
  },
};

function job(input: PythonInput, call: Call): SeenWorkload[] {
  const { evaluate, document } = input;
  const given = keyed(evaluate, call);
  const facts = new FactSet(input);
  facts.read('gpu_count', given.get('gpus_per_node', 'slurm_gpus_per_node'), count);
  const gres = given.get('slurm_gres');
  facts.read('gpu_count', gres, (value) => count(/gpu:(?:\w+:)?(\d+)/.exec(String(value))?.[1] ?? ''));
  facts.read('gpu_type', gres, (value) => text(/gpu:([a-z]\w*)/i.exec(String(value))?.[1] ?? ''));
  if (!facts.has('gpu_count') && given.get('gpus_per_node', 'slurm_gpus_per_node', 'slurm_gres', 'slurm_gpus_per_task') === undefined) return [];
  facts.read('num_nodes', given.get('nodes'), count);
  facts.read('nproc_per_node', given.get('tasks_per_node', 'slurm_ntasks_per_node'), count);
  facts.read('max_time', given.get('timeout_min'), (value) => {
    const minutes = amount(value);
    return typeof minutes === 'number' ? minutes * 60 : undefined;
  });
  facts.read('max_time', given.get('slurm_time'), (value) => (typeof value === 'number' ? value * 60 : undefined));
  facts.read('concurrency', given.get('slurm_array_parallelism'), count);
  return [{ kind: 'resource', framework: 'slurm', title: 'submitit job', span: { uri: document.uri, start: call.start, end: call.end }, ...facts.result }];
}
