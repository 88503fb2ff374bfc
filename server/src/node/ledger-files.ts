import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { filesOf, type Manifest, manifestName } from '../core/index.js';

/** Takes away what no state in force names: an import was killed, or a later one took its place. */
export async function clean(folder: string, manifest: Manifest): Promise<void> {
  const kept = new Set([...filesOf(manifest), manifestName, '.gitignore']);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (/^(lock-\d+|draft-.*)$/.test(entry.name)) continue;
    if (!entry.isDirectory()) {
      if (!kept.has(entry.name)) await rm(path.join(folder, entry.name), { force: true });
      continue;
    }
    const inside = await readdir(path.join(folder, entry.name));
    const left = inside.filter((name) => !kept.has(`${entry.name}/${name}`));
    if (left.length === inside.length) await rm(path.join(folder, entry.name), { recursive: true, force: true });
    else for (const name of left) await rm(path.join(folder, entry.name, name), { force: true });
  }
}
/** Bills are nobody's source: the ledger stays out of version control. */
export async function keepOutOfGit(folder: string): Promise<void> {
  const file = path.join(folder, '.gitignore');
  if ((await readText(file)) === null) writeWhole(file, '*\n');
}
export function writeWhole(file: string, content: string | Uint8Array): void {
  const descriptor = openSync(file, 'w');
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
/** The names in a folder outlive a power cut; some systems have no such thing. */
export function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch {}
}
export const readText = (file: string): Promise<string | null> => readFile(file, 'utf8').catch(() => null);
export function readIf(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
