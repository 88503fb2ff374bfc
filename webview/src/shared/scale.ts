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
