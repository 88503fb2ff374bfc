import { afterAll, beforeAll, describe } from 'vitest';
import { Ide } from './ide.js';
import { blameTests } from './suite/blame.js';
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
  ide = await Ide.start('web', 'plain.py');
});
afterAll(() => ide?.stop());

describe('in the web worker host, on a virtual workspace', () => {
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
});
