import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Coefficients } from '../../../../server/src/core/estimate/coefficients.js';
import type { EstimateContext } from '../../../../server/src/core/estimate/spec.js';
import type { TrainingJob } from '../../../../server/src/core/estimate/training/job.js';
import { estimateMaybeFrozen } from '../../../../server/src/core/estimate/training/partly-frozen.js';
import { trainingJob } from '../../../../server/src/core/estimate/training/read-job.js';
import type { Estimation } from '../../../../server/src/core/model/estimate.js';
import type { FactValue } from '../../../../server/src/core/model/fact.js';
import { readCatalog, root } from '../../../../tools/calibrate/rows.js';

export type Facts = Readonly<Record<string, FactValue>>;

const coefficients = JSON.parse(readFileSync(path.join(root, 'server/data/coefficients.json'), 'utf8')) as Coefficients;

/** What the extension ships. */
export const context: EstimateContext = { catalog: readCatalog(), coefficients };

export const estimateOf = (facts: Facts): Estimation => estimateMaybeFrozen({ kind: 'training', facts }, context);
export const jobOf = (facts: Facts): TrainingJob => trainingJob({ kind: 'training', facts }, context);

export const llama7b: Facts = {
  model: 'meta-llama/Llama-2-7b-hf',
  gpu_type: 'a100-sxm-80gb',
  gpus: 8,
  precision: 'bf16',
  batch_size: 2,
  grad_accum: 4,
  seq_len: 4096,
  strategy: 'fsdp',
  grad_ckpt: 'full',
  flash_attention: true,
  framework: 'torchtitan',
};
