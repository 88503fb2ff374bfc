import schemaJson from '../../../../schemas/mlcost.schema.json' with { type: 'json' };
import type { Catalog } from '../catalog/catalog.js';
import { isMarketplace, listProviders } from '../catalog/price-book.js';
import { factNames } from '../model/fact-names.js';

interface Schema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly const?: string | boolean;
  readonly additionalProperties?: boolean | Schema;
}
const root = schemaJson as unknown as Schema;

/** A word that fits where the cursor stands. */
export interface Suggestion {
  readonly label: string;
  readonly insert: string;
  readonly detail: string;
  readonly documentation: string;
  readonly kind: 'key' | 'value';
  /** Offsets of what it replaces. */
  readonly start: number;
  readonly end: number;
}

/** What may stand at a place of a `.mlcost.yaml`. Works on broken text: a person is typing. */
export function completeSettings(text: string, offset: number, catalog: Catalog | undefined): Suggestion[] {
  const { path, lineStart, key, valueStart } = placeIn(text, offset);
  const before = text.slice(lineStart, offset);
  if (key !== undefined && valueStart !== undefined && offset >= valueStart) {
    const start = offset - (/[^\s:[,]*$/.exec(before)?.[0].length ?? 0);
    return values([...path, key], catalog, text).map(({ value, detail }) => ({
      label: value,
      insert: value,
      detail,
      documentation: '',
      kind: 'value',
      start,
      end: offset,
    }));
  }
  const typed = /[\w-]*$/.exec(before)?.[0] ?? '';
  const start = offset - typed.length;
  const inList = /^\s*-\s*[\w-]*$/.test(before);
  const own = path.at(-1) === '-' ? path : inList ? [...path, '-'] : path;
  const facts = (path.length === 1 && (path[0] === 'assumptions' || path[0] === 'ranges') && !inList) || path.join(' ') === 'scenarios - set';
  const entries: [string, Schema][] = facts ? factEntries(own) : formsAt(own, text, offset).flatMap((schema) => Object.entries(schema.properties ?? {}));
  return [...new Map(entries)].map(([label, schema]) => ({
    label,
    insert: opens(schema) ? `${label}:\n${' '.repeat(start - lineStart + 2)}` : `${label}: `,
    detail: facts ? 'fact' : typeOf(schema),
    documentation: schema.description ?? '',
    kind: 'key',
    start,
    end: offset,
  }));
}

/** The forms of an object at a place: of those that differ by `kind`, the one whose kind the object states. */
function formsAt(path: readonly string[], text: string, offset: number): Schema[] {
  const forms = schemasAt(path);
  const said = path.at(-1) === '-' ? /^\s*(?:-\s+)?kind:\s*([\w-]+)/m.exec(itemAround(text, offset))?.[1] : undefined;
  const fits = forms.filter(({ properties }) => said !== undefined && properties?.['kind']?.const === said);
  return fits.length > 0 ? fits : forms;
}
/** The lines of the list item that a place is in. */
function itemAround(text: string, offset: number): string {
  const dashes = [...text.slice(0, text.indexOf('\n', offset) < 0 ? text.length : text.indexOf('\n', offset)).matchAll(/^( *)- /gm)];
  const last = dashes.at(-1);
  if (!last) return '';
  const end = text.slice(last.index + 1).search(new RegExp(`^ {0,${(last[1] ?? '').length}}\\S`, 'm'));
  return end < 0 ? text.slice(last.index) : text.slice(last.index, last.index + 1 + end);
}

/** Facts by their names, behind the words that the place has of its own. */
function factEntries(path: readonly string[]): [string, Schema][] {
  const words = path[0] === 'scenarios' ? schemasAt(path).flatMap((schema) => Object.entries(schema.properties ?? {})) : [];
  const named = new Set(words.map(([name]) => name));
  const facts = Object.entries(factNames).map(([name, { label, meaning }]): [string, Schema] => [name, { description: `${label}: ${meaning}` }]);
  return [...words, ...facts.filter(([name]) => !named.has(name))];
}

/** What the word at a place means. */
export function explainSetting(text: string, offset: number): { readonly markdown: string; readonly start: number; readonly end: number } | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  const found = /^(\s*(?:-\s+)*)([\w-]+)\s*:/.exec(line);
  if (!found) return undefined;
  const [, indent = '', key = ''] = found;
  const start = lineStart + indent.length;
  const { path } = placeIn(text, start + key.length);
  const fact = factNames[key];
  const inAssumptions = path.length === 1 && path[0] === 'assumptions';
  const description = inAssumptions && fact ? `${fact.label}: ${fact.meaning}` : schemasAt([...path, key]).find((schema) => schema.description)?.description;
  return description === undefined ? undefined : { markdown: `**${key}** · ${description}`, start, end: start + key.length };
}

/** The keys around a place, outermost first (`-` for a list's item), and the key of its own line. */
function placeIn(text: string, offset: number): { path: string[]; lineStart: number; key?: string; valueStart?: number } {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lines = text.slice(0, lineStart).split('\n').slice(0, -1);
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  const parts = /^(\s*)((?:-\s+)?)/.exec(line) ?? ['', '', ''];
  const [, blank = '', dash = ''] = parts;
  let indent = blank.length;
  const path: string[] = [];
  if (dash !== '') path.unshift('-');
  // A dash may stand under its key's first letter: such a parent has the same indent.
  let same = dash !== '';
  for (let at = lines.length - 1; at >= 0; at--) {
    const above = lines[at] ?? '';
    const found = /^(\s*)((?:-\s+)?)([\w-]+)\s*:\s*(?:#.*)?/.exec(above);
    if (!found) continue;
    const [, space = '', mark = '', key = ''] = found;
    const column = space.length + mark.length;
    const opens = /:\s*(?:#.*)?$/.test(above);
    if (mark !== '' && column === indent && space.length < indent) {
      // a sibling key of the same item that has the item's dash
      path.unshift('-');
      indent = space.length;
      same = true;
      continue;
    }
    if (!opens) continue;
    if (column < indent || (same && column === indent && mark === '')) {
      path.unshift(key);
      same = mark !== '';
      if (mark !== '') path.unshift('-');
      indent = mark === '' ? column : space.length;
      if (indent === 0 && mark === '') break;
    }
  }
  const own = /^\s*(?:-\s+)?([\w-]+)\s*:(\s|$)/.exec(line);
  if (!own) return { path, lineStart };
  return { path, lineStart, key: own[1] ?? '', valueStart: lineStart + own[0].length };
}

function schemasAt(path: readonly string[]): Schema[] {
  let here: Schema[] = [root];
  for (const step of path) {
    here = here
      .flatMap((schema) => flat(schema))
      .flatMap((schema): Schema[] => {
        if (step === '-') return schema.items ? [schema.items] : [];
        const found = schema.properties?.[step] ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined);
        return found ? [found] : [];
      });
  }
  return here.flatMap(flat);
}
const flat = (schema: Schema): Schema[] => [schema, ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(flat)];
const opens = (schema: Schema): boolean =>
  flat(schema).every(({ type, anyOf, oneOf }) => (anyOf ?? oneOf) !== undefined || type === 'array' || type === 'object') && flat(schema).length > 0;
const typeOf = (schema: Schema): string =>
  [
    ...new Set(
      flat(schema).flatMap(({ type }) => (Array.isArray(type) ? type : type === undefined ? [] : type === 'array' ? 'list' : type === 'object' ? 'map' : type)),
    ),
  ].join(' or ');

function values(path: readonly string[], catalog: Catalog | undefined, text: string): { value: string; detail: string }[] {
  const key = path.at(-1) ?? '';
  const plain = (list: readonly string[], detail = '') => list.map((value) => ({ value, detail }));
  const written = /^\s*(?:-\s+)?fact:\s*([\w]+)/m.exec(text.slice(text.lastIndexOf('\n- ') + 1))?.[1];
  const name = key === 'value' && written !== undefined ? written : key;
  if (key === 'fact') return Object.entries(factNames).map(([value, { label }]) => ({ value, detail: label }));
  if (key === 'accelerator' || key === 'type' || name === 'gpu_type')
    return (catalog?.accelerators ?? []).map(({ id, name: detail }) => ({ value: id, detail }));
  if (name === 'provider') return plain(listProviders);
  if (name === 'region') {
    const provider = /^provider:\s*([\w-]+)/m.exec(text)?.[1];
    const offers = (catalog?.offers ?? []).filter(
      (offer) => offer.region !== 'any' && !isMarketplace(offer) && (provider === undefined || offer.provider === provider),
    );
    return [...new Map(offers.map(({ region, provider: seller }) => [region, { value: region, detail: seller }])).values()];
  }
  const allowed = schemasAt(path).flatMap((schema) => schema.enum ?? (typeof schema.const === 'string' ? [schema.const] : []));
  if (allowed.length > 0) return plain([...new Set(allowed)]);
  const fact = factNames[name];
  if (fact?.type === 'boolean') return plain(['true', 'false']);
  return plain(fact?.values ?? []);
}
