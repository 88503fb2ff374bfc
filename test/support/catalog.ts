import { readFileSync } from 'node:fs';
import { type Catalog, createCatalog, type OwnPrices } from '../../server/src/core/catalog/catalog.js';
import { catalogFiles, readTables } from '../../server/src/core/catalog/read-tables.js';
import { packTables } from '../../server/src/core/catalog/tables.js';
import type { EstimateContext } from '../../server/src/core/estimate/spec.js';
import type { Estimate, Estimation, Unit } from '../../server/src/core/model/estimate.js';

const tables = readTables(Object.fromEntries(catalogFiles.map((file) => [file, readFileSync(new URL(`../../server/data/${file}`, import.meta.url), 'utf8')])));

/** The shipped tables as a running product reads them. */
export const packedTables = (): string => packTables(tables);
/** The shipped catalog, with a team's own prices if given. */
export const shippedCatalog = (own?: OwnPrices): Catalog => createCatalog(tables, own);

/** A context over a catalog, without fitted coefficients. */
export const contextOf = (catalog: Catalog, choice: Partial<EstimateContext> = {}): EstimateContext => ({
  catalog,
  coefficients: { training: {}, serving: {} },
  ...choice,
});

/** An estimation as another part of the estimator would hand it over. */
export const estimationOf = (estimates: Readonly<Record<string, readonly [number, number, number, Unit]>>): Estimation => ({
  estimates: Object.fromEntries(
    Object.entries(estimates).map(([name, [low, likely, high, unit]]): [string, Estimate] => [name, { low, likely, high, unit, basis: 'given' }]),
  ),
  unknown: [],
  assumed: [],
  notes: [],
});
