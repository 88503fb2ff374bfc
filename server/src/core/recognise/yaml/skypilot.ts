import { at, type Entry, entriesOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands, runningBy } from '../config/command-kind.js';
import { commandsOf, environmentOf } from '../config/command-words.js';
import { takeAll } from '../config/engine-keys.js';
import { ConfigFacts, countKeys, flag, integer, numberOf, positive, text } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** A task of SkyPilot or dstack: what runs, on which accelerators. */
export const skypilot: YamlRecogniser = {
  id: 'skypilot',
  language: 'yaml',
  marker: /^resources[ \t]*:/m,
  doc: { format: 'SkyPilot, dstack', reads: 'accelerators, nodes, spot, replicas, region, what the task runs', example: 'resources: {accelerators: "H100:8"}' },
  recognise: ({ document, roots }) => roots.flatMap((root) => (isSky(root) || isDstack(root) ? read(document.uri, document.text, root) : [])),
};

const isSky = (root: Value): boolean =>
  at(root, 'resources')?.kind === 'map' &&
  (hasKey(at(root, 'resources'), 'accelerators') || hasKey(at(root, 'resources'), 'any_of') || hasKey(at(root, 'resources'), 'instance_type')) &&
  countKeys(root, ['run', 'setup', 'num_nodes', 'workdir', 'service', 'file_mounts', 'envs']) > 0;
const isDstack = (root: Value): boolean =>
  /^(?:task|service|dev-environment|fleet)$/.test(textOf(at(root, 'type')) ?? '') && hasKey(at(root, 'resources'), 'gpu');

function read(uri: string, source: string, root: Value): SeenWorkload {
  const facts = new ConfigFacts(uri, root);
  if (isSky(root)) takeSky(facts, root);
  else takeDstack(facts, root);
  const environment = environmentOf(at(root, 'envs'), at(root, 'env'));
  const given = new Map([...givenBy(facts), ...environment]);
  const found = kindOfCommands(uri, commandLines(source, root, given), textOf(at(root, 'image')), given);
  if (found) takeAll(facts, found.facts);
  const serves = hasKey(root, 'service') || textOf(at(root, 'type')) === 'service';
  const kind = found?.kind ?? (serves ? 'serving' : 'resource');
  const framework = found?.framework ?? (isSky(root) ? 'skypilot' : 'dstack');
  const seen = facts.workload(kind, framework, found?.kind === 'serving' ? titleOfEngine(framework) : kind === 'training' ? 'Train' : undefined);
  return runningBy(seen, found);
}
/** Variables that the tools give a task: what it was given by the resources that it asks for.
 * @source docs.skypilot.co/en/latest/running-jobs/environment-variables.html; dstack.ai/docs/concepts/tasks, "Environment variables" */
function givenBy(facts: ConfigFacts): [string, Value][] {
  const nodes = facts.facts.some((fact) => fact.name === 'num_nodes' && fact.value !== 1);
  const names: Readonly<Record<string, readonly string[]>> = {
    gpu_count: ['SKYPILOT_NUM_GPUS_PER_NODE', 'DSTACK_GPUS_PER_NODE', ...(nodes ? [] : ['DSTACK_GPUS_NUM'])],
    num_nodes: ['SKYPILOT_NUM_NODES', 'DSTACK_NODES_NUM'],
  };
  return facts.facts.flatMap(({ name, value, span }) => {
    if (!span || typeof value !== 'number') return [];
    const scalar: Value = { kind: 'scalar', value: String(value), raw: String(value), start: span.start, end: span.end };
    return (names[name] ?? []).map((variable): [string, Value] => [variable, scalar]);
  });
}
function commandLines(source: string, root: Value, environment: ReadonlyMap<string, Value>) {
  const listed = itemsOf(at(root, 'commands')).flatMap((line) => commandsOf(source, [line], environment));
  return [...commandsOf(source, [at(root, 'run')], environment), ...listed];
}

function takeSky(facts: ConfigFacts, root: Value): void {
  const resources = at(root, 'resources');
  const chosen = at(resources, 'accelerators') ? resources : (itemsOf(at(resources, 'any_of'))[0] ?? itemsOf(at(resources, 'ordered'))[0] ?? resources);
  takeAccelerators(facts, at(chosen, 'accelerators'));
  facts.take('num_nodes', at(root, 'num_nodes'), integer);
  facts.take('spot', at(chosen, 'use_spot') ?? at(resources, 'use_spot'), flag);
  facts.take('instance_type', at(chosen, 'instance_type'), text);
  facts.take('region', at(chosen, 'region'), text);
  facts.take('cpu', at(chosen, 'cpus'), text);
  facts.take('memory', at(chosen, 'memory'), text);
  facts.take('replicas', at(root, 'service', 'replicas'), integer);
  facts.take('min_replicas', at(root, 'service', 'replica_policy', 'min_replicas'), integer);
  facts.take('max_replicas', at(root, 'service', 'replica_policy', 'max_replicas'), integer);
}
/** `H100:8`, `{H100: 8}`, or several to choose from: the first. */
function takeAccelerators(facts: ConfigFacts, value: Value | undefined): void {
  const first: Value | undefined = value?.kind === 'seq' ? value.items[0] : value;
  const entry: Entry | undefined = entriesOf(first)[0];
  const [, type, count] = /^([\w.-]+?)(?::([\d.]+))?$/.exec(entry ? entry.key : (textOf(first) ?? '').trim()) ?? [];
  const amount = numberOf(entry ? textOf(entry.value) : count);
  const place = entry ? { start: entry.keyStart, end: entry.value.end } : first;
  if (!type || !place) {
    facts.take('gpu_type', first, () => undefined);
    return;
  }
  facts.put('gpu_type', type, place);
  facts.put('gpu_count', amount ?? 1, place, amount === undefined ? 'default' : 'literal');
}

/** `A100:40GB:2`, `H100:8`, `24GB`, `1..8`: a name, a size of memory and a count, each optional. */
function takeDstack(facts: ConfigFacts, root: Value): void {
  const gpu = at(root, 'resources', 'gpu');
  if (gpu?.kind === 'map') {
    facts.take('gpu_type', at(gpu, 'name'), text);
    facts.take('gpu_count', at(gpu, 'count'), text);
  } else if (gpu) {
    const parts = (textOf(gpu) ?? '').split(':').map((part) => part.trim());
    const type = parts.find((part) => /^[A-Za-z][\w-]*$/.test(part) && numberOf(part) === undefined);
    const count = parts.find((part) => /^\d+(?:\.\.\d*)?$/.test(part));
    if (type) facts.put('gpu_type', type, gpu);
    facts.put('gpu_count', count === undefined ? 1 : (numberOf(count) ?? count), gpu, count === undefined ? 'default' : 'literal');
  }
  facts.take('num_nodes', at(root, 'nodes'), positive);
  facts.take('replicas', at(root, 'replicas'), (value) => integer(value));
  facts.take('memory', at(root, 'resources', 'memory'), text);
  facts.take('cpu', at(root, 'resources', 'cpu'), text);
  const policy = at(root, 'spot_policy');
  if (policy && /^(?:spot|on-demand)$/.test(textOf(policy) ?? '')) facts.put('spot', textOf(policy) === 'spot', policy);
}
