import { entriesOf, itemsOf, type Value } from '../value.js';
import type { HclBlock, HclBody, HclEntry, HclExpr } from './ast.js';
import { readHclExpression } from './read.js';

/** Terraform's JSON form (`.tf.json`) as the body that the native syntax gives: `resource`, `module`, `variable` and their like are blocks.
 * @source developer.hashicorp.com/terraform/language/syntax/json: names are nested keys, texts are templates */
export function hclOfJson(root: Value, text: string): HclBody {
  const blocks = entriesOf(root).flatMap(({ key, value }): HclBlock[] => {
    const depth = labels[key];
    return depth === undefined ? [] : blocksOf(key, [], value, depth, text);
  });
  return { attributes: [], blocks };
}
const labels: Readonly<Record<string, number>> = { resource: 2, data: 2, module: 1, variable: 1, provider: 1, locals: 0, terraform: 0 };

function blocksOf(type: string, names: readonly string[], value: Value, depth: number, text: string): HclBlock[] {
  if (depth > 0) return entriesOf(value).flatMap((entry) => blocksOf(type, [...names, entry.key], entry.value, depth - 1, text));
  const bodies = value.kind === 'seq' ? itemsOf(value) : [value];
  return bodies.map((body) => ({ type, labels: names, body: { attributes: attributesOf(body, text), blocks: [] }, start: body.start, end: body.end }));
}
const attributesOf = (value: Value, text: string): HclEntry[] =>
  entriesOf(value).map((entry) => ({ key: entry.key, keyStart: entry.keyStart, value: expressionOf(entry.value, text) }));

function expressionOf(value: Value, text: string): HclExpr {
  const { start, end } = value;
  if (value.kind === 'seq') return { kind: 'list', items: value.items.map((item) => expressionOf(item, text)), start, end };
  if (value.kind === 'map') return { kind: 'object', entries: attributesOf(value, text), start, end };
  return typeof value.value === 'string' && text[start] === '"' ? readHclExpression(text, start, end) : { kind: 'literal', value: value.value, start, end };
}
