import { expect, test } from 'vitest';
import type { Ide } from '../ide.js';

/** First of all: a file without ML work starts nothing. */
export function restTests(ide: () => Ide): void {
  test('nothing runs for a file without machine learning', async () => {
    await ide().until('the extension activated', async () => ide().activated());
    expect(await ide().lenses()).toEqual([]);
    expect(ide().serverStarted()).toBe(false);
    await ide().screenshot('plain-file');
  });
  test('the server starts with the first file that has a marker', async () => {
    await ide().open('agent/triage.py');
    await ide().lens(/gpt-4o-mini.*\$\d/, 14);
    expect(ide().serverStarted()).toBe(true);
  });
}
