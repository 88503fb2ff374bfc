import type { Fact } from '../../model/fact.js';
import type { Directive } from '../../syntax/shell/script.js';
import { chip } from '../shared/machine-types.js';

/** What a job's directives ask for, in the facts' words. */
export function jobFacts(uri: string, directives: readonly Directive[]): Fact[] {
  const of = (scheduler: Directive['scheduler']): Directive[] => directives.filter((directive) => directive.scheduler === scheduler);
  const slurm = of('slurm');
  if (slurm.length > 0) return slurmFacts(uri, slurm);
  const pbs = of('pbs');
  return pbs.length > 0 ? pbsFacts(uri, pbs) : lsfFacts(uri, of('lsf'));
}

function slurmFacts(uri: string, directives: readonly Directive[]): Fact[] {
  const facts: Fact[] = [];
  const given = (name: string): Directive | undefined => directives.findLast((directive) => directive.name === name && !/[{$<]/.test(directive.value));
  const add = (name: string, value: string | number | undefined, { start, end, name: option }: Directive, derived = false): void => {
    if (value === undefined || value === '' || facts.some((fact) => fact.name === name)) return;
    facts.push({ name, value, origin: derived ? 'default' : 'literal', span: { uri, start, end }, param: option });
  };
  const nodes = given('nodes');
  // `--nodes=2-4` asks for a range.
  const range = nodes && /^(\d+)(?:-(\d+))?$/.exec(nodes.value);
  if (nodes && range) add('num_nodes', range[2] && range[2] !== range[1] ? `${range[1]}..${range[2]}` : Number(range[1]), nodes);
  const nodeCount = whole(nodes?.value);
  const tasks = whole(given('ntasks')?.value);
  const tasksPerNode = whole(given('ntasks_per_node')?.value) ?? (tasks !== undefined && nodeCount && tasks % nodeCount === 0 ? tasks / nodeCount : undefined);

  const gres =
    directives.findLast((directive) => directive.name === 'gres' && /(?:^|,)gpu/.test(directive.value) && !/[{$<]/.test(directive.value)) ??
    given('gpus_per_node');
  const perTask = given('gpus_per_task');
  const total = given('gpus');
  if (gres) {
    const { type, count } = gpusOf(gres.value);
    add('gpu_count', count, gres);
    add('gpu_type', type, gres);
  } else if (perTask) {
    const { type, count } = gpusOf(perTask.value);
    const each = tasksPerNode ?? (tasks === undefined ? 1 : undefined);
    add('gpu_count', count === undefined || each === undefined ? undefined : count * each, perTask, each !== 1);
    add('gpu_type', type, perTask);
  } else if (total) {
    const { type, count } = gpusOf(total.value);
    const share = count === undefined ? undefined : count / (nodeCount ?? 1);
    add('gpu_count', share !== undefined && Number.isInteger(share) ? share : undefined, total, nodeCount !== undefined && nodeCount > 1);
    add('gpu_type', type, total);
  }
  for (const hint of [given('constraint'), given('partition')]) {
    const type = hint && named.exec(hint.value)?.[1];
    if (hint && type) add('gpu_type', type.toLowerCase(), hint, true);
  }
  const time = given('time');
  if (time) add('max_time', slurmSeconds(time.value), time);
  const cores = given('cpus_per_task');
  const perTaskCores = whole(cores?.value);
  if (cores && perTaskCores !== undefined) add('cpu', perTaskCores * (tasksPerNode ?? 1), cores, (tasksPerNode ?? 1) > 1);
  const memory = given('mem');
  if (memory && memory.value !== '0') add('memory', /^\d+$/.test(memory.value) ? Number(memory.value) : memory.value, memory);
  return facts;
}
// Other partitions have short names, too: `a3` is a family of machines.
const named = new RegExp(`(?:^|[^a-z0-9])(${chip})(?:$|[^a-z0-9])`, 'i');
const whole = (text: string | undefined): number | undefined => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined);
/** `gpu:a100:4`, `gpu:4`, `a100:4`, `4`; a bare `gpu` is one. */
function gpusOf(value: string): { type?: string; count?: number } {
  const own = value.split(',').find((part) => /^gpu/.test(part)) ?? value.split(',')[0] ?? '';
  const [first = '', ...rest] = own.replace(/\(.*\)$/, '').split(':');
  const parts = first === 'gpu' ? rest : [first, ...rest];
  if (parts.length === 0) return { count: 1 };
  const last = parts.at(-1)!;
  const type = parts.length > 1 || !/^\d+$/.test(last) ? parts[0] : undefined;
  return { ...(type === undefined ? {} : { type }), ...(/^\d+$/.test(last) ? { count: Number(last) } : { count: 1 }) };
}

/** Seconds of a Slurm time: minutes, `MM:SS`, `HH:MM:SS`, `D-HH`, `D-HH:MM`, `D-HH:MM:SS`.
 * @unit s
 * @source sbatch(1), --time */
export function slurmSeconds(value: string): number | undefined {
  const match = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/.exec(value.trim());
  if (!match) return undefined;
  const [days, a, b, c] = [match[1], match[2], match[3], match[4]].map((part) => (part === undefined ? undefined : Number(part)));
  if (a === undefined) return undefined;
  if (days !== undefined) return days * 86_400 + a * 3600 + (b ?? 0) * 60 + (c ?? 0);
  if (b === undefined) return a * 60;
  return c === undefined ? a * 60 + b : a * 3600 + b * 60 + c;
}

function pbsFacts(uri: string, directives: readonly Directive[]): Fact[] {
  const facts: Fact[] = [];
  for (const { name, value, start, end } of directives) {
    if (name !== 'resource') continue;
    const add = (fact: string, found: string | number | undefined): void => {
      if (found !== undefined) facts.push({ name: fact, value: found, origin: 'literal', span: { uri, start, end } });
    };
    const part = (pattern: RegExp): string | undefined => pattern.exec(value)?.[1];
    add('num_nodes', whole(part(/(?:^|[,:])(?:select|nodes)=(\d+)/)));
    add('gpu_count', whole(part(/(?:ngpus|(?:^|:)gpus)=(\d+)/)));
    add('gpu_type', part(/gpu_(?:type|model)=([\w-]+)/));
    add(
      'max_time',
      part(/walltime=(\d+(?::\d+){0,3})/)
        ?.split(':')
        .reduce((sum, one) => sum * 60 + Number(one), 0),
    );
    add('cpu', whole(part(/(?:ncpus|ppn)=(\d+)/)));
    add('memory', part(/(?:^|[:,])mem=(\w+)/));
  }
  return facts;
}
function lsfFacts(uri: string, directives: readonly Directive[]): Fact[] {
  const facts: Fact[] = [];
  for (const { name, value, start, end } of directives) {
    const place = { origin: 'literal' as const, span: { uri, start, end } };
    const count = name === 'gpu' || name === 'resource' ? whole(/(?:num|ngpus_\w+)=(\d+)/.exec(value)?.[1]) : undefined;
    if (count !== undefined) facts.push({ name: 'gpu_count', value: count, ...place });
    const time = name === 'time' ? /^(?:(\d+):)?(\d+)$/.exec(value) : null;
    if (time) facts.push({ name: 'max_time', value: (Number(time[1] ?? '0') * 60 + Number(time[2])) * 60, ...place });
  }
  return facts;
}
