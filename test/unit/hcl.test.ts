import { expect, test } from 'vitest';
import type { HclExpr } from '../../server/src/core/syntax/hcl/ast.js';
import { readHcl } from '../../server/src/core/syntax/hcl/read.js';

/** An expression in short, to compare. */
const short = (expr: HclExpr): unknown => {
  switch (expr.kind) {
    case 'literal':
      return expr.value;
    case 'list':
      return expr.items.map(short);
    case 'object':
      return Object.fromEntries(expr.entries.map(({ key, value }) => [key, short(value)]));
    case 'path':
      return `<${expr.steps.join('/')}>`;
    case 'call':
      return [`${expr.name}()`, ...expr.args.map(short)];
    case 'choice':
      return ['?', short(expr.test), short(expr.yes), short(expr.no)];
    case 'operation':
      return [expr.operator, short(expr.left), short(expr.right)];
    case 'template':
      return expr.parts.map((part) => (typeof part === 'string' ? part : short(part)));
    default:
      return 'other';
  }
};
const value = (text: string): unknown => {
  const [entry] = readHcl(`x = ${text}\n`).attributes;
  return entry && short(entry.value);
};

test.each([
  ['"a"', 'a'],
  ['12', 12],
  ['-1.5e2', -150],
  ['true', true],
  ['null', null],
  ['"say \\"hi\\"\\n"', 'say "hi"\n'],
  ['"$${literal}"', '${literal}'],
  ['var.pools[0].size', '<var/pools/0/size>'],
  ['each.value["type"]', '<each/value/type>'],
  ['"${var.x}"', '<var/x>'],
  ['"a-${var.x}-b"', ['a-', '<var/x>', '-b']],
  ['[1, "b",\n # c\n 3,\n]', [1, 'b', 3]],
  ['{ a = 1, "b" : 2\n c = [3]\n}', { a: 1, b: 2, c: [3] }],
  ['lookup(var.m, "k", 1)', ['lookup()', '<var/m>', 'k', 1]],
  ['var.on ? 1 : 0', ['?', '<var/on>', 1, 0]],
  ['1 + 2 * 3', ['+', 1, ['*', 2, 3]]],
  ['(1 + 2) * 3', ['*', ['+', 1, 2], 3]],
  ['!false', true],
  ['[for p in var.pools : p.size]', 'other'],
  ['{ for k, v in var.m : k => v }', 'other'],
  ['aws_instance.x[*].id', 'other'],
  ['<<EOT\ntext { "\nEOT', 'text { "\n'],
  ['<<-EOT\n  a\n  EOT', '  a\n'],
  ['[', []],
  ['"open', 'open'],
])('%s', (text, expected) => {
  expect(value(text)).toEqual(expected);
});

test('blocks with labels, comments of each kind, and what does not parse between them', () => {
  const text = `
# one
// two
/* three { */
resource "aws_instance" "a" {
  count = 2 # trailing
  ebs_block_device { volume_size = 10 }
  ??? not a line
  tags = { Name = "x" }
}
provider aws { region = "us-east-1" }
`;
  const { blocks } = readHcl(text);
  expect(blocks.map(({ type, labels }) => [type, ...labels])).toEqual([
    ['resource', 'aws_instance', 'a'],
    ['provider', 'aws'],
  ]);
  expect(blocks[0]?.body.attributes.map(({ key }) => key)).toEqual(['count', 'tags']);
  expect(blocks[0]?.body.blocks.map(({ type }) => type)).toEqual(['ebs_block_device']);
  expect(text.slice(blocks[0]?.start, blocks[0]?.end)).toMatch(/^resource[\s\S]*\}$/);
});

test.each([
  ['brackets', '['.repeat(200_000)],
  ['braces', 'a {'.repeat(50_000)],
  ['parentheses', `x = ${'('.repeat(100_000)}`],
  ['templates', `x = ${'"${'.repeat(50_000)}`],
  ['choices', `x = ${'a ? '.repeat(50_000)}`],
  ['operators', `x = ${'1 + '.repeat(100_000)}`],
  ['a long name', `x = a${'.a'.repeat(300_000)}`],
  ['here documents', 'x = <<A\n'.repeat(50_000)],
  ['signs', `x = ${'-'.repeat(500_000)}`],
])('endless %s end', (_name, text) => {
  const begin = performance.now();
  readHcl(text);
  expect(performance.now() - begin).toBeLessThan(3000);
});
