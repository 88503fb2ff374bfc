// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are shell
import { describe, expect, test } from 'vitest';
import { flagNamed, parseFlags, scalar, splitCommand } from '../../server/src/core/recognise/shared/command-line.js';

const words = (text: string): string[] => splitCommand(text).map((word) => word.text);

describe('splitCommand', () => {
  test.each([
    ['plain \'two words\' "and more"', ['plain', 'two words', 'and more']],
    ['a \\\n  b \\\n  c', ['a', 'b', 'c']],
    ['a --x="1 2"y z\\ w', ['a', '--x=1 2y', 'z w']],
    ['a b && c d', ['a', 'b']],
    ['a b > out.log 2>&1 c', ['a', 'b', 'c']],
    ['a # b', ['a']],
    ['a b#c', ['a', 'b#c']],
    ['a \'{"k": [1, 2]}\'', ['a', '{"k": [1, 2]}']],
    ['', []],
    ['a "unclosed', ['a', 'unclosed']],
  ])('%j', (text, expected) => expect(words(text)).toEqual(expected));

  test('words carry their place in the document and what is open', () => {
    const [, model, value] = splitCommand('serve --model $MODEL', 100);
    expect(model).toMatchObject({ start: 106, end: 113, open: false });
    expect(value).toMatchObject({ text: '$MODEL', start: 114, end: 120, open: true });
  });
});

describe('parseFlags', () => {
  const flags = (text: string, switches?: string[]) => {
    const read = parseFlags(splitCommand(text), switches && new Set(switches));
    return { flags: Object.fromEntries(read.flags.map((flag) => [flag.name, flag.value])), rest: read.positionals.map((word) => word.text) };
  };
  test.each([
    ['--a-b=1 --c 2e-5 --d', { a_b: 1, c: 2e-5, d: true }, []],
    ['-tp 4 -q awq', { tp: 4, q: 'awq' }, []],
    ['--offset -1 --name -x', { offset: -1, name: true, x: true }, []],
    ['+trainer.devices=8 data.n=60_000 model.path=org/m', { 'trainer.devices': 8, 'data.n': 60000, 'model.path': 'org/m' }, []],
    ['--data a b c --n 1', { data: 'a', n: 1 }, ['b', 'c']],
    ['--bf16 True --fp16 False', { bf16: true, fp16: false }, []],
    ['--model_args pretrained=m,x=1 --n 1', { model_args: 'pretrained=m,x=1', n: 1 }, []],
    ['--flag "$@"', { flag: true }, ['$@']],
    ['--flag ${EXTRA_ARGS}', { flag: true }, ['${EXTRA_ARGS}']],
  ])('%j', (text, expected, rest) => expect(flags(text)).toEqual({ flags: expected, rest }));

  test('a switch leaves the next word alone', () => {
    expect(flags('--eager org/model', ['eager'])).toEqual({ flags: { eager: true }, rest: ['org/model'] });
  });
  test('the last of two wins, and the value has a place of its own', () => {
    const text = '--n 1 --n=22';
    const flag = flagNamed(parseFlags(splitCommand(text)).flags, 'n');
    expect(flag?.value).toBe(22);
    expect(text.slice(flag?.valueStart, flag?.valueEnd)).toBe('22');
  });
});

test.each([
  ['60_000', 60000],
  ['1e5', 100000],
  ['.5', 0.5],
  ['True', true],
  ['7b', '7b'],
  ['1.2.3', '1.2.3'],
  ["'8'", '8'],
])('scalar %j', (text, expected) => expect(scalar(text)).toBe(expected));
