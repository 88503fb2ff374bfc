import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { PythonInput } from '../types.js';
import { count, type FactSet } from './training/fact-set.js';

/** Calls that run a study's trials: `study.optimize(objective, n_trials=100)`. */
export function studies({ program, evaluate }: PythonInput): readonly Call[] {
  return program.callsOf('optimize').flatMap(({ call }) => {
    if (call.callee.kind !== 'attribute') return [];
    const made = evaluate.expression(call.callee.object);
    const name = made.kind === 'call' ? evaluate.callee(made) : '';
    const isStudy =
      /(^optuna\.(\w+\.)*|^)(create_study|load_study|Study)$/.test(name) || (made.kind !== 'call' && /(^|\.|_)study$/.test(dotted(call.callee.object) ?? ''));
    return isStudy ? [call] : [];
  });
}

/** Searches of Ray Tune with what they run: `tune.Tuner(tune.with_resources(train, {"gpu": 1}), …)`. */
export function tuners({ program, evaluate }: PythonInput): readonly { readonly call: Call; readonly runs: Expr | undefined; readonly settings: Call }[] {
  if (!program.mentions(/\btune\b/)) return [];
  return program.callsOf(/^(?:run|Tuner)$/).flatMap(({ call }) => {
    if (!/^ray\.tune(\.\w+)*\.(run|Tuner)$/.test(evaluate.callee(call))) return [];
    const first = call.args.find((arg) => arg.keyword === undefined || arg.keyword === 'trainable')?.value;
    const placed = first?.kind === 'call' && /(^|\.)with_(resources|parameters)$/.test(evaluate.callee(first)) ? first.args[0]?.value : first;
    const given = evaluate.argument(call, 'tune_config');
    const config = given && evaluate.expression(given);
    return [{ call, runs: placed, settings: config?.kind === 'call' ? config : call }];
  });
}

/** Adds the number of trials to a training that a search runs: inside of its objective, through one function of that, or as the trainer that it is given. */
export function addTrials(input: PythonInput, facts: FactSet, at: number): void {
  const { program, evaluate } = input;
  if (facts.has('trials') || !program.mentions(/\b(optuna|tune)\b/)) return;
  const searches = [
    ...studies(input).map((call) => ({ runs: evaluate.argument(call, 'func', 0), trials: evaluate.argument(call, 'n_trials', 1) })),
    ...tuners(input).map(({ runs, settings }) => ({ runs, trials: evaluate.argument(settings, 'num_samples') })),
  ];
  const [search, ...others] = searches;
  if (!search?.runs || others.length > 0) return;
  if (search.runs.kind !== 'name' || !program.function(search.runs.name)) {
    if (evaluate.expression(search.runs).start === at) facts.read('trials', search.trials, count);
    return;
  }
  const objective = program.function(search.runs.name);
  const owner = program.blocks(at).findLast((block) => block.kind === 'def');
  if (!owner || !objective) return;
  const runs =
    owner.start === objective.start || (owner.name !== undefined && program.callsOf(owner.name, { start: objective.bodyStart, end: objective.end }).length > 0);
  if (runs) facts.read('trials', search.trials, count);
}
