// URIs are strings with `/` between segments; this is all the path work that the core needs, for every scheme alike.

/** The folder of a URI, without a trailing slash. */
export const folderOf = (uri: string): string => uri.slice(0, uri.lastIndexOf('/'));
export const baseName = (uri: string): string => decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));

/** A relative path, as written in a file, below a folder; `.` and `..` are applied. */
export function joinUri(folder: string, path: string): string {
  const scheme = /^[\w+.-]+:(\/\/[^/]*)?/.exec(folder)?.[0] ?? '';
  const segments = folder.slice(scheme.length).split('/');
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      if (segments.length > 1) segments.pop();
    } else segments.push(encodeURIComponent(segment).replace(/%(2B|3D|40|2C|26)/gi, (code) => decodeURIComponent(code)));
  }
  return scheme + segments.join('/');
}

/** The folder and its ancestors up to the workspace folder that holds it (itself only, where none does), nearest first. */
export function ancestors(folder: string, roots: readonly string[]): string[] {
  const root = roots.filter((one) => folder === one || folder.startsWith(`${one}/`)).sort((a, b) => b.length - a.length)[0];
  if (root === undefined) return [folder];
  const found: string[] = [];
  for (let here = folder; ; here = folderOf(here)) {
    found.push(here);
    if (here === root || here.length <= root.length) return found;
  }
}

/** A path relative to the workspace folder that holds it, decoded; the URI itself where none does. */
export function relativeTo(uri: string, roots: readonly string[]): string {
  const root = roots.filter((one) => uri.startsWith(`${one}/`)).sort((a, b) => b.length - a.length)[0];
  return root === undefined ? uri : decodeURIComponent(uri.slice(root.length + 1));
}

/** True if a glob (`*`, `**`, `?`) matches a relative path. A pattern without a slash matches the file's name in every folder. */
export function matchesGlob(pattern: string, path: string): boolean {
  const whole = pattern.includes('/') ? pattern.replace(/^\.?\//, '') : `**/${pattern}`;
  const source = whole
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, (wild) => (wild === '**/' ? '(?:[^/]+/)*' : wild === '**' ? '.*' : wild === '*' ? '[^/]*' : '[^/]'));
  return new RegExp(`^${source}$`).test(path);
}
