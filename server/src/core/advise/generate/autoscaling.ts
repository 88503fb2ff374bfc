import { FactReader, type Spec } from '../../estimate/spec.js';
import type { Estimation } from '../../model/estimate.js';
import type { Workload } from '../../model/workload.js';
import { at, type Value } from '../../syntax/value.js';
import { readYaml } from '../../syntax/yaml.js';
import type { Document } from '../../text/document.js';

export type Autoscaler = 'hpa' | 'keda';
/** A file that is made, or what would have to be known to make it. */
export type Generated = { readonly made: true; readonly name: string; readonly text: string } | { readonly made: false; readonly lacks: readonly string[] };

/** Which counters an engine has: finished requests, and requests that wait.
 * @source vLLM documentation, production metrics; SGLang documentation, production metrics; text-generation-inference documentation, metrics */
const counters: Readonly<Record<string, { readonly finished: string; readonly waiting: string }>> = {
  vllm: { finished: 'vllm:request_success_total', waiting: 'vllm:num_requests_waiting' },
  sglang: { finished: 'sglang:e2e_request_latency_seconds_count', waiting: 'sglang:num_queue_reqs' },
  tgi: { finished: 'tgi_request_success', waiting: 'tgi_queue_size' },
};

/** Cost-aware autoscaling of a Deployment: the rule that makes `inference_cost_per_1k_usd` out of the engine's counters and the price of
 * a replica, and an autoscaler that holds it.
 *
 * An autoscaler adds replicas when its metric rises, and this cost rises when replicas idle. So what it follows is derived from the cost:
 * replicas × target ÷ cost, the number at which the traffic costs what it shall. Beside it stands the queue: requests that wait add replicas whatever they cost.
 * @param estimation of the service; its price and its cost at the stated share of time busy become the rule's price and target
 * @source Kubernetes documentation, horizontal pod autoscaling: desired = ceil(metric ÷ average value) for external metrics, the largest of several wins */
export function autoscaling(workload: Workload, spec: Spec, estimation: Estimation, document: Document, kind: Autoscaler): Generated {
  const facts = new FactReader(spec);
  const hourly = estimation.estimates['usd_per_hour']?.likely;
  const target = estimation.estimates['usd_per_1k_requests'];
  const engine = counters[workload.framework];
  const deployment = deploymentAt(document, workload.span.start);
  const lacks = [
    ...(deployment ? [] : ['a Deployment with a name in this file']),
    ...(engine ? [] : [`counters of ${workload.framework}: vLLM, SGLang and TGI are known`]),
    ...(hourly === undefined ? ['the price of a replica: name the GPU and its provider'] : []),
    ...(target === undefined ? ['what 1,000 requests cost: say how long prompts and answers are (input_tokens, output_tokens)'] : []),
  ];
  if (!deployment || !engine || hourly === undefined || target === undefined) return { made: false, lacks };
  const { name, namespace } = deployment;
  const now = Math.max(1, facts.number('replicas') ?? 1);
  const least = Math.max(1, facts.number('min_replicas') ?? 1);
  const most = facts.number('max_replicas') ?? Math.max(4, 2 * now);
  const number = (value: number): string => String(Number(value.toPrecision(4)));
  const input: Parts = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    least,
    most,
    price: number(hourly / now),
    target: number(target.likely),
    basis: `${target.basis}; ${estimation.estimates['usd_per_hour']?.basis ?? ''}`.replaceAll('\n', ' '),
    ...engine,
  };
  const text = [rules(input), kind === 'hpa' ? `${adapter(input)}---\n${horizontal(input)}` : scaledObject(input)].join('---\n');
  return { made: true, name: `${name}-autoscaling.yaml`, text };
}

interface Parts {
  readonly name: string;
  readonly namespace?: string;
  readonly least: number;
  readonly most: number;
  /** Of one replica. @unit USD an hour */
  readonly price: string;
  /** @unit USD per 1,000 requests */
  readonly target: string;
  readonly basis: string;
  readonly finished: string;
  readonly waiting: string;
}
const space = ({ namespace }: Parts): string => (namespace === undefined ? '' : `\n  namespace: ${namespace}`);
const cost = 'inference_cost_per_1k_usd';
const affordable = `${cost}_replicas_at_target`;

/** Recorded every half minute. Without traffic there is no cost a request, and the metric is absent: the smallest number of replicas holds. */
function rules(parts: Parts): string {
  const { name, price, target, basis, finished, namespace } = parts;
  const where = namespace === undefined ? '' : `,namespace="${namespace}"`;
  const pods = `pod=~"${name}-.*"${where}`;
  const replicas = `sum(kube_deployment_status_replicas_available{deployment="${name}"${where}})`;
  const labels = ['        labels:', `          deployment: ${name}`].join('\n');
  return `# Made from an estimate: $${price} an hour for one replica, $${target} per 1,000 requests.
# ${basis}
# Measure both before you rely on them, and set inference_replica_usd_per_hour to the price on your bill.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: ${name}-cost${space(parts)}
spec:
  groups:
    - name: ${name}-cost
      interval: 30s
      rules:
      - record: inference_replica_usd_per_hour
        expr: vector(${price})
${labels}
      - record: inference_requests_per_second
        expr: sum(rate(${finished}{${pods}}[5m]))
${labels}
      # Dollars an hour of all replicas over requests an hour; idle replicas count.
      - record: ${cost}
        expr: 1000 * ${replicas} * sum(inference_replica_usd_per_hour{deployment="${name}"}) / (3600 * (sum(inference_requests_per_second{deployment="${name}"}) > 0))
${labels}
      # An autoscaler adds replicas when its metric rises, and cost rises when replicas idle: this is the number that costs the target.
      - record: ${affordable}
        expr: ${replicas} * ${target} / sum(${cost}{deployment="${name}"})
${labels}
      - alert: InferenceCostAboveTarget
        expr: ${cost}{deployment="${name}"} > ${number2(target)}
        for: 30m
        labels:
          severity: warning
        annotations:
          summary: "${name} costs twice its target per 1,000 requests"
`;
}
const number2 = (target: string): string => String(Number((2 * Number(target)).toPrecision(4)));

/** What hands the recorded series to the autoscaler.
 * @source prometheus-adapter documentation, external metrics */
function adapter(parts: Parts): string {
  return `# Rules for prometheus-adapter: merge them into its own configuration.
apiVersion: v1
kind: ConfigMap
metadata:
  name: ${parts.name}-cost-adapter${space(parts)}
data:
  config.yaml: |
    externalRules:
    - seriesQuery: '{__name__="${affordable}"}'
      resources:
        namespaced: false
      name:
        as: ${affordable}
      metricsQuery: max(<<.Series>>{<<.LabelMatchers>>})
    - seriesQuery: '{__name__="${parts.waiting}"}'
      resources:
        overrides:
          namespace: {resource: namespace}
      name:
        as: inference_requests_waiting
      metricsQuery: sum(<<.Series>>{pod=~"${parts.name}-.*"})
`;
}

function horizontal(parts: Parts): string {
  const { name, least, most } = parts;
  return `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: ${name}${space(parts)}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: ${name}
  minReplicas: ${least}
  maxReplicas: ${most}
  metrics:
  - type: External
    external:
      metric:
        name: ${affordable}
        selector:
          matchLabels:
            deployment: ${name}
      target:
        type: AverageValue
        averageValue: "1"
  # Requests that wait add replicas whatever they cost: the larger of the two numbers wins.
  - type: External
    external:
      metric:
        name: inference_requests_waiting
      target:
        type: AverageValue
        averageValue: "4"
  behavior:
    scaleUp:
      stabilizationWindowSeconds: 0
    scaleDown:
      # Loading weights takes minutes: a replica that is gone is not soon back.
      stabilizationWindowSeconds: 600
      policies:
      - type: Pods
        value: 1
        periodSeconds: 120
`;
}

/** @source KEDA documentation, ScaledObject and the Prometheus scaler */
function scaledObject(parts: Parts): string {
  const { name, least, most, waiting, namespace } = parts;
  const where = namespace === undefined ? '' : `,namespace="${namespace}"`;
  return `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: ${name}${space(parts)}
spec:
  scaleTargetRef:
    name: ${name}
  minReplicaCount: ${least}
  maxReplicaCount: ${most}
  pollingInterval: 30
  # Loading weights takes minutes: a replica that is gone is not soon back.
  cooldownPeriod: 600
  triggers:
  - type: prometheus
    name: cost
    metadata:
      serverAddress: http://prometheus-operated.monitoring.svc:9090
      query: max(${affordable}{deployment="${name}"})
      threshold: "1"
      ignoreNullValues: "true"
  # Requests that wait add replicas whatever they cost: the larger of the two numbers wins.
  - type: prometheus
    name: queue
    metadata:
      serverAddress: http://prometheus-operated.monitoring.svc:9090
      query: sum(${waiting}{pod=~"${name}-.*"${where}})
      threshold: "4"
`;
}

/** The Deployment around an offset. */
function deploymentAt(document: Document, offset: number): { name: string; namespace?: string } | undefined {
  if (document.language !== 'yaml') return undefined;
  const { roots } = readYaml(document.uri, document.text);
  const text = (value: Value | undefined): string | undefined => (value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined);
  const root =
    roots.findLast((one) => one.start <= offset && text(at(one, 'kind')) === 'Deployment') ?? roots.find((one) => text(at(one, 'kind')) === 'Deployment');
  const name = text(at(root, 'metadata', 'name'));
  const namespace = text(at(root, 'metadata', 'namespace'));
  return name === undefined || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) ? undefined : { name, ...(namespace === undefined ? {} : { namespace }) };
}
