import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { pythonFile } from '../../bench/inputs.js';
import type { Change } from '../../server/src/core/index.js';
import { WordIndex } from '../../server/src/core/syntax/python/words.js';
import { LineIndex } from '../../server/src/core/text/line-index.js';
import { Mentions } from '../../server/src/core/text/mentions.js';
import { Engine } from '../../server/src/host/engine.js';
import { memoryHost } from '../support/memory-host.js';
import { randomOf } from '../support/mutate.js';

type Random = (below: number) => number;
const sample = (name: string): string => readFileSync(path.resolve(import.meta.dirname, '../../samples/support-assistant', name), 'utf8');

/** What people do to a program: type in a word or number, take back, remove or repeat a line, add a statement, leave a bracket open. */
function edited(text: string, random: Random): Change {
  const at = random(text.length + 1);
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const next = text.indexOf('\n', at) + 1 || text.length;
  switch (random(7)) {
    case 0:
      return { start: at, oldEnd: Math.min(text.length, at + 1 + random(3)), text: '' };
    case 1:
      return { start, oldEnd: next, text: '' };
    case 2:
      return { start, oldEnd: start, text: text.slice(start, next) };
    case 3:
      return { start, oldEnd: start, text: ['MODEL = "gpt2"\n', 'BATCH = 4\r\n', 'import torch\n', '# note\n', 'model = None\n'][random(5)]! };
    case 4:
      return { start: at, oldEnd: at, text: ['(', '"', ')', '\r', ':', '    '][random(6)]! };
    default:
      return { start: at, oldEnd: at, text: String(random(10)) };
  }
}
const after = (text: string, { start, oldEnd, text: inserted }: Change): string => text.slice(0, start) + inserted + text.slice(oldEnd);

describe.each([
  ['a training', pythonFile(150)],
  ['a sample training', sample('train/finetune.py')],
])('%s while it is edited', (_name, original) => {
  test('is answered as if it were opened as it stands', async () => {
    const host = memoryHost({});
    const uri = 'file:///w/main.py';
    const live = new Engine(host);
    const fresh = new Engine(host);
    live.openText(uri, original);
    await live.report(uri);
    const random = randomOf(original.length);
    let text = original;
    let compared = 0;
    for (let n = 0; n < 120; n++) {
      // Mostly one edit after another, now and then back to the start: texts that stay broken say little.
      const changes = n % 6 === 5 ? [{ start: 0, oldEnd: text.length, text: original }] : [edited(text, random)];
      for (let more = random(3); more > 0 && n % 6 !== 5; more--) {
        const current = changes.reduce(after, text);
        changes.push(edited(current, random));
      }
      text = changes.reduce(after, text);
      live.change(uri, changes, text);
      fresh.openText(uri, text);
      const [a, b] = [await live.report(uri), await fresh.report(uri)];
      // A parser may recover from an error in another way when it starts from the tree before.
      if (!a.broken && !b.broken) {
        expect(a).toEqual(b);
        if (a.workloads.length > 0) compared++;
      }
      expect(startsOf(live.document(uri)!.lines)).toEqual(startsOf(fresh.document(uri)!.lines));
    }
    expect(compared).toBeGreaterThan(20);
  }, 120_000);
});

/** Short texts made of some letters, each with an edit and what it leads to. */
function* editsOf(letters: readonly string[], seed: number): Generator<{ before: string; change: Change; text: string }> {
  const random = randomOf(seed);
  const some = (length: number): string => Array.from({ length }, () => letters[random(letters.length)]).join('');
  for (let n = 0; n < 5000; n++) {
    const before = some(random(12));
    const start = random(before.length + 1);
    const change = { start, oldEnd: start + random(before.length - start + 1), text: some(random(4)) };
    yield { before, change, text: after(before, change) };
  }
}
const startsOf = (lines: LineIndex): number[] => Array.from({ length: lines.count }, (_, line) => lines.startOf(line));
test('lines follow any edit', () => {
  for (const { before, change, text } of editsOf(['a', '\n', '\r', '\r\n', 'bc'], 5))
    expect(startsOf(new LineIndex(before).edited(change, text))).toEqual(startsOf(new LineIndex(text)));
});
test('what a text mentions follows any edit', () => {
  const patterns = [/a/, /\bbc\b/, /a\s*\(/, /^b/m, /a[\s\S]*c/, /bc$/, /(?:a\s*,)+b/];
  for (const { before, change, text } of editsOf(['a', 'bc', ' ', '(', ',', '\n', '\r\n'], 8)) {
    const edited = new Mentions(before);
    for (const pattern of patterns) edited.has(pattern);
    edited.edit(change, text);
    for (const pattern of patterns) expect(edited.has(pattern), `${pattern} in ${JSON.stringify(text)}`).toBe(pattern.test(text));
  }
});
test('words follow any edit', () => {
  for (const { before, change, text } of editsOf(['a', 'bc', '1', ' ', '\u00a0', '(', '.', 'é', '\n'], 6)) {
    const edited = new WordIndex(before);
    edited.calledLike(/b/);
    edited.edit(change, text);
    const fresh = new WordIndex(text);
    expect(new Map(edited)).toEqual(new Map(fresh));
    for (const [word] of fresh) expect(edited.called(word)).toEqual(fresh.called(word));
    for (const pattern of [/b/, /^a/]) expect(edited.calledLike(pattern)).toEqual(fresh.calledLike(pattern));
  }
});
