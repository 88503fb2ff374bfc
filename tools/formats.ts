// Writes docs/formats.md from the recognisers: `npm run formats`. A test fails when the page is not the one that this writes.
import { writeFileSync } from 'node:fs';
import { formatsPage } from './formats/page.js';

writeFileSync('docs/formats.md', formatsPage());
