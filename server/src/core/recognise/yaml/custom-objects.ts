import { at, entriesOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { type CommandKind, runningBy } from '../config/command-kind.js';
import { type FoundPod, podsIn, type Within } from '../config/container.js';
import { takeAll } from '../config/engine-keys.js';
import { deviceOf, hasDevice, kindOfPod, podHasDevice, takeContainer, takeNode, takePod } from '../config/pods.js';
import { ConfigFacts, integer, numberOf, text } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import { machineOfName } from '../shared/machine-types.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';
import { kubernetesObject, podSetsOf } from './kubernetes.js';

/** Objects of any operator: wherever they hold a pod or a container, it is read as one; without any, a model of a hub beside accelerators is served. */
export const customObjects: YamlRecogniser = {
  id: 'custom-objects',
  language: 'yaml',
  marker: /^apiVersion[ \t]*:\s*["']?[\w-]+(?:\.[\w-]+)+\//m,
  doc: {
    format: 'objects of other operators (NVIDIA Dynamo, AIBrix, Argo Rollouts, Katib, AppWrapper, llmaz …)',
    reads: 'pods and containers wherever they stand in an object, with replicas, accelerators and what they run; a model of a hub beside accelerators',
    example: 'kind: DynamoGraphDeployment',
  },
  recognise: ({ document, roots }) => (signs.test(document.text) ? roots.flatMap((root) => read(document.uri, document.text, root, roots)) : []),
};
const signs = /\bcontainers\b|\bgpu\b|[cC]ontainer\b|\bimage\b|[mM]odel_?(?:I[dD]|[nN]ame)\b/;

/** Objects that have a recogniser of their own, that describe other objects, or that hold pods which nothing starts. */
const elsewhere =
  /^(?:serving\.(?:kserve\.io|kubeflow\.org)|kubeai\.org|production-stack\.vllm\.ai|apps\.nvidia\.com|nvidia\.com\/v1$|inference\.sagemaker\.aws\.amazon\.com|(?:machinelearning|mlops)\.seldon\.io|serving\.knative\.dev|run\.googleapis\.com|tekton\.dev|run\.ai|ray\.io|kaito\.sh|eksctl\.io|apiextensions\.k8s\.io|rbac\.|policy|kyverno\.io|.*gatekeeper\.sh|monitoring\.|cluster\.x-k8s\.io|operators\.coreos\.com|image\.openshift\.io|build\.openshift\.io)/;

function read(uri: string, source: string, root: Value, roots: readonly Value[]): SeenWorkload[] {
  const api = textOf(at(root, 'apiVersion')) ?? '';
  const kind = textOf(at(root, 'kind'));
  if (!/\./.test(api) || kind === undefined || !hasKey(root, 'spec') || elsewhere.test(api) || podSetsOf(kind, root)) return [];
  if (api.startsWith('argoproj.io/') && /Workflow/.test(kind)) return [];
  const whole: Value[] = [];
  const pods = podsIn(root, (value) => {
    // A pod with its kind is a template; other objects are read as what they are.
    const inner = value !== root && hasKey(value, 'apiVersion') && hasKey(value, 'spec') && !/^Pod(?:Template)?$/.test(textOf(at(value, 'kind')) ?? 'Pod');
    if (inner) whole.push(value);
    return !inner;
  });
  const nested = whole.flatMap((object) => kubernetesObject(uri, source, object, [...roots, ...whole]) ?? []);
  const groups = grouped(pods);
  const name = textOf(at(root, 'metadata', 'name'));
  const seen = groups.flatMap((group) => workloadOf(uri, source, root, roots, kind, group, groups.length === 1) ?? []);
  if (seen.length === 1 && name !== undefined) return [{ ...seen[0]!, object: `${kind}/${name}` }, ...nested];
  if (seen.length + nested.length > 0) return [...seen, ...nested];
  if (pods.length > 0) return [];
  const served = servedModel(uri, root, kind);
  return served.length > 0 ? served : rented(uri, root, kind);
}

/** Pods that work together: a leader with its workers is one group. */
function grouped(pods: readonly FoundPod[]): FoundPod[][] {
  const groups = new Map<Value, FoundPod[]>();
  for (const pod of pods) {
    const index = memberOf(pod);
    const owner = index > 0 ? pod.within[index - 1]!.value : pod.pod;
    groups.set(owner, [...(groups.get(owner) ?? []), pod]);
  }
  return [...groups.values()];
}

/** Where a leader's or a worker's own part of an object begins; -1 for pods that work alone. */
const memberOf = ({ within }: FoundPod): number =>
  within.findIndex(({ key }) => /^(?:head|leader|master|launcher|chief|worker|entry)(?:Group)?(?:Template|Specs?|Pod\w*)$/.test(key));

function workloadOf(
  uri: string,
  source: string,
  root: Value,
  roots: readonly Value[],
  kind: string,
  group: readonly FoundPod[],
  alone: boolean,
): SeenWorkload | undefined {
  const commands = group.map(({ pod }) => kindOfPod(uri, source, pod, roots));
  const command = commands.find((found) => found?.kind === 'serving') ?? commands.find((found) => found !== undefined);
  const owner = group.findLast(({ pod }) => podHasDevice(pod)) ?? group.findLast((one) => nearDevice(one)) ?? group[0]!;
  const beside = podHasDevice(owner.pod) ? undefined : nearDevice(owner);
  if (!podHasDevice(owner.pod) && !beside && !worth(command)) return undefined;
  const facts = new ConfigFacts(uri, root);
  takeCounts(facts, owner);
  takeMembers(facts, group);
  if (beside) takeBeside(facts, beside);
  takePod(facts, owner.pod);
  for (const { value } of owner.within.toReversed()) takeNode(facts, value);
  if (command) takeAll(facts, command.facts);
  facts.take('trials', at(root, 'spec', 'maxTrialCount'), integer);
  facts.take('concurrency', at(root, 'spec', 'parallelTrialCount'), integer);
  if (facts.facts.length === 0) return undefined;
  const place = alone ? root : placeOf(owner);
  if (!command) return facts.workload('resource', 'kubernetes', kind, place);
  return runningBy(facts.workload(command.kind, command.framework, command.kind === 'serving' ? titleOfEngine(command.framework) : 'Train', place), command);
}
const worth = (command: CommandKind | undefined): boolean =>
  command?.kind === 'training' || (command?.kind === 'serving' && command.facts.some((fact) => fact.name === 'model'));

/** The part of the object that is this group of pods: where its replicas or its place in a list are. */
const placeOf = ({ within }: FoundPod): Within['place'] =>
  (within.slice(1).findLast(({ value }) => replicasOf(value) !== undefined) ?? within.slice(1).findLast(({ value }) => hasKey(value, 'name')) ?? within.at(-1))!
    .place;

const replicasOf = (value: Value): Value | undefined => at(value, 'replicas') ?? at(value, 'replicaCount');
function takeCounts(facts: ConfigFacts, pod: FoundPod): void {
  const member = memberOf(pod);
  // What a worker's own part counts are machines of one replica.
  const above = (member > 0 ? pod.within.slice(0, member) : pod.within).map(({ value }) => value).toReversed();
  const stated = above.flatMap((value) => replicasOf(value) ?? []).filter((value) => value.kind === 'scalar');
  const counts = stated.map((value) => numberOf(textOf(value)));
  const [nearest] = stated;
  // Groups that are replicated as a whole.
  if (nearest && counts.length > 1 && counts.every((count) => count !== undefined) && counts.slice(1).some((count) => count! > 1))
    facts.put(
      'replicas',
      counts.reduce<number>((product, count) => product * count!, 1),
      nearest,
      'literal',
      'product over the levels of the object',
    );
  else facts.take('replicas', nearest, integer);
  for (const value of above) {
    facts.take('min_replicas', at(value, 'minReplicas') ?? at(value, 'autoscaling', 'minReplicas') ?? at(value, 'scaling', 'minReplicas'), integer);
    facts.take('max_replicas', at(value, 'maxReplicas') ?? at(value, 'autoscaling', 'maxReplicas') ?? at(value, 'scaling', 'maxReplicas'), integer);
    if (hasKey(value, 'workerTemplate') || hasKey(value, 'leaderTemplate')) facts.take('num_nodes', at(value, 'size') ?? at(value, 'workerReplicas'), integer);
    facts.take('num_nodes', at(value, 'multinode', 'nodeCount') ?? at(value, 'numOfHosts'), integer);
  }
}

/** Machines with accelerators of a group: its leader and its workers. */
function takeMembers(facts: ConfigFacts, group: readonly FoundPod[]): void {
  if (facts.has('num_nodes')) return;
  const counts = group
    .filter((one) => memberOf(one) > 0 && podHasDevice(one.pod))
    .map(({ within }) => {
      const inner = within.slice(memberOf({ pod: within[0]!.value, within })).map(({ value }) => value);
      const count = inner.flatMap((value) => replicasOf(value) ?? []).find((value) => value.kind === 'scalar');
      return { count: count === undefined ? 1 : numberOf(textOf(count)), place: count };
    });
  const place = counts.find((one) => one.place)?.place;
  if (!place) return;
  if (counts.length === 1) facts.take('num_nodes', place, integer);
  else if (counts.every(({ count }) => count !== undefined))
    facts.put(
      'num_nodes',
      counts.reduce((sum, { count }) => sum + count!, 0),
      place,
      'literal',
      'sum over the pods of a group',
    );
}

/** Resources that stand beside a container, with accelerators: `resources: {limits: {gpu: 2}}`. */
function nearDevice({ within }: FoundPod): Value | undefined {
  return within
    .slice(1)
    .toReversed()
    .map(({ value }) => value)
    .find((value) => hasDevice(value) || (integer(shortDevice(value) ?? value) ?? 0) !== 0);
}
const shortDevice = (value: Value): Value | undefined => at(value, 'resources', 'limits', 'gpu') ?? at(value, 'resources', 'requests', 'gpu');
function takeBeside(facts: ConfigFacts, value: Value): void {
  takeContainer(facts, value);
  facts.take('gpu_count', shortDevice(value), integer);
}

const modelKeys =
  /^(?:model(?:_?(?:id|name|path|source|uri|url))?|hf_?model(?:_?id)?|hugging_?face_?(?:model_?)?(?:id|repo|name)|repo(?:_?id)?|preset_?name)$/i;
/** An operator's own description of a model server: a model of a hub, and accelerators or a machine with some. */
function servedModel(uri: string, root: Value, kind: string): SeenWorkload[] {
  if (/Cache|Download|Prefetch|Dataset|Train|Tun|Catalog/i.test(kind)) return [];
  const facts = new ConfigFacts(uri, root);
  let machine = false;
  const walk = (value: Value, depth: number): void => {
    if (depth > 8) return;
    const device = deviceOf({ ...value, kind: 'map', entries: [{ key: 'resources', keyStart: 0, keyEnd: 0, value }] } as Value);
    if (device) facts.take('gpu_count', device.value, integer);
    for (const { key, value: inner } of entriesOf(value)) {
      if (/^(?:status|metadata)$/.test(key) && depth === 0) continue;
      if (inner.kind === 'scalar') {
        const written = textOf(inner) ?? '';
        if (modelKeys.test(key) && /^(?:hf:\/\/)?[\w.-]+\/[\w.-]+$/.test(written))
          facts.take('model', inner, (one) => (textOf(one) ?? '').replace(/^hf:\/\//, ''));
        if (/^(?:instance_?type|machine_?type|vm_?size)$/i.test(key) && machineOfName(written)) machine = facts.take('instance_type', inner, text) || machine;
        if (/^(?:gpus?|gpu_?count|num_?gpus|accelerator_?count)$/i.test(key)) facts.take('gpu_count', inner, integer);
        if (/^(?:replicas|replicaCount)$/.test(key)) facts.take('replicas', inner, integer);
        if (key === 'minReplicas') facts.take('min_replicas', inner, integer);
        if (key === 'maxReplicas') facts.take('max_replicas', inner, integer);
      } else {
        walk(inner, depth + 1);
        for (const item of itemsOf(inner)) if (item.kind === 'map') walk(item, depth + 1);
      }
    }
  };
  walk(root, 0);
  const count = facts.facts.find((fact) => fact.name === 'gpu_count');
  return facts.has('model') && (machine || (count && count.value !== 0)) ? [facts.workload('serving', 'kubernetes', kind)] : [];
}

/** A machine with accelerators that an object describes by their kind and number. */
function rented(uri: string, root: Value, kind: string): SeenWorkload[] {
  const resources = at(root, 'spec', 'resources') ?? at(root, 'spec');
  const gpu = at(resources, 'gpu') ?? at(resources, 'accelerator');
  if (!hasKey(gpu, 'type') || typeof integer(at(gpu, 'count') ?? root) !== 'number' || integer(at(gpu, 'count') ?? root) === 0) return [];
  const facts = new ConfigFacts(uri, root);
  facts.take('gpu_type', at(gpu, 'type'), text);
  facts.take('gpu_count', at(gpu, 'count'), integer);
  facts.take('cpu', at(resources, 'cpu', 'count') ?? at(resources, 'cpu'), text);
  facts.take('memory', at(resources, 'memory'), text);
  facts.take('region', at(root, 'spec', 'region'), text);
  return [facts.workload('resource', 'kubernetes', kind)];
}
