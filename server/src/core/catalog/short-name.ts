import type { Catalog } from './catalog.js';
import type { Accelerator } from './types.js';

/** Parts of a name that are words, which their makers do not write in capitals; a generation may follow. */
const isWord = /^(?:ada|ti|super|pro|blackwell|quadro|titan|jetson|orin|pascal|radeon|ryzen|arc|max|maxq|ultra|gaudi\d?|inferentia\d?|trainium\d?)$/;

/** A chip's name as people say it; with its memory where there are sizes to tell apart. */
export function shortAccelerator(chip: Accelerator, catalog: Catalog): string {
  const parts = chip.id.split('-');
  const memory = parts.find((part) => /^\d+gb$/.test(part))?.replace('gb', '');
  const family = parts.filter((part) => !/^(sxm\d?|pcie|nvl\d*|\d+gb)$/.test(part));
  const base = family.join('-');
  const upper = family.map((part) => (isWord.test(part) ? (part[0]?.toUpperCase() ?? '') + part.slice(1) : part.toUpperCase())).join(' ');
  const sizes = new Set(catalog.accelerators.filter(({ id }) => id === base || id.startsWith(`${base}-`)).map(({ memoryGib }) => memoryGib));
  return memory !== undefined && sizes.size > 1 && /^(a100|v100|h200|gh200|rtx-3080)$/.test(base) && base !== 'h200' ? `${upper}-${memory}` : upper;
}
