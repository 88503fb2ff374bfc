// Writes schemas/mlcost.schema.json: `node scripts/run-ts.mjs scripts/make-schema.ts`. A test compares the two.
import { mkdirSync, writeFileSync } from 'node:fs';
import { jsonSchema } from '../server/src/core/settings/json-schema.js';

mkdirSync('schemas', { recursive: true });
writeFileSync('schemas/mlcost.schema.json', `${JSON.stringify(jsonSchema(), null, 2)}\n`);
