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

const narrower = /autocast|\bGradScaler\b|\bamp\b|b?float16|\bb?fp?16\b|float8|\bfp8\b|\.half\(|half_precision|mixed_precision|set_default_dtype/i;

/** True where a loop leaves the numbers as the library has them: no narrower type is named in its file, or all that would bring one are switched off.
 * The precision that accelerate's `Accelerator` is given decides alone. */
export function isPlain({ program, evaluate }: PythonInput, facts: FactSet): boolean {
  if (facts.has('precision') || facts.isOpen('precision')) return false;
  if (!/\b(?:backward|apply_gradients|apply_updates|value_and_grad|grad)\s*\(/.test(program.text)) return false;
  // JAX and its kin name their types where a model's layers are made.
  if (/\b(?:flax|optax)\b/.test(program.text) && !/\((?:\w+\.)*Module\)/.test(program.text)) return false;
  const isOff = (given: Expr | undefined): boolean => {
    const found = given && evaluate.value(given);
    return found?.known === true && (found.value === null || found.value === false || found.value === 'no');
  };
  const accelerator = program.callsOf('Accelerator').find(({ at }) => !evaluate.isOff(at));
  if (accelerator) {
    const given = evaluate.argument(accelerator.call, 'mixed_precision');
    return given === undefined || isOff(given);
  }
  const sites = program.callsOf(/^(?:autocast|GradScaler)$/);
  return sites.length > 0 ? sites.every(({ call, at }) => evaluate.isOff(at) || isOff(evaluate.argument(call, 'enabled'))) : !narrower.test(program.text);
}

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
