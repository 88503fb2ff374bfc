/** From which size on an estimated change can be believed, by kind of workload: the factor from which nine in ten measured pairs went the way that was estimated. */
export type ChangeNoise = Readonly<Record<string, { readonly factor: number; readonly pairs: number; readonly publishers: number }>>;

/** Facts that change how much is done or what it is paid with: the effect is arithmetic, and has no noise of its own. */
const exact: ReadonlySet<string> = new Set([
  'epochs',
  'max_steps',
  'dataset_size',
  'train_tokens',
  'num_requests',
  'calls_per_month',
  'requests_per_s',
  'utilisation',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'max_tokens',
  'prompt_chars',
  'prompt_text',
  'replicas',
  'min_replicas',
  'max_replicas',
  'instance_count',
  'instance_type',
  'provider',
  'region',
  'spot',
  'market',
  'trials',
  'max_hours',
]);

/** The factor within which a change of these facts may be an error of the estimate: 1 where each is arithmetic. */
export function noiseOf(kind: string, facts: readonly string[], quantity: string, noise: ChangeNoise): number {
  const hardwareStands = kind === 'resource' || kind === 'api-call' || quantity === 'usd_per_month' || quantity === 'usd_per_hour';
  if (hardwareStands || facts.every((fact) => exact.has(fact))) return 1;
  return noise[kind === 'training' ? 'training' : 'serving']?.factor ?? Number.POSITIVE_INFINITY;
}
