import type { FactValue } from '../model/fact.js';
import type { Workload } from '../model/workload.js';

/** A workload before and after; one side is absent for what is new or gone. */
export interface Pair<T> {
  readonly before?: T;
  readonly after?: T;
}
interface Held {
  readonly workload: Workload;
}

/** How alike two workloads must be to be the same one in another file: most of their facts. */
const alikeElsewhere = 0.6;
/** In one file a workload may change more before it counts as another one. */
const alikeHere = 0.2;

/** Pairs the workloads of two states of a project: first within a file, through its renames, then what moved between files.
 * Each is used once; the most alike go first, so that a new workload before an old one does not take its place.
 * @param renamed the new URI of a file that was moved
 * @returns pairs in the order of `after`, what is gone at the end */
export function matchWorkloads<T extends Held>(before: readonly T[], after: readonly T[], renamed: ReadonlyMap<string, string> = new Map()): Pair<T>[] {
  const partner = new Map<T, T>();
  const used = new Set<T>();
  const place = ({ workload }: T): string => renamed.get(workload.span.uri) ?? workload.span.uri;
  const take = (least: number, near: (a: T, b: T) => boolean): void => {
    const candidates: { a: T; b: T; likeness: number; far: number }[] = [];
    const byKind = new Map<string, [T, number][]>();
    // Of equal ones the first belongs to the first: their order in their file, whatever came or went in others.
    const [orderBefore, orderAfter] = [before, after].map(orderInFile);
    for (const a of before) {
      if (!used.has(a)) byKind.set(a.workload.kind, [...(byKind.get(a.workload.kind) ?? []), [a, orderBefore?.get(a) ?? 0]]);
    }
    for (const b of after) {
      const at = orderAfter?.get(b) ?? 0;
      if (partner.has(b)) continue;
      for (const [a, from] of byKind.get(b.workload.kind) ?? []) {
        if (!near(a, b)) continue;
        const likeness = likenessOf(a.workload, b.workload);
        if (likeness >= least) candidates.push({ a, b, likeness, far: Math.abs(from - at) });
      }
    }
    candidates.sort((x, y) => y.likeness - x.likeness || x.far - y.far);
    for (const { a, b } of candidates) {
      if (used.has(a) || partner.has(b)) continue;
      used.add(a);
      partner.set(b, a);
    }
  };
  take(alikeHere, (a, b) => place(a) === b.workload.span.uri);
  take(alikeElsewhere, (a, b) => place(a) !== b.workload.span.uri);
  return [
    ...after.map((one) => {
      const found = partner.get(one);
      return found ? { before: found, after: one } : { after: one };
    }),
    ...before.filter((one) => !used.has(one)).map((one) => ({ before: one })),
  ];
}

/** The place of each workload among those of its file. */
function orderInFile<T extends Held>(all: readonly T[]): Map<T, number> {
  const counts = new Map<string, number>();
  return new Map(
    all.map((one) => {
      const { uri } = one.workload.span;
      const order = counts.get(uri) ?? 0;
      counts.set(uri, order + 1);
      return [one, order] as const;
    }),
  );
}

/** Share of what two workloads say that they say alike, 0 to 1: facts (Jaccard over name and value, half for the name), framework and title. */
export function likenessOf(a: Workload, b: Workload): number {
  const [left, right] = [valuesOf(a), valuesOf(b)];
  const names = new Set([...left.keys(), ...right.keys()]);
  let [same, all] = [a.framework === b.framework ? 1 : 0, 1];
  if (a.title === b.title) same++;
  all++;
  for (const name of names) {
    all++;
    if (!left.has(name) || !right.has(name)) continue;
    same += left.get(name) === right.get(name) ? 1 : 0.5;
  }
  return same / all;
}
const valuesOf = ({ facts }: Workload): Map<string, FactValue> => new Map(facts.map(({ name, value }) => [name, value]));
