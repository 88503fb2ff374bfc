import { dayOfSeconds } from '../core/index.js';
import type { LineCommit } from '../host/host.js';

/** The answer of `git blame --porcelain`: for each line `<commit> <line there> <line here> [<lines>]`, at a commit's first line what it is, then a tab and the line.
 * A line that no commit has comes from the commit of zeros. */
export function readBlame(porcelain: string): (LineCommit | undefined)[] {
  const commits = new Map<string, { date: string; author: string; subject: string }>();
  const lines: (LineCommit | undefined)[] = [];
  let at: { oid: string; line: number } | undefined;
  for (const row of porcelain.split('\n')) {
    if (row.startsWith('\t')) {
      const known = at && commits.get(at.oid);
      if (at && known && !/^0+$/.test(at.oid)) lines[at.line - 1] = { oid: at.oid, ...known };
      else if (at) lines[at.line - 1] = undefined;
      at = undefined;
      continue;
    }
    if (!at) {
      const [, oid, line] = /^([0-9a-f]{40,64}) \d+ (\d+)/.exec(row) ?? [];
      if (oid === undefined) continue;
      at = { oid, line: Number(line) };
      if (!commits.has(oid)) commits.set(oid, { date: '', author: '', subject: '' });
      continue;
    }
    const [, key, value = ''] = /^([\w-]+) ?(.*)$/s.exec(row) ?? [];
    const commit = commits.get(at.oid);
    if (!commit) continue;
    if (key === 'author') commit.author = value;
    else if (key === 'author-time') commit.date = dayOfSeconds(Number(value));
    else if (key === 'summary') commit.subject = value;
  }
  return lines;
}
