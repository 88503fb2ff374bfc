import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { admissionYaml } from '../../../server/src/cli/admission.js';
import { admissionOf, admissionVariables, readMlcostFile } from '../../../server/src/core/index.js';
import { limits } from '../../../server/src/core/settings/policy-schema.js';
import { shippedCatalog } from '../../support/catalog.js';

const catalog = shippedCatalog();
function admission(policy: string) {
  const { settings, problems } = readMlcostFile('file:///w/.mlcost.yaml', policy);
  expect(problems).toEqual([]);
  return admissionOf({ rules: settings.policy, waivers: settings.waivers }, catalog, '2026-06-15');
}

/** CEL with what Kubernetes adds to it and this uses. */
const environment = new Environment({ unlistedVariablesAreDyn: true }).registerFunction('list<dyn>.sum(): int', (all: bigint[]) =>
  all.reduce((a, b) => a + b, 0n),
);
/** Numbers of a manifest are CEL's integers. */
const celValue = (value: unknown): unknown =>
  typeof value === 'number' && Number.isInteger(value)
    ? BigInt(value)
    : Array.isArray(value)
      ? value.map(celValue)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, celValue(one)]))
        : value;
function admits(policy: string, manifest: object): boolean {
  const object = celValue(manifest);
  const variables: Record<string, unknown> = {};
  for (const { name, expression } of admissionVariables) variables[name] = environment.parse(expression)({ object, variables });
  return admission(policy).rules.every(({ expression }) => {
    const answer: unknown = environment.parse(expression)({ object, variables });
    expect(typeof answer).toBe('boolean');
    return answer === true;
  });
}

interface Made {
  gpus?: number | string;
  copies?: number;
  selector?: Record<string, string>;
  affinity?: Record<string, string[]>;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  deadline?: number;
}
function manifest(kind: string, { gpus = 1, copies, selector, affinity, labels, annotations, deadline }: Made = {}): object {
  const pod = {
    containers: [
      { name: 'side', image: 'side' },
      { name: 'main', image: 'a', resources: gpus === 0 ? {} : { limits: { cpu: '4', 'nvidia.com/gpu': gpus } } },
    ],
    ...(selector ? { nodeSelector: selector } : {}),
    ...(affinity
      ? {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  { matchFields: [] },
                  { matchExpressions: Object.entries(affinity).map(([key, values]) => ({ key, operator: 'In', values })) },
                ],
              },
            },
          },
        }
      : {}),
  };
  const metadata = { name: 'a', ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
  const template = { spec: pod };
  const job = { template, ...(copies === undefined ? {} : { parallelism: copies }), ...(deadline === undefined ? {} : { activeDeadlineSeconds: deadline }) };
  if (kind === 'Pod') return { kind, metadata, spec: pod };
  if (kind === 'Job') return { kind, metadata, spec: job };
  if (kind === 'CronJob') return { kind, metadata, spec: { schedule: '* * * * *', jobTemplate: { spec: job } } };
  return { kind, metadata, spec: { template, ...(copies === undefined ? {} : { replicas: copies }) } };
}
const rule = (text: string): string => `policy:\n  - ${text}\n`;
const p4d = { 'node.kubernetes.io/instance-type': 'p4d.24xlarge' };
const p5 = { 'node.kubernetes.io/instance-type': 'p5.48xlarge' };
const spot = { 'karpenter.sh/capacity-type': 'spot' };

describe('what a cluster admits', () => {
  test.each<[string, string, object, boolean]>([
    ['as many GPUs as the limit', 'max_gpus: 8', manifest('Pod', { gpus: 8 }), true],
    ['one more', 'max_gpus: 8', manifest('Pod', { gpus: '9' }), false],
    ['copies of a Deployment count', 'max_gpus: 8', manifest('Deployment', { gpus: 4, copies: 3 }), false],
    ['a Deployment without a number is one', 'max_gpus: 8', manifest('Deployment', { gpus: 8 }), true],
    ['a StatefulSet within it', 'max_gpus: 8', manifest('StatefulSet', { gpus: 4, copies: 2 }), true],
    ['parallel pods of a Job count', 'max_gpus: 8', manifest('Job', { gpus: 1, copies: 9 }), false],
    ['those of a CronJob too', 'max_gpus: 8', manifest('CronJob', { gpus: 1, copies: 9 }), false],
    ['what asks for no GPU is nobody’s business', 'required_tags: [team]', manifest('Deployment', { gpus: 0, copies: 99 }), true],
    ['GPU-hours until a deadline', 'max_gpu_hours: 16', manifest('Job', { gpus: 8, deadline: 7200 }), true],
    ['a deadline that is later', 'max_gpu_hours: 16', manifest('Job', { gpus: 8, deadline: 7201 }), false],
    ['a deadline of a CronJob', 'max_gpu_hours: 16', manifest('CronJob', { gpus: 8, deadline: 7201 }), false],
    ['no deadline is unknown, and passes', 'max_gpu_hours: 16', manifest('Job', { gpus: 8 }), true],
    ['unless what is unknown blocks', '{ max_gpu_hours: 16, unknown: block }', manifest('Job', { gpus: 8 }), false],
    ['a machine of an allowed family', "allowed_instances: ['p4d.*', 'g5.*']", manifest('Pod', { selector: p4d }), true],
    ['one of another', "allowed_instances: ['p4d.*', 'g5.*']", manifest('Pod', { selector: p5 }), false],
    ['a dot of a glob is a dot', "allowed_instances: ['p4.*']", manifest('Pod', { selector: p4d }), false],
    [
      'affinity that may lead to another',
      "allowed_instances: ['p4d.*']",
      manifest('Job', { affinity: { 'node.kubernetes.io/instance-type': ['p4d.24xlarge', 'p5.48xlarge'] } }),
      false,
    ],
    [
      'affinity to allowed ones',
      "allowed_instances: ['p4d.*']",
      manifest('Job', { affinity: { 'node.kubernetes.io/instance-type': ['p4d.24xlarge'], zone: ['a'] } }),
      true,
    ],
    ['no word of the machine', "allowed_instances: ['p4d.*']", manifest('Pod'), true],
    ['no word where it must be said', "{ allowed_instances: ['p4d.*'], unknown: block }", manifest('Pod'), false],
    [
      'said by affinity where it must be',
      "{ allowed_instances: ['p4d.*'], unknown: block }",
      manifest('Pod', { affinity: { 'node.kubernetes.io/instance-type': ['p4d.24xlarge'] } }),
      true,
    ],
    [
      'a chip by the name of its driver',
      'allowed_accelerators: [l4, a100-80gb]',
      manifest('Pod', { selector: { 'cloud.google.com/gke-accelerator': 'nvidia-l4' } }),
      true,
    ],
    [
      'by another provider’s name',
      'allowed_accelerators: [l4, a100-80gb]',
      manifest('Pod', { selector: { 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-80GB' } }),
      true,
    ],
    [
      'a chip that is not allowed',
      'allowed_accelerators: [l4, a100-80gb]',
      manifest('Pod', { selector: { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' } }),
      false,
    ],
    ['a region that is allowed', "allowed_regions: ['eu-*']", manifest('Pod', { selector: { 'topology.kubernetes.io/region': 'eu-west-1' } }), true],
    ['a region that is not', "allowed_regions: ['eu-*']", manifest('Pod', { selector: { 'topology.kubernetes.io/region': 'us-east-1' } }), false],
    ['no spot capacity', 'allowed_markets: [on-demand, reserved-1y]', manifest('Job', { selector: spot }), false],
    ['none asked', 'allowed_markets: [on-demand]', manifest('Job'), true],
    ['spot alone', 'allowed_markets: [spot]', manifest('Job'), false],
    ['spot by GKE’s flag', 'allowed_markets: [spot]', manifest('Job', { selector: { 'cloud.google.com/gke-spot': 'true' } }), true],
    ['spot by affinity', 'allowed_markets: [spot]', manifest('Job', { affinity: { 'eks.amazonaws.com/capacityType': ['SPOT'] } }), true],
    ['labels that are asked for', 'required_tags: [team, env]', manifest('Deployment', { labels: { team: 'a', env: 'prod' } }), true],
    ['a label that is missing', 'required_tags: [team, env]', manifest('Deployment', { labels: { team: 'a' } }), false],
    ['no labels', 'required_tags: [team]', manifest('Deployment'), false],
    [
      'a job on spot that saves',
      'spot_needs_checkpoints: true',
      manifest('Job', { selector: spot, annotations: { 'ml-cost-lens/checkpoints': 'true' } }),
      true,
    ],
    ['a job on spot that does not say so', 'spot_needs_checkpoints: true', manifest('CronJob', { selector: spot }), false],
    ['a service on spot has nothing to save', 'spot_needs_checkpoints: true', manifest('Deployment', { selector: spot }), true],
    ['a rule for trainings, asked of a service', '{ max_gpus: 1, kinds: [training] }', manifest('Deployment', { gpus: 8 }), true],
    ['and of a job', '{ max_gpus: 1, kinds: [training] }', manifest('Job', { gpus: 8 }), false],
    ['a rule for an environment, elsewhere', '{ max_gpus: 1, tags: { env: prod } }', manifest('Job', { gpus: 8, labels: { env: 'dev' } }), true],
    ['and there', '{ max_gpus: 1, tags: { env: prod } }', manifest('Job', { gpus: 8, labels: { env: 'prod' } }), false],
    ['a value that would end a text', "required_tags: ['a\"b\\c']", manifest('Job', { labels: { 'a"b\\c': 'x' } }), true],
  ])('%s', (_, text, object, admitted) => {
    expect(admits(rule(text), object)).toBe(admitted);
  });
});

describe('what is left to other places', () => {
  test('every rule is held, or named with why not', () => {
    const examples: Partial<Record<keyof typeof limits, string>> = {
      allowed_accelerators: '[l4]',
      allowed_instances: '[p4d.24xlarge]',
      allowed_providers: '[aws]',
      allowed_regions: '[eu-west-1]',
      allowed_markets: '[on-demand]',
      required_precision: '[bf16]',
      required_tags: '[team]',
      spot_needs_checkpoints: 'true',
      no_idle_replicas: 'true',
      expression: '"true"',
      cost_needs_gain: '{ file: a.json, metric: a, min_gain: 1 }',
    };
    for (const name of Object.keys(limits) as (keyof typeof limits)[]) {
      const { rules, left } = admission(rule(`${name}: ${examples[name] ?? '1'}`));
      expect([name, rules.length + left.length]).toEqual([name, 1]);
      for (const { expression } of rules) expect(environment.check(expression)).toMatchObject({ valid: true, type: 'bool' });
      for (const { why } of left) expect(why).not.toBe('a cluster cannot hold it');
    }
  });
  test.each<[string, RegExp]>([
    ['{ max_gpus: 1, files: train/** }', /for some files/],
    ['{ max_gpus: 1, below_usd: 5 }', /quiet below a cost/],
    ['allowed_markets: [spot, on-demand]', /cannot break it/],
    ['max_gpus: 1\nwaivers:\n  - { rule: max_gpus, reason: r, owner: ana, expires: 2026-12-31 }', /waived until 2026-12-31 by ana/],
  ])('%s', (text, why) => {
    expect(admission(rule(text))).toEqual({
      rules: [],
      left: [{ rule: 'max_gpus', why: expect.stringMatching(why) }].map((one) => ({ ...one, rule: text.includes('markets') ? 'allowed_markets' : one.rule })),
    });
  });
  test('a waiver that has ended waives nothing; one for a file is named, and the rule holds', () => {
    expect(admission(rule('max_gpus: 1\nwaivers:\n  - { rule: max_gpus, reason: r, owner: ana, expires: 2026-01-31 }')).rules).toHaveLength(1);
    const { rules, left } = admission(rule('max_gpus: 1\nwaivers:\n  - { rule: max_gpus, files: a/**, reason: r, owner: ana, expires: 2026-12-31 }'));
    expect([rules.length, left[0]?.rule]).toEqual([1, 'waiver of max_gpus']);
  });
});

test('as manifests: what blocks denies, what warns warns, each with its binding; the rest is named in the head', () => {
  const text = admissionYaml(
    admission('policy:\n  - { max_gpus: 8, message: "ask ana\\nfirst" }\n  - { required_tags: [team], level: warn }\n  - max_usd_per_run: 5\n'),
    'costs',
  );
  expect(text).toMatch(/^# Made from[\s\S]*#\s+max_usd_per_run: a cluster has no estimates\n---\n/);
  const documents = parseAllDocuments(text)
    .map((one) => {
      expect(one.errors).toEqual([]);
      return one.toJS();
    })
    .filter((one) => one !== null);
  expect(documents.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'ValidatingAdmissionPolicy costs',
    'ValidatingAdmissionPolicyBinding costs',
    'ValidatingAdmissionPolicy costs-warnings',
    'ValidatingAdmissionPolicyBinding costs-warnings',
  ]);
  expect(documents[0].spec).toMatchObject({
    failurePolicy: 'Fail',
    validations: [{ message: 'max_gpus: what asks for accelerators takes at most 8 GPUs, copies counted. ask ana first' }],
  });
  expect(documents[1].spec).toEqual({ policyName: 'costs', validationActions: ['Deny'] });
  expect(documents[3].spec).toEqual({ policyName: 'costs-warnings', validationActions: ['Warn'] });
  expect(text).not.toMatch(/[&*]a\d/);
});
