import { at, entriesOf, hasKey, itemsOf, scalarOf, textOf, type Value } from '../../syntax/value.js';
import { type CommandKind, runningBy } from '../config/command-kind.js';
import { environmentOf } from '../config/command-words.js';
import { podOf } from '../config/container.js';
import { takeAll } from '../config/engine-keys.js';
import { containersOf, hasDevice, kindOfPod, podHasDevice, takePod } from '../config/pods.js';
import { ConfigFacts, integer, numberOf, scalerName } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Kubernetes objects that run pods with accelerators, or that serve or train a model: each object is one workload. */
export const kubernetes: YamlRecogniser = {
  id: 'kubernetes',
  language: 'yaml',
  marker:
    /^kind[ \t]*:\s*["']?(?:Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob|JobSet|LeaderWorkerSet|TrainJob|(?:Cluster)?TrainingRuntime|Notebook|(?:PyTorch|TF|MPI|XGBoost|Paddle|JAX)Job)\b/m,
  doc: {
    format: 'Kubernetes',
    reads: 'accelerators, replicas, nodes, CPU, memory, spot, and the flags of the engine or trainer in the container',
    example: 'resources: {limits: {nvidia.com/gpu: 8}}',
  },
  recognise: ({ document, roots }) => roots.flatMap((root) => kubernetesObject(document.uri, document.text, root, roots) ?? []),
};

/** A set of equal pods: what each is, and how many there are. */
export interface PodSet {
  readonly pod: Value | undefined;
  readonly count?: Value | undefined;
}

/** One object that runs pods; undefined for other kinds, and where its pods cost nothing of a model. */
export function kubernetesObject(uri: string, source: string, root: Value, roots: readonly Value[]): SeenWorkload | undefined {
  const kind = textOf(at(root, 'kind'));
  if (!hasKey(root, 'apiVersion') || kind === undefined || !hasKey(root, 'spec')) return undefined;
  const sets = podSetsOf(kind, root);
  if (!sets) return undefined;
  const devices = sets.filter((set) => podHasDevice(set.pod));
  const command = sets
    .map((set) => kindOfPod(uri, source, set.pod, roots) ?? (stays.test(kind) ? servedByName(uri, set.pod) : undefined))
    .find((found) => found !== undefined);
  const trains = trainingKinds.test(kind);
  const servesModel = command?.kind === 'serving' && command.facts.some((fact) => fact.name === 'model');
  if (devices.length === 0 && !trains && !servesModel && command?.kind !== 'training') return undefined;
  const facts = new ConfigFacts(uri, root);
  takeCounts(facts, kind, root, devices.length > 0 ? devices : sets);
  takeScaler(facts, root, roots);
  takePod(facts, (devices[0] ?? sets[0])?.pod);
  takeRestarts(facts, kind, root);
  takeInitializers(facts, root);
  if (command) takeAll(facts, command.facts);
  // A chart's template without a single value says nothing; its values file does.
  if (facts.facts.length === 0) return undefined;
  const seen = command
    ? facts.workload(command.kind, command.framework, command.kind === 'serving' ? titleOfEngine(command.framework) : 'Train')
    : facts.workload(trains ? 'training' : 'resource', trains ? (textOf(at(root, 'kind')) ?? '').replace(/Job$/, '').toLowerCase() : 'kubernetes', kind);
  const name = textOf(at(root, 'metadata', 'name'));
  return runningBy(name === undefined ? seen : { ...seen, object: `${kind}/${name}` }, command);
}

/** Kinds whose pods stay, as servers do. */
const stays = /^(?:Deployment|StatefulSet|ReplicaSet)$/;
/** A program of one's own on accelerators that stays, and is told a model of a hub by a variable. */
function servedByName(uri: string, pod: Value | undefined): CommandKind | undefined {
  for (const container of containersOf(pod).filter(hasDevice)) {
    for (const [name, value] of environmentOf(at(container, 'env'))) {
      if (!/^(?:HF_|BASE_|LLM_)?MODEL(?:_(?:ID|NAME|REPO|NAME_OR_PATH))?$/.test(name)) continue;
      const written = textOf(value) ?? '';
      if (/^[\w.-]+\/[\w.-]+$/.test(written))
        return {
          kind: 'serving',
          framework: 'server',
          facts: [{ name: 'model', value: written, origin: 'literal', span: { uri: value.uri ?? uri, start: value.start, end: value.end } }],
        };
    }
  }
  return undefined;
}

/** Bounds of a scaler in the same file that names the object.
 * @source keda.sh/docs/concepts/scaling-deployments: `minReplicaCount`, `maxReplicaCount` */
function takeScaler(facts: ConfigFacts, root: Value, roots: readonly Value[]): void {
  const name = textOf(at(root, 'metadata', 'name'));
  const scaler = roots.find(
    (one) => /(?:Autoscaler|ScaledObject)$/.test(textOf(at(one, 'kind')) ?? '') && textOf(at(one, 'spec', 'scaleTargetRef', 'name')) === name,
  );
  const target = at(scaler, 'spec', 'scaleTargetRef', 'kind');
  if (name === undefined || !scaler || (textOf(target) ?? 'Deployment') !== textOf(at(root, 'kind'))) return;
  facts.take('scaler', at(scaler, 'kind'), scalerName);
  facts.take('min_replicas', at(scaler, 'spec', 'minReplicas') ?? at(scaler, 'spec', 'minReplicaCount'), integer);
  facts.take('max_replicas', at(scaler, 'spec', 'maxReplicas') ?? at(scaler, 'spec', 'maxReplicaCount'), integer);
}

/** Whether a job goes on after one of its pods is gone. Left out, a Job tries six times again and the training operator starts what failed.
 * @source Kubernetes documentation, Jobs: `backoffLimit`; Kubeflow training operator documentation: `restartPolicy` of a replica */
function takeRestarts(facts: ConfigFacts, kind: string, root: Value): void {
  const spec = at(root, 'spec');
  const limit = kind === 'Job' ? at(spec, 'backoffLimit') : kind === 'CronJob' ? at(spec, 'jobTemplate', 'spec', 'backoffLimit') : undefined;
  const times = numberOf(scalarOf(limit));
  if (limit && times !== undefined) facts.put('restarts', times > 0, limit);
  if (!replicated.test(kind)) return;
  const policies = replicaSpecs.flatMap((key) => entriesOf(at(spec, key))).flatMap((group) => at(group.value, 'restartPolicy') ?? []);
  const never = policies.find((policy) => textOf(policy) === 'Never');
  const [policy] = never ? [never] : policies;
  if (policy) facts.put('restarts', never === undefined, policy);
}

/** MPIJobs run anything over MPI: only their command tells whether they train. */
const trainingKinds = /^(?:(?:PyTorch|TF|XGBoost|Paddle|JAX)Job|TrainJob)$/;
const replicated = /^(?:PyTorch|TF|MPI|XGBoost|Paddle|JAX)Job$/;
const replicaSpecs = ['pytorchReplicaSpecs', 'tfReplicaSpecs', 'mpiReplicaSpecs', 'xgbReplicaSpecs', 'paddleReplicaSpecs', 'jaxReplicaSpecs'];

/** The pods of the kinds that Kubernetes and its training operators have; undefined for other kinds. */
export function podSetsOf(kind: string, root: Value): PodSet[] | undefined {
  const spec = at(root, 'spec');
  if (replicated.test(kind)) {
    const groups = replicaSpecs.flatMap((key) => entriesOf(at(spec, key)));
    return groups.map((group) => ({ pod: at(group.value, 'template', 'spec'), count: at(group.value, 'replicas') }));
  }
  switch (kind) {
    case 'Pod':
      return [{ pod: spec }];
    case 'Deployment':
    case 'StatefulSet':
    case 'ReplicaSet':
    case 'DaemonSet':
    case 'Notebook':
      return [{ pod: at(spec, 'template', 'spec') }];
    case 'Job':
      // Volcano's jobs have tasks; the standard ones have one template.
      if (at(spec, 'tasks')?.kind === 'seq')
        return itemsOf(at(spec, 'tasks')).map((task) => ({ pod: at(task, 'template', 'spec'), count: at(task, 'replicas') }));
      return [{ pod: at(spec, 'template', 'spec') }];
    case 'CronJob':
      return [{ pod: at(spec, 'jobTemplate', 'spec', 'template', 'spec') }];
    case 'JobSet':
      return itemsOf(at(spec, 'replicatedJobs')).map((job) => ({
        pod: at(job, 'template', 'spec', 'template', 'spec'),
        count: at(job, 'template', 'spec', 'parallelism') ?? at(job, 'replicas'),
      }));
    case 'TrainingRuntime':
    case 'ClusterTrainingRuntime': {
      // A blueprint is a run where it names one: machines and what they execute; the step that trains has its own label.
      const jobs = itemsOf(at(spec, 'template', 'spec', 'replicatedJobs'));
      const trainers = jobs.filter((job) => textOf(at(job, 'template', 'metadata', 'labels', 'trainer.kubeflow.org/trainjob-ancestor-step')) === 'trainer');
      return (trainers.length > 0 ? trainers : jobs).map((job) => ({
        pod: at(job, 'template', 'spec', 'template', 'spec'),
        count: at(spec, 'mlPolicy', 'numNodes'),
      }));
    }
    case 'LeaderWorkerSet':
      return ['workerTemplate', 'leaderTemplate'].flatMap((name) => {
        const pod = at(spec, 'leaderWorkerTemplate', name, 'spec');
        return pod ? [{ pod }] : [];
      });
    case 'TrainJob':
      return [{ pod: trainJobPod(at(spec, 'trainer')), count: at(spec, 'trainer', 'numNodes') }];
    default:
      return undefined;
  }
}
/** A TrainJob describes its container in the trainer itself. */
function trainJobPod(trainer: Value | undefined): Value | undefined {
  if (trainer?.kind !== 'map') return undefined;
  return podOf({ ...trainer, entries: trainer.entries.map((entry) => (entry.key === 'resourcesPerNode' ? { ...entry, key: 'resources' } : entry)) });
}

/** The model and the data set that Kubeflow's trainer fetches before the run.
 * @source www.kubeflow.org/docs/components/trainer: initializers, `STORAGE_URI` and `storageUri` with the scheme `hf://` */
function takeInitializers(facts: ConfigFacts, root: Value): void {
  const jobs = itemsOf(at(root, 'spec', 'template', 'spec', 'replicatedJobs'));
  for (const name of ['model', 'dataset']) {
    const job = jobs.find((one) => textOf(at(one, 'name')) === `${name}-initializer`);
    const pod = at(job, 'template', 'spec', 'template', 'spec');
    const variable = environmentOf(at(pod, 'containers', 0, 'env')).get('STORAGE_URI');
    facts.take(name, at(root, 'spec', 'initializer', name, 'storageUri') ?? variable, (value) => /^hf:\/\/(.+)$/.exec(textOf(value) ?? '')?.[1]);
  }
}

function takeCounts(facts: ConfigFacts, kind: string, root: Value, sets: readonly PodSet[]): void {
  const spec = at(root, 'spec');
  facts.take('replicas', at(spec, 'replicas'), integer);
  if (kind === 'Job' || kind === 'CronJob') {
    const job = kind === 'Job' ? spec : at(spec, 'jobTemplate', 'spec');
    facts.take('concurrency', at(job, 'parallelism'), integer);
    facts.take('max_time', at(job, 'activeDeadlineSeconds'), integer);
  }
  facts.take('max_time', at(root, 'metadata', 'annotations', 'provreq.kueue.x-k8s.io/maxRunDurationSeconds'), integer);
  facts.take('num_nodes', at(spec, 'leaderWorkerTemplate', 'size'), integer);
  facts.take('min_replicas', at(spec, 'elasticPolicy', 'minReplicas'), integer);
  facts.take('max_replicas', at(spec, 'elasticPolicy', 'maxReplicas'), integer);
  facts.take(
    'nproc_per_node',
    at(spec, 'nprocPerNode') ??
      at(spec, 'elasticPolicy', 'nProcPerNode') ??
      at(spec, 'trainer', 'numProcPerNode') ??
      at(spec, 'mlPolicy', 'torch', 'numProcPerNode') ??
      at(spec, 'slotsPerWorker'),
    integer,
  );
  const counted = sets.filter((set) => set.count);
  const [first] = counted;
  if (!first?.count) return;
  const counts = counted.map((set) => numberOf(textOf(set.count)));
  if (counted.length > 1 && counts.every((count) => count !== undefined))
    facts.put(
      'num_nodes',
      counts.reduce<number>((sum, count) => sum + Number(count), 0),
      first.count,
      'literal',
      'sum over the groups of pods',
    );
  else facts.take('num_nodes', first.count, integer);
}
