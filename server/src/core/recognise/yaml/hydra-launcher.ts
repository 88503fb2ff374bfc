import { at, entryOf, hasKey, type Value } from '../../syntax/value.js';
import { ConfigFacts, integer, number, text } from '../shared/config-facts.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Where Hydra's Ray and Submitit launchers run each job of a sweep. */
export const hydraLauncher: YamlRecogniser = {
  id: 'hydra-launcher',
  language: 'yaml',
  marker: /(?:^|[ \t{,])(?:num_gpus|gpus_per_node)[ \t]*:/m,
  doc: {
    format: 'Hydra launchers',
    reads: 'GPUs, CPUs, nodes and time limit of the Ray and Submitit launchers',
    example: 'launcher: {ray: {remote: {num_gpus: 2}}}',
  },
  recognise: ({ document, roots }) => roots.flatMap((root) => read(document.uri, root) ?? []),
};

function read(uri: string, root: Value): SeenWorkload | undefined {
  const entry = entryOf(at(root, 'hydra'), 'launcher') ?? entryOf(root, 'launcher');
  const launcher = entry?.value ?? (/submitit/.test(String(target(root))) ? root : undefined);
  if (!launcher) return undefined;
  const place = entry ? { start: entry.keyStart, end: entry.value.end } : root;
  const facts = new ConfigFacts(uri, root);
  const remote = at(launcher, 'ray', 'remote') ?? at(launcher, 'ray', 'init');
  if (remote) {
    facts.take('gpu_count', at(remote, 'num_gpus'), number);
    facts.take('cpu', at(remote, 'num_cpus'), integer);
    return facts.facts.some(({ name, value }) => name === 'gpu_count' && value !== 0) ? facts.workload('resource', 'ray', 'Hydra launcher', place) : undefined;
  }
  if (!hasKey(launcher, 'gpus_per_node')) return undefined;
  facts.take('gpu_count', at(launcher, 'gpus_per_node'), integer);
  facts.take('num_nodes', at(launcher, 'nodes'), integer);
  facts.take('nproc_per_node', at(launcher, 'tasks_per_node'), integer);
  facts.take('cpu', at(launcher, 'cpus_per_task'), integer);
  facts.take('memory', at(launcher, 'mem_gb'), text);
  facts.take('concurrency', at(launcher, 'array_parallelism'), integer);
  facts.take('max_time', at(launcher, 'timeout_min'), (value) => {
    const minutes = number(value);
    return typeof minutes === 'number' ? minutes * 60 : undefined;
  });
  return facts.facts.some(({ name, value }) => name === 'gpu_count' && value !== 0) ? facts.workload('resource', 'slurm', 'Hydra launcher', place) : undefined;
}
const target = (root: Value): unknown => {
  const value = at(root, '_target_');
  return value?.kind === 'scalar' ? value.value : undefined;
};
