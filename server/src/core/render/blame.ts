import type { LineEffect } from '../diff/blame.js';
import { factLabel } from '../model/fact-names.js';
import { changeText, signed } from './delta.js';
import { type NumberStyle, plain } from './number.js';
import { quantityLabel } from './quantities.js';
import { showValue } from './words.js';

/** A line's effect for a person. */
export interface BlameText {
  /** `batch size 16, gradient accumulation 4` */
  readonly facts: string;
  /** `−$31 (−38 %)`, `decides the cost`, `no effect on the cost` */
  readonly effect: string;
  /** What would be in force without the line: `batch size 8`; empty where nothing else follows. */
  readonly without: string;
}

export function blameText(line: LineEffect, style: NumberStyle = plain): BlameText {
  const { facts, delta } = line;
  const own = facts.map(({ name, value }) => `${factLabel(name)} ${showValue(value)}`).join(', ');
  const without = delta.causes
    .filter(({ from, to }) => from !== to)
    .map(({ fact, from }) => (from === undefined ? `no ${factLabel(fact)}` : `${factLabel(fact)} ${showValue(from)}`))
    .join(', ');
  return { facts: own, effect: effectText(line, style), without };
}
function effectText({ quantity, effect, delta, costKnown }: LineEffect, style: NumberStyle): string {
  if (effect === 'decides') return 'decides the cost';
  const memory = delta.quantities.find(({ name }) => name === 'peak_memory_gib');
  const also = memory && memory !== quantity ? ` · ${quantityLabel(memory.name)} ${changeText(memory.before.likely, memory.after.likely)}` : '';
  if (!quantity) return `${costKnown ? 'no effect on the cost' : 'cost unknown'}${also}`;
  const { before, after, on, name } = quantity;
  const change = changeText(before.likely, after.likely);
  const figure = after.unit.startsWith('usd') ? `${signed(after.likely - before.likely, after.unit, style)} (${change})` : `${quantityLabel(name)} ${change}`;
  const where = on === undefined ? '' : ` on ${on.count === undefined ? '' : `${on.count}×`}${on.accelerator}`;
  return `${figure}${where}${delta.withinNoise ? ', within the noise' : ''}${also}`;
}
