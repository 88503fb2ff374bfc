const vscode = require('vscode');

exports.activate = (context) => {
  const files = () => vscode.workspace.workspaceFolders[0].uri;
  const call = async ([name, input]) => {
    try {
      const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, new vscode.CancellationTokenSource().token);
      return { text: content.map(({ value }) => value).join('') };
    } catch (error) {
      return { error: String(error?.message ?? error) };
    }
  };
  context.subscriptions.push(
    // [[tool, input], …] of calls.json becomes answers.json, with the tools and models that there are
    vscode.commands.registerCommand('e2eAgent.call', async () => {
      const calls = JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(files(), 'calls.json'))));
      // a chat asks a model only when it knows of one
      const models = (await vscode.lm.selectChatModels({ vendor: 'e2e' })).length;
      const answers = [];
      for (const one of calls) answers.push(await call(one));
      const tools = vscode.lm.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(files(), 'answers.json'), new TextEncoder().encode(JSON.stringify({ models, tools, answers })));
    }),
    vscode.lm.registerLanguageModelChatProvider('e2e', {
      provideLanguageModelChatInformation: () => [
        {
          id: 'one-word',
          name: 'Test model',
          family: 'test',
          version: '1',
          maxInputTokens: 10_000,
          maxOutputTokens: 100,
          capabilities: { toolCalling: true },
          isUserSelectable: true,
        },
      ],
      provideLanguageModelChatResponse: async (_model, messages, _options, progress) => {
        const asked = JSON.stringify(messages);
        progress.report(new vscode.LanguageModelTextPart(asked.includes('pocket') ? 'Budget.' : 'none'));
      },
      provideTokenCount: async () => 1,
    }),
  );
};
exports.deactivate = () => {};
