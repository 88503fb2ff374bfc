import type { ShellWord } from '../../syntax/shell/script.js';
import { parseFlags, type ReadFlag } from './command-line.js';

/** A command without what stands in front of it (`srun … sudo … docker run IMAGE …`), and what that said. */
export interface Unwrapped {
  readonly words: readonly ShellWord[];
  /** `VAR=value` words of `env`, `sudo` and `docker run -e`. */
  readonly environment: readonly { readonly name: string; readonly value: ShellWord }[];
  /** Flags of each wrapper that says something about machines. */
  /** Where a command begins that is handed to another system (`ray job submit … -- COMMAND`). */
  readonly handedOver?: number;
  readonly wrappers: readonly { readonly name: 'srun' | 'docker' | 'mpirun'; readonly flags: readonly ReadFlag[]; readonly image?: ShellWord }[];
}

const names = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** Options without a value; all others of the wrapper take one. */
const switches: Readonly<Record<string, ReadonlySet<string>>> = {
  srun: names(
    'l label exclusive overlap unbuffered u overcommit O pty v verbose k no_kill Q quiet K kill_on_bad_exit s oversubscribe exact contiguous disable_status immediate I multi_prog preserve_env E',
  ),
  docker: names('d detach i interactive t tty it ti dit itd rm privileged init read_only q quiet no_healthcheck P publish_all oom_kill_disable sig_proxy tls'),
  singularity: names('nv rocm cleanenv e contain c containall C writable w writable_tmpfs no_home fakeroot f nvccli userns u compat no_mount_home'),
  mpirun: names(
    'allow_run_as_root oversubscribe tag_output report_bindings v verbose display_map nooversubscribe use_hwthread_cpus bind_to_core bind_to_none timestamp_output l prepend_rank',
  ),
  conda: names('no_capture_output live_stream v verbose'),
  uv: names('no_sync frozen locked isolated all_extras no_dev active no_project offline q quiet v verbose'),
  env: names('i ignore_environment'),
  sudo: names('E H n S b i preserve_env'),
  nsys: names('f'),
  timeout: names('foreground preserve_status v verbose'),
  ray: names('no_wait verbose v'),
  kubectl: names('i t it stdin tty'),
};
const none: ReadonlySet<string> = new Set();
const twoValues = new Set(['mca', 'gmca', 'genv', 'env']);

/** Splits off a program's own options: everything up to the first word that is no option and no option's value. */
export function ownOptions(words: readonly ShellWord[], from: number, bare: ReadonlySet<string>): { flags: readonly ReadFlag[]; next: number } {
  let at = from;
  while (at < words.length) {
    const { text, open } = words[at]!;
    if (text === '--') {
      at++;
      break;
    }
    // A variable that holds further options, as `srun $SRUN_ARGS`.
    if (open && /^["']?\$[{\w]/.test(text) && at + 1 < words.length && /(?:args|opts?|options|flags)/i.test(text)) {
      at++;
      continue;
    }
    const option = /^--?([A-Za-z][\w.-]*)(=)?/.exec(text);
    if (!option) break;
    const name = option[1]!.replaceAll('-', '_');
    if (option[2] || bare.has(name)) at++;
    else if (/\.pyc?$/.test(words[at + 1]?.text ?? '') || /^--?[A-Za-z]/.test(words[at + 1]?.text ?? '')) at++;
    else at += twoValues.has(name) && !words[at + 1]?.text.includes('=') ? 3 : 2;
  }
  at = Math.min(at, words.length);
  return { flags: parseFlags(words.slice(from, at), bare).flags, next: at };
}

/** Takes off everything that only says where or how a command runs. */
export function unwrap(given: readonly ShellWord[]): Unwrapped {
  let words = given;
  let handedOver: number | undefined;
  const environment: { name: string; value: ShellWord }[] = [];
  const wrappers: { name: 'srun' | 'docker' | 'mpirun'; flags: readonly ReadFlag[]; image?: ShellWord }[] = [];
  const assignments = (): void => {
    while (words.length > 0) {
      const match = /^([A-Za-z_]\w*)=/.exec(words[0]!.text);
      if (!match) return;
      environment.push({ name: match[1]!, value: partOf(words[0]!, match[0].length) });
      words = words.slice(1);
    }
  };
  for (let step = 0; step < 12 && words.length > 0; step++) {
    const name = words[0]!.text.replace(/^.*\//, '');
    const second = words[1]?.text ?? '';
    const skip = (bare: ReadonlySet<string>, from = 1, extra = 0): readonly ReadFlag[] => {
      const { flags, next } = ownOptions(words, from, bare);
      words = words.slice(next + extra);
      return flags;
    };
    if (/^(?:nohup|exec|command|time|unbuffer|setsid|catchsegv|ddtrace-run|opentelemetry-instrument|caffeinate|builtin|then|do|proxychains4?)$/.test(name))
      skip(none);
    else if (name === 'sudo' || name === 'env') {
      skip(switches[name]!);
      assignments();
    } else if (/^(?:nice|ionice|stdbuf|numactl|chrt|xvfb-run|systemd-run|gdb|strace|ltrace)$/.test(name)) skip(none);
    else if (name === 'taskset') skip(none, 1, second.startsWith('-') ? 0 : 1);
    else if (name === 'timeout') skip(switches['timeout']!, 1, 1);
    else if (/^(?:poetry|pipenv|pdm|hatch|rye|pixi|uv|conda|mamba|micromamba|pipx|coverage)$/.test(name) && second === 'run')
      skip(name === 'uv' ? switches['uv']! : switches['conda']!, 2);
    else if (name === 'uvx') skip(none);
    else if (name === 'srun' || name === 'aprun' || name === 'jsrun') wrappers.push({ name: 'srun', flags: skip(switches['srun']!) });
    else if (/^(?:singularity|apptainer)$/.test(name)) {
      const verb = words.findIndex((word, index) => index > 0 && /^(?:exec|run)$/.test(word.text));
      if (verb < 0) break;
      skip(switches['singularity']!, verb + 1, 1);
    } else if (/^(?:docker|podman|nvidia-docker|nerdctl)$/.test(name) && /^(?:run|exec)$/.test(second)) {
      const { flags, next } = ownOptions(words, 2, switches['docker']!);
      for (const flag of parseAll(words.slice(2, next), switches['docker']!, ['e', 'env'])) {
        const match = /^([A-Za-z_]\w*)=/.exec(flag.text);
        if (match) environment.push({ name: match[1]!, value: partOf(flag, match[0].length) });
      }
      const image = words[next];
      words = words.slice(next + 1);
      if (second === 'run') wrappers.push({ name: 'docker', flags, ...(image && { image }) });
      if (second === 'run') break;
    } else if (/^(?:mpirun|mpiexec(?:\.hydra)?|horovodrun|orterun)$/.test(name)) wrappers.push({ name: 'mpirun', flags: skip(switches['mpirun']!) });
    else if (name === 'ray' && second === 'job' && words[2]?.text === 'submit') {
      const dashes = words.findIndex((word) => word.text === '--');
      if (dashes > 0) words = words.slice(dashes + 1);
      else skip(switches['ray']!, 3);
      handedOver = words[0]?.start;
    } else if (/^(?:kubectl|oc)$/.test(name) && second === 'exec') {
      const dashes = words.findIndex((word) => word.text === '--');
      if (dashes < 0) break;
      words = words.slice(dashes + 1);
    } else if (/^(?:nsys|ncu|rocprof|py-spy|nvprof|scalene|doppler|op|infisical|dotenv|direnv)$/.test(name)) {
      const dashes = words.findIndex((word) => word.text === '--');
      const program = words.findIndex((word, index) => index > 0 && /^(?:\S*\/)?(?:python[\d.]*|torchrun|accelerate|deepspeed|mpirun|vllm)$/.test(word.text));
      const from = dashes > 0 ? dashes + 1 : program;
      if (from <= 0) break;
      words = words.slice(from);
    } else if (
      (words[0]!.open || words[0]!.text.includes('/') || name === 'neuron_parallel_compile') &&
      /^(?:\S*\/)?(?:torchrun|accelerate|deepspeed|python[\d.]*)$/.test(second)
    ) {
      // A wrapper of one's own, or one that a variable holds.
      words = words.slice(1);
    } else break;
    assignments();
  }
  return { words, environment, wrappers, ...(handedOver === undefined ? {} : { handedOver }) };
}

/** Every value of a repeated option: `-e A=1 -e B=2`. */
function parseAll(words: readonly ShellWord[], bare: ReadonlySet<string>, wanted: readonly string[]): ShellWord[] {
  const found: ShellWord[] = [];
  for (let at = 0; at < words.length; at++) {
    const option = /^--?([A-Za-z][\w-]*)(=)?/.exec(words[at]!.text);
    if (!option) continue;
    if (wanted.includes(option[1]!)) {
      if (option[2]) found.push(partOf(words[at]!, option[0].length));
      else if (words[at + 1]) found.push(words[++at]!);
    } else if (!option[2] && !bare.has(option[1]!)) at++;
  }
  return found;
}
/** The part of a word from an offset of its text on. */
export function partOf(word: ShellWord, from: number): ShellWord {
  const exact = word.end - word.start === word.text.length;
  const { pieces: _pieces, ...rest } = word;
  return { ...rest, text: word.text.slice(from), start: exact ? word.start + from : word.start };
}
