const vscode = require('vscode');

exports.activate = (context) => {
  const base = context.extensionUri.with({ path: '/fs' });
  const call = async (op, uri, init) => {
    const rel = uri.path.replace(/^\/workspace\/?/, '');
    const res = await fetch(`${base.toString(true)}/${op}/${encodeURI(rel)}`, init);
    if (!res.ok) throw vscode.FileSystemError.FileNotFound(uri);
    return res;
  };
  const changed = new vscode.EventEmitter();
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider(
      'e2efs',
      {
        onDidChangeFile: changed.event,
        watch: () => ({ dispose() {} }),
        stat: async (uri) => (await call('stat', uri)).json(),
        readDirectory: async (uri) => (await call('list', uri)).json(),
        readFile: async (uri) => new Uint8Array(await (await call('read', uri)).arrayBuffer()),
        writeFile: async (uri, content) => {
          await call('write', uri, { method: 'PUT', body: content });
          changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
        },
        createDirectory() {
          throw vscode.FileSystemError.NoPermissions();
        },
        delete() {
          throw vscode.FileSystemError.NoPermissions();
        },
        rename() {
          throw vscode.FileSystemError.NoPermissions();
        },
      },
      { isCaseSensitive: true },
    ),
  );

  // without one, vscode.workspace.findFiles never answers; VS Code itself applies the patterns
  const walk = async (uri) =>
    (
      await Promise.all(
        (
          await (await call('list', uri)).json()
        ).map(([name, type]) => {
          const child = vscode.Uri.joinPath(uri, name);
          return type === 2 ? (name === '.git' || name === 'node_modules' ? [] : walk(child)) : [child];
        }),
      )
    ).flat();
  context.subscriptions.push(
    vscode.workspace.registerFileSearchProvider('e2efs', {
      provideFileSearchResults: (_query, options) => walk(options.folder),
    }),
  );
};
exports.deactivate = () => {};
