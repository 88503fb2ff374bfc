import { expect, test } from 'vitest';
import { baseOf, questionOf } from '../../client/src/common/questions.js';

test.each<[string | undefined, string, ReturnType<typeof questionOf>]>([
  ['top', 'why', 'top'],
  ['why', '', 'why'],
  [undefined, 'Which workload costs most?', 'top'],
  [undefined, 'why did it rise since main', 'why'],
  [undefined, 'why is this more expensive than last week', 'why'],
  [undefined, 'what is cheapest for this', 'cheaper'],
  [undefined, 'How can I save money here?', 'cheaper'],
  [undefined, 'how much is left of the budget', 'budget'],
  [undefined, 'when is it exhausted', 'budget'],
  [undefined, 'hello there', undefined],
  ['nothing', 'hello', undefined],
])('/%s %s is %s', (command, prompt, question) => expect(questionOf(command, prompt)).toBe(question));

test.each<[string, string | undefined]>([
  ['HEAD~5', 'HEAD~5'],
  ['since HEAD^', 'HEAD^'],
  ['what changed since release/1.2?', 'release/1.2'],
  ['from commit 0123abc', '0123abc'],
  ['against main', 'main'],
  ['why', undefined],
])('%s names %s', (prompt, base) => expect(baseOf(prompt)).toBe(base));
