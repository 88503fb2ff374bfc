import type { Directive, ShellScript } from '../../syntax/shell/script.js';
import { parseFlags } from '../shared/command-line.js';
import type { Submission } from '../types.js';
import { jobFacts } from './job.js';

const letters: Readonly<Record<string, string>> = { N: 'nodes', n: 'ntasks', t: 'time', G: 'gpus', c: 'cpus_per_task', p: 'partition', C: 'constraint' };

/** `sbatch --nodes=4 train.slurm`: options on the command line are over those in the script's head.
 * @source sbatch(1): command-line options override directives, which override variables */
export function submissionsOf(uri: string, script: ShellScript): readonly Submission[] {
  return script.commands.flatMap((command): Submission[] => {
    const [first, ...rest] = command.words;
    if (!first || !/(?:^|\/)sbatch$/.test(first.text)) return [];
    // What stands behind the script is the script's own.
    const at = rest.findIndex(({ text }) => /^[^-].*\.(?:sh|slurm|sbatch|sub|bash|job)$/.test(text));
    const target = rest[at];
    if (!target || target.open) return [];
    const directives = parseFlags(rest.slice(0, at)).flags.flatMap((flag): Directive[] =>
      flag.open ? [] : [{ scheduler: 'slurm', name: letters[flag.name] ?? flag.name, value: String(flag.value), start: flag.start, end: flag.end }],
    );
    const facts = jobFacts(uri, directives);
    return facts.length === 0 ? [] : [{ target: target.text, facts }];
  });
}
