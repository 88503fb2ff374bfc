import type { Fact } from '../model/fact.js';
import { manifests } from '../recognise/pins.js';
import type { Sighting } from '../recognise/types.js';
import { compareVersions, type Library, type Pin, type Version } from '../recognise/version.js';
import { ancestors, baseName, folderOf, joinUri } from '../text/uri.js';
import type { Joins } from './placed.js';

/** The version of a library that is in force for a file. */
export interface InForce {
  /** For a person: `TRL 0.9.6, pinned in requirements.txt`. */
  readonly words: string;
  /** For the table of facts; further ones are other files that ask for something else. */
  readonly facts: readonly Fact[];
  /** True if this version is at least another. */
  readonly from: (version: Version) => boolean;
}

/** What a project installs of a library: the file's own lines first (an image's tag, `!pip install`), then the manifests of its folder, then those of
 * the folders above it. In one folder a lock file is before what it was locked from. Without any, the newest release is taken, and said to be. */
export function versionInForce(library: Library, title: string, sightings: readonly Sighting[], joins: Joins): InForce {
  const pins = [...sightings.flatMap((one) => one.pins ?? []), ...sightings.flatMap(({ uri }) => manifestPins(uri, joins))].filter(
    (pin, at, all) => pin.library === library && all.findIndex((one) => one.span.uri === pin.span.uri && one.span.start === pin.span.start) === at,
  );
  const [best, ...others] = pins;
  if (!best) {
    return {
      words: `${title}, no version pinned: its newest release`,
      facts: [{ name: 'library_version', value: `${library} newest`, origin: 'default', note: 'no file pins a version: the newest release is taken' }],
      from: () => true,
    };
  }
  const { lower, upper } = best;
  const words = best.exact
    ? `pinned in ${baseName(best.span.uri)}`
    : upper
      ? `newest that ${baseName(best.span.uri)} allows`
      : `newest from ${best.written.replace(/^\D+/, '')} on`;
  const conflicting = others.filter((other) => !agree(best, other));
  return {
    words: `${title} ${shown(best)}, ${words}`,
    facts: [best, ...conflicting].map((pin) => ({
      name: 'library_version',
      value: `${library} ${shown(pin)}`,
      origin: 'other-file' as const,
      span: pin.span,
      note: pin.exact ? `pinned in ${baseName(pin.span.uri)}` : `${baseName(pin.span.uri)} asks for ${pin.written}`,
    })),
    // What is bounded above is the newest below the bound.
    from: (version) => (best.exact ? compareVersions(lower!, version) >= 0 : upper ? compareVersions(upper, version) > 0 : true),
  };
}
const shown = ({ exact, lower, written }: Pin): string => (exact && lower ? lower.join('.') : written);
/** Two requirements that some version meets. */
const agree = (a: Pin, b: Pin): boolean =>
  !(a.upper && b.lower && compareVersions(b.lower, a.upper) >= 0) && !(b.upper && a.lower && compareVersions(a.lower, b.upper) >= 0);

function manifestPins(uri: string, { files, input }: Joins): readonly Pin[] {
  return ancestors(folderOf(uri), input.roots).flatMap((folder) => manifests.flatMap((name) => pinsOf(files.exact(`${folder}/${name}`), files, 0)));
}
function pinsOf(manifest: Sighting | undefined, files: Joins['files'], depth: number): readonly Pin[] {
  if (!manifest) return [];
  const included =
    depth > 2 ? [] : (manifest.includes ?? []).flatMap((target) => pinsOf(files.exact(joinUri(folderOf(manifest.uri), target)), files, depth + 1));
  return [...(manifest.pins ?? []), ...included];
}
