import type { Catalog } from '../catalog/catalog.js';
import type { Accelerator } from '../catalog/types.js';
import type { FactValue } from '../model/fact.js';
import type { Workload } from '../model/workload.js';

/** A chip's name as people say it; with its memory where there are sizes to tell apart. */
export function shortAccelerator(chip: Accelerator, catalog: Catalog): string {
  const parts = chip.id.split('-');
  const memory = parts.find((part) => /^\d+gb$/.test(part))?.replace('gb', '');
  const family = parts.filter((part) => !/^(sxm\d?|pcie|nvl\d*|\d+gb)$/.test(part));
  const base = family.join('-');
  const upper = family
    .map((part) => (/^(ada|ti|super|pro|blackwell|quadro|titan|jetson)$/.test(part) ? (part[0]?.toUpperCase() ?? '') + part.slice(1) : part.toUpperCase()))
    .join(' ');
  const sizes = new Set(catalog.accelerators.filter(({ id }) => id === base || id.startsWith(`${base}-`)).map(({ memoryGib }) => memoryGib));
  return memory !== undefined && sizes.size > 1 && /^(a100|v100|h200|gh200|rtx-3080)$/.test(base) && base !== 'h200' ? `${upper}-${memory}` : upper;
}

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
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) >= 10_000 ? value.toLocaleString('en-US') : String(value);
  return clip(value, 80);
}
