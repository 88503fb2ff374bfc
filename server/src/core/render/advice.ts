import { fitsOf } from '../estimate/fits.js';
import type { Severity } from '../model/problem.js';
import type { Span } from '../model/span.js';
import type { View } from './lens.js';
import { plain, withUnit } from './number.js';
import { driftText } from './runs.js';
import { acceleratorOf } from './words.js';

/** A message that a person should act on. */
export interface AdviceText {
  readonly code: 'does-not-fit' | 'may-not-fit' | 'precision-unsupported' | 'drift';
  readonly severity: Severity;
  readonly message: string;
  /** The fact to change; absent: the workload as a whole. */
  readonly span?: Span;
}

/** What a workload's estimate and facts say that somebody should act on. */
export function adviceOf({ workload, estimation, catalog, team, style = plain }: View): AdviceText[] {
  const found: AdviceText[] = [];
  const drift = team && driftText(team, style);
  if (drift !== undefined) found.push({ code: 'drift', severity: 'information', message: drift });
  const fact = (name: string) => workload.facts.find((one) => one.name === name);
  const written = fact('gpu_type')?.value ?? estimation.assumed.find((one) => one.fact === 'gpu_type')?.value;
  const chip = typeof written === 'string' ? catalog.accelerator(written) : undefined;
  if (!chip) return found;
  const name = acceleratorOf(chip.id, catalog);
  const peak = estimation.estimates['peak_memory_gib'];
  const fits = fitsOf(estimation);
  const assumed = fact('gpu_type')?.origin === 'assumption' ? ' (assumed)' : '';
  if (peak && chip.memoryGib !== undefined && fits === 'does-not-fit')
    found.push({
      code: 'does-not-fit',
      severity: 'warning',
      message: `Does not fit: needs about ${withUnit(peak.likely, 'GiB', style)} on each GPU, at least ${withUnit(peak.low, 'GiB', style)}; ${name}${assumed} has ${chip.memoryGib} GiB.`,
    });
  if (peak && chip.memoryGib !== undefined && fits === 'tight' && peak.likely > chip.memoryGib)
    found.push({
      code: 'may-not-fit',
      severity: 'information',
      message: `May not fit: needs ${withUnit(peak.low, 'GiB', style)} to ${withUnit(peak.high, 'GiB', style)} on each GPU; ${name}${assumed} has ${chip.memoryGib} GiB.`,
    });
  const precision = fact('precision');
  const rate = precision?.value === 'bf16' ? chip.bf16Tflops : precision?.value === 'fp8' ? chip.fp8Tflops : precision?.value === 'fp16' ? chip.fp16Tflops : 1;
  if (precision && rate === undefined && precision.origin !== 'default')
    found.push({
      code: 'precision-unsupported',
      severity: 'warning',
      message: `${String(precision.value)} has no effect on ${name}${assumed}: the chip does not compute in it${precision.value === 'bf16' && chip.fp16Tflops !== undefined ? '; fp16 it does' : ''}.`,
      ...(precision.span ? { span: precision.span } : {}),
    });
  return found;
}
