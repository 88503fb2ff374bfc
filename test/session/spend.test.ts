import { afterEach, describe, expect, test } from 'vitest';
import { decimal, zero } from '../../server/src/core/spend/decimal.js';
import { Dictionary } from '../../server/src/core/spend/dictionary.js';
import { dimensionNames } from '../../server/src/core/spend/dimensions.js';
import { rollUpLine } from '../../server/src/core/spend/roll-up.js';
import type { AlertsParams, AlertsResult, WorkloadsResult } from '../../server/src/protocol/protocol.js';
import type { SpendHead, SpendPanelResult, SpendTrouble, TreeLine } from '../../server/src/protocol/spend-panel.js';
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

describe('the spend panel', () => {
  const ask = (params: object = {}) => editor.connection.sendRequest('mlcost/spendPanel', { known: {}, ...params }) as Promise<SpendPanelResult & SpendTrouble>;
  const header = 'BilledCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,ResourceId,Tags\n';
  const rows = (count: number): string =>
    Array.from({ length: count }, (_, at) => {
      const day = `2026-09-${String(at + 1).padStart(2, '0')}`;
      return `10,USD,${day}T00:00:00Z,${day}T01:00:00Z,Usage,Compute,vm-1,"{""team"":""core"",""model_id"":""Llama-3.1-8B""}"\n`;
    }).join('');
  const yaml = `spend: { files: [spend/q3.csv] }\n${settings(1000)}`;
  test('reads exports that the settings name, and sends only what is new when they grow', async () => {
    editor = await Editor.start({ files: { 'train.py': script, '.mlcost.yaml': yaml, 'spend/q3.csv': header + rows(10) } });
    await editor.open('train.py');
    await editor.lenses('train.py');
    const first = await ask();
    expect(first.update.keys).toEqual(['head', 'tree', 'bars', 'anomalies', 'waste', 'units', 'variance', 'budget/core', 'budget/other']);
    expect(first.update.parts['budget/core']).toMatchObject({ spent: 100, from: '2026-09-01', days: Array.from({ length: 10 }, (_, at) => 10 * (at + 1)) });
    // a model of the bill leads to the code that names it
    const tree = first.update.parts['tree'] as readonly TreeLine[];
    expect(tree.find(({ level }) => level === 'model')).toMatchObject({
      label: 'Llama-3.1-8B',
      place: { uri: `${root}/train.py`, line: 3, label: 'train.py:4' },
    });
    expect((await ask({ known: first.update.stamps })).update.parts).toEqual({});

    const changed = new Promise<void>((resolve) => void editor.connection.onNotification('mlcost/spendChanged', () => resolve()));
    editor.files.set(`${root}/spend/q3.csv`, header + rows(11));
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: `${root}/spend/q3.csv`, type: 2 }] });
    await changed;
    const next = await ask({ known: first.update.stamps });
    expect(next.update.parts['budget/core']).toMatchObject({ spent: 110 });
    expect(Object.keys(next.update.parts)).not.toContain('waste');
  });
  test('answers another question', async () => {
    editor = await Editor.start({ files: { '.mlcost.yaml': yaml, 'spend/q3.csv': header + rows(10) } });
    const { update } = await ask({ query: { period: '2026-08', team: 'core', by: 'team', cost: 'billed' } });
    expect(update.parts['head']).toMatchObject({ period: 'August 2026', query: { team: 'core', by: 'team' } });
    expect(update.keys).toContain('budget/core');
    expect(update.keys).not.toContain('budget/other');
    // what no one could ask for is asked as at first
    expect((await ask({ query: { period: 5, team: {}, by: 'constructor', cost: 'x' } })).update.parts['head']).toMatchObject({
      query: { team: null, by: 'category', cost: 'billed' },
    });
  });
  test('says what is wrong with a ledger, and what a workspace without a disk does not do', async () => {
    editor = await Editor.start({ files: { '.mlcost.yaml': yaml, '.mlcost/ledger/manifest.json': '{' } });
    expect((await ask()).trouble).toMatch(/manifest\.json is none that this version reads/);
    await editor.stop();
    editor = await Editor.start({ files: { '.mlcost.yaml': yaml } });
    const { notes, sources } = (await ask()).update.parts['head'] as SpendHead;
    expect(sources).toEqual([{ name: 'spend/q3.csv', detail: expect.stringMatching(/not there/) as unknown as string, state: 'trouble' }]);
    expect(notes.join()).toMatch(/not on a disk of this machine/);
  });
});
test('somebody is told of a crossing once, again when they want to be reminded, and not of a budget that they muted', async () => {
  const spent = 10 * Number(new Date().toISOString().slice(8, 10));
  editor = await Editor.start({ files: { 'train.py': script, '.mlcost.yaml': settings(spent), ...ledger('core', '10') } });
  await editor.open('train.py');
  const ask = (memory: string, snooze?: AlertsParams['snooze']) =>
    editor.connection.sendRequest('mlcost/alerts', { memory, ...(snooze ? { snooze } : {}) } satisfies AlertsParams) as Promise<AlertsResult>;
  const first = await ask('');
  expect(first.alerts.map(({ budget, severity, title }) => [budget, severity, title])).toEqual([['core', 'over', 'Budget core is used up']]);
  expect((await ask(first.memory)).alerts).toEqual([]);
  const about = first.alerts[0]?.about ?? '';
  const later = await ask(first.memory, { about, hours: 24, again: true });
  expect(later.alerts).toEqual([]);
  expect((await ask(later.memory, { about, hours: -1, again: true })).alerts).toHaveLength(1);
  expect((await ask('', { about, hours: 9600, again: false })).alerts).toEqual([]);
});
