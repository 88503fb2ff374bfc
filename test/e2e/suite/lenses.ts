import { expect, test } from 'vitest';
import type { Ide } from '../ide.js';

/** Money that was never computed, or a value that leaked out of the program. */
export const nonsense = /\$0(?:\.0+)?(?![.\d])|NaN|undefined|\[object|Infinity/;

/** The lens of the sample's training once its launch script was read, which comes in the background: before, its GPUs are unknown. */
export const launched = /Llama-3\.1-8B · 8×H100 · .*GPU-h.*\$\d/;

/** What stands above a line, in each language that is read. */
export function lensTests(ide: () => Ide): void {
  test('a training in Python takes its accelerators, batch size and epochs from the launch script', async () => {
    await ide().open('train/finetune.py');
    const lens = await ide().lens(launched, 41);
    expect(lens.text).toMatch(/8×H100/);
    expect(lens.text).toMatch(/GPU-h/);
    await ide().screenshot('python');
  });
  test('a notebook has its lens in the cell', async () => {
    await ide().open('notebooks/qlora.ipynb');
    const lens = await ide().lens(/Llama-3\.1-8B.*\$\d/);
    expect(lens.text).toMatch(/1×L4/);
    await ide().screenshot('notebook');
  });
  test.each([
    ['an Axolotl run in YAML', 'configs/axolotl-mistral-lora.yaml', /Mistral-7B/, 1],
    ['a deployment on Kubernetes in YAML', 'deploy/vllm.yaml', /Llama-3\.1-70B.*\$\d.*\/mo/, undefined],
    ['a launch in a shell script', 'train/run.sh', /Llama-3\.1-8B.*8×H100.*\$\d/, undefined],
    ['a DeepSpeed configuration in JSON', 'train/ds_zero2.json', /\S/, 1],
    ['a call of a hosted model in Python', 'agent/triage.py', /gpt-4o-mini.*\$\d/, 14],
    ['a call of a hosted model in TypeScript', 'agent/answer.ts', /gpt-4o-mini.*\$\d/, 10],
  ])('%s has its lens', async (name, file, match, line) => {
    await ide().open(file);
    const lens = await ide().lens(match, line);
    expect(lens.text).not.toMatch(nonsense);
    await ide().screenshot(name.replaceAll(' ', '-'));
  });
  test('what the code does not say is named, and is never nothing', async () => {
    await ide().open('half.py');
    const lens = await ide().lens(/Llama-3\.1-8B/, 7);
    expect(lens.text).toMatch(/unknown/);
    expect(lens.text).not.toMatch(nonsense);
    await ide().screenshot('unknowns');
  });
}

/** Lenses follow the text while it is typed, before it is saved. */
export function editTests(ide: () => Ide): void {
  test.each<[string, string, number, string, string, number | undefined, RegExp?]>([
    ['batch size', 'train/finetune.py', 32, 'args.batch_size', '16', 41, launched],
    ['precision', 'configs/axolotl-mistral-lora.yaml', 3, 'load_in_4bit: false', 'load_in_4bit: true', 1],
    ['epochs', 'configs/axolotl-mistral-lora.yaml', 18, 'num_epochs: 2', 'max_steps: 500', 1],
    ['model', 'agent/triage.py', 6, 'gpt-4o-mini', 'gpt-4o', 14],
    ['output limit', 'agent/answer.ts', 14, 'maxOutputTokens: 400', 'maxOutputTokens: 900', 10],
    ['number of accelerators', 'train/run.sh', 10, '--nproc_per_node 8', '--nproc_per_node 4', undefined],
  ])('another %s changes the lens', async (_what, file, line, from, to, lensLine, settled = /\S/) => {
    await ide().open(file);
    const at = (lens: { line: number }) => lensLine === undefined || lens.line === lensLine;
    const before = await ide().lens(settled, lensLine);
    await ide().retype(line, from, to);
    const after = await ide().until(`a lens other than “${before.text}”`, async () =>
      (await ide().costs()).find((lens) => at(lens) && lens.text !== before.text),
    );
    expect(after.text).not.toMatch(nonsense);
    await ide().revert();
    await ide().until('the first lens again', async () => (await ide().lenses()).some((lens) => at(lens) && lens.text === before.text));
  });
  test('an unsaved launch script changes the lens of the program it launches', async () => {
    await ide().open('train/finetune.py');
    const before = await ide().lens(launched, 41);
    await ide().open('train/run.sh');
    await ide().retype(12, '--epochs 2', '--epochs 6');
    await ide().open('train/finetune.py');
    const after = await ide().until('the lens of three times as many epochs', async () =>
      (await ide().costs()).find(({ line, text }) => line === 41 && text !== before.text),
    );
    expect(after.text).toMatch(/8×H100.*\$\d/);
    await ide().open('train/run.sh');
    await ide().revert();
  });
  test('lenses do not jump while a comment is typed', async () => {
    await ide().open('agent/triage.py');
    await ide().lens(/gpt-4o-mini/, 14);
    const counts = await ide().countLensesWhile(async () => {
      await ide().goTo(1, 2);
      await ide().page.keyboard.type(' what this file does, in a few words');
    });
    // VS Code itself takes lenses away for a moment when it draws new ones
    expect(counts.filter((count) => count > 0)).toEqual(counts.filter((count) => count > 0).map(() => counts[0]));
    await ide().revert();
  });
}
