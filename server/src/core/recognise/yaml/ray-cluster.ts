import type { WorkloadKind } from '../../model/workload.js';
import { at, entriesOf, entryOf, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands, kindOfEnvironment, runningBy } from '../config/command-kind.js';
import { commandsOfText } from '../config/command-words.js';
import { firstOf, takeAll, takeEngineKeys } from '../config/engine-keys.js';
import { nestedYaml } from '../config/nested.js';
import { podHasDevice, takePod } from '../config/pods.js';
import { ConfigFacts, expandVariables, integer, text } from '../shared/config-facts.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** KubeRay's objects: a cluster, a job on one, a service on one. */
export const rayCluster: YamlRecogniser = {
  id: 'ray-cluster',
  language: 'yaml',
  marker: /^kind[ \t]*:\s*["']?Ray(?:Cluster|Job|Service)\b/m,
  doc: { format: 'KubeRay', reads: 'worker groups, accelerators, what the job runs, the models of a service', example: 'kind: RayService' },
  recognise: ({ document, roots }) => roots.flatMap((root) => read(document.uri, document.text, root, roots)),
};

function read(uri: string, source: string, root: Value, roots: readonly Value[]): SeenWorkload[] {
  const kind = textOf(at(root, 'kind'));
  const spec = at(root, 'spec');
  if (!(textOf(at(root, 'apiVersion')) ?? '').startsWith('ray.io/') || spec?.kind !== 'map') return [];
  if (kind === 'RayCluster') {
    const facts = new ConfigFacts(uri, root);
    return takeGroup(facts, spec) ? [facts.workload('resource', 'ray', 'Ray cluster')] : [];
  }
  if (kind === 'RayJob') return rayJob(uri, source, root, roots);
  return kind === 'RayService' ? rayService(uri, source, root) : [];
}

/** The group of pods with accelerators, the workers before the head; false where no group has any. */
function takeGroup(facts: ConfigFacts, cluster: Value | undefined): boolean {
  const workers = itemsOf(at(cluster, 'workerGroupSpecs'));
  const head = at(cluster, 'headGroupSpec');
  const podOf = (group: Value | undefined): Value | undefined => at(group, 'template', 'spec');
  const group = workers.find((one) => podHasDevice(podOf(one))) ?? (podHasDevice(podOf(head)) ? head : undefined);
  const shown = group ?? workers[0] ?? head;
  facts.take('replicas', at(shown, 'replicas'), integer);
  facts.take('min_replicas', at(shown, 'minReplicas'), integer);
  facts.take('max_replicas', at(shown, 'maxReplicas'), integer);
  facts.take('num_nodes', at(shown, 'numOfHosts'), integer);
  takePod(facts, podOf(shown));
  return group !== undefined;
}

function rayJob(uri: string, source: string, root: Value, roots: readonly Value[]): SeenWorkload[] {
  const facts = new ConfigFacts(uri, root);
  const devices = takeGroup(facts, at(root, 'spec', 'rayClusterSpec'));
  const entry = at(root, 'spec', 'entrypoint');
  const found = entry && kindOfCommands(uri, commandsOfText(source, entry));
  if (found) {
    takeAll(facts, found.facts);
    const seen = facts.workload(found.kind, 'ray', 'Ray job');
    return [runningBy(seen, found)];
  }
  const kind = kindOfProgram(programOf(textOf(entry) ?? '', roots));
  return devices || kind === 'training' ? [facts.workload(kind, 'ray', 'Ray job')] : [];
}
/** Text of the program that an entry point runs, where a ConfigMap beside it holds it. */
function programOf(entry: string, roots: readonly Value[]): string {
  const maps = roots.filter((root) => textOf(at(root, 'kind')) === 'ConfigMap').flatMap((root) => entriesOf(at(root, 'data')));
  return textOf(maps.find((file) => entry.includes(file.key))?.value) ?? '';
}
function kindOfProgram(program: string): WorkloadKind {
  if (/\bTorchTrainer\b|\bTransformersTrainer\b|\boptimizer\.step\(|\btrainer\.(?:fit|train)\(|\.fit\(/.test(program)) return 'training';
  return /\bmap_batches\(|\bpipeline\(|\.generate\(/.test(program) ? 'batch-inference' : 'resource';
}

function rayService(uri: string, source: string, root: Value): SeenWorkload[] {
  const config = at(root, 'spec', 'serveConfigV2');
  const serve = config?.kind === 'map' ? config : nestedYaml(uri, source, config);
  const models = itemsOf(at(serve, 'applications')).flatMap((application) => itemsOf(at(application, 'args', 'llm_configs')));
  const cluster = entryOf(at(root, 'spec'), 'rayClusterConfig');
  if (models.length > 0) {
    const seen = models.map((model) => servedModel(uri, model));
    if (!cluster) return seen;
    const facts = new ConfigFacts(uri, cluster.value);
    return takeGroup(facts, cluster.value)
      ? [...seen, facts.workload('resource', 'kubernetes', 'Ray cluster', { start: cluster.keyStart, end: cluster.value.end })]
      : seen;
  }
  const facts = new ConfigFacts(uri, root);
  const environment = itemsOf(at(serve, 'applications')).flatMap((application) => entriesOf(at(application, 'runtime_env', 'env_vars')));
  const named = environment.find(({ key }) => /^(?:HF_)?MODEL(?:_ID|_NAME|_PATH)?$/.test(key));
  if (named) facts.take('model', named.value, text);
  takeAll(facts, kindOfEnvironment(uri, new Map(environment.map(({ key, value }) => [key, value])))?.facts ?? []);
  const devices = takeGroup(facts, cluster?.value);
  const runsModel = /\b(?:torch|transformers|tensorflow|diffusers|vllm|keras|onnxruntime)\b/.test(textOf(config) ?? '');
  return devices || runsModel ? [facts.workload('serving', 'ray-serve', 'Ray Serve')] : [];
}

/** One model of a Ray Serve LLM application. */
export function servedModel(uri: string, model: Value): SeenWorkload {
  const facts = new ConfigFacts(uri, model);
  const source = firstOf(model, 'model_loading_config.model_source');
  const named = source && expandVariables(textOf(source) ?? '').missing === undefined ? source : undefined;
  facts.take('model', named ?? firstOf(model, 'model_loading_config.model_id') ?? source, text);
  facts.take('gpu_type', at(model, 'accelerator_type'), text);
  takeEngineKeys(facts, at(model, 'engine_kwargs'), 'vllm');
  const scaling = at(model, 'deployment_config', 'autoscaling_config');
  facts.take('min_replicas', at(scaling, 'min_replicas'), integer);
  facts.take('max_replicas', at(scaling, 'max_replicas'), integer);
  facts.take('replicas', at(model, 'deployment_config', 'num_replicas'), integer);
  return facts.workload('serving', 'vllm', 'Ray Serve vLLM');
}
