import { readFile } from 'node:fs/promises';
import { packedTables } from './catalog.js';
import { assetPath } from './grammars.js';

/** A file as the build lays it beside the server. */
export const testAsset = async (name: string): Promise<Uint8Array> => (name === 'catalog.jsonl' ? Buffer.from(packedTables()) : readFile(assetPath(name)));
