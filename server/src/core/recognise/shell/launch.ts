import { sortFacts } from '../shared/facts.js';
import { configRefs, launchOf, trainingFacts } from '../shared/training-run.js';
import type { SeenWorkload, ShellRecogniser } from '../types.js';
import { runsOf, type ShellRun, shellMarker } from './runs.js';

/** Training that a command starts. */
export const launchShell: ShellRecogniser = {
  id: 'launch',
  language: 'shell',
  marker: shellMarker,
  doc: {
    format: 'Launch commands in shell scripts and batch jobs',
    reads:
      'torchrun, accelerate launch, deepspeed, python, srun, mpirun, composer; axolotl, llamafactory-cli, trl, tune, litgpt, swift, verl and others; flags of the program, variables, arrays, config files',
    example: 'torchrun --nproc_per_node=8 train.py --model_name_or_path meta-llama/Llama-3.1-8B --bf16',
  },
  recognise: ({ document, script }) => runsOf(document.uri, script).flatMap((run) => (run.purpose.kind === 'training' ? [trainingOf(document.uri, run)] : [])),
};

function trainingOf(uri: string, run: ShellRun): SeenWorkload {
  const { command, started, purpose, placement } = run;
  const { facts, unknown } = sortFacts(trainingFacts(uri, run, placement));
  const launch = launchOf(uri, run, command);
  return {
    kind: 'training',
    framework: purpose.framework,
    ...('title' in purpose && purpose.title ? { title: purpose.title } : {}),
    span: { uri, start: command.start, end: command.end },
    facts,
    unknown,
    refs: [...started.refs, ...configRefs(uri, run)],
    ...(launch && { launch }),
  };
}
