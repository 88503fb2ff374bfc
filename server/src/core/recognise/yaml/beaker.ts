import { at, entriesOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands, runningBy } from '../config/command-kind.js';
import { commandsOf, environmentOf } from '../config/command-words.js';
import { takeAll } from '../config/engine-keys.js';
import { ConfigFacts, flag, integer, text } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Experiments of Beaker: each task asks for machines and runs a command on them. */
export const beaker: YamlRecogniser = {
  id: 'beaker',
  language: 'yaml',
  marker: /(?:^|[ \t{,])(?:beaker|gpuCount)[ \t]*:/m,
  doc: {
    format: 'Beaker',
    reads: 'GPUs and replicas of a task, preemption, time limit, what it runs',
    example: 'tasks: [{image: {beaker: …}, resources: {gpuCount: 8}}]',
  },
  recognise: ({ document, roots }) =>
    roots.flatMap((root) => (hasKey(root, 'tasks') ? itemsOf(at(root, 'tasks')).flatMap((task) => ofTask(document.uri, document.text, root, task)) : [])),
};

function ofTask(uri: string, source: string, root: Value, task: Value): SeenWorkload[] {
  if (!hasKey(at(task, 'image'), 'beaker') && !hasKey(at(task, 'resources'), 'gpuCount')) return [];
  const environment = environmentOf(at(task, 'envVars'));
  const commands = commandsOf(source, [at(task, 'command'), at(task, 'arguments')], environment);
  const found = kindOfCommands(uri, commands, textOf(at(task, 'image', 'docker')), environment);
  const machines = new ConfigFacts(uri, root);
  machines.take('replicas', at(task, 'replicas'), integer);
  machines.take('gpu_count', at(task, 'resources', 'gpuCount'), integer);
  machines.take('spot', at(task, 'context', 'preemptible'), flag);
  machines.take('max_time', at(task, 'timeout'), seconds);
  machines.take('cpu', at(task, 'resources', 'cpuCount'), text);
  machines.take('memory', at(task, 'resources', 'memory'), text);
  const gpus = machines.facts.some(({ name, value }) => name === 'gpu_count' && value !== 0);
  const title = textOf(at(task, 'name')) ?? 'Beaker task';
  if (!found) return gpus ? [machines.workload('resource', 'beaker', title, task)] : [];
  if (found.kind !== 'training') {
    takeAll(machines, found.facts);
    return [machines.workload(found.kind, found.framework, found.kind === 'serving' ? titleOfEngine(found.framework) : undefined, task)];
  }
  // The task's request and the training on it, each where it stands.
  const run = new ConfigFacts(uri, root);
  takeAll(run, found.facts);
  const command = entriesOf(task).find(({ key }) => key === 'arguments') ?? entriesOf(task).find(({ key }) => key === 'command');
  const seen = run.workload('training', found.framework, 'Train', command ? { start: command.keyStart, end: command.value.end } : task);
  return [...(gpus ? [machines.workload('resource', 'beaker', title, task)] : []), runningBy(seen, found)];
}
/** `60m`, `24h`, `1d` in seconds. */
const seconds = (value: Value): number | undefined => {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(textOf(value) ?? '') ?? [];
  return amount === undefined || unit === undefined ? undefined : Number(amount) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[unit] ?? 1);
};
