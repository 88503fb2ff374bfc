import { applied, type TextEdit, writeChanges } from '../../server/src/core/index.js';
import { Advisor, keepsPromise, type ProvenAdvice } from '../../server/src/host/advisor.js';
import { Engine, type Estimated, type Preferences } from '../../server/src/host/engine.js';
import { type Host, never } from '../../server/src/host/host.js';

/** One advice, and what became of its edit. */
interface TriedAdvice {
  readonly id: string;
  /** Framework and rule: what a missing edit is a gap of. */
  readonly kind: string;
  /** A setting, not a decision on hardware, people or the way of training. */
  readonly editable: boolean;
  readonly edited: boolean;
  /** What is wrong on a fresh reading of the edited copy. */
  readonly fault?: string;
}
export interface Tried {
  readonly workload: string;
  readonly advice: readonly TriedAdvice[];
  /** What all advice of the workload took, without its edits. */
  readonly milliseconds: number;
}

/** Every advice of a workspace, with its edit applied to a copy that another engine reads from the start. */
export async function tryAll(host: Host, root: string, preferences: Preferences): Promise<Tried[]> {
  const files = await host.listFiles(root, never);
  const { engine, workloads } = await read(host, root, preferences, files);
  const advisor = new Advisor(engine, host);
  const tried: Tried[] = [];
  for (const one of workloads) {
    const start = performance.now();
    await advisor.of(one);
    const milliseconds = performance.now() - start;
    const advice: TriedAdvice[] = [];
    for (const each of await advisor.proven(one)) {
      const texts = textsAfter(engine, each.edits ?? []);
      const fault = each.edits && (await faultOf(each, { ...host, readText: async (uri) => texts.get(uri) ?? host.readText(uri) }, root, preferences, files));
      const rule = each.id.slice(each.workload.length + 1).replaceAll(/\d+/g, 'N');
      advice.push({
        id: each.id,
        kind: `${one.workload.framework} ${rule}`,
        editable: each.editable && each.effort < 3,
        edited: each.edits !== undefined,
        ...(fault === undefined ? {} : { fault }),
      });
    }
    tried.push({ workload: one.workload.id, advice, milliseconds });
  }
  return tried;
}

async function read(host: Host, root: string, preferences: Preferences, files: readonly string[]) {
  const engine = new Engine(host);
  engine.roots = [root];
  engine.preferences = preferences;
  const reports = await engine.scan(files);
  return { engine, workloads: reports.flatMap((report) => report.workloads).filter(({ workload }) => workload.countedIn === undefined && !workload.fragment) };
}

function textsAfter(engine: Engine, edits: readonly TextEdit[]): Map<string, string> {
  return new Map(
    [...new Set(edits.map(({ uri }) => uri))].map((uri) => [
      uri,
      applied(
        engine.fileOf(uri)?.text ?? '',
        edits.filter((edit) => edit.uri === uri),
      ),
    ]),
  );
}

async function faultOf(advice: ProvenAdvice, host: Host, root: string, preferences: Preferences, files: readonly string[]): Promise<string | undefined> {
  const { engine, workloads } = await read(host, root, preferences, files);
  const after: Estimated | undefined = workloads.find(({ workload }) => workload.id === advice.workload);
  if (!after) return 'the workload is gone';
  if (!keepsPromise(advice, after.workload, (await engine.context()).catalog)) return 'a promised fact is not in force';
  const offered = (await new Advisor(engine, host).of(after)).find(
    ({ changes }) => JSON.stringify(changes.map(({ fact, to }) => [fact, to])) === JSON.stringify(advice.changes.map(({ fact, to }) => [fact, to])),
  );
  if (offered) return 'it is offered again';
  for (const edit of writeChanges(after.workload, advice.changes, engine.texts) ?? [])
    if (engine.document(edit.uri)?.text.slice(edit.start, edit.end) !== edit.text) return 'a second application changes the text';
  return undefined;
}
