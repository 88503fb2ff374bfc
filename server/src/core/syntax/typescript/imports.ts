import type { Node } from 'web-tree-sitter';
import { named } from './convert.js';

/** Something of another module: `name` is what that module calls it, `default` for its default, absent for the module as a whole. */
export interface Import {
  readonly module: string;
  readonly name?: string;
  readonly start: number;
  readonly end: number;
}
export interface ImportTable {
  /** By the name that the program uses. */
  readonly byName: ReadonlyMap<string, Import>;
  /** Names that the program hands on without using them: `export { MODEL } from './models'`. */
  readonly handedOn: ReadonlyMap<string, Import>;
  /** Modules of `export * from`. */
  readonly stars: readonly string[];
}

/** What a program imports: `import` in all its forms, `require`, `await import(…)`. `places` are where such words stand in the text. */
export function readImports(text: string, places: readonly number[], chain: (at: number) => readonly Node[]): ImportTable {
  const byName = new Map<string, Import>();
  const handedOn = new Map<string, Import>();
  const stars: string[] = [];
  const slice = (node: Node): string => text.slice(node.startIndex, node.endIndex);
  for (const at of places) {
    const nodes = chain(at);
    const statement = nodes.find((node) => node.type === 'import_statement' || node.type === 'export_statement');
    const source = statement?.childForFieldName('source');
    if (statement && source) {
      const module = unquoted(slice(source));
      const into = statement.type === 'import_statement' ? byName : handedOn;
      if (statement.type === 'export_statement' && /^export\s*\*\s*from/.test(slice(statement))) stars.push(module);
      for (const clause of named(statement)) readClause(clause, module, slice, into);
      continue;
    }
    const call = nodes.findLast((node) => node.type === 'call_expression');
    const loaded = call && /^(?:require|import)$/.test(slice(call.childForFieldName('function') ?? call)) ? call : undefined;
    const argument = loaded?.childForFieldName('arguments');
    const given = argument ? named(argument)[0] : undefined;
    if (loaded && given?.type === 'string') readLoaded(nodes, loaded, unquoted(slice(given)), slice, byName);
  }
  return { byName, handedOn, stars };
}
const unquoted = (written: string): string => written.slice(1, -1);

function readClause(clause: Node, module: string, slice: (node: Node) => string, into: Map<string, Import>): void {
  const span = { start: clause.startIndex, end: clause.endIndex };
  switch (clause.type) {
    case 'import_clause':
    case 'named_imports':
    case 'export_clause':
      for (const child of named(clause)) readClause(child, module, slice, into);
      break;
    case 'identifier':
      into.set(slice(clause), { module, name: 'default', ...span });
      break;
    case 'namespace_import':
      if (named(clause)[0]) into.set(slice(named(clause)[0]!), { module, ...span });
      break;
    case 'import_specifier':
    case 'export_specifier': {
      const name = clause.childForFieldName('name');
      const alias = clause.childForFieldName('alias') ?? name;
      if (name && alias) into.set(slice(alias), { module, name: slice(name), ...span });
    }
  }
}

/** `const { A: b } = require('m')`, `const m = await import('m')`, `const x = require('m').x`. */
function readLoaded(nodes: readonly Node[], loaded: Node, module: string, slice: (node: Node) => string, into: Map<string, Import>): void {
  let level = nodes.findIndex((node) => node.id === loaded.id) - 1;
  let member: string | undefined;
  for (; level > 0; level--) {
    const node = nodes[level]!;
    if (node.type === 'member_expression' && member === undefined) member = slice(node.childForFieldName('property') ?? node);
    else if (node.type !== 'await_expression' && node.type !== 'parenthesized_expression') break;
  }
  const declarator = nodes[level];
  const target = declarator?.type === 'variable_declarator' ? declarator.childForFieldName('name') : null;
  if (!target) return;
  const whole = slice(loaded).startsWith('require') ? { name: 'default' } : {};
  const span = (node: Node) => ({ start: node.startIndex, end: node.endIndex });
  if (target.type === 'identifier') into.set(slice(target), { module, ...(member === undefined ? whole : { name: member }), ...span(target) });
  if (target.type !== 'object_pattern' || (member !== undefined && member !== 'default')) return;
  for (const part of named(target)) {
    if (part.type === 'shorthand_property_identifier_pattern') into.set(slice(part), { module, name: slice(part), ...span(part) });
    const key = part.type === 'pair_pattern' ? part.childForFieldName('key') : null;
    const value = part.type === 'pair_pattern' ? part.childForFieldName('value') : null;
    if (key && value?.type === 'identifier') into.set(slice(value), { module, name: slice(key), ...span(part) });
  }
}
