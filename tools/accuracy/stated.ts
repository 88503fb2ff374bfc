import type { Catalog } from '../../server/src/core/catalog/catalog.js';
import { trainingJob } from '../../server/src/core/estimate/training/read-job.js';
import type { MeasuredRow } from '../calibrate/rows.js';

const deciding: ReadonlySet<string> = new Set([
  'gpus',
  'batch_size',
  'seq_len',
  'padding',
  'precision',
  'grad_ckpt',
  'strategy',
  'zero_stage',
  'tensor_parallel',
  'framework',
]);

/** True where the facts state the whole layout of a training run: none of what decides its speed and memory had to be taken. */
export function layoutStated(row: MeasuredRow, catalog: Catalog): boolean {
  const job = trainingJob({ kind: 'training', facts: row.facts }, { catalog, coefficients: { training: {}, serving: {} } });
  return job.unknown.length === 0 && !job.assumed.some(({ fact }) => deciding.has(fact));
}
