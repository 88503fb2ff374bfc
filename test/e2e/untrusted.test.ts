import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve } from '../support/servers.js';
import { Ide } from './ide.js';

// Restricted Mode: what the folder says is read, nothing of it is run.
let ide: Ide;
beforeAll(async () => {
  ide = await Ide.start('node', 'agent/triage.py', {
    trust: false,
    settings: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'always' },
  });
});
afterAll(() => ide?.stop());

test('lenses work in a folder that is not trusted', async () => {
  await ide.status(/Restricted Mode/);
  await ide.lens(/gpt-4o-mini.*\$\d/, 14);
  await ide.screenshot('untrusted');
  await ide.open('train/finetune.py');
  expect((await ide.lens(/Llama-3\.1-8B/, 41)).text).toMatch(/\$\d/);
});

test('a source of spend that this folder names is not asked, and it is said why', async () => {
  let asked = 0;
  await using server = await serve((_, response) => {
    asked++;
    response.end('{}');
  });
  const file = path.join(String(ide.host.root), '.mlcost.yaml');
  const source = `    - { name: cluster, kind: prometheus, url: "${server.url}", counts: false, refresh_hours: 1 }`;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^spend:$/m, `spend:\n  sources:\n${source}`));
  await ide.open('.mlcost.yaml');
  await ide.lens(/^Prometheus: never read/);
  await ide.page
    .locator('.codelens-decoration a', { hasText: /never read/ })
    .first()
    .click();
  await ide.page.locator('.notification-toast', { hasText: 'only in a folder that you trust' }).first().waitFor({ state: 'visible' });
  expect(asked).toBe(0);
});
