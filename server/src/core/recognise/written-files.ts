import type { Document } from '../text/document.js';
import type { SeenWorkload } from './types.js';

/** A script that a file writes before it runs it. */
export interface Written {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}
/** The scripts that a notebook's cells write: `%%writefile train.py`. */
export function writtenByCells({ text, cells }: Document): readonly Written[] {
  if (!cells || !text.includes('#%writefile')) return [];
  return cells.flatMap((cell): Written[] => {
    const name = /^\s*#%writefile[ \t]+(?:-a[ \t]+)?["']?([^\s"']+\.py)/.exec(text.slice(cell.start, Math.min(cell.end, cell.start + 300)))?.[1];
    return name === undefined ? [] : [{ name, start: cell.start, end: cell.end }];
  });
}

/** Joins the commands and jobs of a file with the scripts and settings that it writes: the job counts the work, with their facts where it says nothing itself, and
 * they have no money of their own. */
export function joinWritten(written: readonly Written[], found: readonly SeenWorkload[]): readonly SeenWorkload[] {
  const files = new Map<SeenWorkload, string>();
  for (const { name, start, end } of written)
    for (const one of found) if (!one.launch && one.span.start >= start && one.span.start < end) files.set(one, baseOf(name));
  if (files.size === 0) return found;
  const taken = new Set<SeenWorkload>();
  const joined = found.map((job) => {
    const { launch } = job;
    const named = new Set([...(launch ? [baseOf(launch.target.name)] : []), ...job.refs.map(({ target }) => baseOf(target))]);
    const parts = files.has(job) ? [] : [...files].flatMap(([one, name]) => (named.has(name) && (one.kind === job.kind || one.fragment) ? [one] : []));
    return parts.reduce((whole, part) => {
      taken.add(part);
      return withFactsOf(whole, part);
    }, job);
  });
  return joined.map((one) => (taken.has(one) ? { ...one, fragment: true as const } : one));
}
function withFactsOf(job: SeenWorkload, file: SeenWorkload): SeenWorkload {
  const said = new Set([...job.facts.map((fact) => fact.name), ...job.unknown.map((fact) => fact.name)]);
  const flags = new Set(job.launch?.flags.map((flag) => flag.name));
  // What a DeepSpeed configuration leaves to the Trainer (`auto`) it does not say.
  const facts = file.facts.filter((fact) => !said.has(fact.name) && fact.value !== 'auto' && !(fact.param !== undefined && flags.has(fact.param)));
  return { ...job, facts: [...job.facts, ...facts], refs: [...job.refs, ...file.refs] };
}
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
