import { expect, test } from 'vitest';
import { readJson } from '../../server/src/core/syntax/json.js';
import { at, entryOf, scalarOf, textOf } from '../../server/src/core/syntax/value.js';
import { readYaml } from '../../server/src/core/syntax/yaml.js';
import { plain } from '../support/plain-value.js';

const yaml = (text: string) => {
  const { roots, problems } = readYaml('file:///a.yaml', text);
  return { roots: roots.map(plain), problems: problems.map((problem) => problem.code), raw: roots };
};

test.each<[string, string, unknown[]]>([
  ['several documents', 'a: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
  ['a comment before the first document', '# hello\n---\na: 1\n', [{ a: 1 }]],
  ['a directive', '%YAML 1.2\n---\na: 1\n', [{ a: 1 }]],
  ['anchors and aliases', 'a: &x [1, 2]\nb: *x\n', [{ a: [1, 2], b: [1, 2] }]],
  ['an anchor that is set twice', 'a: &x 1\nb: *x\nc: &x 2\nd: *x\n', [{ a: 1, b: 1, c: 2, d: 2 }]],
  ['a merge key, own keys win', 'base: &b {lr: 1, bs: 2}\nrun:\n  <<: *b\n  bs: 8\n', [{ base: { lr: 1, bs: 2 }, run: { lr: 1, bs: 8 } }]],
  ['a merge after the keys it must not replace', 'b: &b {bs: 2}\nrun:\n  bs: 8\n  <<: *b\n', [{ b: { bs: 2 }, run: { bs: 8 } }]],
  ['merges of several, the first wins', 'a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc:\n  <<: [*a, *b]\n', [{ a: { x: 1 }, b: { x: 2, y: 3 }, c: { x: 1, y: 3 } }]],
  ['an alias to its own parent', 'a: &a [1, *a]\n', [{ a: [1] }]],
  ['an alias without an anchor', 'a: *nothing\nb: 2\n', [{ a: null, b: 2 }]],
  ['tags', 'a: !!float 1e-5\nb: !Ref thing\nc: !!str 7\n', [{ a: 1e-5, b: 'thing', c: '7' }]],
  ['words that YAML 1.1 reads as booleans', "a: yes\nb: 'no'\non: {push: 1}\n", [{ a: 'yes', b: 'no', on: { push: 1 } }]],
  ['keys twice', 'a: 1\na: 2\n', [{ a: 2 }]],
  ['an action alone on its line', 'a: 1\n{{- if .Values.x }}\nb: 2\n{{- end }}\n', [{ a: 1, b: 2 }]],
  ['an action over several lines', 'a: 1\n{{- if and\n  .x\n  .y }}\nb: 2\n{{- end }}\n', [{ a: 1, b: 2 }]],
])('YAML reads %s', (_name, text, expected) => {
  expect(yaml(text).roots).toEqual(expected);
});

test('a value in a template is text that stands for something else, and the rest keeps its place', () => {
  const text = 'image: {{ .Values.repo }}:{{ .tag }}\nreplicas: 3\n';
  const [root] = yaml(text).raw;
  expect(textOf(at(root, 'image'))).toContain('\u00a7');
  expect(text.slice(entryOf(root, 'replicas')?.keyStart)).toBe('replicas: 3\n');
});

test('places are those of the file in every document', () => {
  const text = 'a: 1\n---\nb:\n  - "two"\n  - |\n    line\n';
  const [, second] = yaml(text).raw;
  const two = at(second, 'b', 0);
  expect(text.slice(two?.start, two?.end)).toBe('"two"');
  const block = at(second, 'b', 1);
  expect(block?.kind === 'scalar' && text.slice(block.textStart).trim()).toBe('line');
});

test('an aliased value has the place of its anchor', () => {
  const text = 'a: &x 8\nb: *x\n';
  const [root] = yaml(text).raw;
  expect(text.slice(0, at(root, 'b')?.start)).toBe('a: &x ');
});

test.each([
  ['broken in the middle', 'a: 1\nb: [1, 2\nc: 3\n---\nd: 4\n', { d: 4 }],
  ['a tab for indentation', 'a:\n\tb: 1\n---\nd: 4\n', { d: 4 }],
  ['an unclosed quote', 'a: "x\n---\nd: 4\n', { d: 4 }],
])('%s is a problem, and the other documents are answered', (_name, text, last) => {
  const { roots, problems } = yaml(text);
  expect(problems).toContain('syntax');
  expect(roots.at(-1)).toEqual(last);
});

test('what stands before a mistake is answered', () => {
  expect(yaml('a: 1\nb: 2\nc: [1\n').roots[0]).toMatchObject({ a: 1, b: 2 });
});

test('aliases that multiply end at a limit', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level++)
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  const { problems } = yaml(lines.join('\n'));
  expect(problems).toEqual(['too-large']);
});

test.each([
  ['brackets', '['.repeat(20_000)],
  ['dashes', `${'- '.repeat(20_000)}x`],
  ['braces', '{a: '.repeat(5000)],
])('text nested without end in %s is not read', (_name, text) => {
  expect(yaml(text)).toMatchObject({ roots: [], problems: ['too-deep'] });
});

test('definitions of Kubernetes kinds are left out, others in the file stay', () => {
  expect(yaml('kind: CustomResourceDefinition\nspec: {}\n---\nkind: Pod\n').roots).toEqual([{ kind: 'Pod' }]);
});

test('a document of megabytes is named, not read', () => {
  expect(yaml(`a: 1\n---\n${'key: value\n'.repeat(40_000)}`)).toMatchObject({ roots: [{ a: 1 }], problems: ['too-large'] });
});

test.each<[string, string, unknown]>([
  ['comments and trailing commas', '{"a": 1, // one\n "b": [1, 2,], /* two */}', { a: 1, b: [1, 2] }],
  ['what stands before a mistake', '{"a": 1, "b": {"c": TEMPLATE, "d": 2}}', { a: 1, b: { d: 2 } }],
  ['brackets in texts, which are no nesting', `{"a": "${'['.repeat(500)}"}`, { a: '['.repeat(500) }],
])('JSON reads %s', (_name, text, expected) => {
  const [root] = readJson('file:///a.json', text).roots;
  expect(plain(root)).toMatchObject(expected as object);
});

test('JSON nested without end is not read', () => {
  const { roots, problems } = readJson('file:///a.json', '{"a":'.repeat(5000));
  expect(roots).toEqual([]);
  expect(problems.map((problem) => problem.code)).toEqual(['too-deep']);
});

test('an empty value is null', () => {
  const [root] = yaml('a:\nb: 1\n').raw;
  expect(scalarOf(at(root, 'a'))).toBe(null);
});
