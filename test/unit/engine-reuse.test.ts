import { expect, test } from 'vitest';
import { Engine } from '../../server/src/host/engine.js';
import { memoryHost } from '../support/memory-host.js';

test('an edit that changes no fact keeps the estimates that were made, one that does makes new ones', async () => {
  const engine = new Engine(memoryHost({}));
  const uri = 'file:///w/a.py';
  const text = 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", max_tokens=10)\n';
  engine.openText(uri, text, 'python');
  const estimationOf = async () => (await engine.report(uri)).workloads[0]?.estimation;
  const first = await estimationOf();
  engine.change(uri, [{ start: 0, oldEnd: 0, text: '# a\n' }], `# a\n${text}`, 'python');
  expect(await estimationOf()).toBe(first);
  const at = `# a\n${text}`.indexOf('10)');
  engine.change(uri, [{ start: at, oldEnd: at + 2, text: '20' }], `# a\n${text}`.replace('10)', '20)'), 'python');
  const changed = await estimationOf();
  expect(changed).toBeDefined();
  expect(changed).not.toBe(first);
});
