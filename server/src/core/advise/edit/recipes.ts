import { adapters } from './code/adapters.js';
import { attention } from './code/attention.js';
import { pipeline } from './code/pipeline.js';
import { promptCache } from './code/prompt-cache.js';
import type { Recipe } from './code/recipe.js';
import { compile, eightBit, precision } from './code/torch.js';
import { trainerSettings } from './code/trainer-settings.js';

/** Every change of code; of several for a fact the first that finds its place is made. */
export const recipes: readonly Recipe[] = [adapters, attention, ...trainerSettings, compile, precision, eightBit, pipeline, promptCache];
