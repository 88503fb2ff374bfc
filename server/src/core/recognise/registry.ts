import { hfTrainer } from './python/hf-trainer.js';
import { keras } from './python/keras.js';
import { lightning } from './python/lightning.js';
import { openaiPython } from './python/openai.js';
import { rayTrain } from './python/ray-train.js';
import { torchLoop } from './python/torch-loop.js';
import { trainingConfig } from './python/training-config.js';
import type { Recogniser } from './types.js';

/** Every recogniser; adding a format adds its file and its line here. */
export const recognisers: readonly Recogniser[] = [openaiPython, hfTrainer, torchLoop, lightning, keras, rayTrain, trainingConfig];
