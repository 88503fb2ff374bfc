import type { Interval } from '../model/estimate.js';

export const exact = (value: number): Interval => ({ low: value, likely: value, high: value });
export const scale = ({ low, likely, high }: Interval, factor: number): Interval => ({ low: low * factor, likely: likely * factor, high: high * factor });

/** Product of independent quantities: the middle multiplies, the relative half-widths add in squares (log-normal factors).
 * Two factors that are each off by 30 % are rarely both off the same way, so the product is narrower than low·low to high·high.
 * @source propagation of uncertainty for a product of independent log-normal variables (GUM, JCGM 100:2008 §5.1) */
export function product(...factors: readonly Interval[]): Interval {
  const likely = factors.reduce((value, factor) => value * factor.likely, 1);
  if (likely === 0) return { low: 0, likely, high: factors.reduce((value, factor) => value * factor.high, 1) };
  const width = (end: 'low' | 'high') => Math.sqrt(factors.reduce((sum, factor) => sum + Math.log(factor[end] / factor.likely) ** 2, 0));
  const low = factors.some((factor) => factor.low <= 0) ? 0 : likely * Math.exp(-width('low'));
  return { low, likely, high: likely * Math.exp(width('high')) };
}

/** One over an interval that does not reach 0. */
export const inverse = ({ low, likely, high }: Interval): Interval => ({
  low: 1 / high,
  likely: 1 / likely,
  high: low > 0 ? 1 / low : Number.POSITIVE_INFINITY,
});

/** Sum of quantities that may go wrong together: ends add up. */
export const sum = (...parts: readonly Interval[]): Interval =>
  parts.reduce<Interval>((total, part) => ({ low: total.low + part.low, likely: total.likely + part.likely, high: total.high + part.high }), exact(0));

/** True for an interval of finite, ordered numbers: anything else is no answer. */
export const isSound = ({ low, likely, high }: Interval): boolean => Number.isFinite(low) && Number.isFinite(high) && low <= likely && likely <= high;
