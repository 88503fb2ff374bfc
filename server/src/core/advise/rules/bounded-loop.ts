import type { Rule } from '../types.js';

/** A call in a loop that nothing ends: what it can cost has no bound. */
export const boundedLoop: Rule = {
  id: 'bounded-loop',
  kinds: ['api-call'],
  propose({ facts }) {
    if (facts.flag('call_in_loop') !== true || facts.number('inference_steps') !== undefined) return [];
    return [
      {
        id: 'bounded-loop',
        title: 'a bound for the loop around the call',
        changes: {},
        unpriced: 'what a loop without a bound costs has no figure',
        risk: { level: 'none', evidence: ['a task that needs more steps stops instead of going on'] },
        effort: 2,
        notes: [
          'count the steps and the tokens of a task, stop at a limit of both, and set a time limit on the call; retry with growing pauses, a few times at most: `mlcost calls PATH --helper budget` writes what does',
        ],
        editable: false,
      },
    ];
  },
};
