import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Catalog, createCatalog } from '../../server/src/core/catalog/catalog.js';
import { catalogFiles, readTables } from '../../server/src/core/catalog/read-tables.js';
import type { FactValue } from '../../server/src/core/model/fact.js';

/** One published run: its facts and what was measured. */
export interface MeasuredRow {
  readonly id: string;
  readonly kind: 'training' | 'serving';
  readonly task: string;
  /** The publisher, with all its sources. */
  readonly family: string;
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly measured: Readonly<Record<string, number>>;
  readonly flags?: readonly string[];
  /** Rows that differ in precision only share it. */
  readonly pair_id?: string;
  readonly source_id: string;
  readonly source: string;
  readonly date?: string;
}

/** The repository's root: the tools run from a bundle in `.cache/tools`. */
export const root = findRoot();

/** Measured runs of the project. */
export function readRows(kind: 'training' | 'inference'): MeasuredRow[] {
  return readFileSync(path.join(root, 'server/data/measurements', `${kind}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as MeasuredRow);
}

/** The catalog as the extension ships it. */
export function readCatalog(): Catalog {
  return createCatalog(readTables(Object.fromEntries(catalogFiles.map((file) => [file, readIfThere(path.join(root, 'server/data', file))]))));
}

/** False for rows whose figures are not measurements, or not to be trusted. */
export const trusted = (row: MeasuredRow): boolean =>
  !(row.flags ?? []).some((flag) => /^(suspect|estimated-not-measured|duplicate-measurement|precision-as-declared)/.test(flag));

/** True where the facts say how much work a job is. */
export function workStated(facts: MeasuredRow['facts']): boolean {
  const number = (name: string) => Number(facts[name] ?? 0);
  return number('train_tokens') > 0 || number('max_steps') > 0 || (number('epochs') > 0 && number('dataset_size') > 0);
}

/** True where the memory measured is a pool that the engine takes whatever the model needs. */
export const isPool = (row: MeasuredRow): boolean =>
  /^(vllm|sglang|tensorrt-llm|lmdeploy|deepspeed)/.test(String(row.facts['engine'] ?? '')) || (row.flags ?? []).some((flag) => /pre-?allocation/.test(flag));

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function findRoot(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  return here.includes(`${path.sep}.cache${path.sep}`) ? here.slice(0, here.indexOf(`${path.sep}.cache${path.sep}`)) : path.resolve(here, '../..');
}
