import type { Front } from '../advise/pareto.js';
import type { ServeWays } from '../advise/ways.js';
import type { Interval } from '../model/estimate.js';
import { type NumberStyle, plain, shortNumber, withUnit } from './number.js';

/** The choices that no other one beats in cost, quality and waiting together, on one line each. */
export function frontText({ unit, waitUnit = 'h', points }: Front, style: NumberStyle = plain): string[] {
  const front = points.filter(({ onFront }) => onFront);
  if (front.length < 2) return [];
  return [
    'No other choice is better in cost, quality and waiting at once than:',
    ...front.map(
      ({ title, cost, quality, wait }) =>
        `  ${withUnit(cost, unit, style)} · keeps ${shortNumber(quality ?? 100, style, 3)} % of the quality${wait === undefined ? '' : ` · waits ${withUnit(wait, waitUnit, style)}`} · ${title}`,
    ),
  ];
}

/** Which way to serve this traffic, the cheapest first; what has no price says why. */
export function waysText({ requestsPerMonth, inputTokens, outputTokens, ways, breakEven }: ServeWays, style: NumberStyle = plain): string[] {
  const range = ({ low, likely, high }: Interval): string =>
    `${withUnit(likely, 'usd/month', style)}${high - low > 0.02 * likely ? ` (${shortNumber(low, style)} to ${shortNumber(high, style)})` : ''}`;
  return [
    `Ways to serve ${shortNumber(requestsPerMonth, style)} requests a month of ${shortNumber(inputTokens, style)} tokens in and ${shortNumber(outputTokens, style)} out:`,
    ...ways.map(
      ({ title, usdPerMonth, notes, lacks }) =>
        `  ${usdPerMonth ? range(usdPerMonth) : '$?'} · ${title}${lacks === undefined ? '' : `: ${lacks}`}${notes.length === 0 ? '' : ` · ${notes.join('; ')}`}`,
    ),
    ...(breakEven
      ? [`  From ${shortNumber(breakEven.requestsPerMonth, style)} requests a month on, ${breakEven.own} of your own is cheaper than ${breakEven.hosted}.`]
      : []),
  ];
}
