import { expect, test } from 'vitest';
import { readChanges } from '../../../server/src/node/git-log.js';

const oid = (letter: string): string => letter.repeat(40);
const head = (letter: string, subject: string): string => `\u0001${oid(letter)}\t2026-01-0${'abc'.indexOf(letter) + 1}T00:00:00Z\tAna B\t${subject}`;
const change = (status: string, to: string, mode = '100644'): string => `:100644 ${mode} ${oid('0')} ${oid(to)} ${status}`;

test('each commit has its changes: written, moved, gone, no longer a file', () => {
  const answer = [
    head('a', 'one\twith a tab'),
    `\n${change('A', '1')}`,
    'new\nline.py',
    change('M', '2'),
    'b.py',
    head('b', 'nothing changed'),
    head('c', ':100644 is a subject'),
    '',
    change('R100', '3'),
    'b.py',
    'dir/b.py',
    change('D', '0', '000000'),
    'gone.py',
    change('T', '4', '120000'),
    'link.py',
    '',
  ].join('\0');
  const [one, two, three] = readChanges(answer);
  expect(one).toMatchObject({ oid: oid('a'), at: '2026-01-01T00:00:00Z', author: 'Ana B', subject: 'one\twith a tab' });
  expect(one?.files).toEqual([
    ['new\nline.py', oid('1')],
    ['b.py', oid('2')],
  ]);
  expect(two?.files).toEqual([]);
  expect(three?.files).toEqual([
    ['b.py', undefined],
    ['dir/b.py', oid('3')],
    ['gone.py', undefined],
    ['link.py', undefined],
  ]);
  expect([...(three?.renamed ?? [])]).toEqual([['b.py', 'dir/b.py']]);
});
test('no answer has no commits', () => expect(readChanges('')).toEqual([]));
