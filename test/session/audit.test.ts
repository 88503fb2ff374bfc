import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { CodeAction } from 'vscode-languageserver/node';
import { verifyAudit } from '../../server/src/core/index.js';
import type { TakenAdvice } from '../../server/src/host/host.js';
import { record, sha256 } from '../../server/src/node/audit-log.js';
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
  expect(verifyAudit(text, sha256)).toMatchObject({ ok: true, records: 2 });
});
test('a folder that keeps no log gets none by advice', async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'a'), '');
  await noteAdvice(folder, { tags: {} } as never, { id: 'a', workload: 'w', title: 't', changes: [] });
  expect(() => readFileSync(path.join(folder, '.mlcost/audit/log.jsonl'))).toThrow(/ENOENT/);
});
