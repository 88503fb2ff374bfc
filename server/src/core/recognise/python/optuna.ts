import type { PythonInput, PythonRecogniser } from '../types.js';
import { studies } from './study.js';
import { count, FactSet } from './training/fact-set.js';
import { isTest } from './training/tests.js';

/** Searches with Optuna whose objective trains a network. The trials are counted where the training is: the search has no money of its own. */
export const optuna: PythonRecogniser = {
  id: 'optuna',
  language: 'python',
  marker: /\boptuna\b[\s\S]*\.optimize\s*\(/,
  doc: {
    format: 'Optuna',
    reads: 'study.optimize with its number of trials, time limit and parallel trials; the training inside is a workload of its own and counts the trials',
    example: 'study.optimize(objective, n_trials=100, timeout=600)',
  },
  recognise: (input) => {
    const { program, document, evaluate } = input;
    if (isTest(document.path ?? document.uri) || !trainsNetwork(input)) return [];
    return studies(input).map((call) => {
      const facts = new FactSet(input);
      facts.read('trials', evaluate.argument(call, 'n_trials', 1), count);
      facts.read('max_time', evaluate.argument(call, 'timeout', 2), count);
      facts.read('concurrency', evaluate.argument(call, 'n_jobs', 3), count);
      return {
        kind: 'training',
        framework: 'optuna',
        title: 'Search',
        span: { uri: document.uri, start: program.statement(call.start).start, end: call.end },
        fragment: true,
        ...facts.result,
      };
    });
  },
};

/** Searches over models that a CPU fits in seconds cost nothing that is counted here. */
const trainsNetwork = ({ program }: PythonInput): boolean =>
  [...program.imports.values()].some((one) =>
    /^(torch|tensorflow|keras|lightning|pytorch_lightning|jax|flax|transformers|fastai|mxnet|paddle|accelerate|ignite|skorch)\b/.test(one.module),
  ) || /device["']?\s*[=:]\s*["']cuda|tree_method["']?\s*[=:]\s*["']gpu_hist/.test(program.text);
