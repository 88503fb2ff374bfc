import type { Directive, Piece } from './script.js';

const short: Readonly<Record<Directive['scheduler'], Readonly<Record<string, string>>>> = {
  slurm: {
    N: 'nodes',
    n: 'ntasks',
    t: 'time',
    G: 'gpus',
    c: 'cpus_per_task',
    p: 'partition',
    C: 'constraint',
    J: 'job_name',
    o: 'output',
    e: 'error',
    w: 'nodelist',
    a: 'array',
    A: 'account',
    q: 'qos',
    D: 'chdir',
  },
  pbs: { l: 'resource', q: 'queue', N: 'job_name', J: 'array', t: 'array', P: 'project', o: 'output', e: 'error' },
  lsf: { n: 'ntasks', W: 'time', q: 'queue', J: 'job_name', M: 'memory', R: 'resource', o: 'output', e: 'error' },
};
const schedulers = { SBATCH: 'slurm', PBS: 'pbs', BSUB: 'lsf' } as const;

/** Directive comments before the first command: a scheduler reads no others, and none behind two `#`. */
export function readDirectives(text: string): Directive[] {
  const found: Directive[] = [];
  if (!/^#(?:SBATCH|PBS|BSUB)\b/m.test(text)) return found;
  const lines = /^[ \t]*([^\n]*)\n?/gm;
  for (let match = lines.exec(text); match && match[0] !== ''; match = lines.exec(text)) {
    const content = match[1]!.trimEnd();
    if (content !== '' && !content.startsWith('#')) break;
    const head = /^#(SBATCH|PBS|BSUB)[ \t]+/.exec(content);
    if (!head) continue;
    const scheduler = schedulers[head[1] as keyof typeof schedulers];
    const base = match.index + match[0].indexOf(content);
    const pattern = /(?<=^|[ \t])(--?)([A-Za-z][\w-]*)(?:=|[ \t]*)("[^"]*"|'[^']*'|(?![-#])[^\s#]\S*)?/g;
    pattern.lastIndex = head[0].length;
    const comment = /[ \t]#/.exec(content.slice(head[0].length));
    const body = comment ? content.slice(0, head[0].length + comment.index) : content;
    for (let option = pattern.exec(body); option; option = pattern.exec(body)) {
      let [, dashes, name = '', value = ''] = option;
      // `-N2`: one letter with its value.
      if (dashes === '-' && name.length > 1 && !short[scheduler][name] && name !== 'gpu') {
        value = name.slice(1) + value;
        name = name[0]!;
      }
      const long = dashes === '-' ? (short[scheduler][name] ?? name) : name;
      const start = base + option.index;
      found.push({ scheduler, name: long.replaceAll('-', '_'), value: value.replace(/^(["'])(.*)\1$/, '$2'), start, end: start + option[0].trimEnd().length });
    }
  }
  return found;
}

/** What the scheduler sets from the script's own directives; another number on the submit command replaces it. */
export function* schedulerVariables(directives: readonly Directive[]): Generator<[string, Piece]> {
  const given = (name: string): Directive | undefined => directives.findLast((directive) => directive.scheduler === 'slurm' && directive.name === name);
  const piece = (name: string, text: string, { start, end }: Directive): Piece => ({
    text,
    start,
    end,
    open: false,
    from: { name, start, end, origin: 'default' },
  });
  const nodes = given('nodes');
  if (nodes && /^\d+$/.test(nodes.value)) for (const name of ['SLURM_NNODES', 'SLURM_JOB_NUM_NODES']) yield [name, piece(name, nodes.value, nodes)];
  for (const [option, names] of [
    ['gpus_per_node', ['SLURM_GPUS_PER_NODE']],
    ['gres', ['SLURM_GPUS_ON_NODE', 'SLURM_GPUS_PER_NODE']],
    ['gpus_per_node', ['SLURM_GPUS_ON_NODE']],
    ['ntasks_per_node', ['SLURM_NTASKS_PER_NODE']],
    ['ntasks', ['SLURM_NTASKS', 'SLURM_NPROCS']],
    ['gpus', ['SLURM_GPUS']],
    ['cpus_per_task', ['SLURM_CPUS_PER_TASK']],
  ] as const) {
    const directive = given(option);
    const count = directive && /(?:^|[:=])(\d+)$/.exec(directive.value.replace(/\(.*\)$/, ''))?.[1];
    if (directive && count) for (const name of names) yield [name, piece(name, count, directive)];
  }
}
