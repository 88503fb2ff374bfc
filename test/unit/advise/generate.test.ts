import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { autoscaling, benchmarkOf } from '../../../server/src/core/index.js';
import { Advisor } from '../../../server/src/host/advisor.js';
import { Engine, specOf } from '../../../server/src/host/engine.js';
import { memoryHost } from '../../support/memory-host.js';

const deployment = `apiVersion: v1
kind: Service
metadata: {name: front}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
  namespace: models
spec:
  replicas: 3
  template:
    spec:
      nodeSelector:
        nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3
      containers:
        - name: vllm
          image: vllm/vllm-openai:v0.8.5
          args: ["--model", "meta-llama/Llama-3.1-8B-Instruct"]
          resources:
            limits:
              nvidia.com/gpu: 1
`;
const lengths = [
  { fact: 'input_tokens', value: 1000 },
  { fact: 'output_tokens', value: 300 },
];

async function service(text = deployment, assumptions = lengths) {
  const host = memoryHost({ 'deploy.yaml': text });
  const engine = new Engine(host);
  engine.roots = ['file:///w'];
  engine.preferences = { assumptions };
  const one = (await engine.scan(['file:///w/deploy.yaml'])).flatMap((report) => report.workloads)[0];
  const document = engine.document('file:///w/deploy.yaml');
  if (!one || !document) throw new Error('no service');
  return { one, document, advice: await new Advisor(engine, host).proven(one) };
}
async function files(kind: 'hpa' | 'keda') {
  const { one, document } = await service();
  const made = autoscaling(one.workload, specOf(one.workload), one.estimation, document, kind);
  if (!made.made) throw new Error(made.lacks.join());
  return parseAllDocuments(made.text).map((part) => part.toJS() as Record<string, never>);
}

describe('cost-aware autoscaling', () => {
  test('the rule makes the metric, the HPA follows it and the queue', async () => {
    const [rule, adapter, hpa] = await files('hpa');
    expect(rule).toMatchObject({ apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata: { name: 'chat-cost', namespace: 'models' } });
    const { rules } = (rule as unknown as { spec: { groups: { rules: { record?: string; alert?: string; expr: string }[] }[] } }).spec.groups[0]!;
    expect(rules.map(({ record, alert }) => record ?? alert)).toEqual([
      'inference_replica_usd_per_hour',
      'inference_requests_per_second',
      'inference_cost_per_1k_usd',
      'inference_cost_per_1k_usd_replicas_at_target',
      'InferenceCostAboveTarget',
    ]);
    expect(adapter).toMatchObject({ kind: 'ConfigMap' });
    expect(hpa).toMatchObject({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { namespace: 'models' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat' },
        minReplicas: 1,
        maxReplicas: 6,
        metrics: [
          {
            type: 'External',
            external: { metric: { name: 'inference_cost_per_1k_usd_replicas_at_target' }, target: { type: 'AverageValue', averageValue: '1' } },
          },
          { type: 'External', external: { metric: { name: 'inference_requests_waiting' }, target: { type: 'AverageValue' } } },
        ],
      },
    });
  });

  test('KEDA asks Prometheus itself', async () => {
    const [, scaled] = await files('keda');
    expect(scaled).toMatchObject({
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      spec: { scaleTargetRef: { name: 'chat' }, minReplicaCount: 1, maxReplicaCount: 6, triggers: [{ type: 'prometheus' }, { type: 'prometheus' }] },
    });
  });

  test.each([
    ['how long requests are', deployment, [], /input_tokens, output_tokens/],
    ['a Deployment', deployment.replace('kind: Deployment', 'kind: StatefulSet'), lengths, /a Deployment/],
    ['the GPU', deployment.replace(/ {6}nodeSelector:\n.*\n/, ''), lengths, /price of a replica/],
  ])('what is not known is asked for, never filled in: %s', async (_name, text, assumptions, expected) => {
    const { one, document } = await service(text, assumptions);
    const made = autoscaling(one.workload, specOf(one.workload), one.estimation, document, 'hpa');
    expect(made).toMatchObject({ made: false, lacks: expect.arrayContaining([expect.stringMatching(expected)]) });
  });

  const promtool = ['promtool', process.env['PROMTOOL'] ?? ''].find((name) => name !== '' && spawnSync(name, ['--version']).status === 0);
  test.skipIf(promtool === undefined)('Prometheus takes the rules and computes the cost (needs promtool, of the package prometheus)', async () => {
    const [rule] = await files('hpa');
    const folder = mkdtempSync(path.join(tmpdir(), 'rules-'));
    const { groups } = (rule as unknown as { spec: { groups: { rules: { record?: string; expr: string }[] }[] } }).spec;
    const price = Number(/vector\(([\d.]+)\)/.exec(groups[0]?.rules[0]?.expr ?? '')?.[1]);
    writeFileSync(path.join(folder, 'rules.json'), JSON.stringify({ groups }));
    // Three replicas that finish one request a second between them.
    const cost = (1000 * 3 * price) / 3600;
    const tests = {
      rule_files: ['rules.json'],
      evaluation_interval: '30s',
      tests: [
        {
          interval: '30s',
          input_series: [
            { series: 'vllm:request_success_total{pod="chat-1",namespace="models"}', values: '0+30x40' },
            { series: 'kube_deployment_status_replicas_available{deployment="chat",namespace="models"}', values: '3x40' },
          ],
          promql_expr_test: [
            {
              expr: 'round(inference_cost_per_1k_usd, 0.001)',
              eval_time: '15m',
              exp_samples: [{ labels: '{deployment="chat"}', value: Math.round(cost * 1000) / 1000 }],
            },
            { expr: 'inference_cost_per_1k_usd_replicas_at_target < bool 3', eval_time: '15m', exp_samples: [{ labels: '{deployment="chat"}', value: 1 }] },
          ],
        },
      ],
    };
    writeFileSync(path.join(folder, 'tests.json'), JSON.stringify(tests));
    expect(execFileSync(promtool ?? '', ['check', 'rules', path.join(folder, 'rules.json')], { encoding: 'utf8' })).toContain('SUCCESS');
    const ran = spawnSync(promtool ?? '', ['test', 'rules', 'tests.json'], { cwd: folder, encoding: 'utf8' });
    expect(ran.stdout + ran.stderr).toContain('SUCCESS');
  });
});

describe('the benchmark that proves an advice', () => {
  test('is filled in for this model and its settings, before and after', async () => {
    const { one, advice } = await service();
    const fp8 = advice.find(({ id }) => id.endsWith('/weights-fp8'));
    if (!fp8) throw new Error(`no FP8 among ${advice.map(({ id }) => id).join()}`);
    const made = benchmarkOf(specOf(one.workload), fp8);
    if (!made.made) throw new Error(made.lacks.join());
    expect(made.text).toContain('BEFORE="${BEFORE:-meta-llama/Llama-3.1-8B-Instruct}"');
    const [before, after] = [...made.text.matchAll(/^lm_eval .*$/gm)].map(([line]) => line);
    expect(before).not.toContain('quantization');
    expect(after).toContain('quantization=fp8');
    expect(made.text).toContain('--input-len 1000 --output-len 300');
    const script = path.join(mkdtempSync(path.join(tmpdir(), 'prove-')), 'check.sh');
    writeFileSync(script, made.text);
    expect(spawnSync('bash', ['-n', script]).status).toBe(0);
    expect(benchmarkOf(specOf(one.workload), fp8, true)).toMatchObject({ made: true, name: '.github/workflows/quality-guard.yml' });
  });

  test('compares the scores of both sides and fails where one got worse', async () => {
    const { one, advice } = await service();
    const fp8 = advice.find(({ id }) => id.endsWith('/weights-fp8'));
    const made = fp8 && benchmarkOf(specOf(one.workload), fp8);
    const program = /<<'PY'\n([\s\S]*)\nPY\n/.exec(made?.made ? made.text : '')?.[1] ?? '';
    const folder = mkdtempSync(path.join(tmpdir(), 'compare-'));
    const results = (side: string, mmlu: number) => {
      execFileSync('mkdir', ['-p', path.join(folder, side, 'm')]);
      const scores = { mmlu: { 'acc,none': mmlu, 'acc_stderr,none': 0.004 }, mmlu_law: { 'acc,none': 0.1 }, gsm8k: { 'exact_match,strict-match': 0.8 } };
      writeFileSync(path.join(folder, side, 'm', 'results_1.json'), JSON.stringify({ results: scores }));
    };
    const python = spawnSync('python3', ['--version']).status === 0 ? 'python3' : undefined;
    if (python === undefined) throw new Error('python3 is needed to run the comparison');
    const run = () => spawnSync(python, ['-', folder, '97'], { input: program, encoding: 'utf8' });
    results('before', 0.68);
    results('after', 0.679);
    expect(run()).toMatchObject({ status: 0, stdout: expect.stringMatching(/mmlu: 0\.6800 -> 0\.6790.*\n.*gsm8k[\s\S]*mean: keeps 99\.9 %/) });
    results('after', 0.6);
    expect(run()).toMatchObject({ status: 1, stdout: expect.stringContaining('mean: keeps 94.1 %') });
  });

  test('there is nothing to prove where the computation is the same', async () => {
    const { one, advice } = await service();
    const [first] = advice;
    if (!first) throw new Error('no advice');
    expect(benchmarkOf(specOf(one.workload), { ...first, risk: { level: 'none', evidence: [] } })).toMatchObject({ made: false });
  });
});
