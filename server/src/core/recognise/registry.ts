import { deepspeed } from './json/deepspeed.js';
import { openaiPython } from './python/openai.js';
import type { Recogniser } from './types.js';
import { accelerate } from './yaml/accelerate.js';
import { axolotl } from './yaml/axolotl.js';
import { llamaFactory } from './yaml/llama-factory.js';

/** Every recogniser; adding a format adds its file and its line here. */
export const recognisers: readonly Recogniser[] = [openaiPython, deepspeed, accelerate, axolotl, llamaFactory];
