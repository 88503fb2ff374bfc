import { openaiPython } from './python/openai.js';
import { launchShell } from './shell/launch.js';
import { serveShell } from './shell/serve.js';
import { slurmShell } from './shell/slurm.js';
import type { Recogniser } from './types.js';

/** Every recogniser; adding a format adds its file and its line here. */
export const recognisers: readonly Recogniser[] = [openaiPython, launchShell, serveShell, slurmShell];
