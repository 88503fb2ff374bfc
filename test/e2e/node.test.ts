import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Ide } from './ide.js';
import { blameTests } from './suite/blame.js';
import { editTests, lensTests } from './suite/lenses.js';
import { modelFileTests } from './suite/model-file.js';
import { panelTests } from './suite/panel.js';
import { restTests } from './suite/rest.js';
import { savingTests } from './suite/savings.js';
import { spendTests } from './suite/spend.js';
import { settingTests, viewTests } from './suite/views.js';

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
  spendTests(() => ide);
  modelFileTests(() => ide);
  blameTests(() => ide);
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
