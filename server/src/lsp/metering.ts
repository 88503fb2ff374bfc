import { type CodeAction, CodeActionKind, type Range } from 'vscode-languageserver';
import { applied, librariesIn, type MeteringLibrary, meteringEdits } from '../core/index.js';
import { hasOwnMoney } from '../host/policy.js';
import type { Session } from './context.js';
import { locate } from './to-lsp.js';
import { workspaceEdit } from './workspace-edit.js';

const titles: Readonly<Record<MeteringLibrary, string>> = { opentelemetry: 'OpenTelemetry', prometheus_client: 'Prometheus' };
/** Where projects say which libraries they use. */
const manifests = ['requirements.txt', 'pyproject.toml', 'environment.yml', 'setup.py', 'setup.cfg'];

/** Adds metering to the workload under the cursor, with the library that the project uses; with either where it uses none. */
export async function meteringActions(session: Session, shown: string, range: Range): Promise<CodeAction[]> {
  const { engine, documents, reports } = session;
  const uri = documents.programOf(shown);
  const document = engine.document(uri);
  if (document?.language !== 'python' || document.cells) return [];
  const { workloads } = reports.ready(uri) ?? (await reports.get(uri));
  const here = workloads.find((one) => {
    if (one.workload.fragment || one.workload.kind === 'resource') return false;
    const at = locate(document, one.workload.span).range;
    return at.start.line <= range.end.line && range.start.line <= at.end.line;
  });
  if (!here || (here.workload.kind === 'api-call' && !hasOwnMoney(here))) return [];
  const { tags } = await engine.settingsOf(uri);
  const own = librariesIn(document.text);
  const known = own.length > 0 ? own : await pinned(session, uri);
  const actions: CodeAction[] = [];
  for (const library of known.length > 0 ? known : (Object.keys(titles) as MeteringLibrary[])) {
    const edits = engine.texts.python(uri, (program) => meteringEdits(program, here.workload, library, tags));
    if (!edits) continue;
    // What is read of the program stays what it was.
    const { sound, workloads: after } = await engine.reread(new Map([[uri, applied(document.text, edits)]]), uri);
    const facts = (all: readonly { readonly kind: string; readonly facts: readonly { readonly name: string; readonly value: unknown }[] }[]): string =>
      JSON.stringify(all.map(({ kind, facts }) => [kind, facts.map(({ name, value }) => [name, value])]));
    if (!sound || engine.document(uri)?.text !== document.text || facts(after) !== facts(workloads.map(({ workload }) => workload))) continue;
    const changes = edits.map((edit) => ({ uri, edit: { range: locate(document, edit).range, newText: edit.text } }));
    actions.push({ title: `Meter what this costs (${titles[library]})`, kind: CodeActionKind.Refactor, edit: workspaceEdit(session, changes) });
  }
  return actions;
}

async function pinned({ engine, host }: Session, uri: string): Promise<MeteringLibrary[]> {
  const root = engine.rootOf(uri);
  const texts = root === undefined ? [] : await Promise.all(manifests.map((name) => host.readText(`${root}/${name}`).catch(() => null)));
  return librariesIn(texts.join('\n'));
}
