import type { Estimate, Estimation } from '../model/estimate.js';

/** Quantities in the order that a person asks for them, with their names. The rest follows by its own name. */
const labels: Readonly<Record<string, string>> = {
  usd: 'Cost',
  usd_max: 'Cost at most',
  usd_per_month: 'Cost a month',
  usd_per_month_max: 'Cost a month at most',
  usd_per_month_busy: 'of it busy',
  usd_per_month_idle: 'of it idle',
  usd_per_month_scaled: 'Cost a month, scaled with the traffic',
  usd_per_month_to_zero: 'Cost a month, scaled to zero',
  usd_per_month_storage: 'Keeping the weights',
  usd_per_month_egress: 'Answers that leave',
  usd_per_call: 'Cost of a call',
  usd_per_call_max: 'Cost of a call at most',
  usd_per_call_input: 'Cost of the prompt',
  usd_per_call_output_max: 'Cost of the answer at most',
  usd_per_1m_tokens: 'Cost of output tokens',
  usd_per_1m_tokens_full: 'Cost of output tokens at full load',
  usd_per_1k_requests: 'Cost of requests',
  usd_per_1m_input_tokens: 'Input tokens',
  usd_per_1m_output_tokens: 'Output tokens',
  usd_per_hour: 'Price an hour',
  usd_per_epoch: 'Cost of an epoch',
  gpu_hours: 'GPU-hours',
  gpu_hours_max: 'GPU-hours at most',
  wall_hours: 'Duration',
  peak_memory_gib: 'Peak memory of one GPU',
  memory_share: 'Share of its memory',
  weights_gib: 'Weights',
  kv_cache_gib: 'KV cache',
  kv_pool_gib: 'Room for the KV cache',
  kv_capacity_tokens: 'Tokens that it holds',
  max_concurrency: 'Sequences at once',
  tokens_per_s_per_gpu: 'Throughput',
  output_tokens_per_s: 'Output',
  saturation_output_tokens_per_s: 'Output at full load',
  total_tokens_per_s: 'Tokens in all',
  samples_per_s: 'Samples',
  images_per_s: 'Images',
  requests_per_s: 'Requests',
  step_time_s: 'One step',
  ttft_ms: 'First token after',
  tpot_ms: 'Each further token after',
  latency_ms: 'Latency',
<<<<<<< HEAD
  checkpoint_gib: 'Checkpoints kept',
  checkpoint_usd_per_month: 'Storing them a month',
=======
  prompt_time_share: 'Share of the time for prompts',
  cold_start_s: 'Cold start',
  cold_starts_per_month: 'Cold starts a month',
  replicas_needed: 'Replicas for the traffic',
>>>>>>> 0756d63 (Price a server's traffic: tokens in and out apart, busy and idle, replicas, scaling to zero, storage and egress)
  steps: 'Steps',
  train_tokens: 'Tokens trained on',
  gpus: 'GPUs',
  energy_kwh: 'Energy',
  energy_kwh_per_month: 'Energy a month',
  carbon_kg: 'Carbon',
  carbon_kg_per_month: 'Carbon a month',
};
const order = Object.keys(labels);

export const quantityLabel = (name: string): string => labels[name] ?? name.replaceAll('_', ' ');
export const quantitiesOf = ({ estimates }: Estimation): [string, Estimate][] =>
  Object.entries(estimates).sort(([a], [b]) => (order.indexOf(a) + 1 || 1e3) - (order.indexOf(b) + 1 || 1e3) || a.localeCompare(b));
