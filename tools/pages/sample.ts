import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lensText } from '../../server/src/core/index.js';
import { Engine } from '../../server/src/host/engine.js';
import { memoryHost } from '../../test/support/memory-host.js';

const sample = 'samples/support-assistant';

/** The lenses of the sample project, as the product shows them. */
export async function sampleLenses(): Promise<string[]> {
  const names = readdirSync(sample, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(sample, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort();
  const host = memoryHost(Object.fromEntries(names.map((name) => [name, readFileSync(path.join(sample, name), 'utf8')])));
  const engine = new Engine(host);
  engine.roots = ['file:///w'];
  const reports = await engine.scan(await host.listFiles('file:///w', { cancelled: false }));
  const { catalog } = await engine.context('file:///w/train/run.sh');
  const order = ['training', 'batch-inference', 'serving', 'api-call', 'resource'];
  return reports
    .flatMap((report) => report.workloads)
    .filter(({ workload }) => workload.countedIn === undefined && !workload.fragment)
    .sort((a, b) => order.indexOf(a.workload.kind) - order.indexOf(b.workload.kind))
    .map(({ workload, estimation, alternatives }) => lensText({ workload, estimation, catalog, ...(alternatives ? { alternatives } : {}) }).title);
}

/** The README with the sample's lenses between their marks. */
export const readmeWith = (readme: string, lenses: readonly string[]): string =>
  readme.replace(/(<!-- lenses -->\n).*?(<!-- \/lenses -->)/s, (_, open: string, close: string) => `${open}\`\`\`\n${lenses.join('\n')}\n\`\`\`\n${close}`);
