import type { Estimation } from '../model/estimate.js';
import type { Workload } from '../model/workload.js';
import type { Level } from '../spend/attribution.js';
import { plain } from '../spend/claims.js';
import { baseName, relativeTo } from '../text/uri.js';
import type { SpendPlace } from './spend-view.js';

/** A workload, and where it stands for the editor. */
export interface KnownNames {
  readonly workload: Workload;
  readonly estimation: Estimation;
  readonly root: string;
  readonly uri: string;
  /** From 0. */
  readonly line: number;
}

/** Finds the code that a bill's model or workload means: by its whole name, without case and punctuation, never by likeness.
 * A model is meant with or without its publisher; a workload is meant by the name of its file. */
export function namedPlaces(known: readonly KnownNames[]): (level: Level, value: string) => SpendPlace | undefined {
  const found: Record<'model' | 'workload', Map<string, SpendPlace[]>> = { model: new Map(), workload: new Map() };
  // what runs a script comes before the script: it is whose money it is
  const order = [...known].sort((a, b) => Number(a.workload.countedIn !== undefined) - Number(b.workload.countedIn !== undefined));
  const add = (level: 'model' | 'workload', name: string, place: SpendPlace): void => {
    const key = plain(name);
    const there = found[level].get(key) ?? [];
    if (key !== '' && !there.some(({ label }) => label === place.label)) found[level].set(key, [...there, place]);
  };
  for (const { workload, root, uri, line } of order) {
    const place = { uri, line, label: `${relativeTo(workload.span.uri, [root])}:${line + 1}` };
    const model = workload.facts.find(({ name }) => name === 'model')?.value;
    if (typeof model === 'string') for (const name of [model, model.slice(model.lastIndexOf('/') + 1)]) add('model', name, place);
    for (const file of [workload.span.uri, workload.program]) if (file !== undefined) add('workload', baseName(file).replace(/\.\w+$/, ''), place);
  }
  return (level, value) => {
    const [first, ...others] = (level === 'model' || level === 'workload' ? found[level].get(plain(value)) : undefined) ?? [];
    return first && others.length > 0 ? { ...first, label: `${first.label}, ${others.length} more` } : first;
  };
}

/** Finds a workload by its file and title. */
export function workPlaces(known: readonly KnownNames[]): (one: { readonly file: string; readonly title: string }) => SpendPlace | undefined {
  const found = new Map<string, SpendPlace>();
  for (const { workload, root, uri, line } of known) {
    const file = relativeTo(workload.span.uri, [root]);
    const key = `${file}\n${workload.title}`;
    if (!found.has(key)) found.set(key, { uri, line, label: `${file}:${line + 1}` });
  }
  return ({ file, title }) => found.get(`${file}\n${title}`);
}
