import type { Advice } from '../advise/types.js';
import { type NumberStyle, plain, withUnit } from './number.js';

/** The second lens, where there is something to win: `−41 %: FP8 weights + FP8 KV cache`, `fits with: gradient checkpointing`. */
export function cheaperLens(advice: readonly Advice[]): string | undefined {
  // What nobody measured, or what takes more than an edit, is no headline: it stays in the list.
  const best = advice.find(
    ({ risk, editable, effort, saving, makesItFit }) =>
      (saving.percent !== undefined || makesItFit) && editable && effort < 3 && risk.level !== 'unmeasured' && risk.level !== 'high',
  );
  if (!best) return undefined;
  return best.makesItFit ? `fits with: ${best.title}` : `${percentText(best)}: ${best.title}`;
}
/** `−41 %`, `+12 %`. */
export const percentText = ({ saving: { percent } }: Advice): string =>
  percent === undefined ? 'no figure' : `${percent >= 0 ? '−' : '+'}${Math.round(Math.abs(percent))} %`;

/** What an advice wins and what it is bought with, on one line: `$1,140 a month less · 61 GiB · low risk`. */
export function cheaperDetail(advice: Advice, style: NumberStyle = plain): string {
  const { saving, memory, risk, legality } = advice;
  return [
    ...(saving.usd === undefined || saving.usd === 0 || saving.unit.includes('token') || saving.unit.includes('request')
      ? []
      : [`${withUnit(Math.abs(saving.usd), saving.unit, style)} ${saving.usd >= 0 ? 'less' : 'more'}`]),
    ...(advice.makesItFit ? ['fits'] : []),
    ...(memory ? [`${withUnit(memory.likely, 'GiB', style)} a GPU`] : []),
    risk.level === 'none' ? 'same results' : risk.level === 'unmeasured' ? 'quality unmeasured' : `${risk.level} quality risk`,
    ...(legality === 'fallback' ? ['without its speed on this chip'] : []),
  ].join(' · ');
}
