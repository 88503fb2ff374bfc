// Writes what docs/ and the README take from code: `npm run pages`. A test fails when one of them is not what this writes.
import { readFileSync, writeFileSync } from 'node:fs';
import { formatsPage } from './pages/formats.js';
import { readmeWith, sampleLenses } from './pages/sample.js';
import { savingsWith } from './pages/savings.js';
import { settingsPage } from './pages/settings.js';

writeFileSync('docs/formats.md', formatsPage());
writeFileSync('docs/settings.md', settingsPage());
writeFileSync('docs/savings.md', savingsWith(readFileSync('docs/savings.md', 'utf8')));
writeFileSync('README.md', readmeWith(readFileSync('README.md', 'utf8'), await sampleLenses()));
