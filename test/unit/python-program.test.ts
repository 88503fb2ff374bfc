import { beforeAll, describe, expect, test } from 'vitest';
import { dotted } from '../../server/src/core/syntax/python/ast.js';
import { PythonProgram } from '../../server/src/core/syntax/python/program.js';
import { SyntaxTree } from '../../server/src/core/syntax/tree.js';
import { testGrammars } from '../support/grammars.js';

let parser: Awaited<ReturnType<ReturnType<typeof testGrammars>['load']>>;
beforeAll(async () => {
  parser = await testGrammars().load('python');
});
const program = (text: string): PythonProgram => new PythonProgram(new SyntaxTree(parser, text));

describe('a Python program answers', () => {
  test('calls by name, not in strings or comments', () => {
    const p = program('x = "Trainer(1)"  # Trainer(2)\nt = transformers.Trainer(model=m, args=TrainingArguments(lr=1e-4, n=60_000))\n');
    const [site, ...more] = p.calls(/\bTrainer\b/g);
    expect(more).toEqual([]);
    expect(dotted(site!.call.callee)).toBe('transformers.Trainer');
    expect(site!.call.args.map((arg) => arg.keyword)).toEqual(['model', 'args']);
    expect(site!.call.args[1]!.value).toMatchObject({ kind: 'call', args: [{ value: { value: 1e-4 } }, { value: { value: 60000 } }] });
  });
  test('imports and qualified names', () => {
    const p = program(
      'import torch.nn as nn\nimport os.path\nfrom openai import OpenAI as Client, AsyncOpenAI\nfrom .config import (\n  BATCH,\n  LR,\n)\nfrom x import *\n',
    );
    expect(p.qualified('Client')).toBe('openai.OpenAI');
    expect(p.qualified('nn.Linear')).toBe('torch.nn.Linear');
    expect(p.qualified('os.path.join')).toBe('os.path.join');
    expect(p.imports.get('LR')).toMatchObject({ module: '.config', name: 'LR' });
    expect(p.starImports).toEqual(['x']);
  });
  test('which binding is in force', () => {
    const text = 'bs = 1\nbs = 2\ndef f(bs=4, lr: float = 1e-3):\n    use(bs)\n    bs = 8\n    use2(bs)\nuse3(bs)\nbs = 16\nclass C:\n    bs = 32\n';
    const p = program(text);
    const value = (marker: string) => {
      const binding = p.lookup('bs', text.indexOf(marker));
      return binding?.value?.kind === 'number' ? binding.value.value : undefined;
    };
    expect([value('use('), value('use2('), value('use3(')]).toEqual([4, 8, 2]);
  });
  test('destructuring, with, for, attribute targets', () => {
    const p = program('a, b = 3, 4\nwith open(f) as handle:\n    pass\nfor i, x in enumerate(xs):\n    cfg.steps = 7\n');
    expect(p.lookup('b', 1e9)?.value).toMatchObject({ value: 4 });
    expect(p.lookup('handle', 1e9)).toMatchObject({ kind: 'with', value: { kind: 'call' } });
    expect(p.bindings('x')[0]).toMatchObject({ kind: 'for', index: 1 });
    expect(p.bindings('steps')[0]).toMatchObject({ object: 'cfg', value: { value: 7 } });
  });
  test('blocks around a place, classes and functions', () => {
    const text =
      '@dataclass\nclass Args(Base):\n    lr: float = field(default=2)\n    n: int = 3\n@app.function(gpu="H100")\nasync def go(a, b: int = 2):\n    for e in range(3):\n        while True:\n            step()\n';
    const p = program(text);
    expect(p.blocks(text.indexOf('step')).map((block) => block.kind)).toEqual(['while', 'for', 'def']);
    expect(p.blocks(text.indexOf('step'))[1]!.subject).toMatchObject({ kind: 'call' });
    expect(p.class('Args')).toMatchObject({
      name: 'Args',
      bases: [{ name: 'Base' }],
      fields: [{ name: 'lr' }, { name: 'n', annotation: 'int' }],
    });
    expect(p.class('Args')!.fields[1]!.value()).toMatchObject({ value: 3 });
    expect(p.function('go')).toMatchObject({ parameters: [{ name: 'a' }, { name: 'b', value: { value: 2 } }], decorators: [{ kind: 'call' }] });
  });
});
