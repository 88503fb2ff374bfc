import type { Document } from '../text/document.js';
import type { SeenWorkload } from './types.js';

/** Joins a notebook's commands and jobs with the scripts that its cells write (`%%writefile train.py`): the job counts the work, with the script's facts where it
 * says nothing itself, and the script has no money of its own. */
export function joinWritten({ text, cells }: Document, found: readonly SeenWorkload[]): readonly SeenWorkload[] {
  if (!cells || !text.includes('#%writefile')) return found;
  const scripts = new Map<SeenWorkload, string>();
  for (const cell of cells) {
    const name = /^\s*#%writefile[ \t]+(?:-a[ \t]+)?["']?([^\s"']+\.py)/.exec(text.slice(cell.start, Math.min(cell.end, cell.start + 300)))?.[1];
    if (name === undefined) continue;
    for (const one of found) if (!one.launch && one.span.start >= cell.start && one.span.start < cell.end) scripts.set(one, baseOf(name));
  }
  const run = new Set<SeenWorkload>();
  const joined = found.map((job) => {
    const { launch } = job;
    const script =
      launch?.target.kind === 'script' ? [...scripts].find(([one, name]) => one.kind === job.kind && name === baseOf(launch.target.name))?.[0] : undefined;
    if (!script || !launch) return job;
    run.add(script);
    const said = new Set([...job.facts.map((fact) => fact.name), ...job.unknown.map((fact) => fact.name)]);
    const flags = new Set(launch.flags.map((flag) => flag.name));
    const facts = script.facts.filter((fact) => !said.has(fact.name) && !(fact.param !== undefined && flags.has(fact.param)));
    return { ...job, facts: [...job.facts, ...facts], refs: [...job.refs, ...script.refs] };
  });
  return joined.map((one) => (run.has(one) ? { ...one, fragment: true as const } : one));
}
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
