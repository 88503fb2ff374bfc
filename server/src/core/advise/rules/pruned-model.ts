import { dimensionsOf, isSized } from '../../estimate/dimensions.js';
import type { Rule } from '../types.js';

/** Share of the layers that pruning can take and still be healed by some training.
 * @source Men et al. 2024, ShortGPT (arXiv 2403.03853): a quarter of the layers of Llama 2; Gromov et al. 2024 (arXiv 2403.17887): up to a half, healed with QLoRA */
const taken = 0.25;

/** The model without a quarter of its layers: what that costs is known, whether it answers well enough is not. */
export const prunedModel: Rule = {
  id: 'pruned-model',
  kinds: ['serving', 'batch-inference'],
  propose({ facts, context, params }) {
    const model = dimensionsOf(facts, context.catalog);
    // Below that nobody has shown it; of experts other things are pruned.
    if (!model || isSized(model) || params === undefined || params < 6e9 || model.experts !== undefined || model.layers < 24) return [];
    const body = model.params - model.vocab * model.hidden * (model.tied ? 1 : 2);
    const layers = Math.round(model.layers * (1 - taken));
    return [
      {
        id: 'pruned-model',
        title: `${model.layers - layers} of ${model.layers} layers pruned`,
        changes: { n_layer: layers },
        supposed: { params: Math.round(model.params - body * (1 - layers / model.layers)) },
        risk: {
          level: 'unmeasured',
          evidence: [
            'a quarter of the layers goes with little loss on question answering, more on reasoning (Men et al. 2024; Gromov et al. 2024): heal it by training, and measure it on your own cases',
          ],
        },
        effort: 3,
        notes: ['needs a pruned checkpoint, or a distillation into one'],
        editable: false,
      },
    ];
  },
};
