import { blameText, code, commandLink, escapeMarkdown, type LineEffect, subject, table } from '../core/index.js';
import { blamed, commitsOf } from '../host/blame.js';
import type { Estimated } from '../host/engine.js';
import type { LineCommit } from '../host/host.js';
import { type BlameResult, blameRequest } from '../protocol/protocol.js';
import { guarded, type Session } from './context.js';
import { workloadsByFile } from './workloads.js';

/** What each line of a document does to the cost, as it stands in the editor, and which commit it comes from. */
export function onBlame(session: Session): void {
  const { connection, documents, engine, host } = session;
  connection.onRequest(blameRequest, ({ uri: shown }: { uri: string }) =>
    guarded<BlameResult | null>(
      session,
      'blame',
      () => null,
      async () => {
        const uri = documents.programOf(shown);
        const effects = await blamed(engine, host, uri, await workloadsAround(session, uri));
        const document = engine.document(uri);
        const stored = document?.cells ? await host.readText(uri) : document?.text;
        const { commits, note } = await commitsOf(host, uri, stored ?? '');
        return {
          lines: linesOf(session, effects, commits),
          markdown: markdownOf(session, uri, effects, commits, note),
          ...(note === undefined ? {} : { note }),
        };
      },
    ),
  );
}

/** Workloads that may take a fact from a file: its own, those of open documents, and those that the last scan found. */
async function workloadsAround(session: Session, uri: string): Promise<readonly Estimated[]> {
  const { engine } = session;
  const byFile = new Map(workloadsByFile(session));
  byFile.set(uri, (await engine.report(uri)).workloads);
  // What counts a workload of this file may stand in a file that nobody has opened yet.
  for (const { workload } of byFile.get(uri) ?? []) {
    const counting = workload.countedIn?.replace(/#[^#]*$/, '');
    const root = engine.rootOf(uri);
    const other = counting === undefined || root === undefined ? undefined : `${root}/${counting.split('/').map(encodeURIComponent).join('/')}`;
    if (other !== undefined && !byFile.has(other)) byFile.set(other, (await engine.report(other)).workloads);
  }
  return [...byFile.values()].flat();
}

const commitText = (commit: LineCommit | undefined, known: boolean): string =>
  commit ? `${commit.oid.slice(0, 9)} ${commit.author}, ${commit.date}` : known ? 'not committed' : '';

/** One line of the editor: what it does to the first workload, and to how many more. */
function linesOf({ locale }: Session, effects: readonly LineEffect[], commits: readonly (LineCommit | undefined)[]): BlameResult['lines'] {
  const byLine = new Map<number, LineEffect[]>();
  for (const one of effects) byLine.set(one.line, [...(byLine.get(one.line) ?? []), one]);
  return [...byLine].map(([line, all]) => {
    const first = all.find(({ effect }) => effect !== 'none') ?? all[0];
    const commit = commits[line - 1];
    const more = all.filter(({ effect }) => effect !== 'none').length - 1;
    const effect = first ? blameText(first, { locale }).effect : '';
    const text = [`${effect}${more > 0 ? ` · and ${more} more` : ''}`, commitText(commit, commits.length > 0)].filter((part) => part !== '').join(' · ');
    const each = all.map((one) => {
      const { facts, effect, without } = blameText(one, { locale });
      const otherwise = without === '' || one.effect === 'none' ? '' : `; without it: ${escapeMarkdown(without)}`;
      const { id, span } = one.workload;
      const history = commandLink('history', 'mlCostLens.history', [{ uri: span.uri, id }], 'Its estimate over the commits');
      return `- **${escapeMarkdown(subject(one.workload))}**: ${escapeMarkdown(facts)}: ${escapeMarkdown(effect)}${otherwise} · ${history}`;
    });
    const from = commit ? `\n\n${code(commit.oid.slice(0, 9))} ${escapeMarkdown(`${commit.author}, ${commit.date}: ${commit.subject}`)}` : '';
    return { line: line - 1, text, hover: `${each.join('\n')}${from}`, effect: first?.effect ?? 'none' };
  });
}

function markdownOf(
  { locale }: Session,
  uri: string,
  effects: readonly LineEffect[],
  commits: readonly (LineCommit | undefined)[],
  note: string | undefined,
): string {
  const name = decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
  const rows = effects.map((one) => {
    const { facts, effect, without } = blameText(one, { locale });
    const commit = commits[one.line - 1];
    return [
      String(one.line),
      escapeMarkdown(subject(one.workload)),
      escapeMarkdown(facts),
      escapeMarkdown(effect),
      escapeMarkdown(without),
      escapeMarkdown(commit ? `${commitText(commit, true)}: ${commit.subject}` : ''),
    ];
  });
  return [
    `# What each line of ${escapeMarkdown(name)} costs`,
    rows.length === 0 ? 'No workload takes a fact from this file.' : table(['line', 'workload', 'facts', 'effect', 'without it', 'commit'], rows, [0]),
    'One line at a time is left out, and what else is said or a default takes its place; effects of lines that work together overlap.',
    ...(note === undefined ? [] : [note]),
  ].join('\n\n');
}
