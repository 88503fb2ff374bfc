import { type Advice, autoscaling, batchScript, benchmarkOf, type Catalog, type Generated, taskBudget, type Workload } from '../core/index.js';
import { type Engine, type Estimated, specOf } from '../host/engine.js';
import { UsageError } from './options.js';

/** The file of cost-aware autoscaling for the one service of a file.
 * @errors UsageError where there is none, or where something is not known that the file states */
export function autoscaleFile(engine: Engine, all: readonly Estimated[], scaler: string): string {
  const services = all.filter(({ workload }) => workload.kind === 'serving');
  if (services.length === 0) throw new UsageError('no service was found here');
  const made = services.map((one): Generated => {
    const document = engine.document(one.workload.span.uri);
    return document
      ? autoscaling(one.workload, specOf(one.workload), one.estimation, document, scaler === 'keda' ? 'keda' : 'hpa')
      : { made: false, lacks: ['the file is not open'] };
  });
  const texts = made.flatMap((one) => (one.made ? [one.text] : []));
  if (texts.length > 0) return texts.join('---\n');
  throw new UsageError(`to generate autoscaling, this has to be known: ${made.flatMap((one) => (one.made ? [] : one.lacks)).join('; ')}`);
}

/** The helper for the first hosted call of a file for which it can be made.
 * @errors UsageError where there is none */
export function callsFile(all: readonly Estimated[], helper: string, catalog: Catalog): string {
  const calls = all.filter(({ workload }) => workload.kind === 'api-call');
  if (calls.length === 0) throw new UsageError('no call of a hosted model was found here');
  const made = calls.map(({ workload }) => (helper === 'budget' ? taskBudget(workload, specOf(workload), catalog) : batchScript(workload, specOf(workload))));
  const found = made.find((one) => one.made);
  if (found?.made) return found.text;
  throw new UsageError(`to make it, this has to be known: ${[...new Set(made.flatMap((one) => (one.made ? [] : one.lacks)))].join('; ')}`);
}

/** The script that proves an advice, or the workflow that guards it. */
export function proofFile(workload: Workload, advice: Advice, guard: boolean): string {
  const made = benchmarkOf(specOf(workload), advice, guard);
  if (made.made) return made.text;
  throw new UsageError(`'${advice.id}': ${made.lacks.join('; ')}`);
}
