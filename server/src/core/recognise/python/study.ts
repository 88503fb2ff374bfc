import { type Call, dotted } from '../../syntax/python/ast.js';
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

/** Adds the number of trials to a training that a study's objective runs, itself or through one function. */
export function addTrials(input: PythonInput, facts: FactSet, at: number): void {
  const { program, evaluate } = input;
  if (facts.has('trials') || !/\boptuna\b/.test(program.text)) return;
  const owner = program.blocks(at).findLast((block) => block.kind === 'def');
  const [study, ...others] = studies(input);
  const given = study && evaluate.argument(study, 'func', 0);
  const objective = given?.kind === 'name' ? program.function(given.name) : undefined;
  if (!owner || !study || !objective || others.length > 0) return;
  const runs =
    owner.start === objective.start || (owner.name !== undefined && program.callsOf(owner.name, { start: objective.bodyStart, end: objective.end }).length > 0);
  if (runs) facts.read('trials', evaluate.argument(study, 'n_trials', 1), count);
}
