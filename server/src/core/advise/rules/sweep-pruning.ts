import type { Rule } from '../types.js';

const how: Readonly<Record<string, string>> = {
  'wandb-sweep': '`early_terminate: {type: hyperband, min_iter: 3}` in the sweep (W&B documentation)',
  ray: '`scheduler=ASHAScheduler(...)` in the tune configuration (Ray Tune documentation)',
};

/** Trials that fall behind are stopped early. How many do is known when it has run. */
export const sweepPruning: Rule = {
  id: 'sweep-pruning',
  kinds: ['training'],
  propose({ facts, workload }) {
    const trials = facts.number('trials');
    if (trials === undefined || trials < 8) return [];
    return [
      {
        id: 'sweep-pruning',
        title: 'stop trials that fall behind',
        changes: {},
        unpriced: 'how many trials fall behind is known when they have run',
        risk: {
          level: 'low',
          evidence: ['successive halving finds as good a setting in a fraction of the work (Li et al. 2018, Hyperband; Li et al. 2020, ASHA)'],
        },
        effort: 2,
        notes: [
          how[workload.framework] ?? 'Optuna: `create_study(pruner=HyperbandPruner())` and `trial.report` in the loop; others have schedulers of that kind',
        ],
        editable: false,
      },
    ];
  },
};
