import { shortAccelerator } from '../../catalog/short-name.js';
import { onLikelyAccelerators } from '../../estimate/alternatives.js';
import type { Proposal, Rule } from '../types.js';

/** The same work on another chip of the same maker, in the number that it states: programs and images are built for one maker's. */
export const otherAccelerator: Rule = {
  id: 'other-accelerator',
  kinds: ['training', 'serving', 'batch-inference'],
  propose({ facts, workload, chip, context, fits }) {
    if (!chip || fits === 'unknown' || facts.text('instance_type') !== undefined) return [];
    const ofMaker = new Map(context.catalog.accelerators.filter(({ vendor }) => vendor === chip.vendor).map((one) => [one.id, one]));
    const spec = { kind: workload.kind, facts: facts.spec.facts };
    return onLikelyAccelerators(spec, context).flatMap((one): Proposal[] => {
      const other = ofMaker.get(one.accelerator);
      if (!other || other.id === chip.id || one.count !== undefined) return [];
      return [
        {
          id: `on-${other.id}`,
          title: `on ${shortAccelerator(other, context.catalog)}`,
          changes: { gpu_type: other.id },
          risk: { level: 'none', evidence: ['the same computation'] },
          effort: 3,
        },
      ];
    });
  },
};
