import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';

declare const VERSION: string;

/** Characters of an answer that a model can still use; what is longer says how to ask for less. */
const mostText = 200_000;
/** @unit ms */
const patience = 120_000;

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

/** One tool: what it asks, and the command of `mlcost` that answers it. Both print the same numbers because they are the same program. */
interface Tool {
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly command: (input: Record<string, unknown>) => { readonly words: readonly string[]; readonly paths: readonly string[] };
}
const options = (input: Record<string, unknown>): string[] => [
  ...['accelerator', 'gpus', 'provider'].flatMap((name) => (input[name] === undefined ? [] : [`--${name}=${String(input[name])}`])),
  ...Object.entries((input['set'] ?? {}) as Record<string, unknown>).flatMap(([fact, value]) => ['--set', `${fact}=${String(value)}`]),
];
const pathOf = (input: Record<string, unknown>): string[] => [String(input['path'] ?? '.')];

const tools: Readonly<Record<string, Tool>> = {
  estimate: {
    title: 'Estimate costs',
    description:
      'What the machine-learning workloads in a file or folder will cost: dollars, GPU-hours, memory, energy, each as low, likely and high with its unit, every input with its origin, and what is unknown. Call it before a training, a deployment or a loop over a hosted model is started.',
    input: z.strictObject({ path: place, ...machine }),
    command: (input) => ({ words: ['estimate', '--format=json', '--quiet', ...options(input)], paths: pathOf(input) }),
  },
  compare: {
    title: 'Compare accelerators',
    description: 'Each workload on every offer that can run it: provider, region, market, hours, dollars, whether it fits, carbon. Cheapest first.',
    input: z.strictObject({ path: place, ...machine }),
    command: (input) => ({ words: ['compare', '--format=json', '--quiet', ...options(input)], paths: pathOf(input) }),
  },
  advise: {
    title: 'Make it cheaper',
    description: 'Changes that make the workloads cheaper, with the saving computed, the risk with its evidence, and the edits. Nothing is written.',
    input: z.strictObject({ path: place, ...machine }),
    command: (input) => ({ words: ['advise', '--format=json', '--quiet', ...options(input)], paths: pathOf(input) }),
  },
  diff: {
    title: 'Cost of a change',
    description: 'What a change of the repository does to the costs, and because of which facts: from `base` to `head`, or to the tracked files as they stand.',
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

/** Speaks the Model Context Protocol on standard input and output, for one project's folder.
 * Each call runs `mlcost` as a process of its own: it ends with the call, has a time limit, and cannot write into the protocol. */
export async function serve(written: string, cli: string): Promise<void> {
  const root = await realpath(written);
  const server = new McpServer(
    { name: 'ml-cost-lens', version: VERSION },
    {
      instructions:
        'Costs of machine-learning code, computed from the files as they stand. Figures are low, likely and high; what is unknown is named and is never zero.',
    },
  );
  for (const [name, { title, description, input, command }] of Object.entries(tools)) {
    server.registerTool(
      name,
      { title, description, inputSchema: input, annotations: { readOnlyHint: true, openWorldHint: false } },
      async (args: Record<string, unknown>) => {
        try {
          const { words, paths } = command(args);
          const places = await Promise.all(paths.map((one) => within(root, one)));
          const text = await run(cli, root, [...words, ...(places.length > 0 ? ['--', ...places] : [])]);
          return { content: [{ type: 'text' as const, text }] };
        } catch (error) {
          return { isError: true, content: [{ type: 'text' as const, text: error instanceof Error ? error.message : String(error) }] };
        }
      },
    );
  }
  await server.connect(new StdioServerTransport());
}

/** A place inside the project, links followed.
 * @errors for what is outside of it, or not there */
async function within(root: string, written: string): Promise<string> {
  const found = await realpath(path.resolve(root, written)).catch(() => undefined);
  const outside = new Error(`${written} is not in this project`);
  if (found === undefined) {
    // Whether something is there outside is nobody's business.
    const relative = path.relative(root, path.resolve(root, written));
    throw relative.startsWith('..') || path.isAbsolute(relative) ? outside : new Error(`${written}: no such file or folder`);
  }
  if (found !== root && !found.startsWith(root + path.sep)) throw outside;
  return path.relative(root, found) || '.';
}

function run(cli: string, cwd: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [cli, ...words],
      { cwd, timeout: patience, maxBuffer: 1 << 28, env: { ...process.env, NO_COLOR: '1', MLCOST_INSIDE: cwd } },
      (error, out, err) => {
        if (error?.killed) reject(new Error(`no answer within ${patience / 1000} s: ask for a smaller part of the project`));
        else if (error && error.code !== 1) reject(new Error(err.trim() || error.message));
        else if (out.length > mostText)
          reject(new Error(`the answer has ${out.length} characters, more than ${mostText}: ask for a single file or a smaller folder`));
        else resolve(out);
      },
    );
  });
}
