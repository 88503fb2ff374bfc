import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { factNames } from '../../server/src/core/model/fact-names.js';
import { recognisers } from '../../server/src/core/recognise/registry.js';
import { readMlcostFile } from '../../server/src/core/settings/mlcost-file.js';
import { schemas } from '../../server/src/core/settings/schema.js';
import { formatsPage } from '../../tools/pages/formats.js';
import { readmeWith, sampleLenses } from '../../tools/pages/sample.js';
import { savingsWith } from '../../tools/pages/savings.js';
import { exampleFile, settingsPage } from '../../tools/pages/settings.js';

test.each([
  ['docs/formats.md', formatsPage],
  ['docs/settings.md', settingsPage],
  ['docs/savings.md', () => savingsWith(readFileSync('docs/savings.md', 'utf8'))],
])('%s is the page that the code makes (npm run pages)', (file, page) => {
  expect(readFileSync(file, 'utf8')).toBe(page());
});
test('the lenses in the README are those of the sample project today (npm run pages)', async () => {
  const lenses = await sampleLenses();
  expect(lenses.length).toBeGreaterThan(4);
  const readme = readFileSync('README.md', 'utf8');
  expect(readme).toBe(readmeWith(readme, lenses));
  for (const lens of lenses) expect(readme).toContain(lens);
});
test('each recogniser has its own name', () => {
  const names = recognisers.map((one) => `${one.language}/${one.id}`);
  expect(new Set(names).size).toBe(names.length);
});
test('the page of settings has every setting, every section of the file with an example, and every fact', () => {
  const page = settingsPage();
  const settings = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).contributes.configuration.properties);
  for (const name of [...settings, ...Object.keys(schemas().sections), ...Object.keys(factNames)]) expect(page, name).toContain(`| \`${name}\``);
  expect(page).not.toMatch(/%\w|undefined|\[object/);
  for (const name of Object.keys(schemas().sections)) expect(exampleFile, name).toMatch(new RegExp(`^${name}:`, 'm'));
  expect(page).toContain('a hosted model needs input_usd');
});
test.each([
  ['docs/settings.md', exampleFile],
  ['README.md', /```yaml\n(.*?)```/s.exec(readFileSync('README.md', 'utf8'))?.[1] ?? 'missing:'],
  ['the sample project', readFileSync('samples/support-assistant/.mlcost.yaml', 'utf8')],
])('the .mlcost.yaml of %s is read without a problem', (_, text) => {
  expect(readMlcostFile('file:///w/.mlcost.yaml', text).problems).toEqual([]);
});
