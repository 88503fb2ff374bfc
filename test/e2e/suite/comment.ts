import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Ide } from '../ide.js';

const cli = path.resolve('dist/cli.js');
const call = (model: string, tokens: number): string =>
  `from openai import OpenAI\nOpenAI().chat.completions.create(\n    model="${model}",\n    messages=[],\n    max_tokens=${tokens},\n)\n`;

/** What `mlcost diff` writes of a change that breaks a rule, keeps one, and has one waived. */
function comment(): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'mlcost-comment-')));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.email=a@example.org', '-c', 'user.name=a', '-c', 'commit.gpgsign=false', ...args], { cwd: folder });
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  try {
    git('init', '-q');
    write(
      '.mlcost.yaml',
      `assumptions: { input_tokens: 500, calls_per_month: 1000 }
policy:
  - { max_tokens: 150, message: "ask ana | <b>first</b>" }
  - { max_steps: 5, always: true }
  - { max_increase_percent: 10 }
waivers:
  - { rule: max_increase_percent, reason: a trial, owner: ana, expires: 2999-01-01 }
`,
    );
    write('call.py', call('gpt-4o', 100));
    git('add', '-A');
    git('commit', '-qm', 'one');
    write('call.py', call('gpt-4o', 400));
    git('commit', '-qam', 'two');
    return spawnSync(process.execPath, [cli, 'diff', 'HEAD~1', 'HEAD', '--format', 'markdown'], { cwd: folder, encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function commentTest(ide: () => Ide): void {
  test('the comment on a change is drawn as tables, short first, the rest folded', async () => {
    const file = path.join(ide().host.root, 'comment.md');
    writeFileSync(file, comment());
    try {
      await ide().open('comment.md');
      await ide().run('Markdown: Open Preview');
      const frame = await ide().view('.markdown-body table, body table');
      await ide().screenshot('comment');
      const seen: { heads: string[]; cells: string[][]; folded: string[]; open: number; text: string } = await frame.evaluate(() => ({
        heads: [...document.querySelectorAll('h3')].map((one) => one.textContent ?? ''),
        cells: [...document.querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? '')),
        folded: [...document.querySelectorAll('details > summary')].map((one) => one.textContent ?? ''),
        open: document.querySelectorAll('details[open]').length,
        text: document.body.textContent ?? '',
      }));
      expect(seen.heads).toEqual([expect.stringMatching(/^ML cost: at most \+\$/), expect.stringMatching(/^ML cost policy: .*1 blocking, 1 waived/)]);
      expect(seen.cells[0]).toEqual([
        'gpt-4ocall.py:2',
        expect.stringMatching(/^at most \$/),
        expect.stringMatching(/^at most \$/),
        expect.any(String),
        expect.stringMatching(/output limit 100 → 400/),
      ]);
      // a bar in a message parts no cell, and a tag in it is text
      expect(seen.cells).toContainEqual(['blocks', 'call.py:5', expect.stringContaining('ask ana | <b>first</b>'), 'max_tokens']);
      expect(seen.folded).toEqual(['Totals', '1 waived']);
      expect(seen.open).toBe(0);
      expect(seen.text).not.toMatch(/\\|ml-cost-lens|\| ---/);
      await ide().page.keyboard.press('Control+F4');
    } finally {
      rmSync(file, { force: true });
    }
  });
}
