import type { Estimation } from '../model/estimate.js';
import type { EstimateContext, Spec } from './spec.js';

/** Estimates one workload from its facts.
 * @unknown a quantity whose facts are missing is left out and named in `unknown` */
export function estimate(spec: Spec, context: EstimateContext): Estimation {
  void spec;
  void context;
  return { estimates: {}, unknown: [], assumed: [], notes: [] };
}
