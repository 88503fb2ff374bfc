import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { jsonSchema } from '../../server/src/core/settings/json-schema.js';
import { ownPrices, readMlcostFile } from '../../server/src/core/settings/mlcost-file.js';

const uri = 'file:///w/.mlcost.yaml';
const read = (text: string) => {
  const { settings, problems } = readMlcostFile(uri, text);
  return { settings, problems: problems.map(({ message, span }) => `${span ? text.slice(span.start, span.end) : ''}: ${message}`) };
};

test('a whole file', () => {
  const { settings, problems } = read(
    'accelerator: {type: H100, count: 8}\nprovider: aws\nregion: us-east-1\nmarket: spot\nassumptions:\n  - files: nb/**\n    fact: epochs\n    value: 3\ntraffic:\n  calls_per_month: 1000\nbudgets:\n  - name: ml\n    amount: 100\nsilence: [tests/**, {code: does-not-fit}]\ntags: {team: ml}\n',
  );
  expect(problems).toEqual([]);
  expect(settings.assumptions.map(({ fact, value, files }) => [fact, value, files])).toEqual([
    ['epochs', 3, 'nb/**'],
    ['gpu_type', 'H100', undefined],
    ['gpu_count', 8, undefined],
    ['calls_per_month', 1000, undefined],
  ]);
  expect(settings).toMatchObject({
    provider: 'aws',
    region: 'us-east-1',
    market: 'spot',
    budgets: [{ name: 'ml', amount: { digits: 100n, scale: 0 }, currency: 'USD', period: { kind: 'month' }, thresholds: [70, 90, 100] }],
    silence: [{ files: 'tests/**' }, { code: 'does-not-fit' }],
    tags: { team: 'ml' },
  });
});

describe('a mistake is named at its place, and the rest holds', () => {
  test.each([
    ['acelerator: H100\nprovider: aws\n', ['acelerator: no setting is called `acelerator`: did you mean `accelerator`?']],
    ['assumptions:\n  seqlen: 5\nprovider: aws\n', ['seqlen: no fact is called `seqlen`: did you mean `seq_len`?']],
    ['assumptions:\n  - fact: epoch\n    value: 5\nprovider: aws\n', ['epoch: no fact is called `epoch`: did you mean `epochs`?']],
    ['budgets:\n  - nmae: x\n    amount: 5\nprovider: aws\n', ['nmae: no setting is called `nmae` here: did you mean `name`?']],
    ['budgets:\n  - name: x\nprovider: aws\n', ['name: `amount` is missing']],
    ['budgets:\n  - amount: much\nprovider: aws\n', ['much: expected number, received string']],
    ['market: sport\nprovider: aws\n', ['sport: expected one of "on-demand"|"spot"|"reserved-1y"|"reserved-3y"']],
    ['prices:\n  - accelerator: H100\nprovider: aws\n', ['accelerator: a rate of an accelerator or instance needs usd_per_hour']],
    ['prices: H100\nprovider: aws\n', ['H100: a list is expected']],
    ['assumptions:\n  epochs:\nprovider: aws\n', ['epochs: a value is expected: `epochs: 2048`']],
  ])('%j', (text, expected) => {
    const { settings, problems } = read(text);
    expect(problems).toEqual(expected);
    expect(settings.provider).toBe('aws');
  });
  test('what is no map at all', () => {
    expect(read('- a\n').problems).toEqual([expect.stringContaining('a map of settings is expected')]);
    expect(read('').problems).toEqual([]);
    expect(read('a: [\n').problems).not.toEqual([]);
  });
});

test('own rates become offers, prices of hosted models and discounts', () => {
  const { settings } = read(
    'prices:\n  - {accelerator: H100, usd_per_hour: 2, as_of: "2026-01-01", note: contract 7}\n  - {instance: p5.48xlarge, usd_per_hour: 40}\n  - {instance: never-heard, usd_per_hour: 40}\n  - {model: gpt-x, input_usd: 1, output_usd: 2}\n  - {provider: aws, discount_percent: 12}\n',
  );
  const own = ownPrices(
    settings.prices,
    (name) => (name === 'H100' ? 'h100-sxm-80gb' : undefined),
    (type) => (type === 'p5.48xlarge' ? { acceleratorId: 'h100-sxm-80gb', acceleratorCount: 8 } : undefined),
  );
  expect(own.offers).toMatchObject([
    { acceleratorId: 'h100-sxm-80gb', acceleratorCount: 1, usdPerHour: 2, source: 'contract 7', asOf: '2026-01-01', own: true },
    { acceleratorId: 'h100-sxm-80gb', acceleratorCount: 8, usdPerHour: 40, instance: 'p5.48xlarge' },
  ]);
  expect(own.hosted).toMatchObject([{ model: 'gpt-x', inputUsd: 1, outputUsd: 2 }]);
  expect(own.discounts).toEqual([{ provider: 'aws', percent: 12 }]);
});

test('the published schema is the one in force', () => {
  const published = readFileSync(path.join(import.meta.dirname, '../../schemas/mlcost.schema.json'), 'utf8');
  expect(JSON.parse(published), 'run: node scripts/run-ts.mjs scripts/make-schema.ts').toEqual(jsonSchema());
});
