import { describe, expect, it } from 'vitest';
import { storagePerMonth } from '../../../server/src/core/estimate/storage.js';
import { readCatalog } from '../../../tools/calibrate/rows.js';

const catalog = readCatalog();
const gib = { low: 100, likely: 1000, high: 1000 };

describe('keeping files for a month', () => {
  it('is the provider’s list price of plain object storage over its regions', () => {
    const usd = storagePerMonth(gib, catalog, 'azure');
    expect(usd?.likely).toBeCloseTo(1000 * (2 ** 30 / 1e9) * 0.018, 9);
    expect(usd?.low).toBeCloseTo((usd?.likely ?? 0) / 10, 9);
  });
  it('is the range over providers where nobody says where', () => {
    const { low, likely, high } = storagePerMonth({ ...gib, low: 1000 }, catalog, undefined) ?? { low: 0, likely: 0, high: 0 };
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(likely);
    expect(likely).toBeLessThan(high);
  });
});
