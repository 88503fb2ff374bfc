import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Ide } from '../ide.js';

/** A launch that says the batch and a script that says the rest of the step: one advice, edits in both. */
const launch = (script: string): string => `#!/bin/bash\n#SBATCH --gres=gpu:h100:8\ntorchrun --nproc_per_node 8 ${script} --batch-size 1\n`;
const script = (batch: string): string => `import argparse
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments

parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=2)
options = parser.parse_args()
model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen2.5-0.5B")
args = TrainingArguments(
    output_dir="out",
    per_device_train_batch_size=${batch},
    gradient_accumulation_steps=8,  # small steps
    max_steps=1000,
    bf16=True,
)
Trainer(model=model, args=args, train_dataset=data).train()
`;

/** What makes a workload cheaper: seen above it, chosen from a list, made as an edit. */
export function savingTests(ide: () => Ide): void {
  test('a second lens says what makes it cheaper, and its list makes the edit', async () => {
    await ide().open('serve.sh');
    await ide().lens(/^−\d+ %: .*FP8/, 4);
    const { page } = ide();
    await page
      .locator('.codelens-decoration a', { hasText: /^−\d+ %/ })
      .first()
      .click();
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: /%: FP8 weights ?(?!\+)/ }).first();
    await row.waitFor({ state: 'visible' });
    expect(await row.textContent()).toMatch(/low quality risk/);
    await ide().screenshot('savings');
    await row.click();
    await ide().until('the flag in the command', async () => /--quantization fp8/.test(`${await ide().lineText(6)} ${await ide().lineText(7)}`));
    await ide().until('no more of it in the lens', async () => !(await ide().lenses()).some(({ text }) => /FP8 weights/.test(text)));
    await ide().revert();
  });
  test('the light bulb offers each edit with what it saves, and makes the one that is chosen', async () => {
    await ide().open('serve.sh');
    await ide().lens(/^−\d+ %: .*FP8/, 4);
    await ide().goTo(4);
    const { page } = ide();
    const offered = page.locator('.action-widget .monaco-list-row', { hasText: /^−\d+ %: FP8 weights \(.*low quality risk/ }).first();
    // The menu is of the moment: before the server has answered it is empty.
    await ide().until('the menu of the light bulb', async () => {
      await page.keyboard.press('Control+.');
      return offered.waitFor({ state: 'visible', timeout: 5000 }).then(
        () => true,
        () => page.keyboard.press('Escape').then(() => false),
      );
    });
    await ide().screenshot('light-bulb');
    await offered.click();
    await ide().until('the flag in the command', async () => /--quantization fp8/.test(`${await ide().lineText(6)} ${await ide().lineText(7)}`));
    await ide().revert();
  });
  const write = (name: string, text: string): void => {
    mkdirSync(path.join(ide().host.root, 'two'), { recursive: true });
    writeFileSync(path.join(ide().host.root, 'two', name), text);
  };
  const microBatch = async () => {
    await ide().lens(/^−\d+ %: /, 3);
    await ide()
      .page.locator('.codelens-decoration a', { hasText: /^−\d+ %/ })
      .first()
      .click();
    const row = ide()
      .page.locator('.quick-input-list .monaco-list-row', { hasText: /%: micro-batch 2 × 4 ?(?!\+)/ })
      .first();
    await row.waitFor({ state: 'visible' });
    return row;
  };
  test('an edit of two files is one: one undo takes it back in both', async () => {
    write('tune.py', script('options.batch_size'));
    write('tune.sh', launch('tune.py'));
    await ide().open('two/tune.sh');
    await (await microBatch()).click();
    await ide().until('the batch in the launch', async () => /--batch-size 2/.test(await ide().lineText(3)));
    await ide().open('two/tune.py');
    await ide().until('the passes in the script', async () => /=4, {2}# small steps/.test(await ide().lineText(11)));
    await ide().screenshot('savings-two-files');
    await ide().open('two/tune.sh');
    await ide().goTo(3);
    await ide().page.keyboard.press('Control+Z');
    await ide().until('the launch as it was', async () => /--batch-size 1/.test(await ide().lineText(3)));
    await ide().open('two/tune.py');
    await ide().until('the script as it was', async () => /=8, {2}# small steps/.test(await ide().lineText(11)));
    expect(readFileSync(path.join(ide().host.root, 'two/tune.py'), 'utf8')).toBe(script('options.batch_size'));
  });
  test('nothing is written where one of the files changed while the list was open', async () => {
    write('other.py', script('options.batch_size'));
    write('other.sh', launch('other.py'));
    await ide().open('two/other.sh');
    const row = await microBatch();
    write('other.py', script('4').replace('=8,', '=16,'));
    await row.click();
    const message = ide().page.locator('.notification-toast', { hasText: /^.*Nothing was changed: the files are no longer those/ });
    await message.waitFor({ state: 'visible' });
    expect(await ide().lineText(3)).toMatch(/--batch-size 1/);
    expect(await ide().page.locator('.tab.dirty').count()).toBe(0);
    await ide().run('Notifications: Clear All Notifications');
  });
}
