import type { Fact } from '../model/fact.js';
import type { SeenWorkload } from '../recognise/types.js';
import { baseName, folderOf, joinUri } from '../text/uri.js';
import { type Candidates, ranks } from './candidates.js';
import type { Joins, Placed } from './placed.js';
import type { KnownFiles } from './types.js';

/** What commands ask a scheduler for beside the scripts that they submit, by the scripts' URIs. */
export function submittedBy(files: KnownFiles): ReadonlyMap<string, readonly Fact[]> {
  const found = new Map<string, Fact[]>();
  for (const sighting of files.values())
    for (const { target, facts } of sighting?.submits ?? []) {
      const uri = joinUri(folderOf(sighting!.uri), target);
      found.set(uri, [...(found.get(uri) ?? []), ...facts]);
    }
  return found;
}

/** The options of the command that submits a job are over those in the job's head; of several commands that disagree all are shown. */
export function addSubmission(candidates: Candidates, { seen, sighting }: Placed, { submitted }: Joins): void {
  if (!isJob(seen)) return;
  for (const fact of submitted().get(sighting.uri) ?? []) candidates.add(ofCommand(fact), ranks.commandLine);
}
/** For a fact out of a job's head what the command which submits the job says instead. */
export function replacedBy({ sighting }: Placed, { submitted, placed }: Joins): (fact: Fact) => Fact | undefined {
  const given = submitted().get(sighting.uri);
  if (!given) return () => undefined;
  const head = placed(sighting).flatMap(({ seen }) => (isJob(seen) ? seen.facts : []));
  return ({ name, span }) =>
    head.some((one) => one.name === name && one.span?.start === span?.start) ? given.map(ofCommand).find((one) => one.name === name) : undefined;
}
const ofCommand = ({ param: _param, ...fact }: Fact): Fact => ({
  ...fact,
  origin: 'command-line',
  note: `sbatch in ${fact.span ? baseName(fact.span.uri) : 'a command'}`,
});
const isJob = ({ kind, framework }: SeenWorkload): boolean => kind === 'resource' && framework === 'slurm';
