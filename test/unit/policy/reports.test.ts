import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Log } from 'sarif';
import { describe, expect, test } from 'vitest';
import { type CheckReport, checkText, type PlacedFinding } from '../../../server/src/cli/check.js';
import { junitFaults } from '../../support/junit-schema.js';
import { readXml, type XmlElement } from '../../support/xml.js';

const bare = (text: string): string => text;
const paint = { bold: bare, dim: bare, red: bare, yellow: bare };
const at = (file: string, line: number) => ({ file, line });
const span = { uri: 'file:///w/a.py', start: 0, end: 0 };
const finding = (more: Partial<PlacedFinding>): PlacedFinding => ({
  rule: 'max_gpus',
  level: 'block',
  message: '16 GPUs are over 8',
  span,
  at: at('a.py', 3),
  ...more,
});
const report = (findings: readonly PlacedFinding[], kept: CheckReport['kept'] = []): CheckReport => ({
  findings,
  kept,
  asked: 9,
  open: 0,
  rules: 3,
  workloads: 3,
});

const waived = finding({ level: 'note', waived: { reason: 'a "trial" <1>', owner: 'ana & co', expires: '2999-01-01' } });
const hostile = finding({ rule: 'a<b>&"c\'', message: `${String.fromCharCode(0, 7, 27)}]]> & <x y="z">\ud800 ü 漢`, at: at('dir with spaces/ä#?%.py', 1) });
const reports: Record<string, CheckReport> = {
  'nothing found': report([]),
  'one that blocks': report([finding({})]),
  'each level': report([finding({}), finding({ level: 'warn', workload: 'a.py#training-1' }), waived]),
  'what is kept': report([finding({})], [{ rule: 'max_tokens', message: 'w: keeps max_tokens 100', span, at: at('b.py', 2), workload: 'b.py#api-call-1' }]),
  'hostile names': report([hostile]),
  'two of one rule at one place': report([finding({}), finding({})]),
};

// It says draft 4 and uses nothing that a later draft reads otherwise.
const {
  $schema: _draft,
  id: _id,
  ...schema
} = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'));
const isReference = (text: string): boolean => URL.canParse(text, 'file:///w/') && !/\s/.test(text);
const validate: ValidateFunction = new Ajv({
  strict: false,
  unicodeRegExp: false,
  allErrors: true,
  formats: { uri: (text: string) => URL.canParse(text), 'uri-reference': isReference, 'date-time': true },
}).compile(schema);

describe.each(Object.entries(reports))('a report of %s', (_, one) => {
  test('is SARIF by the schema of 2.1.0', () => {
    const log = JSON.parse(checkText(one, 'sarif', '1.2.3', paint)) as Log;
    validate(log);
    expect(validate.errors ?? []).toEqual([]);
    for (const { ruleId, ruleIndex = -1 } of log.runs[0]?.results ?? []) expect(log.runs[0]?.tool.driver.rules?.[ruleIndex]?.id).toBe(ruleId);
  });
  test('is JUnit by the schema of Jenkins, whose counts are those of its cases', () => {
    const root = readXml(checkText(one, 'junit', '1.2.3', paint));
    expect(root.name).toBe('testsuites');
    expect(junitFaults(root)).toEqual([]);
    const having = (within: readonly XmlElement[], name: string): string =>
      String(within.filter(({ children }) => children.some((child) => child.name === name)).length);
    for (const { children, attributes } of root.children) {
      expect(attributes).toMatchObject({ tests: String(children.length), failures: having(children, 'failure'), skipped: having(children, 'skipped') });
      for (const each of children) expect(each.attributes['classname']).toBe(attributes['file']);
    }
    const cases = root.children.flatMap(({ children }) => children);
    expect(root.attributes).toMatchObject({ tests: String(cases.length), failures: having(cases, 'failure') });
    expect(cases.length).toBe(Math.max(1, one.findings.length + one.kept.length));
  });
  test('is the same text every time', () => {
    for (const format of ['table', 'json', 'sarif', 'junit', 'markdown', 'github', 'gitlab'])
      expect(checkText(one, format, '1', paint)).toBe(checkText(one, format, '1', paint));
  });
});

test('what is kept is said with a tick, and is no annotation', () => {
  const one = reports['what is kept'] as CheckReport;
  expect(checkText(one, 'table', '1', paint)).toContain('✓       b.py:2  w: keeps max_tokens 100');
  expect(checkText(one, 'markdown', '1', paint)).toContain('<summary>1 kept</summary>');
  expect(checkText(one, 'github', '1', paint).trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(checkText(one, 'json', '1', paint))).toMatchObject({ pass: false, kept: [{ rule: 'max_tokens', file: 'b.py', line: 2 }] });
});
test('names in a message are code in the comment, and nothing in it is markup', () => {
  const one = report([finding({ message: 'the waiver of `max_tokens` by <b>ana</b> | `x|y`' })]);
  expect(checkText(one, 'markdown', '1', paint)).toContain('the waiver of `max_tokens` by &lt;b\\>ana&lt;/b\\> \\| `x\\|y`');
});
test('the checks find what is wrong', () => {
  expect(validate({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
  for (const wrong of ['<a>', '<a></b>', '<a x="1" x="2"/>', '<a>&nbsp;</a>', '<a/><b/>', `<a>${String.fromCharCode(7)}</a>`])
    expect(() => readXml(`<?xml version="1.0" encoding="UTF-8"?>${wrong}`)).toThrow();
});
test.each<[string, string]>([
  ['<testsuites/>', ''],
  ['<testsuites><testcase name="a"/></testsuites>', '<testcase> in <testsuites>'],
  ['<testsuite name="a" tests="1" failures="0"/>', '<testsuite> without errors'],
  ['<testsuite name="a" tests="1" failures="0" errors="0" time="soon"/>', '<testsuite> time="soon"'],
  ['<testcase name="a" line="3"/>', '<testcase> has no line'],
  ['<testcase name="a">text</testcase>', 'text in <testcase>'],
  ['<testcase name="a"><failure message="b">text</failure><system-out>text</system-out></testcase>', ''],
  ['<testcase name="a"><system-out><b/></system-out></testcase>', '<b> in <system-out>'],
  ['<case/>', '<case> is not known'],
])('JUnit by the schema: %s', (text, fault) => {
  expect(junitFaults(readXml(`<?xml version="1.0" encoding="UTF-8"?>${text}`))).toEqual(fault === '' ? [] : [fault]);
});
