import type { FactValue } from '../../model/fact.js';

/** The vocabulary's precision of what a program writes: `torch.bfloat16`, `bf16-mixed`, `16`, `no`; undefined for what names none. */
export function precisionOf(value: FactValue): string | undefined {
  if (typeof value === 'boolean') return undefined;
  const text = String(value)
    .toLowerCase()
    .replace(/^(torch|tf|jnp|np)\./, '')
    .replace(/[-_](mixed|true)$/, '')
    .replace(/^mixed_/, '');
  if (/^(bf16|bfloat16|bfloat)$/.test(text)) return 'bf16';
  if (/^(fp16|float16|half|16|f16)$/.test(text)) return 'fp16';
  if (/^(fp32|float32|float|32|no)$/.test(text)) return 'fp32';
  if (/^(fp8|float8\w*|transformer-engine\w*|te)$/.test(text)) return 'fp8';
  return text === 'auto' || text === 'tf32' ? text : undefined;
}
