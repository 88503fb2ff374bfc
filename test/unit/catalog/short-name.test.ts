import { describe, expect, test } from 'vitest';
import { shortAccelerator } from '../../../server/src/core/catalog/short-name.js';
import { shippedCatalog } from '../../support/catalog.js';

describe('a chip by the name that lenses give it', () => {
  const catalog = shippedCatalog();
  const names = [...new Set(catalog.accelerators.map((chip) => shortAccelerator(chip, catalog)))];
  test.each(names)('%s is found, and is called so', (name) => {
    const chip = catalog.accelerator(name);
    expect(chip && shortAccelerator(chip, catalog)).toBe(name);
  });
});
