import { hfTrainer } from './python/hf-trainer.js';
import { openaiPython } from './python/openai.js';
import type { Recogniser } from './types.js';

/** Every recogniser; adding a format adds its file and its line here. */
export const recognisers: readonly Recogniser[] = [openaiPython, hfTrainer];
