/** A commit with the files that it changed. */
export interface CommitChanges {
  readonly oid: string;
  /** ISO time. */
  readonly at: string;
  readonly author: string;
  readonly subject: string;
  /** What stands at a path from then on; undefined: nothing that is a file. */
  readonly files: readonly (readonly [path: string, oid: string | undefined])[];
  readonly renamed: ReadonlyMap<string, string>;
}

/** What `git log -z --raw` is asked to print of a commit: a record that begins like no change does. */
export const commitFormat = '%x01%H%x09%cI%x09%an%x09%s';

/** The answer of `git log -z --raw`: a commit's record, then for each change `:<mode> <mode> <oid> <oid> <status>`, its path, and for a move the new path. */
export function readChanges(answer: string): CommitChanges[] {
  const commits: CommitChanges[] = [];
  let files: [string, string | undefined][] = [];
  let renamed = new Map<string, string>();
  const words = answer.split('\0');
  for (let at = 0; at < words.length; at++) {
    // between a commit and its changes git puts a line end, or an empty record
    const word = (words[at] ?? '').replace(/^\n/, '');
    if (word.startsWith('\u0001')) {
      const [oid = '', time = '', author = '', ...subject] = word.slice(1).split('\t');
      files = [];
      renamed = new Map();
      commits.push({ oid, at: time, author, subject: subject.join('\t'), files, renamed });
      continue;
    }
    const [, mode = '', oid = '', status] = /^:\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) ([A-Z])/.exec(word) ?? [];
    if (status === undefined) continue;
    const path = words[++at] ?? '';
    const isMove = status === 'R' || status === 'C';
    const target = isMove ? (words[++at] ?? '') : path;
    if (status === 'R') {
      files.push([path, undefined]);
      renamed.set(path, target);
    }
    files.push([target, mode.startsWith('100') ? oid : undefined]);
  }
  return commits;
}
