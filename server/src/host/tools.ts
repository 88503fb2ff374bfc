import * as z from 'zod';
import type { ToolCommand } from './host.js';

/** One tool for agents: what it asks, and the command of `mlcost` that answers it. Both print the same numbers because they are the same program. */
export interface Tool {
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly command: (input: Record<string, unknown>) => ToolCommand;
}
const options = (input: Record<string, unknown>): string[] => [
  ...['accelerator', 'gpus', 'provider'].flatMap((name) => (input[name] === undefined ? [] : [`--${name}=${String(input[name])}`])),
  ...Object.entries((input['set'] ?? {}) as Record<string, unknown>).flatMap(([fact, value]) => ['--set', `${fact}=${String(value)}`]),
];
const pathOf = (input: Record<string, unknown>): string[] => [String(input['path'] ?? '.')];

/** The tools that agents are offered, over the Model Context Protocol and in the editor. */
export const tools = (): Readonly<Record<string, Tool>> => {
  made ??= make();
  return made;
};
/** Kept here, not by the core's helper: the MCP server's bundle holds none of the core. */
let made: Readonly<Record<string, Tool>> | undefined;
function make(): Readonly<Record<string, Tool>> {
  const place = z.string().min(1).max(4096).describe('File or folder, relative to the project’s folder; `.` is the whole project.');
  const revision = z.string().min(1).max(256).describe('A commit, branch or tag.');
  const set = z
    .record(z.string().regex(/^\w+$/), z.union([z.string().max(500), z.number(), z.boolean()]))
    .optional()
    .describe('Facts to take instead of what the files say, by name: `{ "gpu_type": "h100", "epochs": 2 }`.');
  const machine = {
    accelerator: z.string().max(100).optional().describe('Accelerator where the files name none: `h100`, `a100-80gb`, `l4`.'),
    gpus: z.number().int().min(1).max(100_000).optional().describe('Number of accelerators where the files do not say it.'),
    provider: z.string().max(100).optional().describe('Who rents the hardware: `aws`, `gcp`, `lambda`.'),
    set,
  };
  return {
    estimate: {
      title: 'Estimate costs',
      description:
        'What the machine-learning workloads in a file or folder will cost: dollars, GPU-hours, memory, energy, each as low, likely and high with its unit, every input with its origin, and what is unknown. Call it before a training, a deployment or a loop over a hosted model is started.',
      input: z.strictObject({ path: place, ...machine }),
      command: (input) => ({ words: ['estimate', '--format=json', '--quiet', ...options(input)], paths: pathOf(input) }),
    },
    compare: {
      title: 'Compare accelerators',
      description:
        'Each workload on the offers that can run it, the 20 cheapest of each accelerator, provider and market: region, machine, hours, dollars, whether it fits, carbon. Cheapest first.',
      input: z.strictObject({ path: place, ...machine }),
      command: (input) => ({ words: ['compare', '--format=json', '--limit=20', '--quiet', ...options(input)], paths: pathOf(input) }),
    },
    advise: {
      title: 'Make it cheaper',
      description: 'Changes that make the workloads cheaper, with the saving computed, the risk with its evidence, and the edits. Nothing is written.',
      input: z.strictObject({ path: place, ...machine }),
      command: (input) => ({ words: ['advise', '--format=json', '--quiet', ...options(input)], paths: pathOf(input) }),
    },
    diff: {
      title: 'Cost of a change',
      description:
        'What a change of the repository does to the costs, and because of which facts: from `base` to `head`, or to the tracked files as they stand.',
      input: z.strictObject({ base: revision, head: revision.optional() }),
      command: ({ base, head }) => ({ words: ['diff', '--format=json', '--', String(base), ...(head === undefined ? [] : [String(head)])], paths: [] }),
    },
    policy: {
      title: 'Check the policy',
      description: 'Holds the workloads against the rules in `.mlcost.yaml`; with `base` what changed too. `pass` is false where a rule that blocks is broken.',
      input: z.strictObject({ base: revision.optional() }),
      command: ({ base }) => ({ words: ['check', '--format=json', '--quiet', ...(base === undefined ? [] : [`--base=${String(base)}`])], paths: [] }),
    },
    budget: {
      title: 'What is left of the budgets',
      description: 'Each budget in `.mlcost.yaml`: spent, remaining, forecast to the end of the period, day of exhaustion.',
      input: z.strictObject({}),
      command: () => ({ words: ['budget', '--format=json'], paths: [] }),
    },
  };
}
