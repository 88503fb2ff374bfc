import { deepspeed } from './json/deepspeed.js';
import { trainerArgumentsJson } from './json/trainer-arguments.js';
import { anthropicPython } from './python/anthropic.js';
import { hfTrainer } from './python/hf-trainer.js';
import { localInference } from './python/local-inference.js';
import { modalPython } from './python/modal.js';
import { openaiPython } from './python/openai.js';
import { vllmPython } from './python/vllm.js';
import type { Recogniser } from './types.js';
import { accelerate } from './yaml/accelerate.js';
import { aiToolkit } from './yaml/ai-toolkit.js';
import { axolotl } from './yaml/axolotl.js';
import { litgpt } from './yaml/litgpt.js';
import { llamaFactory } from './yaml/llama-factory.js';
import { llmFoundry } from './yaml/llm-foundry.js';
import { maxtext } from './yaml/maxtext.js';
import { nemo } from './yaml/nemo.js';
import { torchtune } from './yaml/torchtune.js';
import { trainerArguments } from './yaml/trainer-arguments.js';
import { wandbSweep } from './yaml/wandb-sweep.js';

/** Every recogniser; adding a format adds its file and its line here. */
export const recognisers: readonly Recogniser[] = [
  // one a line
  openaiPython,
  hfTrainer,
  anthropicPython,
  vllmPython,
  localInference,
  modalPython,
  deepspeed,
  trainerArgumentsJson,
  accelerate,
  aiToolkit,
  axolotl,
  litgpt,
  llamaFactory,
  llmFoundry,
  maxtext,
  nemo,
  torchtune,
  trainerArguments,
  wandbSweep,
];
