/** How an export tells commitments: as they were paid, or spread over what they cover. Some providers write both with the same columns; the same money is in each. */
export type CostView = 'actual' | 'amortised';

/** What the names of its files say: the exports of a provider are called so by default. */
export function viewOfNames(names: readonly string[]): CostView | undefined {
  const [amortised, actual] = [/amorti[sz]ed/i, /actual[-_ ]?cost/i].map((pattern) => names.some((name) => pattern.test(name)));
  return amortised === actual ? undefined : amortised ? 'amortised' : 'actual';
}
/** The name of a format with its view: `azure-amortised-cost-details`. */
export const withView = (format: string, view: CostView | undefined): string => (view === undefined ? format : format.replace('-', `-${view}-`));
interface Brought {
  readonly format: string;
  readonly from: string | null | undefined;
  readonly to: string | null | undefined;
}
const viewOf = (format: string): { readonly kind: string; readonly view: CostView } | undefined => {
  const [, before, view, after] = /^(\w+)-(actual|amortised)-(.+)$/.exec(format) ?? [];
  return view === undefined ? undefined : { kind: `${before} ${after}`, view: view as CostView };
};
/** The first of what was brought in that tells the same days in the other view: both together would count the money twice. */
export function otherView<T extends Brought>(before: readonly T[], now: Brought): T | undefined {
  const own = viewOf(now.format);
  if (!own) return undefined;
  return before.find((one) => {
    const other = viewOf(one.format);
    if (!other || other.kind !== own.kind || other.view === own.view) return false;
    return one.from && one.to && now.from && now.to ? one.from <= now.to && one.to >= now.from : false;
  });
}
/** What a person reads then. */
export const bothViews = (now: string, before: string, names: readonly string[]): string =>
  `${viewOf(now)?.view ?? ''} cost, and ${names.join(', ')} has told the ${viewOf(before)?.view ?? ''} cost of the same days: the same money twice. Keep one of the two; to change over, move the ledger away and import anew`;
