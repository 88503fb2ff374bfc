import { at, entriesOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { kindOfEnvironment, runningBy } from '../config/command-kind.js';
import { environmentOf } from '../config/command-words.js';
import { podsIn, type Within } from '../config/container.js';
import { takeAll } from '../config/engine-keys.js';
import { kindOfPod, takePod } from '../config/pods.js';
import { ConfigFacts, integer, text } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import { machineOfName } from '../shared/machine-types.js';
import type { JsonRecogniser, SeenWorkload } from '../types.js';
import { kubernetesObject } from '../yaml/kubernetes.js';

/** Containers that a platform's JSON describes: an image with its arguments, its variables, and the accelerators or the machine that it is given. */
export const containersJson: JsonRecogniser = {
  id: 'containers',
  language: 'json',
  marker: /"(?:\w*image(?:_?(?:uri|url|name|ref|repository))?|EcrAddress)"\s*:/i,
  doc: {
    format: 'containers in JSON (ECS, AWS Batch, Google Batch, RunPod, OCI blueprints, Kubernetes …)',
    reads: 'what an image runs, its accelerators, machine and replicas, wherever a platform’s description has them',
    example:
      '{"containerDefinitions": [{"image": "vllm/vllm-openai", "command": ["--model", "Qwen/Qwen3-8B"], "resourceRequirements": [{"type": "GPU", "value": "1"}]}]}',
  },
  recognise: ({ document, roots }) =>
    roots.flatMap((root) => {
      if (hasKey(root, 'apiVersion') && hasKey(root, 'kind')) {
        const items = itemsOf(at(root, 'items'));
        return (items.length > 0 ? items : [root]).flatMap((one) => kubernetesObject(document.uri, document.text, one, items) ?? []);
      }
      return podsIn(root).flatMap(({ pod, within }) => read(document.uri, document.text, root, pod, within) ?? []);
    }),
};

function read(uri: string, source: string, root: Value, pod: Value, within: readonly Within[]): SeenWorkload | undefined {
  const facts = new ConfigFacts(uri, root);
  takePod(facts, pod);
  for (const { value } of within.toReversed()) takeMachine(facts, value);
  const devices = facts.facts.some(({ name, value }) => (name === 'gpu_count' && value !== 0) || name === 'gpu_type' || name === 'instance_type');
  const command = kindOfPod(uri, source, pod) ?? (devices ? kindOfEnvironment(uri, environmentOf(at(pod, 'containers', 0, 'env'))) : undefined);
  // A machine alone may run anything; what serves or trains says so.
  if (!command || !(devices || command.facts.some((fact) => fact.name === 'model' && 'value' in fact))) return undefined;
  takeAll(facts, command.facts);
  const place = within.length > 1 || root.kind === 'seq' ? within.at(-1)!.place : root;
  return runningBy(facts.workload(command.kind, command.framework, command.kind === 'serving' ? titleOfEngine(command.framework) : 'Train', place), command);
}

const snake = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
/** Accelerators, machine and number of replicas that stand beside a container, in the words of platforms. */
function takeMachine(facts: ConfigFacts, value: Value): void {
  // SageMaker states what a container needs in a part of its own.
  for (const { key, value: inner } of [...entriesOf(value), ...entriesOf(at(value, 'ComputeResourceRequirements'))]) {
    const name = snake(key);
    if (/(?:^|_)(?:gpus?|gpu_count|num_gpus|accelerator_count|accelerator_devices_required)$/.test(name)) facts.take('gpu_count', inner, integer);
    if (/(?:^|_)(?:gpu_type|accelerator_type|accelerator)$/.test(name)) facts.take('gpu_type', inner, text);
    if (/(?:^|_)(?:instance_type|machine_type|node_shape|shape|vm_size)$/.test(name) && machineOfName(textOf(inner) ?? ''))
      facts.take('instance_type', inner, text);
    if (/(?:^|_)(?:replicas|replica_count|num_replicas|desired_count)$/.test(name)) facts.take('replicas', inner, integer);
    if (/(?:^|_)min_(?:replicas|replica_count|workers)$/.test(name)) facts.take('min_replicas', inner, integer);
    if (/(?:^|_)max_(?:replicas|replica_count|workers)$/.test(name)) facts.take('max_replicas', inner, integer);
    if (/(?:^|_)resource_requirements$/.test(name))
      for (const one of itemsOf(inner)) if (textOf(at(one, 'type')) === 'GPU') facts.take('gpu_count', at(one, 'value'), integer);
    // Google Batch and Compute Engine list them.
    if (name === 'accelerators') {
      facts.take('gpu_type', at(inner, 0, 'type') ?? at(inner, 0, 'acceleratorType'), text);
      facts.take('gpu_count', at(inner, 0, 'count') ?? at(inner, 0, 'acceleratorCount'), integer);
    }
  }
}
