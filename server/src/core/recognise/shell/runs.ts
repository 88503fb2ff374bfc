import type { Fact, UnknownFact } from '../../model/fact.js';
import type { ShellCommand, ShellScript, ShellWord } from '../../syntax/shell/script.js';
import { scalar } from '../shared/command-line.js';
import { firstOf, type StartedProgram, startedProgram } from '../shared/launchers.js';
import { type Run, runOfWords } from '../shared/run.js';
import { asDevices } from '../shared/training-flags.js';
import { jobFacts } from './job.js';

/** A run and where it stands in the script. */
export interface ShellRun extends Run {
  readonly command: ShellCommand;
  /** Where it runs: launcher, wrappers, environment variables, the job's own request. */
  readonly placement: readonly (Fact | UnknownFact)[];
}

/** Names without one of which no command is a run. */
const programs =
  'torchrun|accelerate|deepspeed|torch\\.distributed|python|\\.py\\b|vllm|sglang|text-generation|text-embeddings|llama|trtllm|lmdeploy|triton|swift|megatron|\\btrl\\b|axolotl|\\blmf\\b|\\btune\\b|litgpt|xtuner|oumi|fairseq|yolo|autotrain|mlx|ludwig|infinity_emb|lm(?:ms)?[_-]eval|lighteval|composer|colossalai|fabric|lightning|model_name_or_path';
/** Matches every text that a run could be in. */
export const shellMarker = new RegExp(programs, 'i');
const mayRun = new RegExp(`${programs}|docker|podman`, 'i');

const cache = new WeakMap<ShellScript, readonly ShellRun[]>();
/** Every run of a script, in order; read once for all recognisers. */
export function runsOf(uri: string, script: ShellScript): readonly ShellRun[] {
  let found = cache.get(script);
  if (!found) {
    found = script.commands.flatMap((command) => runOf(uri, command, script) ?? []);
    cache.set(script, found);
  }
  return found;
}

const neverRuns =
  /^(?:echo|printf|cat|pip3?|cd|git|apt|apt-get|brew|grep|sed|awk|curl|wget|rm|cp|mv|ls|mkdir|chmod|source|\.|set|exit|sleep|kill|pkill|pgrep|which|alias|trap|module|tail|head|tee|wait|huggingface-cli|hf|wandb|find|rsync|scp|tar|zip|diff|return|ln|touch)$/;

function runOf(uri: string, command: ShellCommand, script: ShellScript): ShellRun | undefined {
  const { words } = command;
  if (neverRuns.test(words[0]?.text ?? '') || !words.some((word) => mayRun.test(word.text))) return undefined;
  const run = runOfWords(uri, words);
  if (!run) return undefined;
  const { started } = run;
  const span =
    started.handedOver !== undefined && started.handedOver > command.start && started.handedOver < command.end
      ? { ...command, start: started.handedOver }
      : command;
  return { ...run, command: span, placement: placementOf(uri, command, started, script) };
}

/** Devices and nodes of a command; what stands nearest to the program wins. */
function placementOf(uri: string, command: ShellCommand, started: StartedProgram, script: ShellScript): (Fact | UnknownFact)[] {
  const facts: (Fact | UnknownFact)[] = [...started.facts];
  let { spread } = started;
  for (let { outer } = command; outer; outer = outer.outer) {
    const around = startedProgram(uri, outer.words);
    facts.push(...(around?.facts ?? []));
    spread ||= around?.spread ?? false;
  }
  facts.push(...environmentFacts(uri, command, started));
  // A command that no step spreads runs on the job's first node only.
  const job = jobFacts(uri, script.directives).filter((fact) => fact.name === 'gpu_count' || fact.name === 'gpu_type' || (fact.name === 'num_nodes' && spread));
  return firstOf([...facts, ...job]);
}

const count = (text: string): number | undefined => {
  const value = scalar(text);
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
};
const devices = (text: string): number | undefined => {
  if (/^\d+$/.test(text.trim())) return 1;
  const value = asDevices(text);
  return typeof value === 'number' && value > 0 ? value : undefined;
};
const environmentTable: readonly (readonly [string, string, (text: string) => number | undefined])[] = [
  ['NPROC_PER_NODE', 'gpu_count', count],
  ['CUDA_VISIBLE_DEVICES', 'gpu_count', devices],
  ['NVIDIA_VISIBLE_DEVICES', 'gpu_count', devices],
  ['HIP_VISIBLE_DEVICES', 'gpu_count', devices],
  ['ROCR_VISIBLE_DEVICES', 'gpu_count', devices],
  ['ASCEND_RT_VISIBLE_DEVICES', 'gpu_count', devices],
  ['NNODES', 'num_nodes', count],
];
/** Programs that start their own processes from `NPROC_PER_NODE` and `NNODES`. */
const readsCounts = /^(?:swift|megatron|llamafactory-cli|lmf)$/;
function environmentFacts(uri: string, command: ShellCommand, started: StartedProgram): Fact[] {
  const facts: Fact[] = [];
  const given = (name: string): ShellWord | undefined => {
    for (let one: ShellCommand | undefined = command; one; one = one.outer) {
      const own = one.environment.findLast((variable) => variable.name === name)?.value;
      if (own) return own;
    }
    return started.environment.findLast((variable) => variable.name === name)?.value ?? command.exported(name);
  };
  for (const [variable, name, change] of environmentTable) {
    const visible = variable.endsWith('VISIBLE_DEVICES');
    if (!visible && !readsCounts.test(started.name)) continue;
    const word = given(variable);
    const value = word && !word.open ? change(word.text) : undefined;
    if (!word || value === undefined || facts.some((one) => one.name === name)) continue;
    const place = word.from ?? word;
    const origin = visible ? 'default' : (word.from?.origin ?? 'literal');
    facts.push({ name, value, origin, span: { uri, start: place.start, end: place.end }, ...(visible ? { note: `the devices of ${variable}` } : {}) });
  }
  return facts;
}
