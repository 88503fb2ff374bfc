import type { Flag, Settings, Sighting } from '../recognise/types.js';
import { at, entriesOf, itemsOf, scalarOf, textOf, type Value } from '../syntax/value.js';
import { folderOf, joinUri } from '../text/uri.js';
import type { Files } from './files.js';

/** One file of a composed configuration, and the place in the whole that it fills. */
export interface Layer {
  readonly uri: string;
  readonly root: Value;
  readonly at: readonly string[];
}
export interface Composed {
  /** Later ones win. */
  readonly layers: readonly Layer[];
  /** Config groups that the command line may choose for, by their path: `model`, `db/engine`. */
  readonly groups: ReadonlySet<string>;
}

const maxFiles = 60;
const maxPasses = 4;

/** The configuration that Hydra makes of a file, its defaults list and the choices on the command line.
 * @source hydra.cc/docs/advanced/defaults_list: a file wins over its defaults unless `_self_` stands elsewhere; `override` and the command line choose an option;
 * hydra.cc/docs/advanced/overriding_packages: a group's file fills the group's own path unless a package says otherwise */
export function composed(config: Sighting, overrides: readonly Flag[], files: Files): Composed {
  const chosen = new Map<string, readonly string[]>();
  // Of a group that a sweep goes through, no option is the one.
  for (const { name, value, swept } of overrides) if (typeof value === 'string' || typeof value === 'boolean') chosen.set(name, swept ? [] : listed(value));
  // A choice that stands deeper than what it chooses for is known only after a first reading.
  for (let pass = 1; ; pass++) {
    const before = chosen.size;
    const found = new Composition(config, chosen, overrides, files).read();
    if (chosen.size === before || pass === maxPasses) return found;
  }
}
const listed = (value: string | boolean): readonly string[] =>
  String(value)
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((part) => part.trim());

class Composition {
  private readonly layers: Layer[] = [];
  private readonly groups = new Set<string>();
  private readonly folder: string;
  private readonly visited = new Set<string>();
  private readonly config: Sighting;
  private readonly chosen: Map<string, readonly string[]>;
  private readonly overrides: readonly Flag[];
  private readonly files: Files;
  constructor(config: Sighting, chosen: Map<string, readonly string[]>, overrides: readonly Flag[], files: Files) {
    this.config = config;
    this.chosen = chosen;
    this.overrides = overrides;
    this.files = files;
    this.folder = folderOf(config.uri);
  }
  read(): Composed {
    this.file(this.config, [], []);
    // `+group=option` adds a group that no list has.
    for (const { name, value } of this.overrides)
      if (/^[\w/]+$/.test(name) && !this.groups.has(name) && typeof value === 'string' && /^[\w-]+$/.test(value) && !this.states(name)) {
        const group = name.split('/');
        if (this.take(group, [value], undefined, group, [])) this.groups.add(name);
      }
    return { layers: this.layers, groups: this.groups };
  }
  /** True for a key of the files themselves: an override gives its value. */
  private readonly states = (name: string): boolean => this.layers.some((layer) => at(layer.root, name) !== undefined && layer.at.length === 0);

  /** Takes a file in: `group` is the folder that it stands in, `place` what it fills. */
  private file(sighting: Sighting, group: readonly string[], place: readonly string[]): void {
    const key = `${sighting.uri}@${place.join('.')}`;
    if (this.visited.has(key) || this.visited.size > maxFiles) return;
    this.visited.add(key);
    const root = sighting.settings?.().roots[0];
    if (!root) return;
    const own = (): void => {
      this.layers.push({ uri: sighting.uri, root, at: place });
    };
    const items = itemsOf(at(root, 'defaults'));
    let taken = false;
    for (const item of items) {
      if (textOf(item) === '_self_') {
        own();
        taken = true;
      } else this.item(item, group, place);
    }
    if (!taken) own();
  }
  private item(item: Value, group: readonly string[], place: readonly string[]): void {
    const [entry] = entriesOf(item);
    const written = (entry?.key ?? textOf(item) ?? '').trim();
    const [, override, optional, name = '', at] = /^(override\s+)?(optional\s+)?([^@\s]+)(?:@(\S+))?$/.exec(written) ?? [];
    if (name === '' || (optional && override)) return;
    const absolute = name.startsWith('/');
    const path = [...(absolute ? [] : group), ...name.split('/').filter(Boolean)];
    if (!entry) {
      // A file of the same group, or one that is named whole.
      const folder = path.slice(0, -1);
      this.take(folder, [path.at(-1)!], at, folder, place);
      return;
    }
    const id = path.join('/');
    this.groups.add(id);
    const value = entry.value.kind === 'seq' ? entry.value.items.flatMap((one) => textOf(one) ?? []) : scalarOf(entry.value);
    const options = typeof value === 'object' && value !== null ? value : value === null || value === undefined ? [] : [String(value)];
    if (override) {
      if (!this.chosen.has(id)) this.chosen.set(id, options);
      return;
    }
    const picked = this.chosen.get(at === undefined ? id : `${id}@${at}`) ?? this.chosen.get(id) ?? options;
    this.take(path, picked, at, path, place);
  }
  private take(folder: readonly string[], options: readonly string[], at: string | undefined, group: readonly string[], place: readonly string[]): boolean {
    let found = false;
    for (const option of options) {
      if (option === '???' || option === 'null' || /[${}]/.test(option)) continue;
      const sighting = this.files.exact(joinUri(this.folder, `${[...folder, option.replace(/\.ya?ml$/, '')].join('/')}.yaml`));
      const settings = sighting?.settings?.();
      if (!sighting || !settings) continue;
      this.file(sighting, group, packageOf(at ?? settings.package, group, place, at !== undefined));
      found = true;
    }
    return found;
  }
}

/** What a file fills: as its header or the defaults list says, else the group's own path. */
function packageOf(written: string | undefined, group: readonly string[], place: readonly string[], relative: boolean): readonly string[] {
  if (written === undefined || written === '_group_') return group;
  if (written === '_here_') return place;
  const parts = written.split('.');
  if (parts[0] === '_global_') return parts.slice(1);
  return relative ? [...place, ...parts] : parts;
}

/** The value at a path of the whole, and the file that gives it: of those that have it the last. */
export function elementAt(layers: readonly Layer[], path: readonly string[]): { readonly value: Value; readonly uri: string } | undefined {
  for (const layer of layers.toReversed()) {
    if (layer.at.some((step, index) => path[index] !== step)) continue;
    const rest = path.slice(layer.at.length).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const value = at(layer.root, ...rest);
    if (value && rest.length > 0) return { value, uri: value.uri ?? layer.uri };
  }
  return undefined;
}
export const layerOf = (uri: string, { roots }: Settings): readonly Layer[] => roots.slice(0, 1).map((root) => ({ uri, root, at: [] }));
