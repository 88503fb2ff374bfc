import { at, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands, runningBy } from '../config/command-kind.js';
import { commandsOf, environmentOf } from '../config/command-words.js';
import { takeAll } from '../config/engine-keys.js';
import { ConfigFacts, integer, text } from '../shared/config-facts.js';
import { isAcceleratorName, machineOfName } from '../shared/machine-types.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Custom jobs of Vertex AI, as `gcloud ai custom-jobs create --config` takes them. */
export const vertexJob: YamlRecogniser = {
  id: 'vertex-job',
  language: 'yaml',
  marker: /^[ \t]*workerPoolSpecs[ \t]*:/m,
  doc: {
    format: 'Vertex AI custom job',
    reads: 'machine, accelerators, replicas, spot, what the container runs',
    example: 'workerPoolSpecs: [{machineSpec: {machineType: a3-highgpu-8g}}]',
  },
  recognise: ({ document, roots }) => roots.flatMap((root) => read(document.uri, document.text, root) ?? []),
};

function read(uri: string, source: string, root: Value): SeenWorkload | undefined {
  const job = hasKey(root, 'workerPoolSpecs') ? root : (at(root, 'jobSpec') ?? at(root, 'trialJobSpec'));
  const pools = itemsOf(at(job, 'workerPoolSpecs'));
  const [pool] = pools.filter((one) => hasKey(at(one, 'machineSpec'), 'acceleratorType') || machineOfName(textOf(at(one, 'machineSpec', 'machineType')) ?? ''));
  if (!pool) return undefined;
  const facts = new ConfigFacts(uri, root);
  const machine = at(pool, 'machineSpec');
  facts.take('instance_type', at(machine, 'machineType'), text);
  facts.take('gpu_type', at(machine, 'acceleratorType'), (value) => {
    const name = textOf(value)?.replaceAll('_', '-').toLowerCase() ?? '';
    return isAcceleratorName(name) || /tpu/.test(name) ? textOf(value) : undefined;
  });
  facts.take('gpu_count', at(machine, 'acceleratorCount'), integer);
  const counts = pools.map((one) => integer(at(one, 'replicaCount') ?? one));
  if (pools.length > 1 && counts.every((count) => typeof count === 'number'))
    facts.put(
      'instance_count',
      counts.reduce<number>((sum, count) => sum + Number(count), 0),
      at(pool, 'replicaCount') ?? pool,
      'literal',
      'sum over the worker pools',
    );
  else facts.take('instance_count', at(pool, 'replicaCount'), integer);
  const strategy = at(job, 'scheduling', 'strategy');
  if (strategy && /^SPOT$/.test(textOf(strategy) ?? '')) facts.put('spot', true, strategy);
  const timeout = /^(\d+)s$/.exec(textOf(at(job, 'scheduling', 'timeout')) ?? '')?.[1];
  if (timeout !== undefined) facts.put('max_time', Number(timeout), at(job, 'scheduling', 'timeout') ?? pool);
  facts.take('trials', at(root, 'maxTrialCount'), integer);
  const container = at(pool, 'containerSpec');
  const environment = environmentOf(at(container, 'env'));
  const found = kindOfCommands(
    uri,
    commandsOf(source, [at(container, 'command'), at(container, 'args')], environment),
    textOf(at(container, 'imageUri')),
    environment,
  );
  if (found) takeAll(facts, found.facts);
  const seen = facts.workload(found?.kind ?? 'training', found?.framework ?? 'vertex-ai', found?.kind === 'training' || !found ? 'Train' : undefined);
  return runningBy(seen, found);
}
