import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { auditLine, readAuditLine, verifyAudit } from '../../../server/src/core/spend/audit.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const log = (...kinds: string[]): string =>
  kinds.reduce((text, kind) => {
    const last = readAuditLine(text.trimEnd().split('\n').at(-1) ?? '');
    return text + auditLine(last, '2026-11-01T00:00:00Z', kind, { kind, more: [1, { b: 2, a: 'ü' }] });
  }, '');
const whole = log('a', 'b', 'c');
const lines = whole.trimEnd().split('\n');
const join = (...list: (string | undefined)[]): string => list.map((line) => `${line}\n`).join('');

describe('a log is whole, or the line is told at which it is not', () => {
  test('whole', () => expect(verifyAudit(whole)).toMatchObject({ ok: true, records: 3 }));
  test('empty', () => expect(verifyAudit('')).toMatchObject({ ok: true, records: 0 }));
  test.each([
    ['a value was changed', whole.replace('"kind":"b","data"', '"kind":"x","data"'), 2],
    ['deep inside', whole.replace('"a":"ü"', '"a":"u"'), 1],
    ['a time was changed', whole.replace('2026-11-01', '2026-11-02'), 1],
    ['a record was taken out', join(lines[0], lines[2]), 2],
    ['the first was taken out', join(lines[1], lines[2]), 1],
    ['two changed places', join(lines[0], lines[2], lines[1]), 2],
    ['one stands twice', join(lines[0], lines[1], lines[1]), 3],
    ['no record', join(lines[0], '{}', lines[1]), 2],
    ['no JSON', join(lines[0], 'x'), 2],
    ['cut off', whole.slice(0, -10), 3],
    [
      'changed with a hash made to fit',
      join(lines[0], lines[1]?.replace('"kind":"b","data"', '"kind":"x","data"').replace(/"hash":"\w+"/, `"hash":"${sha256('x')}"`), lines[2]),
      2,
    ],
  ])('%s', (_, text, line) => expect(verifyAudit(text)).toMatchObject({ ok: false, line }));
  test('records taken off the end are found with the head that was kept', () => {
    const verdict = verifyAudit(whole);
    const head = verdict.ok ? verdict.head : '';
    expect(verifyAudit(whole, head).ok).toBe(true);
    expect(verifyAudit(join(lines[0], lines[1])).ok).toBe(true);
    expect(verifyAudit(join(lines[0], lines[1]), head)).toMatchObject({ ok: false, reason: expect.stringContaining('records are missing') });
  });
});
