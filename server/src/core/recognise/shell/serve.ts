import type { ReadFlag } from '../shared/command-line.js';
import { environmentFlags, titleOfEngine } from '../shared/engine-flags.js';
import { sortFacts } from '../shared/facts.js';
import { asFlag, servingFacts } from '../shared/serving-run.js';
import type { Reference, SeenWorkload, ShellRecogniser } from '../types.js';
import { runsOf, type ShellRun, shellMarker } from './runs.js';

/** Inference servers, evaluations and batch runs that a command starts. */
export const serveShell: ShellRecogniser = {
  id: 'serve',
  language: 'shell',
  marker: shellMarker,
  doc: {
    format: 'Serving commands in shell scripts and batch jobs',
    reads:
      'vllm serve, sglang, text-generation-launcher, llama-server, trtllm-serve, lmdeploy, swift deploy, trl vllm-serve, their containers; lm_eval, lighteval',
    example: 'vllm serve meta-llama/Llama-3.1-70B-Instruct --tensor-parallel-size 4',
  },
  recognise: ({ document, script }) => runsOf(document.uri, script).flatMap((run) => (run.purpose.kind === 'training' ? [] : [servingOf(document.uri, run)])),
};

function servingOf(uri: string, run: ShellRun): SeenWorkload {
  const { purpose, command, started, flags } = run;
  const { facts, unknown } = sortFacts(servingFacts(uri, run, run.placement, environmentOf(run)));
  const title = purpose.kind === 'serving' ? titleOfEngine(purpose.framework) : undefined;
  const refs = flags.flatMap((flag): Reference[] =>
    flag.name === 'config' && !flag.open && /\.(?:ya?ml|json)$/.test(String(flag.value))
      ? [{ role: 'config', target: String(flag.value), span: { uri, start: flag.valueStart, end: flag.valueEnd } }]
      : [],
  );
  return {
    kind: purpose.kind,
    framework: purpose.framework,
    ...(title && { title }),
    span: { uri, start: command.start, end: command.end },
    facts,
    unknown,
    refs: [...refs, ...started.refs],
  };
}

function environmentOf({ started, command }: ShellRun): ReadFlag[] {
  return Object.entries(environmentFlags).flatMap(([variable, name]) => {
    const given = [...started.environment, ...command.environment].findLast((one) => one.name === variable)?.value ?? command.exported(variable);
    return given && given.text !== '' ? [asFlag(name, given)] : [];
  });
}
