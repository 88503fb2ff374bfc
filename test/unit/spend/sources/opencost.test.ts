import { expect, test } from 'vitest';
import { Workspace } from '../../../support/ledger.js';
import { fake } from '../../../support/source-fake.js';

// Shapes of OpenCost's API: /allocation/compute (docs/swagger.json).
const allocation = (name: string, totalCost: number, gpuHours = 0, minutes = 1440): object => ({
  name,
  properties: { cluster: 'cluster-one' },
  minutes,
  gpuCount: gpuHours / 24,
  gpuHours,
  gpuCost: totalCost / 2,
  cpuCost: totalCost / 2,
  totalCost,
});
test('allocations by namespace and label, what nobody uses apart, a day that is not whole is said', async () => {
  using workspace = new Workspace();
  await using server = await fake(({ path, query }) => {
    if (path !== '/model/allocation/compute') return undefined;
    const first = query['window']?.startsWith('2026-11-01');
    const all = first
      ? [allocation('research/team=vision', 10.25, 48), allocation('research/__unallocated__', 1.5), allocation('__idle__', 4), allocation('web/search', 2)]
      : [allocation('research/team=vision', 1, 6, 300)];
    return { code: 200, status: 'success', data: [Object.fromEntries(all.map((one) => [(one as { name: string }).name, one]))] };
  });
  const source = `- name: kube\n  kind: opencost\n  url: ${server.url}/model\n  counts: true\n  from: 2026-11-01\n  by: { project: namespace, team: "label:team" }`;
  const [outcome] = await workspace.pull(source, { now: Date.parse('2026-11-02T05:00:00Z') });
  expect(outcome?.health.error).toBeUndefined();
  expect(outcome?.health.notes).toEqual(['2026-11-02: OpenCost knows 5.0 hours of it']);
  expect(await workspace.report(['day', 'project', 'team', 'task', 'category'])).toEqual([
    ['2026-11-01', 'research', 'vision', '–', 'hosting', '10.25'],
    ['2026-11-01', '–', '–', 'idle', 'hosting', '4.00'],
    ['2026-11-01', 'web', 'search', '–', 'hosting', '2.00'],
    ['2026-11-01', 'research', '–', '–', 'hosting', '1.50'],
    ['2026-11-02', 'research', 'vision', '–', 'hosting', '1.00'],
  ]);
  expect(await workspace.usage(['day', 'team'])).toEqual(['gpu_hours_requested 2026-11-01 vision 48', 'gpu_hours_requested 2026-11-02 vision 6']);
  expect(server.asked[0]?.query).toEqual({
    window: '2026-11-01T00:00:00Z,2026-11-02T00:00:00Z',
    aggregate: 'namespace,label:team',
    step: '1d',
    includeIdle: 'true',
  });
});
