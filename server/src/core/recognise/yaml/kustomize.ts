import { at, entryOf, itemsOf, placedIn, scalarOf, textOf, type Value } from '../../syntax/value.js';
import { readYaml } from '../../syntax/yaml.js';
import type { Include, YamlRecogniser } from '../types.js';

const maxDepth = 6;
/** Folders and files that an overlay reaches, at most: bases may name each other. */
const maxBases = 100;
interface Budget {
  left: number;
}

/** An overlay says nothing by itself: what it makes of its bases is read as they are. */
export const kustomize: YamlRecogniser = {
  id: 'kustomize',
  language: 'yaml',
  marker: /^(?:resources|bases|components|patches\w*)[ \t]*:/m,
  doc: {
    format: 'Kustomize',
    reads: 'bases with patches, replicas and images of an overlay, read as the objects that they become',
    example: 'resources: [../base]\nreplicas: [{name: llm, count: 4}]',
  },
  recognise: () => [],
};

/** The objects that an overlay makes of its bases, where it changes them: patches, replicas, images.
 * @source kubectl.docs.kubernetes.io/references/kustomize/kustomization */
export function kustomized(root: Value | undefined, include: Include): readonly Value[] | undefined {
  if (!root || !changes.some((key) => itemsOf(at(root, key)).length > 0)) return undefined;
  const objects = objectsOf(root, include, { left: maxBases }, 0);
  // A lens stands at the overlay, whose objects these are.
  return objects.length === 0 ? undefined : objects.map(({ uri: _uri, ...object }) => ({ ...object, start: root.start, end: root.end }) as Value);
}
const changes = ['patches', 'patchesStrategicMerge', 'patchesJson6902', 'replicas', 'images', 'components'];

function objectsOf(root: Value, include: Include, budget: Budget, depth: number): Value[] {
  if (depth > maxDepth) return [];
  let objects = ['resources', 'bases'].flatMap((key) =>
    itemsOf(at(root, key)).flatMap((item) => {
      const target = textOf(item) ?? '';
      if (target === '' || /^[\w+.-]+:\/\/|^github\.com|\?ref=/.test(target)) return [];
      return budget.left-- <= 0 ? [] : resource(target, include, budget, depth);
    }),
  );
  const strategic = [
    ...itemsOf(at(root, 'patchesStrategicMerge')).map((item) => ({ patch: item, target: undefined })),
    ...itemsOf(at(root, 'patches')).map((item) => ({ patch: at(item, 'path') ?? at(item, 'patch') ?? item, target: at(item, 'target') })),
    ...itemsOf(at(root, 'patchesJson6902')).map((item) => ({ patch: at(item, 'path') ?? at(item, 'patch') ?? item, target: at(item, 'target') })),
  ];
  for (const { patch, target } of strategic) for (const value of valuesOf(patch, include)) objects = objects.map((object) => patched(object, value, target));
  for (const one of itemsOf(at(root, 'replicas'))) {
    const count = at(one, 'count');
    if (count) objects = objects.map((object) => (nameOf(object) === textOf(at(one, 'name')) ? put(object, ['spec', 'replicas'], count) : object));
  }
  for (const image of itemsOf(at(root, 'images'))) objects = objects.map((object) => withImage(object, image));
  return objects;
}
function resource(target: string, include: Include, budget: Budget, depth: number): Value[] {
  if (/\.(?:ya?ml|json)$/.test(target)) {
    const file = include(target);
    return file?.settings.roots.map((one) => placedIn(one, file.uri)) ?? [];
  }
  const folder = target.replace(/\/$/, '');
  const base = include(`${folder}/kustomization.yaml`) ?? include(`${folder}/kustomization.yml`);
  const root = base?.settings.roots[0];
  return root ? objectsOf(root, (inner) => include(`${folder}/${inner}`), budget, depth + 1) : [];
}
/** A patch is a file, or a text in place. */
function valuesOf(patch: Value, include: Include): readonly Value[] {
  const text = textOf(patch);
  if (text === undefined) return [];
  if (!text.includes('\n')) {
    const file = include(text);
    return file?.settings.roots.map((one) => placedIn(one, file.uri)) ?? [];
  }
  const place = (value: Value): Value => {
    const here = { start: patch.start, end: patch.end, ...(patch.uri === undefined ? {} : { uri: patch.uri }) };
    if (value.kind === 'seq') return { ...value, ...here, items: value.items.map(place) };
    return value.kind === 'map'
      ? { ...value, ...here, entries: value.entries.map((entry) => ({ ...entry, value: place(entry.value) })) }
      : { ...value, ...here };
  };
  return readYaml(patch.uri ?? '', text).roots.map(place);
}

const nameOf = (object: Value): string | undefined => textOf(at(object, 'metadata', 'name'));
function patched(object: Value, patch: Value, target: Value | undefined): Value {
  const matches = (kind: string | undefined, name: string | undefined): boolean =>
    (kind === undefined || kind === textOf(at(object, 'kind'))) && (name === undefined || named(name, nameOf(object)));
  if (patch.kind === 'seq') {
    if (!target || !matches(textOf(at(target, 'kind')), textOf(at(target, 'name')))) return object;
    return patch.items.reduce(operated, object);
  }
  const isMeant = target ? matches(textOf(at(target, 'kind')), textOf(at(target, 'name'))) : matches(textOf(at(patch, 'kind')), nameOf(patch) ?? '');
  return isMeant ? merged(object, patch, 0) : object;
}
/** A target's name is a regular expression; only plain ones and `.*` are read. */
const named = (pattern: string, name: string | undefined): boolean => pattern === name || pattern === '.*';
/** One operation of a JSON patch: paths into lists by position. */
function operated(object: Value, operation: Value): Value {
  const value = at(operation, 'value');
  if (!value || !/^(?:add|replace)$/.test(String(scalarOf(at(operation, 'op'))))) return object;
  const path = (textOf(at(operation, 'path')) ?? '').split('/').slice(1);
  return put(
    object,
    path.map((one) => one.replaceAll('~1', '/').replaceAll('~0', '~')),
    value,
  );
}
function put(object: Value, [step, ...rest]: readonly string[], value: Value): Value {
  if (step === undefined) return value;
  if (object.kind === 'seq') {
    if (step === '-') return { ...object, items: [...object.items, value] };
    return { ...object, items: object.items.map((item, index) => (String(index) === step ? put(item, rest, value) : item)) };
  }
  if (object.kind !== 'map') return object;
  const before = entryOf(object, step);
  const inner = before?.value ?? { kind: 'map' as const, entries: [], start: value.start, end: value.end };
  const entry = { key: step, keyStart: before?.keyStart ?? value.start, keyEnd: before?.keyEnd ?? value.start, value: put(inner, rest, value) };
  return { ...object, entries: before ? object.entries.map((one) => (one === before ? entry : one)) : [...object.entries, entry] };
}
/** A strategic merge: maps key by key, containers and their like by name, other lists as a whole; `null` takes away. */
function merged(base: Value, patch: Value, depth: number): Value {
  if (depth > 40) return patch;
  if (base.kind === 'map' && patch.kind === 'map') {
    const removed = patch.entries.filter(({ value }) => scalarOf(value) === null).map(({ key }) => key);
    const kept = base.entries.filter(({ key }) => !removed.includes(key));
    const added = patch.entries.filter(({ key }) => !removed.includes(key) && !kept.some((one) => one.key === key));
    return {
      ...base,
      entries: [
        ...kept.map((one) => {
          const other = entryOf(patch, one.key);
          return other ? { ...one, value: merged(one.value, other.value, depth + 1) } : one;
        }),
        ...added,
      ],
    };
  }
  if (base.kind === 'seq' && patch.kind === 'seq' && patch.items.every((item) => at(item, 'name'))) {
    const byName = (item: Value): string | undefined => textOf(at(item, 'name'));
    const more = patch.items.filter((item) => !base.items.some((one) => byName(one) === byName(item)));
    return {
      ...base,
      items: [
        ...base.items.map((item) => {
          const other = patch.items.find((one) => byName(one) === byName(item));
          return other ? merged(item, other, depth + 1) : item;
        }),
        ...more,
      ],
    };
  }
  return patch;
}
function withImage(object: Value, image: Value): Value {
  const name = textOf(at(image, 'name'));
  const change = (value: Value): Value => {
    if (value.kind === 'seq') return { ...value, items: value.items.map(change) };
    if (value.kind !== 'map') return value;
    return {
      ...value,
      entries: value.entries.map((entry) => {
        const [, plain, tag] = /^(.*?)((?::[^/:]+)?)$/.exec(textOf(entry.value) ?? '') ?? [];
        if (entry.key !== 'image' || plain !== name || name === undefined) return { ...entry, value: change(entry.value) };
        const written = textOf(at(image, 'newTag'));
        const text = `${textOf(at(image, 'newName')) ?? plain}${written === undefined ? (tag ?? '') : `:${written}`}`;
        const place = at(image, 'newTag') ?? image;
        return {
          ...entry,
          value: {
            kind: 'scalar' as const,
            value: text,
            raw: text,
            start: place.start,
            end: place.end,
            ...(place.uri === undefined ? {} : { uri: place.uri }),
          },
        };
      }),
    };
  };
  return { ...object, ...change(object) } as Value;
}
