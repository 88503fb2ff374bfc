import { estimate } from '../../estimate/estimate.js';
import type { Rule } from '../types.js';

/** Checkpoints as often as writing them and losing work since the last one cost least together. */
export const saveCadence: Rule = {
  id: 'save-cadence',
  kinds: ['training'],
  propose({ facts, context, workload }) {
    const now = facts.number('save_steps');
    if (now === undefined || now < 1) return [];
    const hours = (steps: number): number =>
      estimate({ kind: workload.kind, facts: { ...facts.spec.facts, save_steps: steps } }, context).estimates['gpu_hours']?.likely ?? Number.POSITIVE_INFINITY;
    const evaluation = facts.number('eval_steps');
    const choices = [1 / 10, 1 / 4, 1 / 2, 2, 4, 10, 25].map((factor) => Math.round(now * factor)).filter((steps) => steps >= 1);
    // The best model is looked for among the saved ones: they are saved where they are evaluated.
    const best = choices.filter((steps) => evaluation === undefined || steps % evaluation === 0).sort((a, b) => hours(a) - hours(b) || b - a)[0];
    if (best === undefined || hours(best) >= hours(now)) return [];
    return [
      {
        id: `save-steps-${best}`,
        title: `a checkpoint every ${best} steps`,
        changes: { save_steps: best },
        risk: { level: 'none', evidence: ['the same training; the interval at which writing and lost work cost least together (Young 1974)'] },
        effort: 1,
      },
    ];
  },
};
