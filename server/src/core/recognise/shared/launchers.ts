import type { Fact, FactValue, UnknownFact } from '../../model/fact.js';
import type { ShellWord } from '../../syntax/shell/script.js';
import type { Reference } from '../types.js';
import { flagFact, flagNamed, parseFlags, type ReadFlag } from './command-line.js';
import { asCount, asPositive, asPrecision, asSwitch, asText, type FlagTable, factsOfFlags, whenOn } from './flag-facts.js';
import { torchxRun } from './torchx.js';
import { asDevices, strategyOfName } from './training-flags.js';
import { ownOptions, type Unwrapped, unwrap } from './wrappers.js';

/** What a command starts, without its wrappers and launchers. */
export interface StartedProgram {
  readonly launcher: 'none' | 'python' | 'torchrun' | 'accelerate' | 'deepspeed' | 'mpirun' | 'composer' | 'colossalai' | 'fabric' | 'ray';
  /** A Python file, a Python module, or a program by name (`vllm`, `swift`). */
  readonly kind: 'script' | 'module' | 'program';
  readonly name: string;
  readonly word: ShellWord;
  /** Arguments of the program itself. */
  readonly args: readonly ShellWord[];
  /** What launchers and wrappers say: gpu_count, num_nodes, nproc_per_node, precision, strategy, grad_accum. */
  readonly facts: readonly (Fact | UnknownFact)[];
  readonly refs: readonly Reference[];
  /** Image of a `docker run` around it. */
  readonly image?: ShellWord;
  readonly environment: Unwrapped['environment'];
  /** True where a scheduler's step or a launcher spreads it over nodes. */
  readonly spread: boolean;
  readonly handedOver?: number;
}

const names = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const torchrunSwitches = names('standalone no_python m module run_path use_env no_use_env');
const accelerateSwitches = names(
  'cpu multi_gpu tpu use_xla use_deepspeed use_fsdp use_parallelism_config use_megatron_lm use_mps_device quiet q no_python m module debug ipex same_network dynamo_use_fullgraph dynamo_use_dynamic enable_cpu_affinity tpu_use_cluster tpu_use_sudo',
);
const deepspeedSwitches = names('no_python module m no_local_rank no_ssh no_ssh_check force_multi save_pid elastic_training');
const noSwitches: ReadonlySet<string> = new Set();
const pythonSwitches = names('u O OO B E s S I v q i d x b');

const range = (value: FactValue): FactValue | undefined => {
  const text = /^(\d+):(\d+)$/.exec(String(value));
  return text ? (text[1] === text[2] ? Number(text[1]) : `${text[1]}..${text[2]}`) : asPositive(value);
};
const processes = (value: FactValue): FactValue | undefined => asCount(value);
const torchrunFlags: FlagTable = {
  nproc_per_node: [
    { fact: 'gpu_count', change: processes },
    { fact: 'nproc_per_node', change: processes },
  ],
  nnodes: { fact: 'num_nodes', change: range },
};
const accelerateFlags: FlagTable = {
  num_machines: { fact: 'num_nodes', change: asPositive },
  mixed_precision: { fact: 'precision', change: (value) => (value === 'no' ? undefined : asPrecision(value)) },
  gradient_accumulation_steps: { fact: 'grad_accum', change: asPositive },
  zero_stage: { fact: 'strategy', change: (value) => (asPositive(value) ? `zero${value}` : undefined) },
  zero3_init_flag: { fact: 'strategy', change: whenOn('zero3') },
  use_fsdp: { fact: 'strategy', change: whenOn('fsdp') },
  use_megatron_lm: { fact: 'strategy', change: whenOn('megatron') },
  use_deepspeed: { fact: 'strategy', change: whenOn('deepspeed') },
  multi_gpu: { fact: 'strategy', change: whenOn('ddp') },
  offload_optimizer_device: { fact: 'offload', change: (value) => (value === 'none' ? undefined : asText(value)) },
  offload_param_device: { fact: 'offload', change: (value) => (value === 'none' ? undefined : asText(value)) },
  fsdp_offload_params: { fact: 'offload', change: (value) => (asSwitch(value) ? 'cpu' : undefined) },
  dynamo_backend: { fact: 'compile', change: (value) => (/^no$/i.test(String(value)) ? undefined : true) },
};
const deepspeedFlags: FlagTable = {
  num_gpus: { fact: 'gpu_count', change: asPositive },
  num_nodes: { fact: 'num_nodes', change: asPositive },
};
const fabricFlags: FlagTable = {
  devices: { fact: 'gpu_count', change: asDevices },
  num_nodes: { fact: 'num_nodes', change: asPositive },
  precision: { fact: 'precision', change: asPrecision },
  strategy: { fact: 'strategy', change: asText },
};
const srunFlags: FlagTable = {
  nodes: { fact: 'num_nodes', change: asPositive },
  N: { fact: 'num_nodes', change: asPositive },
  gpus_per_node: { fact: 'gpu_count', change: (value) => asPositive(Number(String(value).replace(/^.*:/, ''))) },
  gres: { fact: 'gpu_count', change: (value) => (/^gpu:/.test(String(value)) ? asPositive(Number(String(value).replace(/^.*:/, ''))) : undefined) },
};
const dockerFlags: FlagTable = { gpus: { fact: 'gpu_count', change: devicesOfDocker } };

/** Devices of `docker run --gpus`: `all`, a number, `"device=0,1"`. */
function devicesOfDocker(value: FactValue): FactValue | undefined {
  const text = String(value).replace(/["']/g, '');
  const list = /device=([\w,:-]+)/.exec(text);
  if (list) return list[1] === 'all' ? 'all' : list[1]!.split(',').length;
  return text === 'all' || text === '-1' ? 'all' : asPositive(Number(/^(?:count=)?(\d+)/.exec(text)?.[1] ?? Number.NaN));
}

/** What a command starts: takes off wrappers (`srun`, `docker run IMAGE`, `env` …) and launchers (`torchrun`, `accelerate launch` …). */
export function startedProgram(uri: string, words: readonly ShellWord[]): StartedProgram | undefined {
  const outer = unwrap(words);
  const facts: (Fact | UnknownFact)[] = [];
  let image: ShellWord | undefined;
  let spread = false;
  let launcher: StartedProgram['launcher'] = 'none';
  for (const wrapper of outer.wrappers) {
    if (wrapper.name === 'docker') {
      image = wrapper.image;
      facts.push(...factsOfFlags(uri, wrapper.flags, dockerFlags));
    } else if (wrapper.name === 'srun') {
      spread = true;
      facts.push(...factsOfFlags(uri, wrapper.flags, srunFlags));
    } else {
      launcher = 'mpirun';
      spread = true;
      facts.push(...mpiFacts(uri, wrapper.flags));
    }
  }
  const base = { environment: outer.environment, ...(image && { image }), ...(outer.handedOver === undefined ? {} : { handedOver: outer.handedOver }) };
  const first = outer.words[0];
  if (!first) return image ? { launcher, kind: 'program', name: '', word: image, args: [], facts, refs: [], spread, ...base } : undefined;
  // A container's arguments without a program are for the image's own entry point.
  if (image && first.text.startsWith('-')) return { launcher, kind: 'program', name: '', word: image, args: outer.words, facts, refs: [], spread, ...base };
  const started = launched(uri, outer.words, 0);
  if (!started) return undefined;
  return {
    ...started,
    launcher: started.launcher === 'python' || started.launcher === 'none' ? (launcher === 'none' ? started.launcher : launcher) : started.launcher,
    facts: firstOf([...started.facts, ...facts]),
    spread: spread || started.spread,
    ...base,
  };
}

type Started = Omit<StartedProgram, 'environment' | 'image' | 'handedOver'>;
function launched(uri: string, words: readonly ShellWord[], depth: number): Started | undefined {
  const first = words[0];
  if (!first || depth > 5) return undefined;
  const name = first.text.replace(/^.*\//, '');
  const second = words[1]?.text ?? '';
  const launch = (
    launcher: StartedProgram['launcher'],
    from: number,
    bare: ReadonlySet<string>,
    read: (flags: readonly ReadFlag[]) => { facts: readonly (Fact | UnknownFact)[]; refs?: readonly Reference[] },
  ): Started | undefined => {
    const { flags, next } = ownOptions(words, from, bare);
    const { facts, refs = [] } = read(flags);
    const target = words[next];
    if (!target) return undefined;
    const module = flagNamed(flags, 'm', 'module') !== undefined;
    if (/^(?:\S*\/)?(?:ba)?sh$/.test(target.text)) {
      // Each process runs a shell script of its own; what that starts stands elsewhere.
      const script = words.findIndex((word, index) => index > next && /\.py$/.test(word.text));
      if (script > 0)
        return { launcher, kind: 'script', name: words[script]!.text, word: words[script]!, args: words.slice(script + 1), facts, refs, spread: true };
    }
    const inner = module ? undefined : startsProgram(target.text) ? launched(uri, words.slice(next), depth + 1) : undefined;
    if (inner) return { ...inner, launcher, facts: firstOf([...inner.facts, ...facts]), refs: [...inner.refs, ...refs], spread: true };
    const rest = words.slice(next + 1);
    return {
      launcher,
      kind: module ? 'module' : 'script',
      name: target.text,
      word: target,
      args: rest[0]?.text === '--' ? rest.slice(1) : rest,
      facts,
      refs,
      spread: true,
    };
  };
  if (/^python[\d.]*$|^pypy3?$|^ipython3?$/.test(name) || (first.open && /^\$\{?(?:PYTHON|python)\w*\}?$/.test(first.text))) {
    const { flags, next } = ownOptions(words, 1, pythonSwitches);
    const module = flagNamed(flags, 'm');
    if (module) {
      const at = words.findIndex((word, index) => index > 0 && word.text === '-m') + 1;
      const word = words[at];
      if (!word) return undefined;
      const rest = words.slice(at + 1);
      if (/^torch\.distributed\.(?:run|launch)$|^torch\.distributed\.elastic/.test(word.text))
        return launched(uri, [{ ...word, text: 'torchrun' }, ...rest], depth + 1);
      if (word.text === 'accelerate.commands.launch') return launched(uri, [{ ...word, text: 'accelerate-launch' }, ...rest], depth + 1);
      if (/^deepspeed(?:\.launcher\.(?:runner|launch))?$/.test(word.text)) return launched(uri, [{ ...word, text: 'deepspeed' }, ...rest], depth + 1);
      return { launcher: 'python', kind: 'module', name: word.text, word, args: rest, facts: [], refs: [], spread: false };
    }
    const target = words[next];
    if (!target || flagNamed(flags, 'c')) return undefined;
    const submitted = submittedBy(uri, words, next, depth);
    if (submitted) return submitted;
    // Scripts that only start one process for each device.
    if (/(?:^|\/)(?:multiproc|dist_launch|distributed_launch|launch_distributed)\.py$/.test(target.text))
      return launched(uri, [{ ...target, text: 'torchrun' }, ...words.slice(next + 1)], depth + 1);
    return { launcher: 'python', kind: 'script', name: target.text, word: target, args: words.slice(next + 1), facts: [], refs: [], spread: false };
  }
  // A script of one's own that is named after the launcher takes the launcher's options: `srun bash torchrun.sh --nnodes 2 …`.
  if (/^(?:ba|z)?sh$/.test(name) && /(?:^|\/)(?:torchrun|dist_torchrun)\.sh$/.test(second)) return launched(uri, words.slice(1), depth + 1);
  const job = name === 'torchx' && second === 'run' ? torchxRun(uri, words) : undefined;
  if (job)
    return {
      launcher: 'torchrun',
      kind: job.module ? 'module' : 'script',
      name: job.target.text,
      word: job.target,
      args: job.args,
      facts: job.facts,
      refs: [],
      spread: true,
    };
  if (/^(?:dist_)?torchrun(?:-hpu|\.sh)?$/.test(name) || name === 'torchx')
    return launch('torchrun', 1, torchrunSwitches, (flags) => ({ facts: factsOfFlags(uri, flags, torchrunFlags) }));
  if ((name === 'accelerate' && second === 'launch') || name === 'accelerate-launch')
    return launch('accelerate', name === 'accelerate' ? 2 : 1, accelerateSwitches, (flags) => readAccelerate(uri, flags));
  if (name === 'deepspeed' || name === 'ds' || name === 'deepspeed.pt')
    return launch('deepspeed', 1, deepspeedSwitches, (flags) => ({ facts: deepspeedFacts(uri, flags) }));
  if (name === 'composer')
    return launch('composer', 1, noSwitches, (flags) => ({
      facts: factsOfFlags(uri, flags, { n: { fact: 'gpu_count', change: asCount }, nproc: { fact: 'gpu_count', change: asCount } }),
    }));
  if (name === 'colossalai' && second === 'run') return launch('colossalai', 2, noSwitches, (flags) => ({ facts: factsOfFlags(uri, flags, torchrunFlags) }));
  if ((name === 'fabric' && second === 'run') || (name === 'lightning' && second === 'run')) {
    const from = words[2]?.text === 'model' ? 3 : 2;
    return launch('fabric', from, noSwitches, (flags) => ({ facts: factsOfFlags(uri, flags, fabricFlags) }));
  }
  if (/\.py$/.test(name))
    return { launcher: 'python', kind: 'script', name: first.text, word: first, args: words.slice(1), facts: [], refs: [], spread: false };
  return { launcher: 'none', kind: 'program', name, word: first, args: words.slice(1), facts: [], refs: [], spread: false };
}
/** `python submit.py --num_nodes 2 --gpus 8 -- accelerate launch …`: a script that hands the rest to a cluster. */
function submittedBy(uri: string, words: readonly ShellWord[], script: number, depth: number): Started | undefined {
  const dashes = words.findIndex((word, index) => index > script && word.text === '--');
  if (dashes < 0) return undefined;
  const own = parseFlags(words.slice(script + 1, dashes)).flags;
  let from = dashes + 1;
  for (let at = from; at <= words.length; at++) {
    const end = at === words.length || /^(?:&&|;|\|\|)$/.test(words[at]!.text);
    if (!end) continue;
    const part = words.slice(from, at);
    from = at + 1;
    const inner = unwrap(part).words;
    if (!inner[0] || !startsProgram(inner[0].text)) continue;
    const started = launched(uri, inner, depth + 1);
    if (started) return { ...started, facts: firstOf([...started.facts, ...factsOfFlags(uri, own, submitFlags)]), spread: true };
  }
  return undefined;
}
const submitFlags: FlagTable = {
  gpus: { fact: 'gpu_count', change: asPositive },
  num_gpus: { fact: 'gpu_count', change: asPositive },
  gpus_per_node: { fact: 'gpu_count', change: asPositive },
  num_nodes: { fact: 'num_nodes', change: asPositive },
  nodes: { fact: 'num_nodes', change: asPositive },
};
const startsProgram = (text: string): boolean =>
  /^(?:\S*\/)?(?:python[\d.]*|torchrun|accelerate|deepspeed|vllm|swift|axolotl|llamafactory-cli|trl)$/.test(text);

function readAccelerate(uri: string, flags: readonly ReadFlag[]): { facts: (Fact | UnknownFact)[]; refs: Reference[] } {
  const facts = factsOfFlags(uri, flags, accelerateFlags);
  const total = flagNamed(flags, 'num_processes');
  const machines = flagNamed(flags, 'num_machines');
  if (total) {
    // --num_processes counts over all machines.
    const nodes = machines && !machines.open ? asPositive(machines.value) : machines ? undefined : 1;
    const gpus = flagFact(uri, 'gpu_count', machines?.open && !total.open ? { ...total, open: true, value: 'the number of machines' } : total, (value) => {
      const count = asPositive(value);
      return count === undefined || nodes === undefined || count % nodes !== 0 ? undefined : count / nodes;
    });
    // Without the machines it is still the number over all of them: a configuration may have theirs.
    if (gpus) facts.push(machines ? gpus : { ...gpus, param: 'num_processes' });
  } else {
    const ids = flagNamed(flags, 'gpu_ids');
    const gpus = ids && flagFact(uri, 'gpu_count', ids, (value) => (typeof value === 'number' ? 1 : asDevices(value)));
    if (gpus) facts.push(gpus);
  }
  const refs: Reference[] = [];
  for (const flag of [flagNamed(flags, 'config_file'), flagNamed(flags, 'deepspeed_config_file')]) {
    if (!flag || typeof flag.value !== 'string') continue;
    if (!flag.open) refs.push({ role: 'config', target: flag.value, span: { uri, start: flag.valueStart, end: flag.valueEnd } });
    const strategy = strategyOfName(flag.value);
    // `--use_deepspeed` leaves the stage to the file.
    const vague = facts.findIndex((fact) => fact.name === 'strategy' && 'value' in fact && fact.value === 'deepspeed');
    if (strategy && vague >= 0) facts.splice(vague, 1);
    if (strategy && !facts.some((fact) => fact.name === 'strategy'))
      facts.push({
        name: 'strategy',
        value: strategy,
        origin: 'default',
        span: { uri, start: flag.valueStart, end: flag.valueEnd },
        note: `the name of ${flag.value} says so`,
      });
  }
  return { facts, refs };
}
function deepspeedFacts(uri: string, flags: readonly ReadFlag[]): (Fact | UnknownFact)[] {
  const facts = factsOfFlags(uri, flags, deepspeedFlags);
  const include = flagNamed(flags, 'include', 'i');
  if (include && !facts.some((fact) => fact.name === 'gpu_count')) {
    const gpus = flagFact(uri, 'gpu_count', include, (value) => {
      const list = /:([\d,-]+)/.exec(String(value))?.[1];
      return list?.split(',').reduce((sum, part) => sum + span(part), 0);
    });
    if (gpus) facts.push(gpus);
  }
  return facts;
}
const span = (part: string): number => {
  const ends = /^(\d+)-(\d+)$/.exec(part);
  return ends ? Number(ends[2]) - Number(ends[1]) + 1 : 1;
};
function mpiFacts(uri: string, flags: readonly ReadFlag[]): (Fact | UnknownFact)[] {
  const perNode = flagNamed(flags, 'npernode', 'N', 'ppn', 'perhost', 'ppr');
  const hosts = flagNamed(flags, 'H', 'host', 'hosts', 'hostfile', 'machinefile', 'f');
  const total = flagNamed(flags, 'np', 'n', 'c');
  const chosen = perNode ?? (hosts ? undefined : total);
  const fact = chosen && flagFact(uri, 'gpu_count', chosen, asPositive);
  const list = flagNamed(flags, 'H', 'host', 'hosts');
  const slots = list && !list.open ? String(list.value).split(',') : [];
  const first = /:(\d+)$/.exec(slots[0] ?? '')?.[1];
  if (list && first && !fact) {
    const place = { origin: 'literal' as const, span: { uri, start: list.valueStart, end: list.valueEnd } };
    return [
      { name: 'gpu_count', value: Number(first), ...place },
      { name: 'num_nodes', value: slots.length, ...place },
    ];
  }
  return fact ? [fact] : [];
}

/** One fact a name: the first that is known, else the first. */
export function firstOf(facts: readonly (Fact | UnknownFact)[]): (Fact | UnknownFact)[] {
  const found = new Map<string, Fact | UnknownFact>();
  for (const fact of facts) {
    const before = found.get(fact.name);
    if (!before || (!('value' in before) && 'value' in fact)) found.set(fact.name, fact);
  }
  return [...found.values()];
}
