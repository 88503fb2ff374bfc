// Writes the pages of docs/ that are made from code: `npm run pages`. A test fails when a page is not the one that this writes.
import { writeFileSync } from 'node:fs';
import { formatsPage } from './pages/formats.js';
import { settingsPage } from './pages/settings.js';

writeFileSync('docs/formats.md', formatsPage());
writeFileSync('docs/settings.md', settingsPage());
