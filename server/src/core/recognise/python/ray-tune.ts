import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { tuners } from './study.js';
import { amount, count, FactSet } from './training/fact-set.js';
import { addHyperparameters } from './training/hyperparameters.js';
import { rayTrainers } from './training/ray.js';
import { isTest } from './training/tests.js';

/** Searches with Ray Tune. */
export const rayTune: PythonRecogniser = {
  id: 'ray-tune',
  language: 'python',
  marker: /\btune\.(?:run|Tuner)\s*\(|\bTuner\s*\(/,
  doc: {
    format: 'Ray Tune',
    reads: 'Tuner and tune.run with samples, grids, trials at once and the accelerators of a trial',
    example: 'tune.Tuner(tune.with_resources(train, {"gpu": 1}), tune_config=tune.TuneConfig(num_samples=20))',
  },
  recognise: (input) => {
    const { program, evaluate, document } = input;
    if (isTest(document.path ?? document.uri)) return [];
    return tuners(input).flatMap(({ call, runs, settings }): SeenWorkload[] => {
      const facts = new FactSet(input);
      const space = evaluate.argument(call, 'param_space') ?? evaluate.argument(call, 'config');
      addTrials(input, facts, evaluate.argument(settings, 'num_samples'), space, call);
      facts.read('concurrency', evaluate.argument(settings, 'max_concurrent_trials'), count);
      facts.read('max_time', evaluate.argument(settings, 'time_budget_s'), count);
      const resources = resourcesOf(input, call, runs);
      if (resources) {
        facts.read('gpu_count', evaluate.entry(resources, 'gpu') ?? evaluate.entry(resources, 'GPU'), amount);
        facts.read('cpu', evaluate.entry(resources, 'cpu') ?? evaluate.entry(resources, 'CPU'), amount);
      }
      // A search over a model without a network costs nothing that is counted here.
      if (!facts.has('gpu_count') && !/\b(torch|tensorflow|keras|jax|transformers|lightning)\b/.test(program.text)) return [];
      addHyperparameters(input, facts, undefined, /^(batch_size|epochs|max_steps|seq_len|model|dataset)$/);
      return [
        {
          kind: 'training',
          framework: 'ray-tune',
          title: 'Search',
          ...(isCountedInside(input, runs) ? { fragment: true as const } : {}),
          span: { uri: document.uri, start: program.statement(call.start).start, end: call.end },
          ...facts.result,
        },
      ];
    });
  },
};

/** A trainer or a loop of this file counts the trials itself. */
function isCountedInside({ program, evaluate }: PythonInput, runs: Expr | undefined): boolean {
  const made = runs && evaluate.expression(runs);
  if (made?.kind === 'call') return rayTrainers.test((dotted(made.callee) ?? '').split('.').at(-1) ?? '');
  const owner = runs?.kind === 'name' ? program.function(runs.name) : undefined;
  return owner !== undefined && /\.backward\(|Trainer\(|\.fit\(/.test(program.text.slice(owner.bodyStart, owner.end));
}

/** Samples times the values of each grid. */
function addTrials({ evaluate }: PythonInput, facts: FactSet, samples: Expr | undefined, space: Expr | undefined, call: Call): void {
  const meant = space && evaluate.expression(space);
  const entries = meant?.kind === 'dict' ? meant.entries : [];
  const grids = entries.flatMap(({ value }) => {
    const made = value.kind === 'call' && /(^|\.)grid_search$/.test(dotted(value.callee) ?? '') ? value.args[0]?.value : undefined;
    const list = made && evaluate.expression(made);
    return list?.kind === 'list' ? [list.items.length] : [];
  });
  const product = grids.reduce((all, one) => all * one, 1);
  const value = samples && evaluate.value(samples);
  if (value?.known) facts.put('trials', value, (number) => (Number(number) > 0 ? Number(number) * product : undefined));
  else if (samples) facts.read('trials', samples, count);
  else if (product > 1) facts.follows('trials', product, call, { note: 'every value of the grids' });
}
/** `tune.with_resources(f, {…})`, `resources_per_trial={…}`; a Ray trainer says its own. */
function resourcesOf({ evaluate }: PythonInput, call: Call, runs: Expr | undefined): Expr | undefined {
  const given = evaluate.argument(call, 'resources_per_trial');
  if (given) return given;
  const first = call.args.find((arg) => arg.keyword === undefined || arg.keyword === 'trainable')?.value;
  if (first?.kind === 'call' && /(^|\.)with_resources$/.test(evaluate.callee(first))) return evaluate.argument(first, 'resources', 1);
  const made = runs && evaluate.expression(runs);
  if (made?.kind !== 'call') return undefined;
  const name = (dotted(made.callee) ?? '').split('.').at(-1) ?? '';
  const scaling = rayTrainers.test(name) ? evaluate.argument(made, 'scaling_config') : undefined;
  const config = scaling && evaluate.expression(scaling);
  return config?.kind === 'call' ? evaluate.argument(config, 'resources_per_worker') : undefined;
}
