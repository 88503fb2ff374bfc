/** Splits families over folds: the largest first, each into the fold that has the fewest rows. Deterministic. */
export function familyFolds(families: readonly string[], count: number): string[][] {
  const sizes = new Map<string, number>();
  for (const family of families) sizes.set(family, (sizes.get(family) ?? 0) + 1);
  const order = [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const folds = Array.from({ length: Math.min(count, order.length) }, () => ({ names: [] as string[], rows: 0 }));
  for (const [name, rows] of order) {
    const smallest = folds.reduce((least, fold) => (fold.rows < least.rows ? fold : least));
    smallest.names.push(name);
    smallest.rows += rows;
  }
  return folds.map((fold) => fold.names);
}
