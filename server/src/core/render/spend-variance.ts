import { ofNumber, round, toNumber, zero } from '../spend/decimal.js';
import type { EstimateVariance } from '../spend/variance.js';
import { billText } from './budget.js';
import type { NumberStyle } from './number.js';
import type { SpendPlace, VarianceLine, VarianceView } from './spend-view.js';
import { dayText } from './spend-words.js';

/** Lines that stand apart. */
const most = 24;

/** Estimated against billed, what is furthest apart in money first; what cannot be compared last, with what would make it so. */
export function varianceView(
  found: { readonly estimates: readonly EstimateVariance[]; readonly notes: readonly string[] } | undefined,
  placeOf: ((one: Pick<EstimateVariance, 'file' | 'title'>) => SpendPlace | undefined) | undefined,
  style: NumberStyle,
): VarianceView {
  if (!found) return { lines: [], notes: [] };
  const apart = (one: EstimateVariance): number =>
    one.inside === undefined ? -1 : Math.abs(toNumber(one.billed?.dollars ?? zero) - (one.estimate?.likely ?? 0)) + (one.inside ? 0 : 1e12);
  const ordered = [...found.estimates].sort((a, b) => apart(b) - apart(a));
  const rest = ordered.length - most;
  return {
    lines: ordered.slice(0, most).map((one, at) => lineOf(one, at, placeOf?.(one), style)),
    notes: [...heldText(found.estimates), ...(rest > 0 ? [`${rest} more: mlcost spend variance lists all.`] : []), ...found.notes],
  };
}
/** How often what was billed lies where it was estimated; nothing where nothing can be compared. */
export function heldText(estimates: readonly EstimateVariance[]): string[] {
  const known = estimates.filter(({ inside }) => inside !== undefined);
  return known.length > 0
    ? [`What was billed lies in the interval of the estimate for ${known.filter(({ inside }) => inside).length} of ${known.length}.`]
    : [];
}
/** `+38 %`: what was billed beyond the likely estimate. */
export const differenceText = (difference: number): string => {
  const percent = 100 * difference;
  return `${percent > 0 ? '+' : percent < 0 ? '−' : '±'}${Math.abs(percent).toFixed(Math.abs(percent) < 10 ? 1 : 0)} %`;
};
/** What charges are of: the run that they name, else their days, and the model version. */
export const chargesText = ({ run, billed }: Pick<EstimateVariance, 'run' | 'billed'>, day: (day: string) => string = (one) => one): string =>
  [
    run === null ? undefined : `run ${run}`,
    run === null && billed ? (billed.span.from === billed.span.to ? day(billed.span.from) : `${day(billed.span.from)} to ${day(billed.span.to)}`) : undefined,
    billed?.version == null ? undefined : `version ${billed.version}`,
  ]
    .filter(Boolean)
    .join(', ');

function lineOf(one: EstimateVariance, at: number, place: SpendPlace | undefined, style: NumberStyle): VarianceLine {
  const { file, title, commit, billed, estimate, difference, inside, because, need } = one;
  const dollars = (value: number): string => billText(round(ofNumber(value) ?? zero, 2), 'USD', style);
  const cost = billed?.dollars;
  const likely = estimate?.likely ?? 0;
  return {
    id: `${file} ${title} ${one.run ?? billed?.span.from ?? ''} ${billed?.version ?? ''} ${at}`,
    title,
    detail: [place ? undefined : file, chargesText(one, (day) => dayText(day, style)), commit === null ? undefined : `commit ${commit.slice(0, 8)}`]
      .filter(Boolean)
      .join(' · '),
    state: inside === undefined ? 'unknown' : inside ? 'inside' : (difference ?? 1) > 0 ? 'above' : 'below',
    billedText: billed ? billText(billed.cost, billed.currency, style) : 'unknown',
    estimateText: estimate
      ? estimate.low === estimate.high
        ? dollars(estimate.likely)
        : `${dollars(estimate.likely)} (${dollars(estimate.low)}–${dollars(estimate.high)})`
      : 'unknown',
    differenceText: difference === undefined ? '' : differenceText(difference),
    ...(cost && estimate && likely > 0 ? { drawn: { billed: toNumber(cost) / likely, low: estimate.low / likely, high: estimate.high / likely } } : {}),
    why: need === undefined ? because : [`it would be known with ${need}`],
    ...(place ? { place } : {}),
  };
}
