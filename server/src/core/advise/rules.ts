import { batchApi } from './rules/batch-api.js';
import { batching } from './rules/batching.js';
import { boundedLoop } from './rules/bounded-loop.js';
import { cheaperHosted } from './rules/cheaper-hosted.js';
import { chunkedPrefill } from './rules/chunked-prefill.js';
import { coLocation } from './rules/co-location.js';
import { contextLength } from './rules/context-length.js';
import { dataParallel } from './rules/data-parallel.js';
import { earlyStopping } from './rules/early-stopping.js';
import { eightBitOptimizer } from './rules/eight-bit-optimizer.js';
import { evaluationCadence } from './rules/evaluation-cadence.js';
import { fewerGpus } from './rules/fewer-gpus.js';
import { fewerTrainingGpus } from './rules/fewer-training-gpus.js';
import { flashAttention } from './rules/flash-attention.js';
import { fusedOptimizer } from './rules/fused-optimizer.js';
import { gradientCheckpointing } from './rules/gradient-checkpointing.js';
import { kvCache } from './rules/kv-cache.js';
import { loaderWorkers } from './rules/loader-workers.js';
import { lora } from './rules/lora.js';
import { memoryShare } from './rules/memory-share.js';
import { microBatch } from './rules/micro-batch.js';
import { otherAccelerator } from './rules/other-accelerator.js';
import { outputLimit } from './rules/output-limit.js';
import { packing } from './rules/packing.js';
import { prefixCaching } from './rules/prefix-caching.js';
import { promptCache } from './rules/prompt-cache.js';
import { prunedModel } from './rules/pruned-model.js';
import { replicas } from './rules/replicas.js';
import { restarts } from './rules/restarts.js';
import { resume } from './rules/resume.js';
import { saveCadence } from './rules/save-cadence.js';
import { scaleToZero } from './rules/scale-to-zero.js';
import { semanticCache } from './rules/semantic-cache.js';
import { sharding } from './rules/sharding.js';
import { smallerModel } from './rules/smaller-model.js';
import { spot } from './rules/spot.js';
import { sweepPruning } from './rules/sweep-pruning.js';
import { torchCompile } from './rules/torch-compile.js';
import { trainingPrecision } from './rules/training-precision.js';
import { warmPool } from './rules/warm-pool.js';
import { weights } from './rules/weights.js';
import type { Rule } from './types.js';

/** Every rule; adding one adds its file and its line here. */
export const rules: readonly Rule[] = [
  // one a line
  trainingPrecision,
  flashAttention,
  gradientCheckpointing,
  microBatch,
  packing,
  torchCompile,
  eightBitOptimizer,
  sharding,
  lora,
  fewerTrainingGpus,
  spot,
  saveCadence,
  evaluationCadence,
  loaderWorkers,
  fusedOptimizer,
  earlyStopping,
  resume,
  restarts,
  coLocation,
  weights,
  kvCache,
  fewerGpus,
  dataParallel,
  replicas,
  scaleToZero,
  warmPool,
  batching,
  memoryShare,
  contextLength,
  otherAccelerator,
  smallerModel,
  prunedModel,
  prefixCaching,
  chunkedPrefill,
  sweepPruning,
  boundedLoop,
  batchApi,
  promptCache,
  semanticCache,
  outputLimit,
  cheaperHosted,
];
