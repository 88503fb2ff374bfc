/** A release as numbers, most significant first. */
export type Release = readonly number[];

/** The release that a text names (`v0.6.3.post1`, `0.8`), or undefined. */
export function releaseOf(text: string | undefined): Release | undefined {
  const found = /^v?(\d+(?:\.\d+)*)/.exec(text ?? '');
  return found?.[1]?.split('.').map(Number);
}

/** True where a release is older than another; an unknown one is not. */
export function before(release: Release | undefined, other: Release): boolean {
  if (release === undefined) return false;
  for (let at = 0; at < Math.max(release.length, other.length); at++) {
    const [a, b] = [release[at] ?? 0, other[at] ?? 0];
    if (a !== b) return a < b;
  }
  return false;
}
