import type { Catalog } from '../catalog/catalog.js';
import type { PolicyRow, RuleName } from '../settings/policy-schema.js';
import { idOf, ruleOf } from './check.js';
import type { Policy } from './types.js';

/** An expression over an object that a cluster is asked to take, true where the rule is kept. */
export interface AdmissionRule {
  readonly rule: string;
  readonly level: 'block' | 'warn';
  readonly expression: string;
  readonly message: string;
}
export interface Admission {
  readonly rules: readonly AdmissionRule[];
  /** Rules that a cluster cannot hold, and why. */
  readonly left: readonly { readonly rule: string; readonly why: string }[];
}
const gpuResources = ['nvidia.com/gpu', 'amd.com/gpu', 'google.com/tpu', 'aws.amazon.com/neuron', 'habana.ai/gaudi'];
/** The accelerators of each container of a list. */
const gpusOf = (containers: string): string =>
  `${containers}.map(c, [${gpuResources.map((key) => JSON.stringify(key)).join(', ')}].map(k, has(c.resources) && has(c.resources.limits) && k in c.resources.limits ? int(string(c.resources.limits[k])) : 0).sum())`;
/** What expressions are made of, by name, each over those before it. The same in every policy.
 * @source Kubernetes documentation: init containers run before the others, one at a time; those that restart always stay beside them */
export const admissionVariables: readonly { readonly name: string; readonly expression: string }[] = [
  {
    name: 'template',
    expression: 'object.kind == "Pod" ? object : object.kind == "CronJob" ? object.spec.jobTemplate.spec.template : object.spec.template',
  },
  {
    name: 'copies',
    expression: `object.kind == "CronJob" ? (has(object.spec.jobTemplate.spec.parallelism) ? object.spec.jobTemplate.spec.parallelism : 1) : object.kind == "Job" ? (has(object.spec.parallelism) ? object.spec.parallelism : 1) : object.kind != "Pod" && has(object.spec.replicas) ? object.spec.replicas : 1`,
  },
  { name: 'before', expression: 'has(variables.template.spec.initContainers) ? variables.template.spec.initContainers : []' },
  { name: 'beside', expression: 'variables.before.filter(c, has(c.restartPolicy) && c.restartPolicy == "Always")' },
  {
    name: 'gpusPerPod',
    expression: `([${gpusOf('variables.template.spec.containers')}.sum() + ${gpusOf('variables.beside')}.sum()] + ${gpusOf('variables.before')}).max()`,
  },
  { name: 'gpus', expression: 'variables.gpusPerPod * variables.copies' },
  { name: 'selector', expression: 'has(variables.template.spec.nodeSelector) ? variables.template.spec.nodeSelector : {}' },
  {
    name: 'terms',
    expression:
      'has(variables.template.spec.affinity) && has(variables.template.spec.affinity.nodeAffinity) && has(variables.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution) ? variables.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms : []',
  },
  { name: 'labels', expression: 'has(object.metadata.labels) ? object.metadata.labels : {}' },
  { name: 'annotations', expression: 'has(object.metadata.annotations) ? object.metadata.annotations : {}' },
];
/** Which requests are judged. What a controller of the cluster makes of an object was judged with that object, and has other labels.
 * @source Kubernetes documentation: controllers run as service accounts of kube-system, or all as one user */
export const admissionConditions: readonly { readonly name: string; readonly expression: string }[] = [
  {
    name: 'not-made-of-what-was-judged',
    expression: `!(request.userInfo.username in [${['kube-controller-manager', ...['deployment', 'replicaset', 'statefulset', 'job', 'cronjob'].map((one) => `serviceaccount:kube-system:${one}-controller`)].map((one) => JSON.stringify(`system:${one}`)).join(', ')}])`,
  },
];
/** The mark of a job that can go on after it was stopped. */
export const checkpointAnnotation = 'ml-cost-lens/checkpoints';

const instanceLabels = ['node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type'];
const acceleratorLabels = [
  'cloud.google.com/gke-accelerator',
  'nvidia.com/gpu.product',
  'gpu.nvidia.com/class',
  'gpu.nvidia.com/model',
  'karpenter.k8s.aws/instance-gpu-name',
];
const regionLabels = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];
const marketLabels = ['karpenter.sh/capacity-type', 'eks.amazonaws.com/capacityType', 'kubernetes.azure.com/scalesetpriority'];
const spotFlags = ['cloud.google.com/gke-spot', 'cloud.google.com/gke-preemptible'];

const list = (values: readonly string[]): string => `[${values.map((one) => JSON.stringify(one)).join(', ')}]`;
/** Where a pod asks for nodes by some labels: each value that it may get must be allowed. Without a word about them it is `otherwise`. */
const eachAsked = (labels: readonly string[], allowed: (value: string) => string, otherwise: boolean): string => {
  const each = `${list(labels)}.all(l, (!(l in variables.selector) || ${allowed('variables.selector[l]')}) && variables.terms.all(t, !has(t.matchExpressions) || t.matchExpressions.all(e, e.key != l || e.operator != "In" || e.values.all(v, ${allowed('v')}))))`;
  return otherwise ? each : `${asks(labels)} && ${each}`;
};
const asks = (labels: readonly string[]): string =>
  `${list(labels)}.exists(l, l in variables.selector || variables.terms.exists(t, has(t.matchExpressions) && t.matchExpressions.exists(e, e.key == l && e.operator == "In")))`;
const among =
  (values: readonly string[]) =>
  (value: string): string =>
    `${value}.lowerAscii() in ${list(values)}`;
const likeAny =
  (globs: readonly string[]) =>
  (value: string): string =>
    `${value}.matches(${JSON.stringify(`^(?:${globs.map(regexOf).join('|')})$`)})`;
/** @source RE2 syntax: what a glob's `*` and `?` stand for; all else is itself */
const regexOf = (glob: string): string =>
  glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');

const isSpot = `(${list(marketLabels)}.exists(l, l in variables.selector && variables.selector[l].lowerAscii() == "spot") || ${list(spotFlags)}.exists(l, l in variables.selector && variables.selector[l] == "true") || variables.terms.exists(t, has(t.matchExpressions) && t.matchExpressions.exists(e, (e.key in ${list(marketLabels)} && has(e.values) && e.values.exists(v, v.lowerAscii() == "spot")) || (e.key in ${list(spotFlags)} && has(e.values) && "true" in e.values))))`;

type Written = { readonly holds: string; readonly message: string } | { readonly why: string };
type Writer<K extends RuleName> = (limit: NonNullable<PolicyRow[K]>, row: PolicyRow, catalog: Catalog) => Written;
/** Whether a pod that says nothing of it passes: as the row says for what is unknown. */
const openly = ({ unknown }: PolicyRow): boolean => unknown !== 'block';

const unheld: Partial<Record<RuleName, string>> = {
  max_usd_per_run: 'a cluster has no estimates',
  max_usd_per_month: 'a cluster has no estimates',
  max_usd_per_1k_inferences: 'a cluster has no estimates',
  max_kwh: 'a cluster has no estimates',
  max_carbon_kg: 'a cluster has no estimates',
  max_increase_percent: 'a cluster has no former state to compare with',
  max_increase_usd: 'a cluster has no former state to compare with',
  max_decrease_percent: 'a cluster has no former state to compare with',
  max_decrease_usd: 'a cluster has no former state to compare with',
  cost_needs_gain: 'a cluster has no former state to compare with',
  max_params: 'a manifest does not say what its program loads',
  required_precision: 'a manifest does not say what its program computes in',
  max_tokens: 'calls of hosted models are in code',
  max_steps: 'calls of hosted models are in code',
  max_retries: 'calls of hosted models are in code',
  max_checkpoints_kept: 'checkpoints are in code',
  no_idle_replicas: 'a manifest does not say its traffic',
  allowed_providers: 'a manifest does not say who runs the cluster',
  expression: 'it is written over facts of code, which a cluster does not see',
};
const writers: { readonly [K in RuleName]?: Writer<K> } = {
  max_gpus: (limit) => ({ holds: `variables.gpus <= ${Math.floor(limit)}`, message: `takes at most ${limit} GPUs, copies counted` }),
  max_gpu_hours: (limit, row) => {
    const spec = 'object.kind == "CronJob" ? object.spec.jobTemplate.spec : object.spec';
    const within = `has(s.activeDeadlineSeconds) ? variables.gpus * s.activeDeadlineSeconds <= ${Math.floor(limit * 3600)} : ${openly(row)}`;
    return {
      holds: `!(object.kind in ["Job", "CronJob"]) || [${spec}].all(s, ${within})`,
      message: `takes at most ${limit} GPU-hours until its activeDeadlineSeconds`,
    };
  },
  allowed_instances: (limit, row) => ({ holds: eachAsked(instanceLabels, likeAny(limit), openly(row)), message: `runs on ${limit.join(', ')}` }),
  allowed_regions: (limit, row) => ({ holds: eachAsked(regionLabels, likeAny(limit), openly(row)), message: `runs in ${limit.join(', ')}` }),
  allowed_accelerators: (limit, row, catalog) => {
    const names = limit.flatMap((name) => {
      const chip = catalog.accelerator(name);
      return [name, ...(chip ? [chip.id, ...chip.aliases] : [])].map((one) => one.toLowerCase().replace(/[\s_]+/g, '-'));
    });
    return { holds: eachAsked(acceleratorLabels, among([...new Set(names)].sort()), openly(row)), message: `runs on ${limit.join(', ')}` };
  },
  allowed_markets: (limit) => {
    const spot = limit.includes('spot');
    if (spot && limit.length > 1) return { why: 'it allows spot and others, so a manifest cannot break it' };
    return spot ? { holds: isSpot, message: 'asks for spot capacity' } : { holds: `!${isSpot}`, message: 'asks for no spot capacity' };
  },
  required_tags: (limit) => ({
    holds: `${list(limit)}.all(k, k in variables.labels && variables.labels[k] != "")`,
    message: `has the labels ${limit.join(', ')}`,
  }),
  spot_needs_checkpoints: () => ({
    holds: `!(object.kind in ["Job", "CronJob"]) || !${isSpot} || (${JSON.stringify(checkpointAnnotation)} in variables.annotations && variables.annotations[${JSON.stringify(checkpointAnnotation)}] == "true")`,
    message: `on spot capacity has the annotation ${checkpointAnnotation}: "true", because it saves checkpoints and goes on from them`,
  }),
};
/** Kinds of objects that a kind of workload is. */
const objectKinds: Readonly<Record<string, readonly string[]>> = {
  training: ['Job', 'CronJob'],
  'batch-inference': ['Job', 'CronJob'],
  serving: ['Deployment', 'ReplicaSet', 'StatefulSet'],
  resource: ['Pod', 'Job', 'CronJob', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  'api-call': [],
};

/** What a Kubernetes cluster can hold of a policy, as expressions for a ValidatingAdmissionPolicy. Only what asks for accelerators is judged.
 * @source Kubernetes documentation: Validating Admission Policy; CEL in Kubernetes (lists' sum, strings' lowerAscii) */
export function admissionOf({ rules: rows, waivers }: Policy, catalog: Catalog, today: string): Admission {
  const rules: AdmissionRule[] = [];
  const left: { rule: string; why: string }[] = [];
  for (const row of rows) {
    const rule = idOf(row);
    const written = writtenOf(row, catalog);
    const waiver = waivers.find((one) => (one.rule === rule || one.rule === ruleOf(row)) && one.expires >= today);
    const everywhere = waiver && waiver.files === undefined && waiver.workload === undefined;
    const why = everywhere
      ? `it is waived until ${waiver.expires} by ${waiver.owner}`
      : row.files !== undefined
        ? 'it holds for some files, and a cluster sees none'
        : row.below_usd !== undefined
          ? 'it is quiet below a cost, and a cluster has no estimates'
          : undefined;
    if (why !== undefined || 'why' in written) {
      left.push({ rule, why: why ?? ('why' in written ? written.why : '') });
      continue;
    }
    if (waiver) left.push({ rule: `waiver of ${rule}`, why: 'it is for some files or one workload: in the cluster the rule holds for all' });
    const kinds = row.kinds && [...new Set(row.kinds.flatMap((kind) => objectKinds[kind] ?? []))];
    const scope = [
      'variables.gpus == 0',
      ...(kinds ? [`!(object.kind in ${list(kinds)})`] : []),
      ...Object.entries(row.tags ?? {}).map(
        ([name, value]) => `!(${JSON.stringify(name)} in variables.labels && variables.labels[${JSON.stringify(name)}] == ${JSON.stringify(value)})`,
      ),
    ];
    const message = `${rule}: what asks for accelerators ${written.message}${row.message === undefined ? '' : `. ${row.message}`}`;
    rules.push({ rule, level: row.level ?? 'block', expression: `${scope.join(' || ')} || (${written.holds})`, message });
  }
  return { rules, left };
}
function writtenOf(row: PolicyRow, catalog: Catalog): Written {
  const name = ruleOf(row);
  // The table gives each rule the type of its own limit.
  const writer = writers[name] as ((limit: unknown, row: PolicyRow, catalog: Catalog) => Written) | undefined;
  return writer?.(row[name], row, catalog) ?? { why: unheld[name] ?? 'a cluster cannot hold it' };
}
