import { afterAll, beforeAll, expect, test } from 'vitest';
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
