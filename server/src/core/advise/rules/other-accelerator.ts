import { shortAccelerator } from '../../catalog/short-name.js';
import { onLikelyAccelerators } from '../../estimate/alternatives.js';
import type { Proposal, Rule } from '../types.js';

/** The same work on another chip, in the number that it states. */
export const otherAccelerator: Rule = {
  id: 'other-accelerator',
  kinds: ['training', 'serving', 'batch-inference'],
  propose({ facts, workload, chip, context, fits }) {
    if (!chip || fits === 'unknown' || facts.text('instance_type') !== undefined) return [];
    const nameOf = (id: string): string => {
      const found = context.catalog.accelerators.find((one) => one.id === id);
      return found ? shortAccelerator(found, context.catalog) : id;
    };
    const spec = { kind: workload.kind, facts: facts.spec.facts };
    return onLikelyAccelerators(spec, context)
      .filter((one) => one.accelerator !== chip.id && one.count === undefined)
      .map(
        (one): Proposal => ({
          id: `on-${one.accelerator}`,
          title: `on ${nameOf(one.accelerator)}`,
          changes: { gpu_type: one.accelerator },
          risk: { level: 'none', evidence: ['the same computation'] },
          effort: 3,
        }),
      );
  },
};
