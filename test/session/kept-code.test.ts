import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { builtServer } from '../support/session.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'mlcost-code-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const kept = path.join(folder, 'code', 'program.js.cache');

/** The lenses' titles of a new process; it lives until a condition holds. */
async function lenses(until: () => boolean = () => true): Promise<string[]> {
  const child = spawn(process.execPath, [builtServer, '--stdio', '--code-cache', path.dirname(kept)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  connection.listen();
  const uri = 'file:///w/a.py';
  const text = 'from openai import OpenAI\nOpenAI().embeddings.create(model="text-embedding-3-small", input="a")\n';
  await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'python', version: 1, text } });
  const found = (await connection.sendRequest('textDocument/codeLens', { textDocument: { uri } })) as { command: { title: string } }[];
  for (let waited = 0; !until() && waited < 60_000; waited += 50) await new Promise((resolve) => setTimeout(resolve, 50));
  connection.dispose();
  child.kill();
  return found.map(({ command }) => command.title);
}

test('the file that is run from kept code has one byte a character, as it is read', () => {
  expect(readFileSync(path.join(path.dirname(builtServer), 'program.js')).every((byte) => byte < 0x80)).toBe(true);
});
test('compiled code is kept and taken up, and a spoilt file of it does no harm', async () => {
  const first = await lenses(() => existsSync(kept));
  expect(first).toHaveLength(1);
  const written = readFileSync(kept);
  expect(readdirSync(path.dirname(kept))).toHaveLength(1);
  expect(await lenses()).toEqual(first);
  for (const spoilt of [written.subarray(0, 1000), Buffer.from('x'), Buffer.concat([written.subarray(0, 20), Buffer.alloc(5000)])]) {
    writeFileSync(kept, spoilt);
    expect(await lenses()).toEqual(first);
  }
}, 120_000);
