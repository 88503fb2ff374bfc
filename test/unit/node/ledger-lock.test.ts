import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { locked } from '../../../server/src/node/ledger-lock.js';

test('what processes left that were killed as they took the lock goes; that of living ones and of other machines stays', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mlcost-lock-'));
  try {
    const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
    const here = encodeURIComponent(os.hostname());
    const stay = [`draft-${process.pid}-${here}-b`, `draft-${dead}-elsewhere-c`];
    for (const name of [`draft-${dead}-${here}-a`, ...stay]) writeFileSync(path.join(folder, name), '');
    const held = await locked(folder, async () => readdirSync(folder).filter((name) => name.startsWith('draft-')));
    expect(held.sort()).toEqual(stay.sort());
    expect(readdirSync(folder).sort()).toEqual(stay.sort());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
