import type { Rule } from '../types.js';

/** Evaluations of a run that are enough to see its curve. */
const enough = 20;

/** Fewer evaluations, where a run stops for them more often than anybody looks. */
export const evaluationCadence: Rule = {
  id: 'evaluation-cadence',
  kinds: ['training'],
  propose({ facts, estimation }) {
    const between = facts.number('eval_steps');
    const steps = estimation.estimates['steps']?.likely;
    if (between === undefined || between < 1 || steps === undefined || facts.text('eval_strategy') === 'no' || facts.text('eval_strategy') === 'epoch')
      return [];
    // The best model is looked for among the saved ones: where both are written, one is a multiple of the other.
    const saving = facts.number('save_steps') ?? 0;
    const to = Math.ceil(steps / enough / between) * between;
    if (steps / between < 2.5 * enough || to <= between) return [];
    return [
      {
        id: `eval-steps-${to}`,
        title: `an evaluation every ${to} steps`,
        changes: { eval_steps: to, ...(saving > 0 && saving % to !== 0 ? { save_steps: Math.ceil(saving / to) * to } : {}) },
        unpriced: 'what an evaluation takes follows from the size of the held-out set, which is not stated',
        risk: { level: 'none', evidence: [`the same training, looked at ${Math.floor(steps / to)} times instead of ${Math.floor(steps / between)}`] },
        effort: 1,
      },
    ];
  },
};
