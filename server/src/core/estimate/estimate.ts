import type { Estimation } from '../model/estimate.js';
import { withBatchMoney, withServingMoney, withTrainingMoney } from './compose.js';
import { corrected } from './correction.js';
import { withHardware } from './devices.js';
import { Draft } from './draft.js';
import { estimateHosted } from './hosted.js';
import { estimateResource } from './resource.js';
import { estimateServing } from './serving/index.js';
import type { EstimateContext, Spec } from './spec.js';
import { estimateTrainingWork } from './training/rollouts.js';

/** Estimates one workload from its facts: time, memory, money, energy and carbon.
 * @unknown a quantity whose facts are missing is left out and named in `unknown` */
export function estimate(spec: Spec, context: EstimateContext): Estimation {
  if (spec.kind === 'api-call') return estimateHosted(spec, context);
  const { spec: full, assumed } = withHardware(spec, context.catalog);
  const draft = new Draft(byKind(full, context));
  draft.assume(...assumed);
  return draft.done();
}

function byKind(spec: Spec, context: EstimateContext): Estimation {
  switch (spec.kind) {
    case 'training':
      return withTrainingMoney(corrected(estimateTrainingWork(spec, context), context.correction), spec, context);
    case 'serving':
      return withServingMoney(corrected(estimateServing(spec, context), context.correction), spec, context);
    case 'batch-inference':
      return withBatchMoney(corrected(estimateServing(spec, context), context.correction), spec, context);
    default:
      return estimateResource(spec, context);
  }
}
