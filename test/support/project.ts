import type { Workload } from '../../server/src/core/index.js';
import { Engine } from '../../server/src/host/engine.js';
import { memoryHost } from './memory-host.js';

const root = 'file:///w';

/** The workloads of one file of a project after all its files were read: facts as `value origin file`. */
export async function workloadsOf(files: Record<string, string>, file: string) {
  const engine = new Engine(memoryHost(files));
  engine.roots = [root];
  const reports = await engine.scan(Object.keys(files).map((name) => `${root}/${name}`));
  const workloads: readonly Workload[] = reports.flatMap((report) =>
    report.uri === `${root}/${file}` ? report.workloads.map(({ workload }) => workload) : [],
  );
  const [first] = workloads;
  const facts: Record<string, string> = Object.fromEntries(
    (first?.facts ?? []).map(({ name, value, origin, span }) => [name, `${value} ${origin}${span ? ` ${span.uri.slice(root.length + 1)}` : ''}`]),
  );
  return { workloads, first, facts, unknown: (first?.unknown ?? []).map(({ name }) => name), conflicts: first?.conflicts ?? [], reports };
}
