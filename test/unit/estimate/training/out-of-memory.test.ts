import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Coefficients } from '../../../../server/src/core/estimate/coefficients.js';
import { estimate } from '../../../../server/src/core/estimate/estimate.js';
import { type Fits, fitsOf } from '../../../../server/src/core/estimate/fits.js';
import { isPool, type MeasuredRow, readCatalog, readRows, root, trusted } from '../../../../tools/calibrate/rows.js';
import type { Facts } from './context.js';

const context = {
  catalog: readCatalog(),
  coefficients: JSON.parse(readFileSync(path.join(root, 'server/data/coefficients.json'), 'utf8')) as Coefficients,
};
const verdict = (facts: Facts): Fits => fitsOf(estimate({ kind: 'training', facts }, context));

interface Failed {
  readonly id: string;
  readonly facts: Facts;
  readonly source: string;
}
const failed = readFileSync(path.join(root, 'server/data/measurements/out-of-memory.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Failed);

describe('training runs that ran out of memory', () => {
  it.each(failed.map((row) => ({ id: row.id, facts: row.facts })))('$id is never said to fit', ({ facts }) =>
    expect(['tight', 'does-not-fit']).toContain(verdict(facts)),
  );

  it('name their source and are from more than fifteen publishers', () => {
    expect(failed.every(({ source }) => source.length > 10)).toBe(true);
    expect(new Set(failed.map(({ source }) => source.split(/[ /]/)[0])).size).toBeGreaterThan(15);
  });
});

describe('training runs whose memory was measured', () => {
  const ran = readRows('training').filter(
    (row: MeasuredRow) => row.measured['peak_memory_gib'] !== undefined && row.facts['gpu_type'] !== undefined && trusted(row) && !isPool(row),
  );
  it('are hardly ever said not to fit', () => {
    const wrong = ran.filter(({ facts }) => verdict(facts) === 'does-not-fit').map(({ id }) => id);
    // Intervals hold nine of ten, so one end alone holds nineteen of twenty.
    expect(wrong.length / ran.length).toBeLessThan(0.05);
  });
});

describe('what was taken so that a job fits', () => {
  it('does not make it fit', () => {
    const job = {
      task: 'finetune',
      model: 'google-bert/bert-large-uncased',
      gpu_type: 't4',
      gpus: 1,
      batch_size: 128,
      seq_len: 512,
      precision: 'fp16',
      framework: 'transformers',
      strategy: 'none',
    };
    expect(verdict({ ...job, batch_size: 1, seq_len: 64, grad_ckpt: false })).toBe('fits');
    expect(verdict(job)).not.toBe('fits');
  });
});
