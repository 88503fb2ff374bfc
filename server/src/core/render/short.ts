import { mainCost } from '../estimate/main-cost.js';
import { factLabel } from '../model/fact-names.js';
import type { Budget } from '../spend/budget.js';
import { amountText } from './budget.js';
import { hardware, lensText, type View } from './lens.js';
import { money, type NumberStyle, plain, withUnit } from './number.js';
import { subject } from './words.js';

/** At a line's end, where the editor cuts after 43 characters a line: `≈$41 · 6.2 h`. */
export function lineEndText(view: View): string {
  const { workload, estimation } = view;
  const style = view.style ?? plain;
  const cost = mainCost(workload.kind, estimation);
  if (cost) {
    const hours = estimation.estimates['wall_hours'];
    const most = cost.name.endsWith('max') ? '≤' : '≈';
    return `${most}${withUnit(cost.likely, cost.unit, style)}${hours && cost.unit === 'usd' ? ` · ${withUnit(hours.likely, 'h', style)}` : ''}`;
  }
  const price = estimation.estimates['usd_per_1m_input_tokens'];
  if (price) return `${money(price.likely, style)} in/1M tok`;
  const gap = estimation.unknown[0]?.fact ?? workload.unknown[0]?.name;
  return gap === undefined ? '$?' : `$? ${factLabel(gap)}?`;
}

/** Label and description of a workload in the tree. */
export function treeText(view: View): { readonly label: string; readonly description: string; readonly state: 'ok' | 'warn' | 'unknown' } {
  const { state } = lensText(view);
  return { label: subject(view.workload), description: [hardware(view), lineEndText(view).replace(/^≈/, '')].filter(Boolean).join(' · '), state };
}

/** A budget as planned: what it allows. */
export function budgetText({ name, amount, currency, period }: Budget, style: NumberStyle = plain): { readonly label: string; readonly description: string } {
  const value = amountText(amount, currency, style);
  return { label: name, description: period.kind === 'fixed' ? `${value} from ${period.from} to ${period.to}` : `${value} a ${period.kind}` };
}
