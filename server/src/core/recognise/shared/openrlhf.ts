import type { Fact } from '../../model/fact.js';
import { flagNamed, type ReadFlag } from './command-line.js';
import { asPositive, asSwitch } from './flag-facts.js';

/** Devices of an OpenRLHF policy training: models that share none of theirs have their own.
 * @source OpenRLHF openrlhf/cli/train_ppo_ray.py: each model has num_nodes 1 and num_gpus_per_node 8; the critic is there for generalized advantages alone,
 * the reward model where no remote_url stands in for it; a sample a prompt unless n_samples_per_prompt says more */
export function openRlhfFacts(uri: string, name: string, flags: readonly ReadFlag[]): Fact[] {
  if (!/train_ppo/.test(name)) return [];
  const given = (...names: readonly string[]): ReadFlag | undefined => flagNamed(flags, ...names);
  const number = (...names: readonly string[]): number | undefined => {
    const value = given(...names)?.value;
    return value === undefined ? undefined : asPositive(value);
  };
  const isOn = (...names: readonly string[]): boolean => {
    const flag = given(...names);
    return flag !== undefined && asSwitch(flag.value ?? true) !== false;
  };
  const [first, last] = [flags[0], flags.at(-1)];
  const place = { origin: 'default' as const, ...(first && last ? { span: { uri, start: first.start, end: last.end } } : {}) };
  const facts: Fact[] = [];
  const samples = given('n_samples_per_prompt', 'rollout.n_samples_per_prompt');
  if (!samples) facts.push({ name: 'num_generations', value: 1, ...place, note: 'OpenRLHF makes one sample a prompt unless told otherwise' });
  if (isOn('colocate_all_models', 'train.colocate_all')) return facts;
  const devices = (model: string): number =>
    (number(`${model}_num_nodes`, `${model}.num_nodes`) ?? 1) * (number(`${model}_num_gpus_per_node`, `${model}.num_gpus_per_node`) ?? 8);
  const estimator = given('advantage_estimator', 'algo.advantage.estimator')?.value;
  const models = [
    'actor',
    ...(isOn('colocate_actor_ref', 'train.colocate_actor_ref') ? [] : ['ref']),
    ...(estimator === undefined || estimator === 'gae' ? ['critic'] : []),
    ...(given('remote_rm_url', 'reward.remote_url') || isOn('colocate_critic_reward', 'train.colocate_critic_reward') ? [] : ['reward']),
  ];
  const engines = (number('vllm_num_engines', 'vllm.num_engines') ?? 0) * (number('vllm_tensor_parallel_size', 'vllm.tensor_parallel_size') ?? 1);
  const total = models.reduce((sum, model) => sum + devices(model), engines);
  facts.push({ name: 'gpus', value: total, ...place, note: `${models.join(', ')}${engines > 0 ? ' and the engines' : ''}, each on its own` });
  if (engines > 0) facts.push({ name: 'rollout_gpus', value: engines, ...place, note: 'engines × tensor parallel size' });
  return facts;
}
