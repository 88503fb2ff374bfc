/** One held-out figure: whose it is, of what regime, its log residual, and how wide its interval is by the model of distance. */
export interface HeldOut {
  readonly family: string;
  readonly regime: string;
  readonly residual: number;
  readonly scale: number;
}

export interface Spread {
  readonly half: number;
  readonly rows: number;
  readonly families: number;
}

/** Smallest half-width, in units of scale, that holds the share of held-out figures, where every publisher weighs as √rows.
 * With n publishers the share is raised by 1/(n + 1), so that one more publisher is still held (split conformal over groups). */
export function spreadOf(points: readonly HeldOut[], share: number): Spread {
  const counts = new Map<string, number>();
  for (const point of points) counts.set(point.family, (counts.get(point.family) ?? 0) + 1);
  const weighted = points
    .map((point) => ({ size: Math.abs(point.residual) / point.scale, weight: 1 / Math.sqrt(counts.get(point.family) ?? 1) }))
    .sort((a, b) => a.size - b.size);
  const total = weighted.reduce((sum, one) => sum + one.weight, 0);
  const wanted = Math.min(1, share + (1 - share) / (counts.size + 1)) * total;
  let sum = 0;
  let half = weighted.at(-1)?.size ?? 0;
  for (const one of weighted) {
    sum += one.weight;
    if (sum >= wanted) {
      half = one.size;
      break;
    }
  }
  return { half, rows: points.length, families: counts.size };
}

/** Spreads by regime; a regime of few publishers says little of the next one: its half-width is mixed with the wider one of everything, by its number of publishers. */
export function spreadsByRegime(points: readonly HeldOut[], share = 0.9, borrow = 3): Record<string, Spread> {
  const spreads: Record<string, Spread> = {};
  const quantities = [...new Set(points.map((point) => quantityOf(point)))].sort();
  for (const quantity of quantities) {
    const all = points.filter((point) => quantityOf(point) === quantity);
    const overall = spreadOf(all, share);
    spreads[`${quantity}/all`] = overall;
    for (const regime of [...new Set(all.map((point) => point.regime))].sort()) {
      const own = spreadOf(
        all.filter((point) => point.regime === regime),
        share,
      );
      const trust = own.families / (own.families + borrow);
      spreads[regime] = { ...own, half: trust * own.half + (1 - trust) * Math.max(own.half, overall.half) };
    }
  }
  return spreads;
}

const quantityOf = (point: HeldOut): string => point.regime.split('/')[0] ?? '';
