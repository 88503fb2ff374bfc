import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Ide } from '../ide.js';
import { launched, nonsense } from './lenses.js';

/** What stands behind lines without being part of their text. */
const marks = (ide: Ide): Promise<string[]> =>
  ide.page.evaluate(() =>
    [...document.querySelectorAll('.view-lines span')]
      .map((span) => getComputedStyle(span, '::after').content.replace(/^"|"$/g, ''))
      .filter((text) => text !== 'none' && text !== 'normal' && text !== ''),
  );

/** What lines cost. */
export function blameTests(ide: () => Ide): void {
  test('what each line costs stands behind it, and goes with an edit', async () => {
    const isNode = ide().kind === 'node';
    const git = (...args: string[]) => execFileSync('git', ['-c', 'user.email=a@example.org', '-c', 'user.name=Ana', ...args], { cwd: ide().host.root });
    if (isNode) {
      git('init', '-q', '-b', 'main');
      git('add', 'train');
      git('commit', '-qm', 'one');
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
    await ide().goTo(1, 1);
    await ide().page.keyboard.type('#');
    await ide().until('no marks', async () => (await marks(ide())).every((text) => !/decides the cost/.test(text)));
    await ide().revert();
    if (isNode) rmSync(path.join(ide().host.root, '.git'), { recursive: true, force: true });
  });
}
