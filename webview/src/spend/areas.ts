import type { TreeLine } from '../../../server/src/protocol/spend-panel.js';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
/** Rectangles whose areas are as the values, as square as they come, the largest first and at the top left.
 * @param values above 0, in falling order
 * @source Bruls, Huizing, van Wijk 2000, Squarified Treemaps */
export function squarified(values: readonly number[], { x, y, width, height }: Area): Area[] {
  const found: Area[] = [];
  const all = values.reduce((sum, one) => sum + one, 0);
  if (!(all > 0) || !(width > 0) || !(height > 0)) return values.map(() => ({ x, y, width: 0, height: 0 }));
  const scale = (width * height) / all;
  let rest: Area = { x, y, width, height };
  let row: number[] = [];
  const place = (): void => {
    const sum = row.reduce((total, one) => total + one, 0);
    const upright = rest.width >= rest.height;
    const deep = sum / (upright ? rest.height : rest.width);
    let at = upright ? rest.y : rest.x;
    for (const one of row) {
      const long = one / deep;
      found.push(upright ? { x: rest.x, y: at, width: deep, height: long } : { x: at, y: rest.y, width: long, height: deep });
      at += long;
    }
    rest = upright
      ? { x: rest.x + deep, y: rest.y, width: rest.width - deep, height: rest.height }
      : { x: rest.x, y: rest.y + deep, width: rest.width, height: rest.height - deep };
    row = [];
  };
  for (const value of values) {
    const area = value * scale;
    const side = Math.min(rest.width, rest.height);
    if (row.length > 0 && worst([...row, area], side) > worst(row, side)) place();
    row.push(area);
  }
  if (row.length > 0) place();
  return found;
}
/** The longest of these in a row along a side, as length by width. */
function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((total, one) => total + one, 0);
  return Math.max((side * side * Math.max(...row)) / (sum * sum), (sum * sum) / (side * side * Math.min(...row)));
}

/** The area that the eye comes to in a direction; the same where there is none. */
export function toward(areas: readonly Area[], from: number, key: string): number {
  const here = areas[from];
  const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
  if (!here || !way) return from;
  const [dx, dy] = way as [number, number];
  const middle = ({ x, y, width, height }: Area): [number, number] => [x + width / 2, y + height / 2];
  const [cx, cy] = middle(here);
  let [best, nearest] = [from, Number.POSITIVE_INFINITY];
  for (const [at, area] of areas.entries()) {
    const [x, y] = middle(area);
    const along = (x - cx) * dx + (y - cy) * dy;
    const across = Math.abs((x - cx) * dy) + Math.abs((y - cy) * dx);
    if (at === from || along <= 0.5) continue;
    // what lies straight ahead comes before what is a little nearer and aside
    const far = along + 2 * across;
    if (far < nearest) [best, nearest] = [at, far];
  }
  return best;
}

/** What is below one line of the tree, or at its top; the lines that lead there. */
export function below(lines: readonly TreeLine[], id: string): { readonly path: readonly TreeLine[]; readonly cells: readonly TreeLine[] } {
  const at = lines.findIndex((one) => one.id === id);
  const top = lines[at];
  if (!top?.hasChildren) return { path: [], cells: lines.filter(({ depth }) => depth === 0) };
  const path: TreeLine[] = [top];
  for (let up = at - 1; up >= 0 && (path[0] as TreeLine).depth > 0; up--)
    if ((lines[up] as TreeLine).depth === (path[0] as TreeLine).depth - 1) path.unshift(lines[up] as TreeLine);
  const after = lines.slice(at + 1);
  const end = after.findIndex(({ depth }) => depth <= top.depth);
  return { path, cells: (end < 0 ? after : after.slice(0, end)).filter(({ depth }) => depth === top.depth + 1) };
}
