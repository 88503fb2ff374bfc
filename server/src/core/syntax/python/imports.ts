import type { Node } from 'web-tree-sitter';
import { named } from './convert.js';

export interface Import {
  readonly module: string;
  /** Absent for `import module`. */
  readonly name?: string;
  readonly start: number;
  readonly end: number;
}
export interface ImportTable {
  readonly byName: ReadonlyMap<string, Import>;
  /** Modules of `from module import *`. */
  readonly stars: readonly string[];
}

/** What a program imports, by the name that it uses; `places` are where its import statements begin. */
export function readImports(text: string, places: readonly number[], chain: (at: number) => readonly Node[]): ImportTable {
  const byName = new Map<string, Import>();
  const stars: string[] = [];
  const slice = (node: Node): string => text.slice(node.startIndex, node.endIndex);
  for (const at of places) {
    const node = chain(at).findLast((candidate) => candidate.type.startsWith('import_') || candidate.type === 'future_import_statement');
    if (!node) continue;
    const from = node.childForFieldName('module_name');
    const module = from ? slice(from) : undefined;
    if (named(node).some((child) => child.type === 'wildcard_import') && module) stars.push(module);
    for (const item of named(node)) {
      if (item.startIndex === from?.startIndex) continue;
      const span = { start: item.startIndex, end: item.endIndex };
      const path = item.type === 'aliased_import' ? item.childForFieldName('name') : item.type === 'dotted_name' ? item : null;
      if (!path) continue;
      const written = slice(path);
      const alias = item.type === 'aliased_import' ? item.childForFieldName('alias') : null;
      const local = alias ? slice(alias) : module === undefined ? (written.split('.')[0] ?? written) : written;
      byName.set(local, module === undefined ? { module: alias ? written : local, ...span } : { module, name: written, ...span });
    }
  }
  return { byName, stars };
}
