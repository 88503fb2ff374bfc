import type { Estimation } from '../../model/estimate.js';
import type { EstimateContext, Spec } from '../spec.js';

/** Time, throughput and memory of a training workload.
 * @unknown everything, until the formulas are in */
export function estimateTraining(spec: Spec, context: EstimateContext): Estimation {
  void spec;
  void context;
  return { estimates: {}, unknown: [], assumed: [], notes: [] };
}
