import type { WorkloadKind } from '../../model/workload.js';
import { isTemplated } from '../../syntax/template.js';
import { at, entriesOf, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands, runningBy } from '../config/command-kind.js';
import { commandsOfText, type Words } from '../config/command-words.js';
import { takeAll } from '../config/engine-keys.js';
import { ConfigFacts, countKeys, integer, number, text } from '../shared/config-facts.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Jobs and deployments of Azure Machine Learning. */
export const azureml: YamlRecogniser = {
  id: 'azureml',
  language: 'yaml',
  marker: /^\$schema[ \t]*:.*azureml|^compute[ \t]*:\s*["']?azureml:|^[ \t]+default_compute[ \t]*:/m,
  doc: {
    format: 'Azure Machine Learning',
    reads: 'instances, processes, limits, sweep trials, model of a deployment',
    example: '$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json',
  },
  recognise: ({ document, roots }) => roots.flatMap((root) => read(document.uri, document.text, root)),
};

function read(uri: string, source: string, root: Value): SeenWorkload[] {
  const schema = /(\w+)\.schema\.json/.exec(textOf(at(root, '$schema')) ?? '')?.[1];
  const type = textOf(at(root, 'type'));
  if (schema === 'modelBatchDeployment' || schema === 'batchDeployment') return [batchDeployment(uri, root)];
  if (schema === 'managedOnlineDeployment' || schema === 'kubernetesOnlineDeployment') return [onlineDeployment(uri, root)];
  if (schema === 'pipelineJob' || type === 'pipeline') {
    return entriesOf(at(root, 'jobs')).flatMap(
      (step) => job(uri, source, step.value, { start: step.keyStart, end: step.value.end }, textOf(at(step.value, 'type'))) ?? [],
    );
  }
  if (schema !== undefined && !/^(?:command|sweep|autoML|spark)Job$/.test(schema)) return [];
  if (schema === undefined && countKeys(root, ['command', 'environment', 'experiment_name', 'code', 'resources']) < 2) return [];
  return job(uri, source, root, root, type ?? schema?.replace(/Job$/, '').toLowerCase()) ?? [];
}

/** A command, sweep or AutoML job, alone or as a step of a pipeline. */
function job(uri: string, source: string, root: Value, span: { start: number; end: number }, type: string | undefined): SeenWorkload[] | undefined {
  const trial = at(root, 'trial');
  const body = trial?.kind === 'map' ? trial : root;
  const command = at(body, 'command');
  const inputs = at(root, 'inputs') ?? at(body, 'inputs');
  const commands = command ? commandsOfText(source, command).map((words) => withInputs(words, inputs)) : [];
  const found = kindOfCommands(uri, commands);
  const facts = new ConfigFacts(uri, root);
  takeLimits(facts, root);
  for (const part of [root, body]) {
    facts.take('instance_count', at(part, 'resources', 'instance_count'), integer);
    facts.take('instance_type', at(part, 'resources', 'instance_type'), text);
    facts.take('nproc_per_node', at(part, 'distribution', 'process_count_per_instance'), integer);
  }
  if (found) takeAll(facts, found.facts);
  const gpu = /gpu|a100|h100|v100|nc\d|nd\d/i.test(
    [textOf(at(body, 'compute')), textOf(at(root, 'compute')), textOf(at(body, 'resources', 'instance_type'))].join(' '),
  );
  const sweeps = type === 'sweep' || type === 'automl';
  if (!sweeps && !found && !(gpu && command)) return undefined;
  const kind: WorkloadKind = found?.kind ?? (sweeps ? 'training' : 'resource');
  const seen = facts.workload(kind, found?.framework ?? 'azureml', sweeps ? 'Sweep' : kind === 'training' ? 'Train' : undefined, span);
  if (kind === 'resource' && facts.facts.length === 0) return undefined;
  return [runningBy(seen, found)];
}

/** `${{inputs.epochs}}` in the command stands for a value of `inputs`. */
function withInputs(words: Words, inputs: Value | undefined): Words {
  return words.map((word) => {
    const key = /\$\u00a7_*inputs\.([\w-]+?)_*\u00a7/.exec(word.text)?.[1];
    const value = key === undefined ? undefined : at(inputs, key);
    const written = textOf(value) ?? textOf(at(value, 'path'));
    if (key === undefined || !value || written === undefined) return word;
    const text = word.text.replace(/\$\u00a7[^\u00a7]*\u00a7/, () => written);
    return { ...word, text, open: isTemplated(text), from: { name: key, start: value.start, end: value.end, origin: 'variable' as const } };
  });
}

/** `timeout` is in seconds, `timeout_minutes` of AutoML is not. */
function takeLimits(facts: ConfigFacts, root: Value): void {
  const limits = at(root, 'limits');
  facts.take('max_time', at(limits, 'timeout'), integer);
  const minutes = at(limits, 'timeout_minutes');
  const amount = minutes && number(minutes);
  if (minutes && typeof amount === 'number') facts.put('max_time', amount * 60, minutes);
  facts.take('trials', at(limits, 'max_total_trials') ?? at(limits, 'max_trials'), integer);
  facts.take('concurrency', at(limits, 'max_concurrent_trials'), integer);
  facts.take('num_nodes', at(limits, 'max_nodes'), integer);
}

function batchDeployment(uri: string, root: Value): SeenWorkload {
  const facts = new ConfigFacts(uri, root);
  facts.take('model', at(root, 'model'), text);
  facts.take('instance_count', at(root, 'resources', 'instance_count'), integer);
  facts.take('instance_type', at(root, 'resources', 'instance_type'), text);
  facts.take('batch_size', at(root, 'settings', 'mini_batch_size') ?? at(root, 'mini_batch_size'), integer);
  facts.take('concurrency', at(root, 'settings', 'max_concurrency_per_instance') ?? at(root, 'max_concurrency_per_instance'), integer);
  return facts.workload('batch-inference', 'azureml', 'Batch');
}
function onlineDeployment(uri: string, root: Value): SeenWorkload {
  const facts = new ConfigFacts(uri, root);
  facts.take('model', at(root, 'model'), text);
  facts.take('instance_type', at(root, 'instance_type'), text);
  facts.take('instance_count', at(root, 'instance_count'), integer);
  facts.take('min_replicas', at(root, 'scale_settings', 'min_instances'), integer);
  facts.take('max_replicas', at(root, 'scale_settings', 'max_instances'), integer);
  facts.take('concurrency', at(root, 'request_settings', 'max_concurrent_requests_per_instance'), integer);
  return facts.workload('serving', 'azureml', 'Endpoint');
}
