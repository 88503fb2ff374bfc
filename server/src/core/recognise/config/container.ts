import { at, type Entry, entriesOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';

/** Names that platforms have for the parts of a container, and Kubernetes' own name for each; what a platform puts in front does not matter. */
const parts: readonly (readonly [RegExp, string])[] = [
  [/(?:^|_)image(?:_(?:uri|url|name|ref|repository))?$|^ecr_address$/, 'image'],
  [/(?:^|_)(?:command|cmd|entry_?point|docker_entrypoint)$/, 'command'],
  [/(?:^|_)(?:args|arguments|docker_start_cmd)$/, 'args'],
  [/(?:^|_)env(?:s|ironment)?(?:_(?:vars?|variables?))?$/, 'env'],
  [/^(?:resources|compute_resources)$/, 'resources'],
];
const snake = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();

/** A container as Kubernetes describes it, out of a map that names its parts in a platform's own words (`container_image`, `commandArgs`, `imageUri`);
 * undefined where it names no image, or nothing of what the image runs. */
export function asContainer(value: Value | undefined): Value | undefined {
  if (value?.kind !== 'map') return undefined;
  const named = new Map<string, Entry>();
  for (const entry of value.entries) {
    const part = parts.find(([pattern]) => pattern.test(snake(entry.key)))?.[1];
    if (part !== undefined && !(named.has(part) && entry.key !== part)) named.set(part, { ...entry, key: part });
  }
  const image = named.get('image');
  const repository = image?.value.kind === 'map' ? (at(image.value, 'repository') ?? at(image.value, 'name')) : image?.value;
  if (!image || textOf(repository) === undefined || !['command', 'args', 'env', 'resources'].some((part) => named.has(part))) return undefined;
  named.set('image', { ...image, value: repository! });
  const others = value.entries.filter((entry) => ![...named.values()].some((one) => one.keyStart === entry.keyStart));
  return { ...value, entries: [...named.values(), ...others] };
}

/** A pod of one container. */
export const podOf = (container: Value, more: readonly Entry[] = []): Value => {
  const { start, end } = container;
  const containers: Value = { kind: 'seq', items: [container], start, end };
  return { kind: 'map', entries: [{ key: 'containers', keyStart: start, keyEnd: start, value: containers }, ...more], start, end };
};
export const isPod = (value: Value): boolean =>
  itemsOf(at(value, 'containers')).some((one) => hasKey(one, 'image') || hasKey(one, 'command') || hasKey(one, 'args') || hasKey(one, 'resources'));

/** A part of a document with what it stands in, the outermost first. */
export interface Within {
  readonly value: Value;
  /** Key that it stands under; that of the list for an item. */
  readonly key: string;
  /** Where it stands with its key. */
  readonly place: { readonly start: number; readonly end: number };
}
/** A pod, or a container by itself as one, with the maps that it stands in. */
export interface FoundPod {
  readonly pod: Value;
  readonly within: readonly Within[];
}

const deepest = 16;
const most = 200;
/** The pods that an object of any kind describes, wherever they stand in it; `descend` is false for what is read otherwise. */
export function podsIn(root: Value, descend: (value: Value) => boolean = () => true): FoundPod[] {
  const found: FoundPod[] = [];
  const walk = (here: Within, above: readonly Within[]): void => {
    if (above.length > deepest || found.length >= most || !descend(here.value)) return;
    const within = [...above, here];
    if (isPod(here.value)) {
      found.push({ pod: here.value, within });
      return;
    }
    const container = asContainer(here.value);
    if (container) {
      const selector = entriesOf(here.value).filter(({ key }) => key === 'nodeSelector' || key === 'affinity');
      found.push({ pod: podOf(container, selector), within });
      return;
    }
    for (const entry of entriesOf(here.value)) {
      if (/^(?:initContainers|status|openAPIV3Schema|metadata)$/.test(entry.key)) continue;
      if (entry.value.kind === 'map') walk({ value: entry.value, key: entry.key, place: { start: entry.keyStart, end: entry.value.end } }, within);
      for (const item of itemsOf(entry.value)) if (item.kind === 'map') walk({ value: item, key: entry.key, place: item }, within);
    }
  };
  for (const value of root.kind === 'seq' ? root.items : [root]) walk({ value, key: '', place: value }, []);
  return found;
}
