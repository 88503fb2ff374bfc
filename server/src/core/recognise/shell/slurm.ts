import type { SeenWorkload, ShellRecogniser } from '../types.js';
import { jobFacts } from './job.js';
import { runsOf } from './runs.js';

/** What a batch job asks the scheduler for. The commands in it are workloads of their own. */
export const slurmShell: ShellRecogniser = {
  id: 'slurm',
  language: 'shell',
  marker: /^#(?:SBATCH|PBS|BSUB)\b|\bsbatch\b[^\n]*[ \t]-/m,
  doc: {
    format: 'Slurm, PBS and LSF headers',
    reads: 'nodes, GPUs by node, task or job, GPU type, time limit, cores, memory',
    example: '#SBATCH --nodes=2 --gpus-per-node=8 --time=3-00:00:00',
  },
  recognise({ document, script }): SeenWorkload[] {
    const { uri } = document;
    const first = script.directives[0];
    const last = script.directives.at(-1);
    if (!first || !last) return [];
    const facts = jobFacts(uri, script.directives);
    // A job without accelerators that runs no model is none of this tool's business.
    const asks =
      facts.some((fact) => fact.name === 'gpu_count' && fact.value !== 0) ||
      script.directives.some(({ name, value }) => /gpu/.test(name) || (name === 'gres' && /gpu/.test(value)));
    if (!asks && (facts.length === 0 || runsOf(uri, script).length === 0)) return [];
    return [{ kind: 'resource', framework: first.scheduler, span: { uri, start: first.start, end: last.end }, facts, unknown: [], refs: [] }];
  },
};
