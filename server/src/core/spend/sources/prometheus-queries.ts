import type { UsageMetric } from './usage.js';

/** Families of metrics that are read. */
export const families = ['gpu', 'kubernetes', 'vllm', 'genai', 'opencost'] as const;
export type Family = (typeof families)[number];

/** A question for the sum of one day. */
export interface Question {
  readonly family: Family;
  readonly metric: UsageMetric;
  /** @param range of the day up to when it is asked, `86400s` */
  readonly query: (range: string) => string;
  /** Digits behind the point that are kept: sums of doubles differ in their last ones from one time to the next. */
  readonly digits: number;
  /** Label with the accelerator's name. */
  readonly accelerator?: string;
  /** Labels with the model's name, the first that is there. */
  readonly model?: readonly string[];
}
export interface Asked {
  /** Labels to keep. */
  readonly labels: readonly string[];
  /** Matchers, `cluster="a"`. */
  readonly matchers: readonly string[];
  /** @unit min */
  readonly step: number;
  /** Busy below this is idle. @unit % */
  readonly idleBelow: number;
}

/** What is asked for each family. Gauges are looked at every few minutes, so that hours are counted and gaps are not filled; counters by `increase`, which knows that a restart sets them back.
 * @source dcgm-exporter etc/default-counters.csv; kube-state-metrics docs (pod metrics); vLLM docs, production metrics; OpenTelemetry semantic conventions, GenAI client metrics; OpenCost metrics reference */
export function questions({ labels, matchers, step, idleBelow }: Asked): Question[] {
  const select = (metric: string, ...more: string[]): string => {
    const all = [...more, ...matchers];
    return all.length === 0 ? metric : `${metric}{${all.join(',')}}`;
  };
  const by = (...more: string[]): string => `sum by (${[...labels, ...more].join(', ')})`;
  /** A point in time is counted once: the first one belongs to the day before. */
  const looked = (range: string): string => `[${Math.max(1, Number(range.slice(0, -1)) - 1)}s:${step}m]`;
  const hours = `/ ${60 / step}`;
  const busy = `avg_over_time(${select('DCGM_FI_DEV_GPU_UTIL')}[${step}m])`;
  const gpu = { family: 'gpu', digits: 4, accelerator: 'modelName' } as const;
  const requested = select('kube_pod_container_resource_requests', 'resource=~"nvidia_com_gpu|amd_com_gpu"');
  const running = `${select('kube_pod_status_phase', 'phase="Running"')} == 1`;
  const counter = (family: Family, metric: UsageMetric, name: string, model: readonly string[], ...more: string[]): Question => ({
    family,
    metric,
    digits: 0,
    model,
    query: (range) => `${by(...model)} (increase(${select(name, ...more)}[${range}]))`,
  });
  const genai = (part: string): string => `__name__=~"gen_ai_client_token_usage(_tokens?)?_${part}"`;
  const said = ['gen_ai_response_model', 'gen_ai_request_model'] as const;
  return [
    { ...gpu, metric: 'gpu_hours', query: (range) => `${by('modelName')} (count_over_time((${busy})${looked(range)})) ${hours}` },
    { ...gpu, metric: 'gpu_hours_busy', query: (range) => `${by('modelName')} (sum_over_time((${busy})${looked(range)})) ${hours} / 100` },
    { ...gpu, metric: 'gpu_hours_idle', query: (range) => `${by('modelName')} (count_over_time((${busy} < ${idleBelow})${looked(range)})) ${hours}` },
    {
      family: 'kubernetes',
      metric: 'gpu_hours_requested',
      digits: 4,
      query: (range) => `${by()} (sum_over_time((${requested} and on (namespace, pod) (${running}))${looked(range)})) ${hours}`,
    },
    counter('vllm', 'input_tokens', 'vllm:prompt_tokens_total', ['model_name']),
    counter('vllm', 'cached_input_tokens', '', ['model_name'], '__name__=~"vllm:(gpu_)?prefix_cache_hits_total"'),
    counter('vllm', 'output_tokens', 'vllm:generation_tokens_total', ['model_name']),
    counter('vllm', 'requests', 'vllm:request_success_total', ['model_name']),
    counter('genai', 'input_tokens', '', said, genai('sum'), 'gen_ai_token_type="input"'),
    counter('genai', 'output_tokens', '', said, genai('sum'), 'gen_ai_token_type=~"output|completion"'),
    counter('genai', 'requests', '', said, genai('count'), 'gen_ai_token_type="input"'),
    {
      family: 'opencost',
      metric: 'metered_cost',
      digits: 6,
      query: (range) =>
        `${by()} (sum_over_time((${select('container_gpu_allocation')} * on (node) group_left () max by (node) (${select('node_gpu_hourly_cost')}))${looked(range)})) ${hours}`,
    },
  ];
}
/** How often GPUs were seen on a day: where it is less often than looked, there are gaps. */
export const seen = ({ matchers, step }: Asked, range: string): string =>
  `count_over_time((count(DCGM_FI_DEV_GPU_UTIL${matchers.length === 0 ? '' : `{${matchers.join(',')}}`}))[${Math.max(1, Number(range.slice(0, -1)) - 1)}s:${step}m])`;
