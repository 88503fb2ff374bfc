import { applied } from '../../server/src/core/index.js';
import { Advisor } from '../../server/src/host/advisor.js';
import { Engine } from '../../server/src/host/engine.js';
import { memoryHost } from './memory-host.js';

export type Files = Readonly<Record<string, string>>;
export type Assumed = Readonly<Record<string, string | number>>;

/** Advice for the workloads of some files, with what a workspace assumes. */
export async function advised(files: Files, assumed: Assumed = {}) {
  const host = memoryHost(files);
  const engine = new Engine(host);
  engine.roots = ['file:///w'];
  engine.preferences = { assumptions: Object.entries(assumed).map(([fact, value]) => ({ fact, value })) };
  const reports = await engine.scan(Object.keys(files).map((name) => `file:///w/${name}`));
  const advisor = new Advisor(engine, host);
  const all = reports.flatMap((report) => report.workloads).filter(({ workload }) => workload.countedIn === undefined && !workload.fragment);
  return { engine, advice: (await Promise.all(all.map((one) => advisor.proven(one)))).flat() };
}

/** The files after the edits of one advice.
 * @errors names the advice that there is, where the one asked for has no edit */
export async function edited(files: Files, id: string, assumed?: Assumed) {
  const { engine, advice } = await advised(files, assumed);
  const found = advice.find((one) => one.id.endsWith(`/${id}`));
  if (!found?.edits) throw new Error(`no edit for ${id}; there are ${advice.map((one) => `${one.id}${one.edits ? '' : ' (by hand)'}`).join(', ')}`);
  const changed: Record<string, string> = { ...files };
  for (const name of Object.keys(files)) {
    const uri = `file:///w/${name}`;
    const edits = found.edits.filter((edit) => edit.uri === uri);
    if (edits.length > 0) changed[name] = applied(engine.fileOf(uri)?.text ?? '', edits);
  }
  return { changed, found };
}
