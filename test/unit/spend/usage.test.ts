import { describe, expect, test } from 'vitest';
import { toText } from '../../../server/src/core/spend/decimal.js';
import { readUsageRecords, usageIn } from '../../../server/src/core/spend/usage.js';

describe('a table of use', () => {
  test('days, owners, texts and amounts by the usual names of their columns; what is empty is not there', () => {
    const { records, problems } = readUsageRecords(
      [
        {
          Date: '2026-11-02T10:00:00Z',
          Deployment: 'chat',
          'GPU Type': 'L4',
          gpu_hours: '24',
          GPU_Utilization: '0.05',
          Team: 'search',
          model: 'm',
          succeeded: '7',
        },
      ],
      'use.csv',
    );
    expect(problems).toEqual([]);
    expect(records).toEqual([
      {
        day: '2026-11-02',
        resource: 'chat',
        gpu: 'L4',
        tags: { team: 'search', model_id: 'm' },
        amounts: { gpu_hours: expect.anything(), utilisation: expect.anything(), succeeded: expect.anything() },
        source: 'use.csv:2',
      },
    ]);
    expect(toText(records[0]?.amounts['utilisation'] ?? { digits: 0n, scale: 0 })).toBe('0.05');
  });
  test.each([
    [{ requests: '1' }, 'no day'],
    [{ day: 'Monday' }, 'no day'],
    [{ day: '2026-02-30' }, 'no day'],
    [{ day: '2026-11-01', requests: 'many' }, "requests is 'many'"],
    [{ day: '2026-11-01', requests: '-1' }, "requests is '-1'"],
    [{ day: '2026-11-01', utilisation: '35' }, 'a share from 0 to 1'],
    [{ day: '2026-11-01', last_used: 'yesterday' }, "'yesterday' is no day"],
  ])('%j is named with its row and left out; the others stay', (row, problem) => {
    const { records, problems } = readUsageRecords([row as Record<string, string>, { day: '2026-11-01' }], 'x.csv');
    expect(records).toHaveLength(1);
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems[0]).toMatch(/^x\.csv:2: /);
  });
  test('rows of some days and of one owner', () => {
    const { records } = readUsageRecords(
      [
        { day: '2026-11-01', team: 'a' },
        { day: '2026-11-02', team: 'a' },
        { day: '2026-11-02', team: 'b' },
      ],
      'x',
    );
    expect(usageIn(records, { from: '2026-11-02', to: '2026-11-09' }, { team: 'a' })).toHaveLength(1);
  });
});
