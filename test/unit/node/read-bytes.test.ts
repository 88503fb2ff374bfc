import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAside, readBytes, readNow } from '../../../server/src/node/read-bytes.js';

const folder = mkdtempSync(path.join(tmpdir(), 'mlcost-read-'));
beforeAll(() => {
  writeFileSync(path.join(folder, 'text'), 'some text');
  writeFileSync(path.join(folder, 'empty'), '');
  writeFileSync(path.join(folder, 'large'), Buffer.alloc(300_000, 7));
  if (process.platform !== 'win32') spawnSync('mkfifo', [path.join(folder, 'pipe')]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The bytes themselves hold only until the next file is read. */
const copy = (bytes: Buffer): Buffer => Buffer.from(bytes);

describe.each([
  ['at once', async (file: string, limit: number) => readNow(file, limit, copy)],
  ['in another thread', (file: string, limit: number) => readAside(file, limit, copy)],
  ['as it was fast before', (file: string, limit: number) => readBytes(file, limit, copy)],
])('bytes read %s', (_, read) => {
  test.each([
    ['text', 100, Buffer.from('some text')],
    ['text', 5, 9],
    ['empty', 100, Buffer.alloc(0)],
    ['large', 300_000, Buffer.alloc(300_000, 7)],
    ['none', 100, null],
    ['.', 100, null],
    ['pipe', 100, null],
  ])('of %s, at most %i', async (name, limit, found) => {
    expect(await read(path.join(folder, name), limit)).toEqual(found);
  });
});
