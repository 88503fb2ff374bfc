import { at, type Entry, entriesOf, itemsOf, scalarOf, textOf, type Value } from '../../syntax/value.js';
import { type ConfigFacts, integer, text } from '../shared/config-facts.js';
import { type CommandKind, kindOfCommands, kindOfEnvironment } from './command-kind.js';
import { commandsOf, commandsOfText, environmentOf, type Words } from './command-words.js';

/** Names of the resources that are accelerators, with who makes them: the makers whose chips a table has as it writes them. */
const devices: readonly (readonly [RegExp, string])[] = [
  [/^nvidia\.com\/(?:gpu(?:\.shared)?|mig-[\w.-]+)$/, 'NVIDIA'],
  [/^amd\.com\/gpu$/, 'AMD'],
  [/^aws\.amazon\.com\/neuron(?:core|device)?$/, 'AWS'],
  [/^google\.com\/tpu$/, 'Google'],
  [/^(?:habana\.ai\/gaudi|gpu\.intel\.com\/\w+)$/, 'Intel'],
  [/^huawei\.com\/(?:Ascend|npu)[\w.-]*$/i, 'Huawei'],
  [/^rebellions\.ai\/[\w-]+$/, 'Rebellions'],
  [/^furiosa\.ai\/[\w-]+$/, 'FuriosaAI'],
  [
    /^(?:cambricon\.com\/v?mlu|metax-tech\.com\/v?gpu|hygon\.com\/dcu|enflame\.com\/gcu|mthreads\.com\/v?gpu|iluvatar\.(?:ai|com)\/gpu|qualcomm\.com\/qaic|ibm\.com\/spyre_\w+)$/,
    'other',
  ],
];
const makerOf = (resource: string): string | undefined => devices.find(([pattern]) => pattern.test(resource))?.[1];

/** The entry of a container's resources that asks for accelerators. */
export function deviceOf(container: Value | undefined): Entry | undefined {
  for (const part of ['limits', 'requests']) {
    const found = entriesOf(at(container, 'resources', part)).find((entry) => makerOf(entry.key) !== undefined && entry.value.kind === 'scalar');
    if (found) return found;
  }
  return undefined;
}
export const hasDevice = (container: Value | undefined): boolean => {
  const found = deviceOf(container);
  return found !== undefined && integer(found.value) !== 0 && textOf(found.value) !== undefined;
};
export const containersOf = (pod: Value | undefined): readonly Value[] => itemsOf(at(pod, 'containers'));
export const podHasDevice = (pod: Value | undefined): boolean => containersOf(pod).some(hasDevice);

/** Accelerators, CPU, memory and the kind of node of one pod. */
export function takePod(facts: ConfigFacts, pod: Value | undefined): void {
  const containers = containersOf(pod);
  const owners = containers.filter(hasDevice);
  const owner = owners[0] ?? containers[0];
  takeDevices(facts, owners);
  takeContainer(facts, owner);
  takeNode(facts, pod);
}

function takeDevices(facts: ConfigFacts, owners: readonly Value[]): void {
  const entries = owners.flatMap((owner) => deviceOf(owner) ?? []);
  const counts = entries.map((entry) => integer(entry.value));
  const [first] = entries;
  if (!first) return;
  if (entries.length > 1 && counts.every((count) => typeof count === 'number'))
    facts.put(
      'gpu_count',
      counts.reduce<number>((sum, count) => sum + (count as number), 0),
      first.value,
      'literal',
      'sum over the containers of the pod',
    );
  else facts.take('gpu_count', first.value, integer);
  takeMaker(facts, first);
}
/** Who makes the accelerators, where it is not who makes most: the kind stays open. */
function takeMaker(facts: ConfigFacts, entry: Entry): void {
  const maker = makerOf(entry.key);
  if (maker !== undefined && maker !== 'NVIDIA') facts.put('gpu_vendor', maker, { start: entry.keyStart, end: entry.keyEnd });
}

/** CPU, memory and, where asked for, accelerators of one container (or of anything with `resources`). */
export function takeContainer(facts: ConfigFacts, container: Value | undefined): void {
  const entry = deviceOf(container);
  if (entry) {
    facts.take('gpu_count', entry.value, integer);
    takeMaker(facts, entry);
  }
  for (const name of ['cpu', 'memory']) {
    const value = at(container, 'resources', 'limits', name) ?? at(container, 'resources', 'requests', name);
    facts.take(name, value, text);
  }
}

/** What node selectors and affinities say about the machine. */
export function takeNode(facts: ConfigFacts, pod: Value | undefined): void {
  for (const [key, value] of selectorsOf(pod)) {
    const provider = providerOfLabel(key);
    if (provider !== undefined) facts.put('provider', provider, value, 'literal', `nodes with the label ${key} are its own`);
    if (/gke-accelerator$|gke-tpu-accelerator$|gpu\.product$|gpu\.nvidia\.com\/(?:class|model)$|instance-gpu-name$|skypilot\.co\/accelerator$/.test(key))
      facts.take('gpu_type', value, text);
    else if (/node\.kubernetes\.io\/instance-type$|beta\.kubernetes\.io\/instance-type$/.test(key)) facts.take('instance_type', value, text);
    else if (/gke-spot$|gke-preemptible$/.test(key) && /^true$/i.test(textOf(value) ?? '')) facts.put('spot', true, value);
    else if (/capacity-?type$|scalesetpriority$/i.test(key) && /^spot$/i.test(textOf(value) ?? '')) facts.put('spot', true, value);
  }
}
/** Whose managed nodes carry a label.
 * @source GKE documentation, GPUs in Standard node pools; Karpenter documentation, AWS labels; Amazon EKS and AKS documentation, managed nodes' labels */
const providerOfLabel = (key: string): string | undefined =>
  /^cloud\.google\.com\/gke-/.test(key)
    ? 'gcp'
    : /^(?:karpenter\.k8s\.aws|eks\.amazonaws\.com|k8s\.amazonaws\.com)\//.test(key)
      ? 'aws'
      : /^kubernetes\.azure\.com\//.test(key)
        ? 'azure'
        : undefined;
function selectorsOf(pod: Value | undefined): [string, Value][] {
  const plain = entriesOf(at(pod, 'nodeSelector')).map((entry): [string, Value] => [entry.key, entry.value]);
  const terms = itemsOf(at(pod, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'));
  const expressions = terms.flatMap((term) => itemsOf(at(term, 'matchExpressions')));
  const required = expressions.flatMap((expression): [string, Value][] => {
    const key = textOf(at(expression, 'key'));
    const [value] = itemsOf(at(expression, 'values'));
    return key && value && scalarOf(at(expression, 'operator')) === 'In' ? [[key, value]] : [];
  });
  return [...plain, ...required];
}

/** What the containers of a pod run; a script that a ConfigMap of the same file holds is read where a container starts it. */
export function kindOfPod(uri: string, source: string, pod: Value | undefined, roots: readonly Value[] = []): CommandKind | undefined {
  for (const container of [...containersOf(pod).filter(hasDevice), ...containersOf(pod).filter((one) => !hasDevice(one))]) {
    const environment = environmentOf(at(container, 'env'));
    const commands = commandsOf(source, [at(container, 'command'), at(container, 'args')], environment);
    const found = kindOfCommands(uri, commands, textOf(at(container, 'image')), environment) ?? ofMounted(uri, source, commands, environment, roots);
    if (found) return found;
  }
  for (const container of containersOf(pod).filter(hasDevice)) {
    const found = kindOfEnvironment(uri, environmentOf(at(container, 'env')));
    if (found) return found;
  }
  return undefined;
}
/** `bash /scripts/run.sh`, where a ConfigMap has a key of that name. */
function ofMounted(
  uri: string,
  source: string,
  commands: readonly Words[],
  environment: ReadonlyMap<string, Value>,
  roots: readonly Value[],
): CommandKind | undefined {
  for (const words of commands)
    for (const { text: word } of words) {
      const name = /(?:^|\/)([\w.-]+\.(?:sh|bash))$/.exec(word)?.[1];
      const script =
        name === undefined ? undefined : roots.map((root) => (textOf(at(root, 'kind')) === 'ConfigMap' ? at(root, 'data', name) : undefined)).find(Boolean);
      const found = script && kindOfCommands(uri, commandsOfText(source, script, environment), '', environment);
      if (found) return found;
    }
  return undefined;
}
