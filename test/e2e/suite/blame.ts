import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Ide } from '../ide.js';
import { launched, nonsense } from './lenses.js';
import { inEveryTheme } from './themes.js';

/** What stands behind lines without being part of their text. */
const marks = (ide: Ide): Promise<string[]> =>
  ide.page.evaluate(() =>
    [...document.querySelectorAll('.view-lines span')]
      .map((span) => getComputedStyle(span, '::after').content.replace(/^"|"$/g, ''))
      .filter((text) => text !== 'none' && text !== 'normal' && text !== ''),
  );

/** What lines cost. */
export function blameTests(ide: () => Ide): void {
  /** The panel of a workload with two commits. */
  const history = async (): Promise<void> => {
    const frame = await ide().view('#steps');
    const rows: string[] = await frame.locator('#steps tbody tr').allInnerTexts();
    expect(rows.map((row) => row.replace(/\s+/g, ' '))).toEqual([expect.stringMatching(/fewer samples/), expect.stringMatching(/new .*one/)]);
    expect(await frame.locator('#chart .change').count()).toBe(2);
    const walk = frame.locator('[role=slider]');
    await walk.focus();
    await walk.press('Home');
    await ide().until('the first commit', async () => / · one · \$/.test(await walk.getAttribute('aria-valuetext')));
    expect(await frame.locator('main').textContent()).not.toMatch(nonsense);
    await inEveryTheme(ide(), frame, (theme) => ide().screenshot(`history-${theme}`));
    await frame.locator('[data-save=csv]').click();
    await ide().page.locator('.quick-input-widget input[type="text"]').waitFor({ state: 'visible' });
    await ide().page.keyboard.press('Enter');
    await ide().until('a saved table', async () => /\.csv/.test(await frame.locator('#status').textContent()));
  };
  test('what each line costs stands behind it, and goes with an edit', async () => {
    const isNode = ide().kind === 'node';
    const git = (...args: string[]) => execFileSync('git', ['-c', 'user.email=a@example.org', '-c', 'user.name=Ana', ...args], { cwd: ide().host.root });
    if (isNode) {
      const file = path.join(ide().host.root, 'train/finetune.py');
      const text = readFileSync(file, 'utf8');
      git('init', '-q', '-b', 'main');
      writeFileSync(file, text.replace('range(48_000)', 'range(96_000)'));
      git('add', 'train', '.mlcost.yaml');
      git('commit', '-qm', 'one');
      writeFileSync(file, text);
      git('commit', '-qam', 'fewer samples');
    }
    await ide().open('train/finetune.py');
    await ide().lens(launched, 41);
    await ide().run('ML Cost Lens: What Each Line Costs');
    const seen = await ide().until('what a line costs', async () => {
      const all = await marks(ide());
      return all.some((text) => /\(\+\d+ %\)/.test(text)) && all;
    });
    await ide().screenshot('blame');
    expect(seen.join('\n')).not.toMatch(nonsense);
    expect(seen.join('\n')).toMatch(/decides the cost/);
    if (isNode) expect(seen.join('\n')).toMatch(/ · [0-9a-f]{9} Ana, \d{4}-\d\d-\d\d/);
    else expect(seen.join('\n')).not.toMatch(/Ana/);
    // The hover of a line leads to the history of the workload that it decides.
    await ide().hover(41, 'Trainer');
    await ide().page.locator('.monaco-hover:not(.hidden) a[data-href^="command:mlCostLens.history"]').first().click();
    if (isNode) await history();
    else expect(await (await ide().view('#trouble')).locator('#trouble').textContent()).toMatch(/The history is in git, and git and programs are not reached/);
    await ide().screenshot('history');
    await ide().open('train/finetune.py'); // the panel has the focus, and its frame keeps the keys
    await ide().goTo(1, 1);
    await ide().page.keyboard.type('#');
    await ide().until('no marks', async () => (await marks(ide())).every((text) => !/decides the cost/.test(text)));
    await ide().revert();
    if (isNode) rmSync(path.join(ide().host.root, '.git'), { recursive: true, force: true });
  });
}
