import { anthropicPython } from './python/anthropic.js';
import { hfTrainer } from './python/hf-trainer.js';
import { localInference } from './python/local-inference.js';
import { modalPython } from './python/modal.js';
import { openaiPython } from './python/openai.js';
import { vllmPython } from './python/vllm.js';
import type { Recogniser } from './types.js';

/** Every recogniser; adding a format adds its file and its line here. */
export const recognisers: readonly Recogniser[] = [
  // one a line
  openaiPython,
  hfTrainer,
  anthropicPython,
  vllmPython,
  localInference,
  modalPython,
];
