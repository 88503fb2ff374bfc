import { realpath } from 'node:fs/promises';
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { tools } from '../host/tools.js';
import { runTool } from './tool-run.js';

declare const VERSION: string;

/** Speaks the Model Context Protocol on standard input and output, for one project's folder. */
export async function serve(written: string, cli: string): Promise<void> {
  const root = await realpath(written);
  const server = new McpServer(
    { name: 'ml-cost-lens', version: VERSION },
    {
      instructions:
        'Costs of machine-learning code, computed from the files as they stand. Figures are low, likely and high; what is unknown is named and is never zero.',
    },
  );
  for (const [name, { title, description, input, command }] of Object.entries(tools())) {
    server.registerTool(
      name,
      { title, description, inputSchema: input, annotations: { readOnlyHint: true, openWorldHint: false } },
      async (args: Record<string, unknown>) => {
        try {
          return { content: [{ type: 'text' as const, text: await runTool(cli, root, command(args)) }] };
        } catch (error) {
          return { isError: true, content: [{ type: 'text' as const, text: error instanceof Error ? error.message : String(error) }] };
        }
      },
    );
  }
  await server.connect(new StdioServerTransport());
}
