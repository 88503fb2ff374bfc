import { siblingsOf } from '../../catalog/siblings.js';
import type { Proposal, Rule } from '../types.js';

/** How much smaller a model may be to stand in for another.
 * @assumes the steps of a family (8B, 70B, 405B) are up to ten times apart: what is further off was built for other work */
const nearest = 1 / 12;

/** A smaller model of the same name: what it costs is known, whether it answers well enough is not. It is also what a distillation would serve. */
export const smallerModel: Rule = {
  id: 'smaller-model',
  kinds: ['serving', 'batch-inference'],
  propose({ facts, context, params }) {
    const model = facts.text('model');
    if (model === undefined || params === undefined) return [];
    return siblingsOf(model, context.catalog.models)
      .filter((one) => one.params < 0.8 * params && one.params >= nearest * params)
      .slice(0, 2)
      .map(
        ({ id }): Proposal => ({
          id: `model-${id.slice(id.lastIndexOf('/') + 1).toLowerCase()}`,
          title: id.slice(id.lastIndexOf('/') + 1),
          changes: { model: id },
          risk: { level: 'unmeasured', evidence: ['a smaller model of the same name: measure it on your own cases, or distil the larger one into it'] },
          effort: 2,
        }),
      );
  },
};
