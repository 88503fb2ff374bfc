import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { admissionYaml } from '../../../server/src/cli/admission.js';
import { admissionConditions, admissionOf, admissionVariables, readMlcostFile } from '../../../server/src/core/index.js';
import { policySchemas } from '../../../server/src/core/settings/policy-schema.js';
import { shippedCatalog } from '../../support/catalog.js';
import { kubernetesFaults } from '../../support/kubernetes-schema.js';

const catalog = shippedCatalog();
function admission(policy: string) {
  const { settings, problems } = readMlcostFile('file:///w/.mlcost.yaml', policy);
  expect(problems).toEqual([]);
  return admissionOf({ rules: settings.policy, waivers: settings.waivers }, catalog, '2026-06-15');
}

/** CEL with what Kubernetes adds to it and this uses. */
const environment = new Environment({ unlistedVariablesAreDyn: true })
  .registerFunction('list<dyn>.sum(): int', (all: bigint[]) => all.reduce((a, b) => a + b, 0n))
  .registerFunction('list<dyn>.max(): int', (all: bigint[]) => {
    const most = [...all].sort((a, b) => (a < b ? -1 : 1)).at(-1);
    if (most === undefined) throw new Error('max called on empty list');
    return most;
  });
/** Numbers of a manifest are CEL's integers. */
const celValue = (value: unknown): unknown =>
  typeof value === 'number' && Number.isInteger(value)
    ? BigInt(value)
    : Array.isArray(value)
      ? value.map(celValue)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, celValue(one)]))
        : value;
function admits(policy: string, manifest: object, username = 'ana'): boolean {
  const object = celValue(manifest);
  const variables: Record<string, unknown> = {};
  if (!admissionConditions.every(({ expression }) => environment.parse(expression)({ object, request: { userInfo: { username } } }) === true)) return true;
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
  /** GPUs of each init container; true for one that stays. */
  before?: [gpus: number, stays: boolean][];
}
function manifest(kind: string, { gpus = 1, copies, selector, affinity, labels, annotations, deadline, before }: Made = {}): object {
  const pod = {
    containers: [
      { name: 'side', image: 'side' },
      { name: 'main', image: 'a', resources: gpus === 0 ? {} : { limits: { cpu: '4', 'nvidia.com/gpu': gpus } } },
    ],
    ...(before
      ? {
          initContainers: before.map(([own, stays]) => ({
            name: 'b',
            image: 'b',
            resources: { limits: { 'nvidia.com/gpu': String(own) } },
            ...(stays ? { restartPolicy: 'Always' } : {}),
          })),
        }
      : {}),
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
    ['a ReplicaSet of its own', 'max_gpus: 8', manifest('ReplicaSet', { gpus: 4, copies: 3 }), false],
    ['none of a Deployment at rest', 'max_gpus: 8', manifest('Deployment', { gpus: 16, copies: 0 }), true],
    [
      'what runs before gives its GPUs back',
      'max_gpus: 8',
      manifest('Pod', {
        gpus: 8,
        before: [
          [8, false],
          [4, false],
        ],
      }),
      true,
    ],
    ['unless it takes more', 'max_gpus: 8', manifest('Pod', { gpus: 1, before: [[9, false]] }), false],
    ['what stays beside keeps them', 'max_gpus: 8', manifest('Job', { gpus: 8, before: [[1, true]] }), false],
    ['what asks only before is judged too', 'required_tags: [team]', manifest('Pod', { gpus: 0, before: [[1, false]] }), false],
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

describe('what a controller makes of an object is judged with that object', () => {
  const bare = manifest('Pod', { gpus: 1 });
  test.each<[string, boolean]>([
    ['ana', false],
    ['system:serviceaccount:kube-system:replicaset-controller', true],
    ['system:serviceaccount:kube-system:job-controller', true],
    ['system:kube-controller-manager', true],
    // what made these is not judged
    ['system:serviceaccount:kube-system:daemon-set-controller', false],
    ['system:serviceaccount:kubeflow:training-operator', false],
    // a service account that is only called so
    ['system:serviceaccount:team-a:job-controller', false],
  ])('a pod without labels, of %s', (user, admitted) => {
    expect(admits(rule('required_tags: [team]'), bare, user)).toBe(admitted);
  });
});
test('expressions call only what Kubernetes has', () => {
  const policy = `policy:\n${['max_gpus: 8', 'max_gpu_hours: 8', "allowed_instances: ['p4d.*']", 'allowed_accelerators: [l4]', "allowed_regions: ['eu-*']", 'allowed_markets: [spot]', 'required_tags: [a]', 'spot_needs_checkpoints: true'].map((one) => `  - ${one}\n`).join('')}`;
  const all = [...admissionConditions, ...admissionVariables, ...admission(policy).rules].map(({ expression }) =>
    expression.replace(/"(?:[^"\\]|\\.)*"/g, '""'),
  );
  // CEL's own, its strings, and Kubernetes' lists
  const known = ['all', 'exists', 'filter', 'has', 'int', 'map', 'string', 'matches', 'lowerAscii', 'max', 'sum'];
  expect([...new Set(all.flatMap((one) => [...one.matchAll(/(\w+)\(/g)].map(([, name]) => name)))].filter((name) => name !== 'in').sort()).toEqual(
    [...known].sort(),
  );
  // a variable reads only those before it
  const names = admissionVariables.map(({ name }) => name);
  for (const [at, { expression }] of admissionVariables.entries())
    for (const [, used = ''] of expression.matchAll(/variables\.(\w+)/g)) expect(names.slice(0, at)).toContain(used);
});

describe('what is left to other places', () => {
  test('every rule is held, or named with why not', () => {
    const examples: Partial<Record<keyof ReturnType<typeof policySchemas>['limits'], string>> = {
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
    for (const name of Object.keys(policySchemas().limits) as (keyof ReturnType<typeof policySchemas>['limits'])[]) {
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
  expect(documents.flatMap(kubernetesFaults)).toEqual([]);
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

test.each<[string, (policy: Record<string, never> & { spec: Record<string, unknown>; metadata: Record<string, unknown> }) => void, RegExp]>([
  ['a field that does not exist', ({ spec }) => Object.assign(spec, { validation: [] }), /additional/],
  ['a failure policy that is none', ({ spec }) => Object.assign(spec, { failurePolicy: 'Warn' }), /allowed values/],
  ['nothing to match', ({ spec }) => delete spec['matchConstraints'], /required property 'matchConstraints'/],
  ['a message of two lines', ({ spec }) => Object.assign(spec, { validations: [{ expression: 'true', message: 'a\nb' }] }), /pattern/],
  ['a name that is none', ({ metadata }) => Object.assign(metadata, { name: 'Team A' }), /pattern/],
])('the schema of the API server finds %s', (_, spoil, message) => {
  const [first] = parseAllDocuments(admissionYaml(admission(rule('max_gpus: 8')), 'costs'))
    .map((one) => one.toJS())
    .filter((one) => one !== null);
  expect(kubernetesFaults(first)).toEqual([]);
  spoil(first);
  expect(kubernetesFaults(first)).toContainEqual(expect.objectContaining({ message: expect.stringMatching(message) }));
});
