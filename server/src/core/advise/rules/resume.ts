import { isCode } from '../code.js';
import type { Rule } from '../types.js';

/** Hours from which losing a run hurts. @assumes half a working day */
const long = 4;

/** A start that goes on from the last checkpoint, for runs that may be interrupted. */
export const resume: Rule = {
  id: 'resume',
  kinds: ['training'],
  propose({ facts, context, estimation, workload }) {
    const isSpot = facts.flag('spot') === true || context.market === 'spot';
    const hours = estimation.estimates['wall_hours']?.likely ?? 0;
    if (facts.flag('resume') === true || !/^(transformers|trl|sentence-transformers|lightning|axolotl)$/.test(workload.framework)) return [];
    if (!isSpot && hours < long) return [];
    return [
      {
        id: 'resume',
        title: 'a start that resumes',
        changes: { resume: true },
        unpriced: isSpot ? 'what interruptions repeat is not known beforehand' : 'whether it fails is not known beforehand',
        risk: { level: 'none', evidence: ['the same training, from the last checkpoint on'] },
        effort: isCode(workload) || workload.framework === 'axolotl' ? 2 : 3,
        notes: ['checkpoints have to lie where the next machine finds them: a bucket or a network disk'],
      },
    ];
  },
};
