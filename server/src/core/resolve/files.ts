import type { Sighting } from '../recognise/types.js';
import { languageOfName } from '../text/language.js';
import { ancestors, folderOf, joinUri } from '../text/uri.js';
import type { ResolveInput } from './types.js';

/** Finds the files that others name, among those known, and collects those that are not known yet. */
export class Files {
  readonly wants = new Set<string>();
  private readonly input: ResolveInput;
  private folders: Map<string, string[]> | undefined;
  constructor(input: ResolveInput) {
    this.input = input;
  }
  /** The first of the candidates that is there; candidates before it that nobody read yet are wanted. */
  private first(candidates: readonly string[]): Sighting | undefined {
    for (const uri of candidates) {
      const known = this.input.files.get(uri);
      if (known) return known;
      // What was looked through and had no marker may still define what is asked for.
      this.wants.add(uri);
    }
    return undefined;
  }
  /** One file, if it is there. */
  exact(uri: string): Sighting | undefined {
    return this.first([uri]);
  }
  /** A path as written in a file: relative to its folder, or to a folder above it (a script that changes to the root first). */
  path(from: string, written: string): Sighting | undefined {
    if (!isPlainPath(written)) return undefined;
    return this.first(ancestors(folderOf(from), this.input.roots).map((folder) => joinUri(folder, written)));
  }
  /** The known files of a file's own folder, itself left out; those of usual names are wanted. */
  beside(uri: string, pattern: RegExp, usual: readonly string[]): Sighting[] {
    const folder = folderOf(uri);
    for (const name of usual) this.first([joinUri(folder, name)]);
    this.folders ??= new Map();
    let names = this.folders.get(folder);
    if (!names) {
      names = [...this.input.files.keys()].filter((one) => pattern.test(one) && folderOf(one) === folder).sort();
      this.folders.set(folder, names);
    }
    return names.flatMap((one) => (one === uri ? [] : (this.input.files.get(one) ?? [])));
  }
  /** A module as imported in a file: `.config` and `pkg.config` of Python, `./config` and `@/lib/config` of TypeScript. */
  module(from: string, module: string): Sighting | undefined {
    if (languageOfName(from) === 'typescript') return this.first(scriptFiles(from, module, this.input.roots));
    const dots = /^\.*/.exec(module)?.[0].length ?? 0;
    const path = module.slice(dots).replaceAll('.', '/');
    let folders = ancestors(folderOf(from), this.input.roots);
    if (dots > 0) folders = folders.slice(dots - 1, dots);
    return this.first(
      folders.flatMap((folder) => (path === '' ? [joinUri(folder, '__init__.py')] : [joinUri(folder, `${path}.py`), joinUri(folder, `${path}/__init__.py`)])),
    );
  }
  /** A program named on a command line: a path, or a module's name. */
  target(from: string, target: { kind: 'script' | 'module' | 'config'; name: string }): Sighting | undefined {
    if (target.kind !== 'module') return this.path(from, target.name);
    const path = target.name.replaceAll('.', '/');
    if (!isPlainPath(path)) return undefined;
    return this.first(
      ancestors(folderOf(from), this.input.roots).flatMap((folder) =>
        [`${path}.py`, `${path}/__main__.py`, `src/${path}.py`].map((name) => joinUri(folder, name)),
      ),
    );
  }
}

/** Files that a TypeScript or JavaScript module may be: a path, or one below an alias of the project's root or its `src` (`@/`, `~/`, `src/`).
 * Packages are not looked for. */
function scriptFiles(from: string, module: string, roots: readonly string[]): string[] {
  const relative = /^\.\.?(?:\/|$)/.test(module);
  const aliased = /^(?:[@~#]\/|src\/)(.+)$/.exec(module)?.[1];
  if (!relative && aliased === undefined) return [];
  const folders = relative ? [folderOf(from)] : ancestors(folderOf(from), roots).flatMap((folder) => [joinUri(folder, 'src'), folder]);
  const path = (relative ? module : aliased!).replace(/\.[cm]?[jt]sx?$/, '');
  const endings = relative ? ['.ts', '.tsx', '/index.ts', '.js', '.mts', '.mjs', '.cjs', '.jsx', '/index.js'] : ['.ts', '/index.ts', '.tsx', '.js'];
  return folders.flatMap((folder) => endings.map((ending) => joinUri(folder, path + ending)));
}

/** Paths outside the workspace, of another host, or decided at run time are not looked for. */
const isPlainPath = (path: string): boolean => path !== '' && path.length < 300 && !/[$`{}<>*?\n"'|]|^[\w+.-]+:\/\/|^[/~]/.test(path);
