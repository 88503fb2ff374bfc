import { expect, test } from 'vitest';
import type { Ide } from '../ide.js';

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
}
