import { expect, test } from 'vitest';
import type { CodeWorkload } from '../../../server/src/core/index.js';
import { CommitStates } from '../../../server/src/host/commit-states.js';
import type { Host } from '../../../server/src/host/host.js';

test('the code of a commit is read beside, told once, and never read again; one that is not there is not asked for again', async () => {
  const asked: string[][] = [];
  let finish: (found: ReadonlyMap<string, readonly CodeWorkload[]>) => void = () => {};
  const host = {
    codeAt: (_root: string, commits: readonly string[]) => {
      asked.push([...commits]);
      return new Promise<ReadonlyMap<string, readonly CodeWorkload[]>>((resolve) => {
        finish = resolve;
      });
    },
  } as unknown as Host;
  let told: () => void = () => {};
  const known = new Promise<void>((resolve) => {
    told = resolve;
  });
  const states = new CommitStates(
    host,
    () => told(),
    () => {},
  );
  expect([...states.at('r', ['a', 'b'])]).toEqual([
    ['a', 'reading'],
    ['b', 'reading'],
  ]);
  states.at('r', ['a', 'b']);
  finish(new Map([['a', []]]));
  await known;
  expect([...states.at('r', ['a', 'b'])]).toEqual([['a', []]]);
  expect(asked).toEqual([['a', 'b']]);
});
test('a repository that cannot be read is written down, and the rest is answered', async () => {
  const log: string[] = [];
  let told: () => void = () => {};
  const known = new Promise<void>((resolve) => {
    told = resolve;
  });
  const states = new CommitStates(
    { codeAt: () => Promise.reject(new Error('no git')) } as unknown as Host,
    () => told(),
    (line) => log.push(line),
  );
  states.at('r', ['a']);
  await known;
  expect([...states.at('r', ['a'])]).toEqual([]);
  expect(log.join()).toMatch(/no git/);
});
test('where no repository is reached, none is asked', () =>
  expect(
    new CommitStates(
      {} as Host,
      () => {},
      () => {},
    ).at('r', ['a']),
  ).toEqual(new Map()));
