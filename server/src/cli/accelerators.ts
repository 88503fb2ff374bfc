import type { Accelerator, Catalog } from '../core/index.js';
import type { Paint } from './report-table.js';

/** Accelerators for a person: memory, bandwidth, dense speed, and the cheapest on-demand list price of one. */
export function acceleratorTable(chips: readonly Accelerator[], catalog: Catalog, paint: Paint): string {
  const number = (value: number | undefined): string => (value === undefined ? '' : String(value));
  const cells = chips.map((chip) => {
    const offers = catalog.offersOf(chip.id).filter((offer) => offer.market === 'on-demand' && offer.acceleratorCount >= 1);
    const best = offers.sort((a, b) => a.usdPerHour / a.acceleratorCount - b.usdPerHour / b.acceleratorCount)[0];
    const price = best ? `$${(best.usdPerHour / best.acceleratorCount).toFixed(2)} ${best.provider} ${best.asOf}` : '';
    return [
      chip.id,
      number(chip.memoryGib),
      number(chip.memoryBandwidthGbps),
      number(chip.bf16Tflops ?? chip.fp16Tflops),
      number(chip.fp8Tflops),
      number(chip.tdpW),
      price,
    ];
  });
  const header = ['accelerator', 'GiB', 'GB/s', '16-bit TFLOP/s', 'fp8 TFLOP/s', 'W', 'from, an hour each'];
  const widths = header.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at === 0 || at === row.length - 1 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${[paint.dim(line(header)), ...cells.map(line)].join('\n')}\n`;
}
