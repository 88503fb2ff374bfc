/** The least of 1, 2, 5 · 10ⁿ that needs no more than `parts` steps to `most`. */
export function niceStep(most: number, parts: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most / parts));
  return ([1, 2, 5, 10].find((one) => one * power * parts >= most * (1 - 1e-9)) ?? 10) * power;
}

/** Text that fits into a width; the editor's fonts are about half as wide as high. */
export function clip(text: string, width: number, size = 13): string {
  const most = Math.max(4, Math.floor(width / (size * 0.54)));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** How an axis writes a figure: `$20K`. */
export function ticksOf(locale: string, unit: string): (value: number) => string {
  const format = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
  const money = unit.startsWith('usd');
  return (value) => (value === 0 ? '0' : `${money ? '$' : ''}${format.format(value)}`);
}

/** A linear scale from zero, with a few round ticks; the last tick is the end. */
export interface Scale {
  readonly end: number;
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
}
/** From zero to the next round number; what is beyond stands at the end.
 * @param apart least room between two ticks @unit px */
export function scaleTo(most: number, from: number, to: number, apart = 90): Scale {
  const step = niceStep(most, Math.max(2, Math.floor((to - from) / apart)));
  const steps = most > 0 ? Math.ceil(most / step - 1e-9) : 1;
  const end = step * steps;
  return {
    end,
    ticks: Array.from({ length: steps + 1 }, (_, at) => at * step),
    at: (value) => from + (Math.min(Math.max(value, 0), end) / end) * (to - from),
  };
}
/** A scale on which each step is a multiple, for figures that lie far apart: from the round number below the least to the one above the most.
 * @param least above zero */
export function scaleOfMultiples(least: number, most: number, from: number, to: number): Scale {
  const rounds = (power: number): number[] => [1, 2, 5].map((one) => one * 10 ** power);
  const powers = Array.from({ length: Math.floor(Math.log10(most)) - Math.floor(Math.log10(least)) + 2 }, (_, at) => Math.floor(Math.log10(least)) + at);
  const all = powers.flatMap(rounds);
  const start = all.filter((one) => one <= least * (1 + 1e-9)).at(-1) ?? least;
  const end = all.find((one) => one >= most * (1 - 1e-9) && one > start) ?? most;
  const inside = all.filter((one) => one >= start && one <= end);
  const at = (value: number): number =>
    from + ((Math.log(Math.min(Math.max(value, start), end)) - Math.log(start)) / (Math.log(end) - Math.log(start))) * (to - from);
  const few =
    inside.length * 60 <= Math.abs(to - from) ? inside : inside.filter((one) => one === start || one === end || /^1(?:e|0*$)|^0\.0*1$/.test(String(one)));
  return { end, ticks: few, at };
}
