import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { spendPage } from '../../../server/src/cli/spend-html.js';
import { spendUpdate } from '../../../server/src/core/index.js';
import { viewAt } from '../../support/spend-views.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('base64');
const evil = '</script><script>alert(1)</script><!--';
const view = viewAt(`budgets:\n  - { name: "${evil}", amount: 10 }\n`, [{ day: '2026-11-02', cost: '5', tags: { team: evil } }], '2026-11-03T12:00:00Z');
const page = spendPage(view, spendUpdate(view, {}), { script: `console.log('</script>')`, style: 'p{color:red}</style>', hash });

test('names from bills and settings end no element of the report', () => {
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  expect(page.match(/<\/style>/g)).toHaveLength(1);
  expect(page).not.toContain('<!--');
});
test('its figures are whole', () => {
  const figures = JSON.parse(/id="figures">(.*?)<\/script>/s.exec(page)?.[1] ?? '');
  expect(figures.update.parts[`budget/${evil}`].name).toBe(evil);
});
test('its rules let in its own script and style by their hashes, and nothing else', () => {
  const rules = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
  const [script, style] = [/<script>(.*?)<\/script>/s.exec(page)?.[1] ?? '', /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? ''];
  expect(rules).toBe(`default-src 'none'; script-src 'sha256-${hash(script)}'; style-src 'sha256-${hash(style)}'; img-src blob:`);
});
