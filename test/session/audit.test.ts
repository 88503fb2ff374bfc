import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { CodeAction } from 'vscode-languageserver/node';
import { auditFile, fromBytes, type MlcostSettings, utf8, verifyAudit } from '../../server/src/core/index.js';
import { noteAdviceIn } from '../../server/src/host/audit.js';
import type { TakenAdvice } from '../../server/src/host/host.js';
import { record } from '../../server/src/node/audit-log.js';
import { noteAdvice } from '../../server/src/node/audit-notes.js';
import { type AdviceResult, adviceRequest, adviceTakenNotification } from '../../server/src/protocol/protocol.js';
import { Editor, root } from '../support/session.js';

let editor: Editor | undefined;
const folder = mkdtempSync(path.join(os.tmpdir(), 'mlcost-audit-'));
afterEach(async () => {
  await editor?.stop();
  editor = undefined;
  rmSync(folder, { recursive: true, force: true });
});
const script = 'vllm serve meta-llama/Llama-3.1-8B-Instruct --dtype bfloat16 --tensor-parallel-size 1\n';
const settings = 'accelerator: { type: H100, count: 1 }\nprovider: aws\ntags: { model_version: v7 }\n';

test('advice that was taken in the editor is in the log of its folder, as that of the command line is; what was only offered is not', async () => {
  const log = path.join(folder, '.mlcost/audit/log.jsonl');
  mkdirSync(path.dirname(log), { recursive: true });
  await record(folder, 'import', { file: 'a.csv' });
  const noted: [string, TakenAdvice][] = [];
  let done: () => void = () => {};
  const own = await Editor.start({
    files: { 'serve.sh': script, '.mlcost.yaml': settings },
    host: {
      noteAdvice: async (at, known, advice) => {
        await noteAdvice(folder, known, advice);
        noted.push([at, advice]);
        done();
      },
    },
  });
  editor = own;
  await own.open('serve.sh');
  await own.lenses('serve.sh');
  const actions = await own.actions('serve.sh', 0);
  const fixes = actions.filter((one): one is CodeAction & { command: NonNullable<CodeAction['command']> } => one.command?.command === 'mlCostLens.adviceTaken');
  // each that edits the workspace tells of itself, and none is told by being offered
  expect(fixes.length).toBeGreaterThan(0);
  expect(actions.filter(({ edit, kind }) => edit && kind === 'quickfix')).toEqual(fixes);
  expect(noted).toEqual([]);

  const [taken] = fixes[0]?.command.arguments ?? [];
  const ref = { uri: own.uri('serve.sh'), id: (taken as { workload: string }).workload };
  const { advice } = (await own.connection.sendRequest(adviceRequest, ref)) as AdviceResult;
  expect(advice.map((one) => one.taken)).toContainEqual(taken);
  for (const spoilt of [null, 'x', {}, { ...(taken as object), title: 5 }, { ...(taken as object), changes: 'x'.repeat(30_000) }])
    await own.connection.sendNotification(adviceTakenNotification, spoilt);
  const heard = new Promise<void>((resolve) => {
    done = resolve;
  });
  await own.connection.sendNotification(adviceTakenNotification, taken as object);
  await heard;
  expect(noted.map(([at]) => at)).toEqual([root]);
  const text = readFileSync(log, 'utf8');
  const { uri: _, ...kept } = taken as { uri: string };
  expect(JSON.parse(text.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ kind: 'advice-taken', data: { ...kept, modelVersion: 'v7' } });
  expect(verifyAudit(text)).toMatchObject({ ok: true, records: 2 });
});
test('a folder that keeps no log gets none by advice', async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'a'), '');
  await noteAdvice(folder, { tags: {} } as never, { id: 'a', workload: 'w', title: 't', changes: [] });
  expect(() => readFileSync(path.join(folder, '.mlcost/audit/log.jsonl'))).toThrow(/ENOENT/);
});

describe('where files are reached through the editor only', () => {
  const advice: TakenAdvice = { id: 'a', workload: 'w', title: 'Serve in FP8', changes: [] };
  const known = { tags: { model_version: 'v7' } } as unknown as MlcostSettings;
  const uri = `${root}/${auditFile}`;
  /** A workspace that has these files. */
  const place = (files: Record<string, string>, isWritable = true) => ({
    withFile: async <T>(at: string, use: (source: ReturnType<typeof fromBytes>) => Promise<T>) =>
      files[at] === undefined ? null : use(fromBytes(Buffer.from(files[at]))),
    writeFile: async (at: string, pieces: AsyncIterable<Uint8Array>) => {
      if (!isWritable) throw new Error('the file system reads only');
      const all: Uint8Array[] = [];
      for await (const piece of pieces) all.push(piece);
      files[at] = utf8(Buffer.concat(all));
    },
    now: () => Date.parse('2026-11-20T12:00:00Z'),
  });
  test('the log goes on, in one chain, also of two at once, and says that the commit is not known', async () => {
    await record(folder, 'import', { file: 'ä.csv' });
    const files = { [uri]: readFileSync(path.join(folder, auditFile), 'utf8') };
    const host = place(files);
    await Promise.all([noteAdviceIn(host, root, known, advice), noteAdviceIn(host, root, known, { ...advice, id: 'b' })]);
    expect(verifyAudit(files[uri] ?? '')).toMatchObject({ ok: true, records: 3 });
    expect(JSON.parse(files[uri]?.split('\n')[1] ?? '')).toMatchObject({
      kind: 'advice-taken',
      at: '2026-11-20T12:00:00.000Z',
      data: { ...advice, modelVersion: 'v7', commit: expect.stringContaining('unknown') },
    });
  });
  test('a record that was left half written is taken off, and that is said in the log', async () => {
    await record(folder, 'import', { file: 'a.csv' });
    const files = { [uri]: `${readFileSync(path.join(folder, auditFile), 'utf8')}{"seq":2,"at` };
    await noteAdviceIn(place(files), root, known, advice);
    expect(verifyAudit(files[uri] ?? '')).toMatchObject({ ok: true, records: 3 });
    expect(files[uri]).toContain('"kind":"repaired"');
  });
  test('a folder without a log gets none', async () => {
    const files: Record<string, string> = {};
    await noteAdviceIn(place(files), root, known, advice);
    expect(files).toEqual({});
  });
  test('a workspace that cannot be written to is said to the person', async () => {
    await record(folder, 'import', { file: 'a.csv' });
    const files = { [uri]: readFileSync(path.join(folder, auditFile), 'utf8') };
    const own = await Editor.start({
      files: { 'serve.sh': script, '.mlcost.yaml': settings },
      host: { noteAdvice: (at, now, taken) => noteAdviceIn(place(files, false), at, now, taken) },
    });
    editor = own;
    const shown = new Promise<string>((resolve) => own.connection.onNotification('window/showMessage', ({ message }: { message: string }) => resolve(message)));
    await own.connection.sendNotification(adviceTakenNotification, { uri: own.uri('serve.sh'), ...advice });
    expect(await shown).toBe('The audit log does not have that “Serve in FP8” was taken: the file system reads only');
  });
});
