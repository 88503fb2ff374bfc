import { afterEach, expect, test } from 'vitest';
import { decimal, zero } from '../../server/src/core/spend/decimal.js';
import { Dictionary } from '../../server/src/core/spend/dictionary.js';
import { dimensionNames } from '../../server/src/core/spend/dimensions.js';
import { rollUpLine } from '../../server/src/core/spend/roll-up.js';
import type { WorkloadsResult } from '../../server/src/protocol/protocol.js';
import { Editor, root } from '../support/session.js';

let editor: Editor;
afterEach(() => editor?.stop());

/** A ledger in which a team spent some dollars on each day of this month until today. */
function ledger(team: string, dollars: string): Record<string, string> {
  const today = new Date().toISOString().slice(0, 10);
  const month = today.slice(0, 7);
  const dictionary = new Dictionary();
  const tuple = dictionary.id(dimensionNames.map((name) => ({ currency: 'USD', team })[name as 'team'] ?? ''));
  const rows = Array.from({ length: Number(today.slice(8)) }, (_, at) =>
    rollUpLine({ day: at + 1, tuple, billed: decimal(dollars) ?? zero, effective: zero, withoutEffective: 1, quantity: undefined, charges: 1 }),
  );
  const files = { dictionary: `${month}/d.json`, rollUp: `${month}/r.jsonl`, shards: {}, charges: rows.length, billed: {} };
  return {
    '.mlcost/ledger/manifest.json': JSON.stringify({ version: 1, imports: [], months: { [month]: files } }),
    [`.mlcost/ledger/${files.dictionary}`]: dictionary.text(),
    [`.mlcost/ledger/${files.rollUp}`]: rows.join(''),
  };
}
const script = `from transformers import AutoModelForCausalLM, Trainer, TrainingArguments
model = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B")
args = TrainingArguments(output_dir="out", per_device_train_batch_size=4, max_steps=1000, bf16=True)
trainer = Trainer(model=model, args=args)
`;
const settings = (amount: number): string =>
  `accelerator: {type: H100, count: 8}\nprovider: aws\nassumptions: {seq_len: 2048}\ntags: {team: core}\nbudgets:\n  - {team: core, amount: ${amount}}\n  - {team: other, amount: 5}\n`;
const status = async (wanted: RegExp) => editor.until(() => editor.status.some(({ text }) => wanted.test(text)));

test('the lens and the hover say what a run takes of what is left, the status bar how the budget stands', async () => {
  editor = await Editor.start({ files: { 'train.py': script, '.mlcost.yaml': settings(1_000_000), ...ledger('core', '10') } });
  await editor.open('train.py');
  expect(await editor.lensesWith('train.py', /left this month/)).toContainEqual(expect.stringMatching(/^4: \$\d+ of \$1M left this month · core$/));
  expect(await editor.hover('train.py', 'Trainer(')).toMatch(/\*\*Budget\*\* \\\$\d+ of \\\$1M left this month · core/);
  await editor.connection.sendNotification('mlcost/active', { uri: `${root}/train.py` });
  await status(/core 0 %( · forecast 0 %)?/);
  expect(editor.status.at(-1)?.tooltip).toMatch(/Budget core: \$\d+ of \$1M/);
  const { budgets } = (await editor.connection.sendRequest('mlcost/workloads', null)) as WorkloadsResult;
  expect(budgets.map(({ label }) => label).sort()).toEqual(['core', 'other']);
});
test('at equality nothing is left, and the worst budget comes first', async () => {
  const spent = 10 * Number(new Date().toISOString().slice(8, 10));
  editor = await Editor.start({ files: { 'train.py': script, '.mlcost.yaml': settings(spent), ...ledger('core', '10') } });
  await editor.open('train.py');
  expect(await editor.lensesWith('train.py', /left this month/)).toContainEqual('4: nothing left this month · core');
  await editor.connection.sendNotification('mlcost/active', { uri: `${root}/train.py` });
  await status(/core 100 %/);
  expect(editor.status.at(-1)?.state).toBe('warn');
});
test('a ledger that grows is read again', async () => {
  editor = await Editor.start({ files: { 'train.py': script, '.mlcost.yaml': settings(1_000_000) } });
  await editor.open('train.py');
  expect((await editor.lenses('train.py')).join()).not.toContain('left this month');
  for (const [name, text] of Object.entries(ledger('core', '10'))) editor.files.set(`${root}/${name}`, text);
  await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: `${root}/.mlcost/ledger/manifest.json`, type: 2 }] });
  expect(await editor.lensesWith('train.py', /left this month/)).toContainEqual(expect.stringContaining('of $1M left this month · core'));
});
