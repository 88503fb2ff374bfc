import { expect, test } from 'vitest';
import { BackgroundIndex } from '../../../server/src/lsp/background-index.js';
import type { Session } from '../../../server/src/lsp/context.js';

const root = 'file:///w';
/** An index of a workspace folder, with what it read so far. */
async function indexed(files: readonly string[], indexMaxFiles: number) {
  const read: string[][] = [];
  let told = 0;
  const session = {
    settings: { indexMaxFiles },
    host: { pause: async () => {}, delay: () => new Promise(() => {}), listFiles: async () => files.map((file) => `${root}/${file}`) },
    reports: { all: () => [] },
    engine: {
      roots: [root],
      rootOf: () => root,
      loadRuns: async () => false,
      index: async (uris: readonly string[]) => {
        read.push(uris.map((uri) => uri.slice(root.length + 1)));
        return uris.length;
      },
    },
    invalidate: () => {},
    log: (message: string) => {
      throw new Error(message);
    },
  };
  const index = new BackgroundIndex(session as unknown as Session, () => {
    told++;
  });
  index.start(`${root}/train.py`);
  await expect.poll(() => read.length).toBe(1);
  const again = (...names: string[]): void => index.reread(names.map((name) => `${root}/${name}`));
  return { read, again, told: () => told };
}

test('a file that was read is read again, and what rests on it is told', async () => {
  const { read, again, told } = await indexed(['launch.sh', 'config.yaml'], 10);
  again('launch.sh');
  await expect.poll(told).toBe(1);
  expect(read.slice(1)).toEqual([['launch.sh']]);
});
test('a file that comes to be is read while there is room for it', async () => {
  const { read, again } = await indexed(['launch.sh'], 2);
  again('second.sh', 'third.sh');
  again('third.sh', 'launch.sh');
  expect(read.slice(1)).toEqual([['second.sh'], ['launch.sh']]);
});
test.each(['notebook.ipynb', 'page.ts', 'picture.png'])('%s launches nothing: it is not read', async (name) => {
  const { read, again } = await indexed(['launch.sh'], 10);
  again(name);
  expect(read).toHaveLength(1);
});
