import { scalar } from '../shared/command-line.js';
import { sortFacts } from '../shared/facts.js';
import { configRefs, launchOf, trainingFacts } from '../shared/training-run.js';
import type { Flag, SeenWorkload, ShellRecogniser } from '../types.js';
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
    ...(launch && { launch: { ...launch, variable: (name: string) => variableOf(uri, run, name) } }),
  };
}
/** In front of the command or of one around it, else exported before. */
function variableOf(uri: string, { command, started }: ShellRun, name: string): Flag | undefined {
  let value = [...command.environment, ...started.environment].findLast((one) => one.name === name)?.value;
  for (let one = command.outer; one && !value; one = one.outer) value = one.environment.findLast((variable) => variable.name === name)?.value;
  value ??= command.exported(name);
  return value && !value.open ? { name, value: scalar(value.text), span: { uri, start: value.start, end: value.end } } : undefined;
}
