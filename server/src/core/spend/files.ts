/** Files of one command that are parts of one export, in the order given: they lie in one folder and their names differ in the part number only.
 * Charges of parts add up; of two exports, the later one corrects the earlier one. */
export function exportsOf(paths: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const key = partKey(path) ?? path;
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  return [...groups.values()];
}
/** The name without its part number: `export-00001.snappy.parquet`, `part_0_0001.csv`, `000000000012.csv.gz`. */
function partKey(path: string): string | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const folder = path.slice(0, path.length - name.length);
  const found = /^part[-_.]\d+([-_.]\d+)?/i.exec(name) ?? /(^|[-_.])\d{5,}(?=(\.[a-z]+)*\.(csv|csv\.gz|parquet)$)/i.exec(name);
  // 20261101 is a day
  if (!found || /(19|20)\d{6}$/.test(found[0])) return undefined;
  // what follows is an identifier of the task that wrote the part
  const rest = /^part/i.test(found[0]) ? name.slice(name.indexOf('.')) : name.slice(found.index + found[0].length);
  return `${folder}${name.slice(0, found.index)}#${rest}`;
}
