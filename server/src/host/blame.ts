import { type ChangeNoise, createDocument, type Fact, factLines, type LineEffect, lineEffect, placeOf, type Span } from '../core/index.js';
import { contextFor, type Engine, type Estimated, specOf } from './engine.js';
import type { Host, LineCommit } from './host.js';
import { hasOwnMoney } from './policy.js';

/** From which size on an estimated change can be believed. */
export const changeNoise = async (host: Pick<Host, 'readAssetText'>): Promise<ChangeNoise> =>
  JSON.parse(await host.readAssetText('change-noise.json')) as ChangeNoise;

/** What each line of a file does to the workloads that take a fact from it, in the order of the lines.
 * @param workloads those that may take a fact from the file, wherever they stand */
export async function blamed(engine: Engine, host: Host, uri: string, workloads: readonly Estimated[]): Promise<LineEffect[]> {
  const text = engine.document(uri) ? undefined : await host.readText(uri);
  const document = engine.document(uri) ?? (text === undefined || text === null ? undefined : createDocument(uri, text));
  if (!document) return [];
  const noise = await changeNoise(host);
  const lineOf = (span: Span): number => placeOf(document, span).line;
  const effects: LineEffect[] = [];
  for (const one of workloads.filter(hasOwnMoney)) {
    const context = contextFor(one, await engine.context(one.workload.span.uri));
    for (const line of factLines(one.workload, uri, lineOf)) {
      const inLine = ({ span }: Fact): boolean => span?.uri === uri && lineOf(span) === line.line;
      const without = (await engine.without(inLine, one.workload.span.uri)).find(({ workload }) => workload.id === one.workload.id);
      effects.push(lineEffect(line, stateOf(one), without && stateOf(without), context, noise));
    }
  }
  return effects.sort((a, b) => a.line - b.line);
}

/** The commit of each line of a text, or why they are not known. */
export async function commitsOf(
  host: Host,
  uri: string,
  text: string,
): Promise<{ readonly commits: readonly (LineCommit | undefined)[]; readonly note?: string }> {
  if (!host.lineCommits || !uri.startsWith('file:')) return { commits: [], note: 'No commits: git is not reached in this kind of workspace.' };
  return host.lineCommits(uri, text).then(
    (commits) => ({ commits }),
    (error: Error) => ({ commits: [], note: `No commits: ${error.message}.` }),
  );
}
const stateOf = (one: Estimated) => ({ ...one, spec: specOf(one.workload) });
