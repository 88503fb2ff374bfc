import { expect, test } from 'vitest';
import { trafficOf } from '../../../server/src/core/spend/category.js';
import { Dictionary } from '../../../server/src/core/spend/dictionary.js';
import { dimensionNames } from '../../../server/src/core/spend/dimensions.js';

test.each([
  ['USE1-DataTransfer-Regional-Bytes', 'cross-zone'],
  ['Network Inter Zone Data Transfer Out', 'cross-zone'],
  ['Inter-Availability Zone Data Transfer In', 'cross-zone'],
  ['traffic between availability zones', 'cross-zone'],
  ['USE1-USW2-AWS-Out-Bytes', 'cross-region'],
  ['Network Inter Region Data Transfer Out from Americas to EMEA', 'cross-region'],
  ['NatGateway-Bytes', 'gateway'],
  ['DataTransfer-Out-Bytes', 'internet'],
  ['Network Internet Data Transfer Out', 'internet'],
  ['bandwidth', ''],
  ['', ''],
])('the way of %j is %j', (usage, way) => expect(trafficOf(usage)).toBe(way));

test('a ledger that was written before there was a dimension reads as one that does not say it', () => {
  const older = { values: dimensionNames.slice(0, -1).map(() => ['', 'x']), tuples: [dimensionNames.slice(0, -1).map(() => 1)] };
  const dictionary = Dictionary.read(JSON.stringify(older));
  const whole = [...Array(dimensionNames.length - 1).fill('x'), ''];
  expect(dictionary.tuple(0)).toEqual(whole);
  expect(dictionary.id(whole), 'and the same charge is the same tuple').toBe(0);
});
