import { renderHelm } from '../syntax/helm.js';
import { maskTemplates } from '../syntax/template.js';
import { at, entriesOf, itemsOf, placedIn, textOf, type Value } from '../syntax/value.js';
import { readYaml } from '../syntax/yaml.js';
import type { Document } from '../text/document.js';
import { baseName } from '../text/uri.js';
import type { Include } from './types.js';
import { kustomized } from './yaml/kustomize.js';

/** A document's values with what it takes in from other files; undefined where the others are not there. */
export type TakesIn = (include: Include) => readonly Value[] | undefined;

/** How a YAML document takes other files in, if it does: a chart's template its values, an overlay its base, `!include` a part, compose its variables. */
export function takesIn({ uri, text }: Pick<Document, 'uri' | 'text'>, roots: readonly Value[]): TakesIn | undefined {
  const chart = /^(.*)\/templates\/(.+)$/.exec(uri)?.[2];
  if (chart !== undefined && text.includes('{{') && text.includes('.Values.'))
    return (include) => filledIn(uri, text, `${'../'.repeat(chart.split('/').length)}values.yaml`, include);
  if (/^kustomization\.ya?ml$|^Kustomization$/.test(baseName(uri))) return (include) => kustomized(roots[0], include);
  if (/[:-][ \t]+!include\s/.test(text)) return (include) => roots.map((root) => withIncluded(root, include, 0));
  if (/^services[ \t]*:/m.test(text) && /\$\{?\w|\benv_file\b|\bbuild\b|\bextends\b/.test(text))
    return (include) => roots.map((root) => composed(root, include));
  return undefined;
}

function filledIn(uri: string, text: string, target: string, include: Include): readonly Value[] | undefined {
  const values = include(target);
  const root = values?.settings.roots[0];
  if (!values || !root) return undefined;
  const { text: filled, inTemplate, inValues } = renderHelm(text, placedIn(root, values.uri));
  const place = (value: Value): Value => {
    const start = inTemplate(value.start);
    const own = { start, end: Math.max(start, inTemplate(Math.max(value.start, value.end - 1)) + 1) };
    if (value.kind === 'seq') return { ...value, ...own, items: value.items.map(place) };
    if (value.kind === 'map')
      return {
        ...value,
        ...own,
        entries: value.entries.map((entry) => ({
          ...entry,
          keyStart: inTemplate(entry.keyStart),
          keyEnd: inTemplate(entry.keyEnd),
          value: place(entry.value),
        })),
      };
    const quoted = /^["']/.test(filled[value.start] ?? '') ? 1 : 0;
    const from = inValues(value.start + quoted);
    const whole = from !== undefined && from === inValues(Math.max(value.start + quoted, value.end - 1 - quoted));
    return whole && from.uri !== undefined ? { ...value, start: from.start, end: from.end, uri: from.uri } : { ...value, ...own };
  };
  return readYaml(uri, maskTemplates(filled)).roots.map(place);
}

const maxDepth = 30;
function withIncluded(value: Value, include: Include, depth: number): Value {
  if (depth > maxDepth) return value;
  const inner = (one: Value): Value => withIncluded(one, include, depth + 1);
  if (value.kind === 'seq') return { ...value, items: value.items.map(inner) };
  if (value.kind === 'map') return { ...value, entries: value.entries.map((entry) => ({ ...entry, value: inner(entry.value) })) };
  const taken = value.tag === '!include' && typeof value.value === 'string' ? include(value.value) : undefined;
  return taken?.settings.roots[0] ? placedIn(taken.settings.roots[0], taken.uri) : value;
}

/** A compose file with the variables of `.env` in its texts, those of `env_file` among its services' own, and the entry point of an image that it builds.
 * @source docs.docker.com/compose/how-tos/environment-variables: what `environment` says wins over `env_file`; `.env` beside the file fills `${…}` */
function composed(root: Value, include: Include): Value {
  const variables = include('.env')?.settings;
  const filled = variables?.roots[0] ? withVariables(root, placedIn(variables.roots[0], include('.env')!.uri)) : root;
  if (filled.kind !== 'map') return filled;
  const services = (value: Value): Value =>
    value.kind === 'map' ? { ...value, entries: value.entries.map((entry) => ({ ...entry, value: service(entry.value, include) })) } : value;
  return { ...filled, entries: filled.entries.map((entry) => (entry.key === 'services' ? { ...entry, value: services(entry.value) } : entry)) };
}
function service(value: Value, include: Include): Value {
  if (value.kind !== 'map') return value;
  const listed = at(value, 'env_file');
  const files = (listed?.kind === 'seq' ? listed.items : listed ? [listed] : []).flatMap((one) => textOf(at(one, 'path') ?? one) ?? []);
  const image = imageOf(value, include);
  const given = [
    ...entriesOf(at(image, 'environment')),
    ...files.flatMap((target) => {
      const file = include(target);
      return file?.settings.roots[0] ? entriesOf(placedIn(file.settings.roots[0], file.uri)) : [];
    }),
  ];
  const own = at(value, 'environment');
  const stated = own?.kind === 'seq' ? own.items.flatMap((item) => textOf(item)?.split('=')[0] ?? []) : entriesOf(own).map(({ key }) => key);
  const more = given.filter(({ key }) => !stated.includes(key));
  const base = { start: value.start, end: value.start };
  const environment: Value =
    own?.kind === 'seq'
      ? {
          ...own,
          items: [
            ...own.items,
            ...more.map(
              (one): Value => ({
                kind: 'scalar',
                value: `${one.key}=${textOf(one.value) ?? ''}`,
                raw: '',
                start: one.value.start,
                end: one.value.end,
                ...(one.value.uri === undefined ? {} : { uri: one.value.uri }),
              }),
            ),
          ],
        }
      : { kind: 'map', entries: [...more, ...entriesOf(own)], ...base };
  const entry = (key: string, one: Value) => ({ key, keyStart: value.start, keyEnd: value.start, value: one });
  const built = entryPoint(value, image);
  return {
    ...value,
    entries: [
      ...value.entries.filter(({ key }) => more.length === 0 || key !== 'environment'),
      ...(more.length === 0 ? [] : [entry('environment', environment)]),
      ...(built ? [entry('entrypoint', built)] : []),
    ],
  };
}
/** What the image that a service builds starts, where the service gives arguments only. */
function entryPoint(value: Value, image: Value | undefined): Value | undefined {
  if (!image || at(value, 'entrypoint')) return undefined;
  const words = [...itemsOf(at(image, 'entrypoint')), ...(at(value, 'command') ? [] : itemsOf(at(image, 'command')))];
  return words.length === 0
    ? undefined
    : { kind: 'seq', items: words, start: image.start, end: image.end, ...(image.uri === undefined ? {} : { uri: image.uri }) };
}
function imageOf(value: Value, include: Include): Value | undefined {
  const build = at(value, 'build');
  if (!build) return undefined;
  const folder = textOf(build) ?? textOf(at(build, 'context')) ?? '.';
  const file = include(`${folder.replace(/\/$/, '')}/${textOf(at(build, 'dockerfile')) ?? 'Dockerfile'}`);
  return file?.settings.roots[0] && placedIn(file.settings.roots[0], file.uri);
}

/** `${NAME}`, `${NAME:-default}` and `$NAME` in texts, where the variables say it. A text that is a variable as a whole stands where the variable does. */
function withVariables(value: Value, variables: Value): Value {
  if (value.kind === 'seq') return { ...value, items: value.items.map((item) => withVariables(item, variables)) };
  if (value.kind === 'map') return { ...value, entries: value.entries.map((entry) => ({ ...entry, value: withVariables(entry.value, variables) })) };
  if (typeof value.value !== 'string' || !value.value.includes('$')) return value;
  let whole: Value | undefined;
  const text = value.value.replace(/\$\$|\$\{(\w+)(?::?[-?][^{}]*)?\}|\$(\w+)/g, (written, a?: string, b?: string) => {
    const found = at(variables, a ?? b ?? '');
    const set = textOf(found);
    if (set === undefined || set === '') return written;
    if (written === value.value) whole = found;
    return set;
  });
  if (text === value.value) return value;
  const place = whole ? { start: whole.start, end: whole.end, ...(whole.uri === undefined ? {} : { uri: whole.uri }) } : {};
  return { ...value, ...place, value: text, raw: text };
}
