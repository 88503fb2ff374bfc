import { anthropicPython } from './python/anthropic.js';
import { localInference } from './python/local-inference.js';
import { modalPython } from './python/modal.js';
import { openaiPython } from './python/openai.js';
import { vllmPython } from './python/vllm.js';
import type { Recogniser } from './types.js';

/** Every recogniser; adding a format adds its file and its line here. */
export const recognisers: readonly Recogniser[] = [openaiPython, anthropicPython, vllmPython, localInference, modalPython];
