import { expect, test } from 'vitest';
import type { Ide } from '../ide.js';
import { launched, nonsense } from './lenses.js';

/** Hovers, panels, trees, commands and settings: all that is not a lens. */
export function viewTests(ide: () => Ide): void {
  test('a hover breaks the estimate down, with links to where each input stands', async () => {
    await ide().open('train/finetune.py');
    await ide().lens(launched, 41);
    const { text, links } = await ide().hover(41, 'Trainer');
    await ide().screenshot('hover');
    expect(text).toMatch(/\$\d/);
    expect(text).toMatch(/H100/);
    expect(text).not.toMatch(nonsense);
    // the model is named in settings.py, the batch size in run.sh
    expect(links.some((link) => /settings\.py/.test(link))).toBe(true);
    expect(links.some((link) => /run\.sh/.test(link))).toBe(true);
  });
  test('the status bar has the cost of the open file', async () => {
    await ide().open('agent/triage.py');
    await ide().lens(/gpt-4o-mini/);
    const text = await ide().status(/ML Cost|\$\d/);
    expect(text).not.toMatch(nonsense);
  });
  test('the side bar has a tree of the workloads with totals', async () => {
    await ide().run('ML Cost Lens: Estimate Workspace');
    const rows = await ide().tree('ML Cost Lens', /Total.*\$\d/, /finetune\.py/, /triage\.py/, /vllm\.yaml/);
    await ide().screenshot('tree');
    expect(rows.join('\n')).not.toMatch(nonsense);
  });
  test('a measured run stands beside the estimate, and says on what it ran', async () => {
    await ide().open('measured/train.py');
    const lens = await ide().lens(/measured 1 run: 1\.4 h/, 5);
    expect(lens.text).not.toMatch(nonsense);
    await ide().lens(/8×H100/, 5);
    await ide().screenshot('measured-run');
  });
  test('a command reports the open file', async () => {
    await ide().open('train/finetune.py');
    await ide().lens(/Llama-3\.1-8B.*\$\d/, 41);
    await ide().run('ML Cost Lens: Estimate This File');
    const text = await ide().document(/Llama-3\.1-8B[\s\S]*\$\d/);
    await ide().screenshot('estimate-file');
    expect(text).not.toMatch(nonsense);
  });
  test('a mistake in .mlcost.yaml is a problem at its line', async () => {
    await ide().open('.mlcost.yaml');
    await ide().retype(2, 'provider: aws', 'provder: aws');
    const problem = await ide().problem(/provder/);
    expect(problem).toMatch(/Ln 2/);
    await ide().screenshot('mlcost-yaml-problem');
    await ide().revert();
    await ide().until('no problem', async () => !(await ide().problems()).some((text) => /provder/.test(text)));
  });
  test('what does not fit is a problem', async () => {
    await ide().open('too-big.yaml');
    const lens = await ide().lens(/Llama-3\.1-70B/);
    expect(lens.text).toMatch(/GiB|fit/);
    await ide().problem(/fit|memory/i);
    await ide().screenshot('does-not-fit');
  });
}

/** Settings are taken up while the editor runs. */
export function settingTests(ide: () => Ide): void {
  test('inlay hints show the defaults in force, once asked for', async () => {
    await ide().open('half.py');
    await ide().lens(/Llama/, 7);
    expect(await ide().lineText(8)).toBe('trainer.train()');
    await ide().settings({ 'mlCostLens.inlayHints.defaults': true });
    await ide().open('half.py');
    await ide().until('a hint behind the workload', async () => /trainer\.train\(\)\s*\w+\s*=\s*\S+/.test(await ide().lineText(8)));
    await ide().screenshot('inlay-hints');
    await ide().settings({});
    await ide().open('half.py');
    await ide().until('no hint', async () => (await ide().lineText(8)) === 'trainer.train()');
  });
  test('costs stand at the end of the line for people who dislike lenses, and nowhere when switched off', async () => {
    await ide().open('agent/triage.py');
    await ide().lens(/gpt-4o-mini/, 14);
    await ide().settings({ 'mlCostLens.display': 'lineEnd' });
    await ide().open('agent/triage.py');
    await ide().until('a cost at the end of line 14', async () => /\$\d/.test(await ide().lineText(14)));
    await ide().until('no lens', async () => (await ide().lenses()).length === 0);
    await ide().screenshot('line-end');
    await ide().settings({ 'mlCostLens.display': 'off' });
    await ide().open('agent/triage.py');
    await ide().until('nothing at line 14', async () => !/\$\d/.test(await ide().lineText(14)));
    await ide().settings({});
    await ide().open('agent/triage.py');
    await ide().lens(/gpt-4o-mini/, 14);
  });
}
