import { describe, expect, test } from 'vitest';
import { checkPolicy, deltaOf, readMlcostFile, type Spec, type Subject, surroundingsOf } from '../../../server/src/core/index.js';
import { policySchemas, type RuleName } from '../../../server/src/core/settings/policy-schema.js';
import { context, noise, state, tuning } from '../../support/states.js';

const today = '2026-06-15';
interface Asked {
  kind?: Spec['kind'];
  tags?: Record<string, string>;
  /** The facts of the state before, for rules of change. */
  from?: Spec['facts'];
  metric?: { before?: number; after?: number };
  market?: 'spot';
}
function check(yaml: string, facts: Spec['facts'], { kind = 'training', tags = {}, from, metric, market }: Asked = {}) {
  const { settings, problems } = readMlcostFile('file:///w/.mlcost.yaml', yaml);
  expect(problems).toEqual([]);
  const after = state(facts, { kind });
  const subject: Subject = { state: after, file: 'train.py', ...(from ? { delta: deltaOf({ before: state(from, { kind }), after }, context, noise) } : {}) };
  const around = surroundingsOf(tags, { ...context, ...(market ? { market } : {}) }, today, metric && (() => metric));
  return checkPolicy({ rules: settings.policy, waivers: settings.waivers }, [subject], around);
}
const serving = { framework: 'vllm', model: 'meta-llama/Llama-3.1-8B', gpu_type: 'h100-sxm-80gb', gpu_count: 1, max_model_len: 8192 };
const call = { framework: 'openai', model: 'gpt-4o', input_tokens: 1000, output_tokens: 100, max_tokens: 100, calls_per_month: 1000 };
const { calls_per_month: _volume, ...oneCall } = call;

/** One row a rule: how it is written, a workload that keeps it, one that breaks it. */
const cases: Record<RuleName, [limit: string, kept: Spec['facts'], broken: Spec['facts'], asked?: Asked, brokenAsked?: Asked]> = {
  max_gpus: ['8', tuning, { ...tuning, gpus: 16 }],
  max_gpu_hours: ['1000', tuning, { ...tuning, epochs: 5000 }],
  max_usd_per_run: ['1000', tuning, { ...tuning, epochs: 5000 }],
  max_usd_per_month: ['4000', serving, { ...serving, gpu_count: 8, tensor_parallel: 8 }, { kind: 'serving' }],
  max_usd_per_1k_inferences: ['5', oneCall, { ...oneCall, input_tokens: 100_000 }, { kind: 'api-call' }],
  max_params: ['9e9', tuning, { ...tuning, model: 'meta-llama/Llama-3.1-70B-Instruct' }],
  max_tokens: ['100', call, { ...call, max_tokens: 101 }, { kind: 'api-call' }],
  max_steps: ['10', { ...call, max_steps: 10 }, { ...call, max_steps: 11 }, { kind: 'api-call' }],
  max_retries: ['2', { ...call, max_retries: 2 }, { ...call, max_retries: 3 }, { kind: 'api-call' }],
  max_checkpoints_kept: ['3', { ...tuning, save_steps: 100, save_total_limit: 3 }, { ...tuning, save_steps: 100, save_total_limit: 5 }],
  max_kwh: ['500', tuning, { ...tuning, epochs: 5000 }],
  max_carbon_kg: ['500', { ...tuning, region: 'us-east-1', provider: 'aws' }, { ...tuning, region: 'us-east-1', provider: 'aws', epochs: 5000 }],
  max_increase_percent: ['50', { ...tuning, epochs: 1.4 }, { ...tuning, epochs: 4 }, { from: tuning }],
  max_increase_usd: ['100', { ...tuning, epochs: 1.4 }, { ...tuning, epochs: 40 }, { from: tuning }],
  max_decrease_percent: ['60', tuning, tuning, { from: { ...tuning, epochs: 2 } }, { from: { ...tuning, epochs: 40 } }],
  max_decrease_usd: ['100', tuning, tuning, { from: { ...tuning, epochs: 1.4 } }, { from: { ...tuning, epochs: 40 } }],
  allowed_accelerators: ['[H100, a100-80gb]', tuning, { ...tuning, gpu_type: 'l4' }],
  allowed_instances: ["['p4d.*', 'g5.*']", { ...tuning, instance_type: 'p4d.24xlarge' }, { ...tuning, instance_type: 'p5.48xlarge' }],
  allowed_providers: ['[aws]', { ...tuning, provider: 'AWS' }, { ...tuning, provider: 'gcp' }],
  allowed_regions: ["['eu-*']", { ...tuning, region: 'eu-west-1' }, { ...tuning, region: 'us-east-1' }],
  allowed_markets: ['[on-demand]', { ...tuning, spot: false }, { ...tuning, spot: true }],
  required_precision: ['[bf16, fp8]', tuning, { ...tuning, precision: 'fp32' }],
  required_tags: ['[team]', tuning, tuning, { tags: { team: 'a' } }, {}],
  spot_needs_checkpoints: ['true', { ...tuning, spot: true, save_steps: 100 }, { ...tuning, spot: true }],
  no_idle_replicas: ['true', { ...serving, requests_per_s: 2 }, serving, { kind: 'serving' }],
  cost_needs_gain: [
    '{ file: metrics.json, metric: eval.accuracy, min_gain: 0.01 }',
    { ...tuning, epochs: 4 },
    { ...tuning, epochs: 4 },
    { from: tuning, metric: { before: 0.5, after: 0.52 } },
    { from: tuning, metric: { before: 0.5, after: 0.501 } },
  ],
  expression: ['\'facts.gpus <= 8 && (tags.env == "prod" || usd < 1000.0)\'', tuning, { ...tuning, epochs: 5000 }, { tags: { env: 'dev' } }],
};
const policy = (name: string, limit: string, more = ''): string => `policy:\n  - ${name}: ${limit}\n${more}`;
const waiver = (name: string, expires: string): string => `waivers:\n  - { rule: ${name}, reason: a trial, owner: ana, expires: ${expires} }\n`;

test('every rule has its cases', () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(policySchemas().limits).sort());
});
describe.each(Object.entries(cases))('%s', (name, [limit, kept, broken, asked = {}, brokenAsked = asked]) => {
  test('is kept', () => {
    expect(check(policy(name, limit), kept, asked)).toEqual({ findings: [], kept: [], asked: 1, open: 0 });
  });
  test('blocks where it is broken, and says what and how much', () => {
    const { findings } = check(policy(name, limit), broken, brokenAsked);
    expect(findings).toEqual([expect.objectContaining({ rule: name, level: 'block' })]);
    expect(findings[0]?.message).toMatch(/ (is|are|has|saves|stands|missing|asks|more|for) /);
  });
  test('warns where the team says so, with its message', () => {
    const { findings } = check(policy(name, limit, '    level: warn\n    message: ask ana\n'), broken, brokenAsked);
    expect(findings).toEqual([expect.objectContaining({ level: 'warn', message: expect.stringContaining('. ask ana') })]);
  });
  test('is waived with a reason, an owner and an end', () => {
    const { findings } = check(policy(name, limit, waiver(name, '2026-12-31')), broken, brokenAsked);
    expect(findings).toEqual([
      expect.objectContaining({
        level: 'note',
        waived: { reason: 'a trial', owner: 'ana', expires: '2026-12-31' },
        message: expect.stringContaining('waived until'),
      }),
    ]);
  });
  test('a waiver that has ended waives nothing and fails itself', () => {
    const { findings } = check(policy(name, limit, waiver(name, '2026-06-14')), broken, brokenAsked);
    expect(findings.map(({ rule, level }) => [rule, level])).toEqual([
      [name, 'block'],
      ['waiver', 'block'],
    ]);
  });
});

describe('around the rules', () => {
  test.each<[string, string]>([
    ['max_gpus', '8'],
    ['max_tokens', '100'],
  ])('%s is kept at the limit itself', (name, limit) => {
    const facts = name === 'max_gpus' ? tuning : call;
    expect(check(policy(name, limit), facts, { kind: name === 'max_gpus' ? 'training' : 'api-call' }).findings).toEqual([]);
  });
  test('what is unknown is counted as undecided, and says so where the team wants it', () => {
    const { dataset_size: _size, ...facts } = tuning;
    expect(check(policy('max_usd_per_run', '10'), facts)).toEqual({ findings: [], kept: [], asked: 1, open: 1 });
    const { findings } = check(policy('max_usd_per_run', '10', '    unknown: block\n'), facts);
    expect(findings).toEqual([expect.objectContaining({ level: 'block', message: expect.stringMatching(/cannot be decided, \w+ is unknown/) })]);
  });
  test.each<[string, string]>([
    ['another file', '    files: deploy/**\n'],
    ['another kind', '    kinds: [serving]\n'],
    ['other tags', '    tags: { env: prod }\n'],
    ['a cost below what is worth a word', '    below_usd: 100000\n'],
  ])('a rule for %s is not asked', (_, scope) => {
    expect(check(policy('max_gpus', '1', scope), tuning)).toEqual({ findings: [], kept: [], asked: 0, open: 0 });
  });
  test('a change within the noise breaks no rule of change', () => {
    const more = { ...tuning, batch_size: 7 };
    expect(check(policy('max_increase_percent', '0.01'), more, { from: tuning }).findings).toEqual([]);
    expect(check(policy('max_increase_percent', '0.01'), { ...tuning, epochs: 1.5 }, { from: tuning }).findings).toHaveLength(1);
  });
  test('a waiver near its end warns; one for no rule says that it does nothing', () => {
    const near = check(policy('max_gpus', '1', waiver('max_gpus', '2026-06-20')), tuning).findings;
    expect(near.map(({ level, message }) => [level, message])).toContainEqual(['warn', expect.stringContaining('ends in 5 days')]);
    const idle = check(policy('max_gpus', '99', waiver('max_gpu', '2026-12-31')), tuning).findings;
    expect(idle).toEqual([expect.objectContaining({ level: 'warn', message: expect.stringContaining('does nothing') })]);
  });
  test('two rules that contradict each other both speak', () => {
    const both = 'policy:\n  - allowed_accelerators: [l4]\n  - { id: other, allowed_accelerators: [h100] }\n';
    expect(check(both, tuning).findings.map(({ rule }) => rule)).toEqual(['allowed_accelerators']);
    expect(check(both, { ...tuning, gpu_type: 't4' }).findings.map(({ rule }) => rule)).toEqual(['allowed_accelerators', 'other']);
  });
  test('a rule says with a tick that it is kept where the team wants to hear it', () => {
    const { findings, kept } = check(policy('max_gpus', '8', '    always: true\n'), tuning);
    expect(findings).toEqual([]);
    expect(kept).toEqual([expect.objectContaining({ rule: 'max_gpus', message: 'w: keeps max_gpus 8', workload: 'train.py#w' })]);
    expect(check(policy('max_gpus', '7', '    always: true\n'), tuning)).toMatchObject({ kept: [], findings: [{ level: 'block' }] });
  });
  test('a training that keeps every checkpoint has no limit of them', () => {
    expect(check(policy('max_checkpoints_kept', '3'), { ...tuning, save_steps: 100 }).findings).toEqual([
      expect.objectContaining({ message: expect.stringContaining('keeps all its checkpoints') }),
    ]);
    expect(check(policy('max_checkpoints_kept', '3'), tuning).asked).toBe(0);
  });
  test.each<[string, string, boolean]>([
    ['prod', 'fp32', true],
    ['prod', 'fp8', false],
    ['dev', 'fp32', false],
  ])('a precision tier by environment: %s with %s', (env, precision, isBroken) => {
    const { findings } = check(policy('required_precision', '[fp8]', '    tags: { env: prod }\n'), { ...tuning, precision }, { tags: { env } });
    expect(findings.length > 0).toBe(isBroken);
  });
  test('an empty policy asks nothing', () => {
    expect(check('policy: []\nwaivers:\n', tuning)).toEqual({ findings: [], kept: [], asked: 0, open: 0 });
  });
  test.each<[string, RegExp]>([
    ["'1 +'", /cannot be read/],
    [`'file.matches("(a+)+$")'`, /matches\(\) is not available/],
    [`'${'!'.repeat(1500)}true'`, /cannot be read/],
    [`'${'x'.repeat(2001)}'`, /2,000 characters/],
  ])('an expression that is wrong or hostile fails by itself: %.30s', (expression, why) => {
    const { findings } = check(policy('expression', expression), tuning);
    expect(findings).toEqual([
      expect.objectContaining({ level: 'block', message: expect.stringMatching(why), span: expect.objectContaining({ uri: 'file:///w/.mlcost.yaml' }) }),
    ]);
  });
  test.each(["'nothing_known > 1.0'", "'facts.absent == 1'", "'usd'"])('an expression over what nobody knows is undecided: %s', (expression) => {
    expect(check(policy('expression', expression), tuning)).toMatchObject({ findings: [], open: 1 });
  });
});

test.each<[string, string]>([
  ['policy:\n  - max_gpuz: 3\n', 'did you mean `max_gpus`'],
  ['policy:\n  - max_gpus: 3\n    max_tokens: 1\n', 'one rule a row'],
  ['policy:\n  - level: warn\n', 'one rule a row'],
  ['policy:\n  - max_gpus: -1\n', ''],
  ['policy:\n  max_gpus: 1\n', 'a list is expected'],
  ['waivers:\n  - rule: x\n    reason: y\n    expires: 2026-01-01\n', '`owner` is missing'],
  ['waivers:\n  - { rule: x, reason: y, owner: z, expires: soon }\n', 'YYYY-MM-DD'],
])('a mistake in the policy is a problem at its place: %j', (yaml, message) => {
  const { problems } = readMlcostFile('file:///w/.mlcost.yaml', yaml);
  expect(problems.map((one) => one.message).join('\n')).toContain(message);
  expect(problems.length).toBeGreaterThan(0);
});
