import type { Directive } from './script.js';

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
