import * as vscode from 'vscode';
import { type ToolResult, toolRequest } from '../../../server/src/protocol/protocol.js';
import type { Start } from './running.js';

/** What newer editors have, as far as it is used: the extension also runs where they lack it. */
interface NewerEditor {
  readonly lm?: {
    registerTool?(name: string, tool: { invoke(options: { readonly input: unknown }, token: vscode.CancellationToken): Promise<unknown> }): vscode.Disposable;
    registerMcpServerDefinitionProvider?(id: string, provider: { provideMcpServerDefinitions(): unknown[] }): vscode.Disposable;
  };
  readonly LanguageModelToolResult?: new (parts: readonly unknown[]) => unknown;
  readonly LanguageModelTextPart?: new (text: string) => unknown;
  readonly McpStdioServerDefinition?: new (label: string, command: string, args: string[], env: Record<string, string>, version: string) => unknown;
}
const editor = vscode as unknown as NewerEditor;

export const toolNames = ['estimate', 'compare', 'advise', 'diff', 'policy', 'budget'] as const;

/** The folder that a question is about: that of the document in front, else the first. */
export function folderInFront(): string | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri ?? vscode.window.activeNotebookEditor?.notebook.uri;
  const folder = (uri && vscode.workspace.getWorkspaceFolder(uri)) ?? vscode.workspace.workspaceFolders?.[0];
  return folder?.uri.toString().replace(/\/$/, '');
}

/** Tools for the agents of the editor; each answer is the command's of the same name. */
export function registerTools(start: Start): vscode.Disposable[] {
  const { lm, LanguageModelToolResult: Result, LanguageModelTextPart: Part } = editor;
  if (!lm?.registerTool || !Result || !Part) return [];
  return toolNames.map((name) =>
    (lm.registerTool as NonNullable<typeof lm.registerTool>)(`mlcost_${name}`, {
      invoke: async ({ input }, token) => {
        const folder = folderInFront();
        if (folder === undefined) throw new Error('no folder is open');
        const { text, failed } = await (await start()).request<ToolResult>(toolRequest, { name, input, folder }, token);
        if (failed) throw new Error(text);
        return new Result([new Part(text)]);
      },
    }),
  );
}

/** The same tools as an MCP server, for agents that speak with those: one for each folder of this machine.
 * @param node the program that runs `dist/cli.js` */
export function registerMcpServers(context: vscode.ExtensionContext, node: string): vscode.Disposable[] {
  const { lm, McpStdioServerDefinition: Definition } = editor;
  if (!lm?.registerMcpServerDefinitionProvider || !Definition) return [];
  const version = String((context.extension.packageJSON as { version?: unknown }).version);
  return [
    lm.registerMcpServerDefinitionProvider('mlCostLens.mcp', {
      provideMcpServerDefinitions: () =>
        (vscode.workspace.workspaceFolders ?? [])
          .filter(({ uri }) => uri.scheme === 'file')
          .map(
            ({ name, uri }) =>
              new Definition(`ML Cost Lens: ${name}`, node, [context.asAbsolutePath('dist/cli.js'), 'mcp', uri.fsPath], { ELECTRON_RUN_AS_NODE: '1' }, version),
          ),
    }),
  ];
}
