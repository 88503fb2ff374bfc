import { at, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands, runningBy } from '../config/command-kind.js';
import { commandsOf, commandsOfText, environmentOf } from '../config/command-words.js';
import { takeAll } from '../config/engine-keys.js';
import { nestedYaml } from '../config/nested.js';
import { hasDevice, takeContainer, takeNode } from '../config/pods.js';
import { ConfigFacts, integer } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';
import { kubernetesObject } from './kubernetes.js';

/** Steps of Argo workflows and Tekton tasks that have accelerators, or that train or serve. */
export const argo: YamlRecogniser = {
  id: 'argo',
  language: 'yaml',
  marker: /^kind[ \t]*:\s*["']?(?:(?:Cron|Cluster)?Workflow(?:Template)?|Task|Pipeline(?:Run)?|TaskRun)\b/m,
  doc: {
    format: 'Argo Workflows, Tekton',
    reads: 'accelerators of each step, time limit, what the step runs',
    example: 'templates: [{container: {resources: {limits: {nvidia.com/gpu: 1}}}}]',
  },
  recognise: ({ document, roots }) => roots.flatMap((root) => read(document.uri, document.text, root)),
};

function read(uri: string, source: string, root: Value): SeenWorkload[] {
  const api = textOf(at(root, 'apiVersion')) ?? '';
  if (api.startsWith('argoproj.io/')) {
    const spec = at(root, 'spec', 'workflowSpec') ?? at(root, 'spec');
    return itemsOf(at(spec, 'templates')).flatMap((template) => {
      const manifest = nestedYaml(uri, source, at(template, 'resource', 'manifest'));
      const made = manifest && kubernetesObject(uri, source, manifest, [manifest]);
      if (made) return [made];
      const container = at(template, 'container') ?? at(template, 'script');
      return container ? (step(uri, source, root, template, container, at(template, 'nodeSelector') ? template : spec) ?? []) : [];
    });
  }
  if (!api.startsWith('tekton.dev/')) return [];
  const spec = at(root, 'spec', 'taskSpec') ?? at(root, 'spec');
  return itemsOf(at(spec, 'steps')).flatMap((one) => step(uri, source, root, one, renamed(one), undefined) ?? []);
}
/** Tekton calls the resources of a step `computeResources`. */
const renamed = (one: Value): Value =>
  one.kind === 'map' ? { ...one, entries: one.entries.map((entry) => (entry.key === 'computeResources' ? { ...entry, key: 'resources' } : entry)) } : one;

function step(uri: string, source: string, root: Value, place: Value, container: Value, pod: Value | undefined): SeenWorkload | undefined {
  const environment = environmentOf(at(container, 'env'));
  const script = at(container, 'source') ?? at(container, 'script');
  const shell = script && /^#!.*sh\b|^(?!#!)/.test(textOf(script) ?? '') && !/^python/.test(textOf(at(container, 'command', 0)) ?? '');
  const commands = shell ? commandsOfText(source, script, environment) : commandsOf(source, [at(container, 'command'), at(container, 'args')], environment);
  const found = kindOfCommands(uri, commands, textOf(at(container, 'image')), environment);
  const devices = hasDevice(container);
  const known = found && (found.kind === 'training' || found.facts.some((fact) => fact.name === 'model'));
  if (!devices && !known) return undefined;
  const facts = new ConfigFacts(uri, root);
  takeContainer(facts, container);
  takeNode(facts, pod);
  facts.take('max_time', at(place, 'activeDeadlineSeconds'), integer);
  if (!found) return facts.workload('resource', 'argo', textOf(at(place, 'name')) ?? 'step', place);
  takeAll(facts, found.facts);
  const seen = facts.workload(found.kind, found.framework, found.kind === 'serving' ? titleOfEngine(found.framework) : 'Train', place);
  return runningBy(seen, found);
}
