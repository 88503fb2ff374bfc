import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { noteAdviceIn } from '../host/audit.js';
import type { Host } from '../host/host.js';
import { clientFiles } from '../lsp/client-files.js';
import { startServer } from '../lsp/session.js';
import { noteAdvice } from './audit-notes.js';
import { codeAt } from './commit-code.js';
import { nodeHost } from './node-host.js';
import { runTool } from './tool-run.js';

// A child process: over IPC where the editor starts it, over stdio where a person or a test does.
const connection = createConnection(ProposedFeatures.all);
const own = nodeHost(__dirname);
// IPC is JSON: bytes come as text
const remote = clientFiles(
  connection,
  (raw) => Buffer.from(String(raw), 'base64'),
  (bytes) => Buffer.from(bytes).toString('base64'),
);
const host: Host = {
  ...own,
  runTool: async (root, command, asked) => runTool(path.join(__dirname, 'cli.js'), await realpath(fileURLToPath(root)), command, asked),
  noteAdvice: async (root, settings, advice) => {
    await (root.startsWith('file:') ? noteAdvice(fileURLToPath(root), settings, advice) : noteAdviceIn({ ...own, ...remote }, root, settings, advice));
  },
  codeAt: (root, commits) => codeAt(root, own, commits),
  readText: (uri) => (uri.startsWith('file:') ? own : remote).readText(uri),
  listFiles: (root, signal) => (root.startsWith('file:') ? own : remote).listFiles(root, signal),
  listRuns: (root, signal) => (root.startsWith('file:') ? own : remote).listRuns(root, signal),
  writeFile: (uri, pieces) => (uri.startsWith('file:') ? own : remote).writeFile(uri, pieces),
  withFile: (uri, use, wholeUpTo) => (uri.startsWith('file:') ? own : remote).withFile(uri, use, wholeUpTo),
  readBytes: (uri, limit) => (uri.startsWith('file:') ? own : remote).readBytes(uri, limit),
};
startServer(connection, host);
