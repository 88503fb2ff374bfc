import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

test('facts carry their place and origin', async () => {
  const { short } = await seen(
    'a.py',
    'from openai import OpenAI\nMODEL = "gpt-4o"\nclient = OpenAI()\nr = client.chat.completions.create(\n    model=MODEL,\n    max_tokens=100 * 3,\n)\n',
  );
  expect(short).toEqual(['api-call openai 4-7 {model=gpt-4o@2 variable, max_tokens=300@6}']);
});
