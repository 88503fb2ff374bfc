import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../support/servers.js';
import { Ide } from './ide.js';
import { blameTests } from './suite/blame.js';
import { commentTest } from './suite/comment.js';
import { editTests, lensTests } from './suite/lenses.js';
import { modelFileTests } from './suite/model-file.js';
import { panelTests } from './suite/panel.js';
import { restTests } from './suite/rest.js';
import { savingTests } from './suite/savings.js';
import { spendTests } from './suite/spend.js';
import { settingTests, viewTests } from './suite/views.js';
import { whatIfTests } from './suite/what-if.js';

let ide: Ide;
beforeAll(async () => {
  ide = await Ide.start('node', 'plain.py');
});
afterAll(() => ide?.stop());

describe('in the Node host', () => {
  restTests(() => ide);
  lensTests(() => ide);
  editTests(() => ide);
  viewTests(() => ide);
  settingTests(() => ide);
  savingTests(() => ide);
  panelTests(() => ide);
  whatIfTests(() => ide);
  spendTests(() => ide);
  modelFileTests(() => ide);
  blameTests(() => ide);
  commentTest(() => ide);
  test('a source of spend is read from the lens above it, into the ledger', async () => {
    await using server = await serve((_, response) => response.end('{"status":"success","data":{"resultType":"matrix","result":[]}}'));
    const folder = String(ide.host.root);
    const file = path.join(folder, '.mlcost.yaml');
    const before = readFileSync(file, 'utf8');
    const source = `    - { name: cluster, kind: prometheus, url: "${server.url}", counts: false, read: [gpu] }`;
    writeFileSync(file, before.replace(/^spend:$/m, `spend:\n  sources:\n${source}`));
    try {
      await ide.open('.mlcost.yaml');
      await ide.page.keyboard.press('Control+Home'); // where an earlier test left it, the lens is out of view
      await ide.lens(/^Prometheus: never read/);
      const { page } = ide;
      await page
        .locator('.codelens-decoration a', { hasText: /never read/ })
        .first()
        .click();
      const row = page.locator('.quick-input-list .monaco-list-row', { hasText: 'Read now' }).first();
      await row.waitFor({ state: 'visible' });
      await row.click();
      await ide.lens(/^Prometheus: read less than a minute ago/);
      await ide.screenshot('spend-source');
      expect(readFileSync(path.join(folder, '.mlcost/ledger/manifest.json'), 'utf8')).toContain('"cluster"');
    } finally {
      writeFileSync(file, before);
      for (const one of ['ledger', 'sources', 'audit']) rmSync(path.join(folder, '.mlcost', one), { recursive: true, force: true });
    }
  });
  test('a killed server is started again', async () => {
    await ide.open('agent/triage.py');
    await ide.lens(/gpt-4o-mini/, 14);
    const [old] = ide.servers();
    process.kill(old as number, 'SIGKILL');
    const [now] = await ide.until('another server', async () => ide.servers().some((pid) => pid !== old) && ide.servers());
    expect(now).not.toBe(old);
    await ide.retype(6, 'gpt-4o-mini', 'gpt-4.1-mini');
    await ide.lens(/gpt-4\.1-mini.*\$\d/, 14);
    await ide.revert();
  });
});
