import { adapters } from './code/adapters.js';
import { attention } from './code/attention.js';
import { earlyStopping } from './code/early-stopping.js';
import { fused, loader } from './code/loader.js';
import { outputLimit } from './code/output-limit.js';
import { pipeline } from './code/pipeline.js';
import { promptCache } from './code/prompt-cache.js';
import type { Recipe } from './code/recipe.js';
import { resume } from './code/resume.js';
import { sagemakerPool, sagemakerSpot } from './code/sagemaker.js';
import { compile, eightBit, precision } from './code/torch.js';
import { trainerSettings } from './code/trainer-settings.js';

/** Every change of code; of several for a fact the first that finds its place is made. */
export const recipes: readonly Recipe[] = [
  adapters,
  attention,
  ...trainerSettings,
  compile,
  precision,
  eightBit,
  fused,
  loader,
  earlyStopping,
  resume,
  pipeline,
  promptCache,
  outputLimit,
  sagemakerSpot,
  sagemakerPool,
];
