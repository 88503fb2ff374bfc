import { isAscii } from 'node:buffer';
import { type Dirent, readdirSync } from 'node:fs';
import { open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isRunFile, languageOfName, maxTextLength } from '../core/index.js';
import { type Cancellation, type Host, UnreadableFile } from '../host/host.js';
import { lineCommits } from './line-commits.js';
import { atHand, readBytes } from './read-bytes.js';

/** Folders that hold nobody's own code. */
const skipped = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  '__pycache__',
  '.venv',
  'venv',
  '.tox',
  '.mypy_cache',
  '.pytest_cache',
  '.ipynb_checkpoints',
  'site-packages',
  '.terraform',
  'wandb',
  'mlruns',
  '.next',
  '.nuxt',
  '.output',
  '.svelte-kit',
  'bower_components',
]);
/** Trackers' folders hold runs, and nobody's code. */
const trackers = new Set(['wandb', 'mlruns']);
const withoutTrackers: ReadonlySet<string> = new Set([...skipped].filter((name) => !trackers.has(name)));
/** True for a path, from a project's folder on, below a folder that is not looked into. */
export const inSkippedFolder = (name: string, wanted: 'code' | 'runs'): boolean =>
  name
    .split('/')
    .slice(0, -1)
    .some((folder) => (wanted === 'code' ? skipped : withoutTrackers).has(folder));
const maxFiles = 200_000;

/** The host in Node: files by `file:` URIs, assets beside the bundle.
 * @param assets folder of grammars and tables */
export function nodeHost(assets: string): Host {
  return {
    readText: async (uri) => {
      if (!uri.startsWith('file:')) return null;
      // four bytes a character at most: what is larger is not even read
      const found = await readBytes(fileURLToPath(uri), maxTextLength * 4, (bytes) => ({ text: decode(bytes) }));
      if (found === null) return null;
      if (typeof found === 'number') throw new UnreadableFile('too-large', `${Math.round(found / 1e6)} MB: larger than ${maxTextLength / 1e6} MB, not read`);
      if (found.text === null) throw new UnreadableFile('binary', 'binary content: not read');
      return found.text;
    },
    readAsset: (name) => readFile(path.join(assets, name)),
    readAssetText: (name) => readFile(path.join(assets, name), 'utf8'),
    listFiles: (root, signal) => list(fileURLToPath(root), signal, (name) => languageOfName(name) !== undefined, skipped),
    listRuns: (root, signal) => list(fileURLToPath(root), signal, isRunFile, withoutTrackers),
    readBytes: async (uri, limit) => {
      if (!uri.startsWith('file:')) return null;
      const file = await open(fileURLToPath(uri)).catch(() => undefined);
      if (!file) return null;
      try {
        const { size } = await file.stat();
        const bytes = new Uint8Array(Math.min(size, limit));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
        return bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    withFile: async (uri, use) => {
      if (!uri.startsWith('file:')) return null;
      const file = await open(fileURLToPath(uri)).catch(() => undefined);
      if (!file) return null;
      try {
        const found = await file.stat();
        if (!found.isFile()) return null;
        return await use({
          size: found.size,
          read: async (offset, length) => {
            const bytes = new Uint8Array(Math.max(0, Math.min(length, found.size - offset)));
            const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
            return bytes.subarray(0, bytesRead);
          },
        });
      } finally {
        await file.close();
      }
    },
    writeFile: async (uri, pieces) => {
      const target = fileURLToPath(uri);
      const draft = `${target}.part`;
      const file = await open(draft, 'w');
      try {
        for await (const piece of pieces) await file.writeFile(piece);
        await file.close();
        await rename(draft, target);
      } catch (error) {
        await file.close().catch(() => {});
        await rm(draft, { force: true });
        throw error;
      }
    },
    lineCommits,
    now: () => Date.now(),
    pause,
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

/** A host that reads nothing outside a folder, whatever a file inside refers or links to.
 * @param folder without links */
export function confined(host: Host, folder: string): Host {
  const inside = async (uri: string): Promise<boolean> => {
    if (!uri.startsWith('file:')) return false;
    const file = await realpath(fileURLToPath(uri)).catch(() => '');
    return file === folder || file.startsWith(folder + path.sep);
  };
  return {
    ...host,
    readText: async (uri) => ((await inside(uri)) ? host.readText(uri) : null),
    readBytes: async (uri, limit) => ((await inside(uri)) ? host.readBytes(uri, limit) : null),
  };
}

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Text by its byte order mark, UTF-8 else; binary content is no text. */
export function decode(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.subarray(0, 8192).includes(0)) return null;
  // Most texts are, and are ten times as fast so.
  return isAscii(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') : utf8.decode(bytes);
}
const utf8 = new TextDecoder('utf-8');

/** Depth-first, sorted, so that reports are the same in every run. Links are not followed: no loops. */
async function list(root: string, signal: Cancellation, wanted: (path: string) => boolean, left: ReadonlySet<string>): Promise<string[]> {
  if ((await stat(root)).isFile()) return [pathToFileURL(root).href];
  const found: string[] = [];
  let folders = 0;
  const entriesOf = async (folder: string): Promise<Dirent[]> => {
    if (folders++ % 50 === 49) await pause();
    const entries = await atHand(
      () => readdirSync(folder, { withFileTypes: true }),
      () => readdir(folder, { withFileTypes: true }),
    ).catch(() => []);
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  const walk = async (folder: string): Promise<void> => {
    const href = pathToFileURL(folder).href.replace(/\/$/, '');
    const inside = `${folder.replaceAll('\\', '/').replace(/\/$/, '')}/`;
    // Of a plain name no character is written otherwise in a URI.
    const uriOf = (name: string): string => (/^[\w.-]+$/.test(name) ? `${href}/${name}` : pathToFileURL(path.join(folder, name)).href);
    if (signal.cancelled || found.length >= maxFiles) return;
    for (const entry of await entriesOf(folder)) {
      if (entry.isDirectory() && !left.has(entry.name)) await walk(path.join(folder, entry.name));
      else if (entry.isFile() && wanted(inside + entry.name.replaceAll('\\', '/'))) found.push(uriOf(entry.name));
    }
  };
  await walk(root);
  return found;
}
