import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Marked, markedBy } from '../../server/src/core/recognise/marked.js';
import { recognise } from '../../server/src/core/recognise/recognise.js';
import { recognisers } from '../../server/src/core/recognise/registry.js';
import { createDocument, type Document } from '../../server/src/core/text/document.js';
import { languageOfName } from '../../server/src/core/text/language.js';
import { Mentions } from '../../server/src/core/text/mentions.js';
import { testGrammars } from '../support/grammars.js';

/** Labels and folder of files that are not part of the project: `MLCOST_CORPUS=labels.jsonl:folder npx vitest run prefilter`. */
const [labels = '', folder = ''] = (process.env['MLCOST_CORPUS'] ?? '').split(':');

/** What is found with every recogniser of the language asked, and what with those whose marker is in the text. */
function found(document: Document): { all: string[]; filtered: string[] } {
  const every: Marked = {
    hinted: new Set(),
    mentions: new Mentions(''),
    recognisers: recognisers.filter(({ language }) => language === document.language),
    ofShell: document.shell === undefined ? [] : recognisers.filter(({ language }) => language === 'shell'),
    modelConfig: false,
  };
  const short = (marked: Marked): string[] =>
    recognise(document, testGrammars(), undefined, marked).workloads.map(({ kind, framework, span }) => `${kind} ${framework} ${span.start}`);
  return { all: short(every), filtered: short(markedBy(document)) };
}
const filesIn = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && languageOfName(entry.name) ? [path.join(entry.parentPath, entry.name)] : [],
  );
const read = (file: string): Document => createDocument(`file:///w/${file}`, readFileSync(file, 'utf8'));
const endings: Readonly<Record<string, string>> = { python: 'py', typescript: 'ts', shell: 'sh', hcl: 'tf', json: 'json', yaml: 'yaml' };

describe('a recogniser finds nothing in a text without its marker', () => {
  beforeAll(async () => {
    for (const name of ['python', 'typescript', 'tsx'] as const) await testGrammars().load(name);
  });
  test.each(recognisers.map((one) => [`${one.language}/${one.id}`, one] as const))('the example of %s, however it is written', (_, { language, doc }) => {
    const example = doc.example.replace(/\\n/g, '\n');
    for (const text of [example, example.replace(/\n/g, '\r\n'), `${'\n'.repeat(60)}${example}\n\n`, `# ${'a'.repeat(5000)}\n${example}`]) {
      const { all, filtered } = found(createDocument(`file:///w/a.${endings[language] ?? language}`, text));
      expect(filtered).toEqual(all);
    }
  });
  test.each([...filesIn('samples'), ...filesIn('test/fixtures')])('%s', (file) => {
    const { all, filtered } = found(read(file));
    expect(filtered).toEqual(all);
  });
  test.skipIf(labels === '')(
    'labelled files outside of the project (MLCOST_CORPUS)',
    () => {
      const lost = readFileSync(labels, 'utf8')
        .split('\n')
        .filter(Boolean)
        .flatMap((line) => {
          const { repo, path: name } = JSON.parse(line) as { repo: string; path: string };
          const file = path.join(folder, repo.replace('/', '+'), name);
          if (!existsSync(file) || !languageOfName(file)) return [];
          const { all, filtered } = found(createDocument(`file://${file}`, readFileSync(file, 'utf8')));
          return all.filter((one) => !filtered.includes(one)).map((one) => `${repo} ${name} ${one}`);
        });
      expect(lost).toEqual([]);
    },
    300_000,
  );
});
