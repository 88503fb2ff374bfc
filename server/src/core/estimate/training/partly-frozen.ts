import type { Estimate, Estimation } from '../../model/estimate.js';
import { type EstimateContext, FactReader, type Spec } from '../spec.js';
import { estimateTraining } from './index.js';

/** Weights of a last layer alone: the fewest that are worth training. @assumes a thousand classes at a width of a thousand */
const fewest = 1e6;
/** Below the lowest trained layer nothing is propagated back: one of three passes is left where the last layer alone is trained, of which two are counted
 * wherever a weight is frozen.
 * @source Rumelhart et al. 1986, doi 10.1038/323533a0: a gradient passes through the layers between it and the loss only */
const forwardAlone = 0.5;

/** Estimates a training as {@link estimateTraining}; where weights are frozen and nobody says how many are trained, between all of them and the last layer alone.
 * @unknown `trainable_params` is asked for: it is what the width of the interval is made of */
export function estimateMaybeFrozen(spec: Spec, context: EstimateContext): Estimation {
  const whole = estimateTraining(spec, context);
  const facts = new FactReader(spec);
  const isAdapter = facts.has('peft') || facts.has('lora_rank') || /lora|adapter|ia3|dora/i.test(facts.text('finetune_method') ?? '');
  if (facts.flag('frozen_weights') !== true || facts.has('trainable_params') || isAdapter) return whole;
  const few = estimateTraining({ ...spec, facts: { ...spec.facts, trainable_params: fewest } }, context);
  const estimates = Object.fromEntries(
    Object.entries(whole.estimates).map(([name, all]) => [name, few.estimates[name] ? between(name, all, few.estimates[name]) : all]),
  );
  const missing = { fact: 'trainable_params', need: 'weights of the model are frozen: say how many are trained', blocks: [] };
  return { ...whole, estimates, unknown: [...whole.unknown, missing] };
}

/** From the least to the most of two estimates of one quantity; likely in the middle of their ratio. */
function between(name: string, all: Estimate, few: Estimate): Estimate {
  if (all.likely === few.likely) return all;
  const [faster, slower] = /^(?:step_time_s|gpu_hours|wall_hours)$/.test(name)
    ? [forwardAlone, 1]
    : /^(?:tokens_per_s_per_gpu|samples_per_s)$/.test(name)
      ? [1, 1 / forwardAlone]
      : [1, 1];
  const { term: _, ...rest } = all;
  return {
    ...rest,
    low: Math.min(all.low, few.low * faster),
    likely: Math.sqrt(all.likely * few.likely),
    high: Math.max(all.high, few.high * slower),
    basis: `${all.basis}; between all weights trained and the last layer alone`,
  };
}
