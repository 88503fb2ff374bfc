import { at, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands, runningBy } from '../config/command-kind.js';
import { commandsOf } from '../config/command-words.js';
import { takeAll } from '../config/engine-keys.js';
import { ConfigFacts, integer, number, text } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Run:ai's workloads.
 * @source run-ai-docs.nvidia.com, cluster API: TrainingWorkload, InferenceWorkload, DistributedWorkload, InteractiveWorkload; every field is `{value: …}` */
export const runai: YamlRecogniser = {
  id: 'runai',
  language: 'yaml',
  marker: /^apiVersion[ \t]*:\s*["']?run\.ai\//m,
  doc: { format: 'Run:ai', reads: 'devices or shares of one, workers, replicas, preemption, what the container runs', example: 'kind: TrainingWorkload' },
  recognise: ({ document, roots }) => roots.flatMap((root) => read(document.uri, document.text, root) ?? []),
};

function read(uri: string, source: string, root: Value): SeenWorkload | undefined {
  const kind = textOf(at(root, 'kind')) ?? '';
  const spec = at(root, 'spec');
  if (!/^(?:Training|Inference|Distributed|Interactive)Workload$/.test(kind)) return undefined;
  const value = (name: string): Value | undefined => at(spec, name, 'value');
  const facts = new ConfigFacts(uri, root);
  facts.take('gpu_count', value('gpu') ?? value('gpuDevices') ?? value('gpuDevicesRequest'), number);
  if (!facts.has('gpu_count')) return undefined;
  facts.take('num_nodes', value('numWorkers'), integer);
  facts.take('replicas', value('replicas'), integer);
  facts.take('min_replicas', value('minScale') ?? value('minReplicas'), integer);
  facts.take('max_replicas', value('maxScale') ?? value('maxReplicas'), integer);
  facts.take('cpu', value('cpu'), text);
  facts.take('memory', value('memory'), text);
  const [type] = itemsOf(value('nodePools'));
  facts.take('gpu_type', value('nodeType') ?? type, text);
  const words = [value('command'), value('args') ?? value('arguments')];
  const found = kindOfCommands(uri, commandsOf(source, words), textOf(value('image')));
  if (found) takeAll(facts, found.facts);
  const trains = /^(?:Training|Distributed)/.test(kind);
  const own = found?.kind ?? (trains ? 'training' : kind.startsWith('Inference') ? 'serving' : 'resource');
  const title = own === 'serving' ? titleOfEngine(found?.framework ?? 'Run:ai') : own === 'training' ? 'Train' : kind;
  return runningBy(facts.workload(own, found?.framework ?? 'runai', title), found);
}
