import type { Catalog } from '../catalog/catalog.js';
import { shortAccelerator } from '../catalog/short-name.js';
import type { FactValue } from '../model/fact.js';
import type { Workload } from '../model/workload.js';
import { english } from '../text/english.js';

/** Name of the accelerator that a workload says, or as it is written where the table does not have it. */
export function acceleratorOf(written: string, catalog: Catalog): string {
  const chip = catalog.accelerator(written);
  return chip ? shortAccelerator(chip, catalog) : clip(written, 24);
}

/** What the workload does, and on which model: `Fine-tune Llama-3.1-8B`. */
export const subject = (workload: Workload): string => clip(workload.title, 60);

export const clip = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** A fact's value for a person. */
export function showValue(value: FactValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number' && !Number.isFinite(value)) return '?';
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) >= 10_000 ? english(value, { least: 0, most: 0 }) : String(value);
  return clip(value, 80);
}
