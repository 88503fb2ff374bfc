import type { Expr } from '../../../syntax/python/ast.js';
import type { KnownValue } from '../../shared/evaluated.js';
import { precisionOf } from '../../shared/precision.js';
import type { PythonInput } from '../../types.js';
import type { FactSet } from './fact-set.js';

/** A precision that the code makes depend on the chip. */
export const byChip = (expr: Expr): KnownValue => ({
  known: true,
  value: 'auto',
  origin: 'literal',
  start: expr.start,
  end: expr.end,
  note: 'bf16 where the chip has it, else fp16',
});

/** Adds a precision; one that the code makes depend on the chip is `auto`. */
export function readPrecision({ evaluate, program }: PythonInput, facts: FactSet, expr: Expr | undefined): void {
  if (!expr || facts.has('precision')) return;
  const value = evaluate.value(expr);
  if (value.known) facts.put('precision', value, precisionOf);
  else {
    const meant = evaluate.expression(expr);
    const index = meant.kind === 'subscript' ? evaluate.expression(meant.index) : meant;
    const written = `${program.text.slice(meant.start, meant.end)} ${program.text.slice(index.start, index.end)}`;
    const around = program.text.slice(value.start, value.end);
    if (/bf16_support|bfloat16_support|get_device_capability/i.test(`${written} ${around} ${value.reason}`)) facts.put('precision', byChip(expr));
    else facts.put('precision', value);
  }
}
