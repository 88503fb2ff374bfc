import { expect, test } from 'vitest';
import { maxTextLength } from '../../server/src/core/index.js';
import { Engine } from '../../server/src/host/engine.js';
import { memoryHost } from '../support/memory-host.js';

const call = 'from openai import OpenAI\nOpenAI().responses.create(model="gpt-5", input="Hi")\n';
const notebook = (outputs: number): string =>
  JSON.stringify(
    { cells: [{ cell_type: 'code', source: call.split(/(?<=\n)/), outputs: [{ data: { 'image/png': 'A'.repeat(outputs) } }], metadata: {} }] },
    null,
    1,
  );

test.each<[what: string, file: string, text: string, expected: string[]]>([
  ['a notebook whose pictures make it long', 'a.ipynb', notebook(maxTextLength * 2), ['gpt-5']],
  ['a notebook beyond all measure', 'a.ipynb', notebook(maxTextLength * 4), []],
  ['a program of that length', 'a.py', `${call}# ${'A'.repeat(maxTextLength * 2)}\n`, []],
])('%s', async (_what, file, text, expected) => {
  const engine = new Engine(memoryHost({ [file]: text }));
  engine.roots = ['file:///w'];
  const read = await engine.report(`file:///w/${file}`).then(
    ({ workloads }) => workloads.map(({ workload }) => workload.facts.find(({ name }) => name === 'model')?.value),
    () => [],
  );
  expect(read).toEqual(expected);
});
