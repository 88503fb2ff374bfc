import { describe, expect, test } from 'vitest';
import { markedBy } from '../../server/src/core/recognise/marked.js';
import { linesAround, linesCrossed } from '../../server/src/core/text/around-edit.js';
import type { Change } from '../../server/src/core/text/document.js';
import { randomOf } from '../support/mutate.js';

describe('how far a pattern reaches', () => {
  test.each([
    [/\bopenai\b/, 0],
    [/^[ \t]*!\w/m, 0],
    [/Trainer\s*\(/, 1],
    [/^kind[ \t]*:\s*["']?Job\b\s/m, 2],
    [/\bray\b[\s\S]*Trainer/, undefined],
    [/^from/, undefined],
    [/a[^b]*c/, undefined],
    [/(?:a\s*,)+b/, undefined],
    [/a\W+b/, undefined],
  ])('%s', (pattern, lines) => {
    expect(linesCrossed(pattern)).toBe(lines);
  });
  test('blank lines count for none', () => {
    const text = 'a\nTrainer\n\n \n(x)\nb\n';
    const change: Change = { start: text.indexOf('('), oldEnd: text.indexOf('('), text: '(' };
    expect(linesAround(text, change, 0)).toBe('(x)\n');
    expect(linesAround(text, change, 1)).toBe('Trainer\n\n \n(x)\nb\n');
  });
});

describe('markers after an edit are those of the text as it stands', () => {
  const languages = {
    python: [
      'import ',
      'openai',
      'Trainer',
      '(',
      '.',
      'backward',
      'keras',
      'fit',
      'ray',
      '\n',
      '\n\n',
      ' ',
      'from ',
      'agents',
      'class Config',
      'x = 1',
      '\r\n',
    ],
    yaml: ['kind', ':', ' ', '\n', 'RayJob', 'resources', '  gpus: 1', 'services', 'runs-on', 'gpu', 'type: ', 'trainer', 'x: 1', '- a'],
    shell: ['torchrun', ' ', '\n', '#SBATCH', ' --x', 'vllm serve', 'python', ' train.py', 'echo', '\\\n'],
    json: ['{', '"', '"learning_rate"', '"hidden_size"', ':', ':', '"train_batch', ' ', '\n', '_size"', '}', '1'],
  } as const;
  test.each(Object.entries(languages))('%s', (name, pieces) => {
    const language = name as keyof typeof languages;
    const random = randomOf(11);
    const some = (count: number): string => Array.from({ length: count }, () => pieces[random(pieces.length)]).join('');
    let found = 0;
    for (let n = 0; n < 4000; n++) {
      const before = some(random(14));
      const start = random(before.length + 1);
      const changed = { start, oldEnd: start + random(Math.min(8, before.length - start + 1)), text: some(random(3)) };
      const text = before.slice(0, start) + changed.text + before.slice(changed.oldEnd);
      const after = markedBy({ language, text }, { before: markedBy({ language, text: before }), changed });
      const fresh = markedBy({ language, text });
      // What was hinted at before may stay so: it is only looked at once more.
      expect({ ...after, hinted: undefined, mentions: undefined }).toEqual({ ...fresh, hinted: undefined, mentions: undefined });
      for (const one of fresh.hinted) expect(after.hinted).toContain(one);
      found += after.recognisers.length;
    }
    expect(found).toBeGreaterThan(100);
  });
});
