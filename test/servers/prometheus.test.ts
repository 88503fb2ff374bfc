import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { Workspace } from '../support/ledger.js';
import { manifest } from '../support/manifest.js';
import { prometheusBinary, promtoolBinary, type Running, serve, startPrometheus } from '../support/servers.js';
import { until } from '../support/until.js';

const dayMs = 86_400_000;
const today = new Date(Math.floor(Date.now() / dayMs) * dayMs);
const daysAgo = (days: number): string => new Date(today.getTime() - days * dayMs).toISOString().slice(0, 10);
/** Samples of the past as OpenMetrics writes them, every 5 minutes of some days. */
function past(name: string, type: string, labels: string, from: string, minutes: number, value: (minute: number) => number | undefined): string[] {
  const start = Date.parse(`${from}T00:00:00Z`) / 1000;
  const lines: string[] = [];
  for (let minute = 0; minute < minutes; minute += 5) {
    const found = value(minute);
    if (found !== undefined) lines.push(`${name}${type === 'counter' ? '_total' : ''}{${labels}} ${found} ${start + minute * 60}`);
  }
  return lines;
}
const family = (name: string, type: string, ...series: string[][]): string => `# TYPE ${name} ${type}\n${series.flat().join('\n')}\n`;

describe.runIf(prometheusBinary && promtoolBinary)('Prometheus itself', () => {
  const twoDays = 2 * 1440;
  const gpu = (id: number, name: string, namespace: string) => `gpu="${id}",modelName="${name}",namespace="${namespace}",pod="p${id}"`;
  const history = [
    family(
      'DCGM_FI_DEV_GPU_UTIL',
      'gauge',
      // busy for the first half of each day, idle for the second
      past('DCGM_FI_DEV_GPU_UTIL', 'gauge', gpu(0, 'NVIDIA H100 80GB HBM3', 'search'), daysAgo(3), twoDays, (at) => (at % 1440 < 720 ? 80 : 0)),
      // there on the first day only, six hours of it
      past('DCGM_FI_DEV_GPU_UTIL', 'gauge', gpu(1, 'NVIDIA L4', 'vision'), daysAgo(3), 360, () => 50),
    ),
    family(
      'kube_pod_container_resource_requests',
      'gauge',
      past(
        'kube_pod_container_resource_requests',
        'gauge',
        'namespace="search",pod="p0",container="c",resource="nvidia_com_gpu",unit="integer"',
        daysAgo(3),
        twoDays,
        () => 2,
      ),
    ),
    family(
      'kube_pod_status_phase',
      'gauge',
      // it waits for half of the first day
      past('kube_pod_status_phase', 'gauge', 'namespace="search",pod="p0",phase="Running"', daysAgo(3), twoDays, (at) => (at < 720 ? 0 : 1)),
    ),
    family(
      'vllm:prompt_tokens',
      'counter',
      // a restart sets it back at noon of the first day
      past('vllm:prompt_tokens', 'counter', 'model_name="m",namespace="search"', daysAgo(3), twoDays, (at) => (at < 720 ? 100 * at : 100 * (at - 720))),
    ),
    family(
      'container_gpu_allocation',
      'gauge',
      past('container_gpu_allocation', 'gauge', 'namespace="search",node="n1",pod="p0",container="c"', daysAgo(3), 1440, () => 1),
    ),
    family(
      'node_gpu_hourly_cost',
      'gauge',
      past('node_gpu_hourly_cost', 'gauge', 'node="n1",instance="n1"', daysAgo(3), 1440, () => 2.5),
    ),
    family(
      'gen_ai_client_token_usage',
      'histogram',
      past(
        'gen_ai_client_token_usage_sum',
        'gauge',
        'gen_ai_request_model="gpt-4o",gen_ai_token_type="input",namespace="chat"',
        daysAgo(3),
        1440,
        (at) => 10 * at,
      ),
    ).replace('# TYPE gen_ai_client_token_usage histogram', '# TYPE gen_ai_client_token_usage_sum gauge'),
  ];
  let server: Awaited<ReturnType<typeof startPrometheus>>;
  let exporter: Running;
  let tokens = 0;
  const source = (...more: string[]): string => ['- name: cluster', 'kind: prometheus', `url: ${server.url}`, `from: ${daysAgo(3)}`, ...more].join('\n  ');
  beforeAll(async () => {
    exporter = await serve((_, response) => {
      tokens += 50;
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(
        [
          '# TYPE DCGM_FI_DEV_GPU_UTIL gauge',
          `DCGM_FI_DEV_GPU_UTIL{${gpu(0, 'NVIDIA H100 80GB HBM3', 'search')}} 40`,
          '# TYPE vllm:generation_tokens_total counter',
          `vllm:generation_tokens_total{model_name="m",namespace="search"} ${tokens}`,
          '',
        ].join('\n'),
      );
    });
    server = await startPrometheus({ past: `${history.join('')}# EOF\n`, scrape: exporter.port });
  }, 120_000);
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await exporter?.[Symbol.asyncDispose]();
  });

  test('hours of GPUs are counted, idle ones apart; gaps are not filled, and said', async () => {
    using workspace = new Workspace();
    const [outcome] = await workspace.pull(source('counts: false', 'read: [gpu]'), { now: today.getTime() - 1 });
    expect(outcome?.health.error).toBeUndefined();
    expect(await workspace.usage(['day', 'accelerator', 'project'])).toEqual([
      `gpu_hours ${daysAgo(3)} NVIDIA H100 80GB HBM3 search 24`,
      `gpu_hours ${daysAgo(3)} NVIDIA L4 vision 6`,
      `gpu_hours ${daysAgo(2)} NVIDIA H100 80GB HBM3 search 24`,
      expect.stringMatching(`gpu_hours_busy ${daysAgo(3)} NVIDIA H100 80GB HBM3 search 9\\.[56]`),
      `gpu_hours_busy ${daysAgo(3)} NVIDIA L4 vision 3`,
      expect.stringMatching(`gpu_hours_busy ${daysAgo(2)} NVIDIA H100 80GB HBM3 search 9\\.[56]`),
      expect.stringMatching(`gpu_hours_idle ${daysAgo(3)} NVIDIA H100 80GB HBM3 search 1[12]`),
      expect.stringMatching(`gpu_hours_idle ${daysAgo(2)} NVIDIA H100 80GB HBM3 search 1[12]`),
    ]);
    expect(outcome?.health.notes).toEqual([`${daysAgo(1)}: no samples of gpu`]);
  });
  test('counters that a restart set back, requests of pods that run, money of OpenCost, tokens of OpenTelemetry', async () => {
    using workspace = new Workspace();
    const [outcome] = await workspace.pull(source('counts: false', 'read: [kubernetes, vllm, genai, opencost]', 'by: { team: namespace }'), {
      now: today.getTime() - 1,
    });
    expect(outcome?.health.error).toBeUndefined();
    const found = Object.fromEntries(
      (await workspace.usage(['day', 'team', 'model_id'])).map((line) => [line.replace(/ [\d.]+( \w+)?$/, ''), Number(/ ([\d.]+)( \w+)?$/.exec(line)?.[1])]),
    );
    const near = (name: string, expected: number, share = 0.01) =>
      expect(Math.abs((found[name] ?? Number.NaN) / expected - 1), `${name} ${found[name]}`).toBeLessThan(share);
    near(`gpu_hours_requested ${daysAgo(3)} search –`, 24);
    near(`gpu_hours_requested ${daysAgo(2)} search –`, 48);
    // 71,500 before noon, 71,500 after, and what is between the samples at the ends
    near(`input_tokens ${daysAgo(3)} search m`, 143_500);
    near(`input_tokens ${daysAgo(3)} chat gpt-4o`, 14_400);
    near(`metered_cost ${daysAgo(3)} search –`, 60);
  });
  test('its hours are money where the settings say the price and that nobody else bills them', async () => {
    using workspace = new Workspace();
    const [outcome] = await workspace.pull(source('counts: true', 'read: [gpu]', 'price_per_gpu_hour: { h100: 2.4 }', 'by: { team: namespace }'), {
      now: today.getTime() - 1,
    });
    expect(await workspace.total({ where: { team: 'search' } })).toBe('115.20');
    expect((await workspace.report(['task', 'category'])).map(([task, category]) => [task, category])).toEqual([
      ['–', 'hosting'],
      ['idle', 'hosting'],
    ]);
    expect(outcome?.health.notes).toContain('no price for NVIDIA L4: its hours are known, its money is not (price_per_gpu_hour)');
  });
  test('what is scraped now is told today, and more of it a moment later', async () => {
    using workspace = new Workspace();
    const pulled = async (): Promise<number> => {
      const [outcome] = await workspace.pull(source('counts: false', 'read: [vllm]').replace(daysAgo(3), new Date().toISOString().slice(0, 10)));
      expect(outcome?.health.error).toBeUndefined();
      return Number(/ ([\d.]+)$/.exec((await workspace.usage(['model_id'], 'output_tokens'))[0] ?? '')?.[1] ?? 0);
    };
    await until(async () => (await pulled()) >= 100);
    const before = await pulled();
    await until(async () => (await pulled()) > before);
  });
  test('a question that is wrong for the server is said, with what to do', async () => {
    using workspace = new Workspace();
    const [outcome] = await workspace.pull(source('counts: false').replace(server.url, `${server.url}/elsewhere`));
    expect(outcome?.health.error).toMatchObject({ message: expect.stringMatching(/404/), todo: expect.stringContaining('check the address') });
  });
  test('days that it has forgotten keep what it told of them', async () => {
    using workspace = new Workspace();
    await workspace.pull(source('counts: false', 'read: [gpu]'), { now: today.getTime() - 1 });
    const before = await workspace.usage(['day'], 'gpu_hours');
    await using empty = await startPrometheus();
    const [outcome] = await workspace.pull(source('counts: false', 'read: [gpu]').replace(server.url, empty.url), {
      now: today.getTime() - 1,
      again: daysAgo(3),
    });
    expect(outcome?.health.notes).toEqual([`${daysAgo(3)} to ${daysAgo(1)}: no samples of gpu`]);
    expect(await workspace.usage(['day'], 'gpu_hours')).toEqual(before);
  });
});

describe.runIf(promtoolBinary)('promtool', () => {
  const lengths = ['--set', 'input_tokens=1000', '--set', 'output_tokens=300'];
  test.each(['hpa', 'keda'])('takes the rules that mlcost autoscale writes (%s)', (scaler) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'mlcost-rules-'));
    try {
      writeFileSync(path.join(folder, 'serve.yaml'), manifest);
      const made = spawnSync(process.execPath, [path.resolve('dist/cli.js'), 'autoscale', folder, '--scaler', scaler, ...lengths], { encoding: 'utf8' });
      expect(made.stderr).toBe('');
      const rules = parseAllDocuments(made.stdout)
        .map((one) => one.toJS() as { kind?: string; spec?: unknown } | null)
        .filter((one) => one?.kind === 'PrometheusRule');
      expect(rules).toHaveLength(1);
      writeFileSync(path.join(folder, 'rules.yml'), stringify(rules[0]?.spec));
      const checked = spawnSync(promtoolBinary as string, ['check', 'rules', path.join(folder, 'rules.yml')], { encoding: 'utf8' });
      expect(`${checked.stdout}${checked.stderr}`).toMatch(/SUCCESS: [1-9]\d* rules? found/);
      expect(checked.status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
