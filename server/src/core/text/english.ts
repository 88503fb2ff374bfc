/** How many digits are shown: significant ones, or those behind the point at least and at most. */
export type Digits = { readonly significant: number } | { readonly least: number; readonly most: number };

/** A number as `Intl.NumberFormat` writes it in American English. The first of those costs a new process 13 ms and its data, which the first lens waits for.
 * Halves of the shortest decimal form are rounded away from zero, as there. */
export function english(value: number, digits: Digits): string {
  const [written = '0', power = '0'] = Math.abs(value).toExponential().split('e');
  const all = written.replace('.', '');
  /** Of the point in `all`. */
  const point = Number(power) + 1;
  const kept = 'significant' in digits ? digits.significant : point + digits.most;
  const { text, shift } = rounded(all, kept);
  const at = point + shift;
  const whole = at > 0 ? text.slice(0, at).padEnd(at, '0') : '0';
  const behind = at > 0 ? text.slice(at) : '0'.repeat(text === '' ? 0 : -at) + text;
  const least = 'significant' in digits ? 0 : digits.least;
  const fraction = behind.replace(/0+$/, '').padEnd(least, '0');
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return `${sign}${whole.replace(/\B(?=(?:\d{3})+$)/g, ',')}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The first digits of a text of digits, rounded; `shift` is 1 where that made a digit more before them (99 to 100). */
function rounded(all: string, kept: number): { text: string; shift: number } {
  if (kept >= all.length) return { text: all, shift: 0 };
  if (kept < 0) return { text: '', shift: 0 };
  if (all[kept]! < '5') return { text: all.slice(0, kept), shift: 0 };
  const head = all.slice(0, kept).replace(/9+$/, '');
  const zeros = '0'.repeat(kept - head.length);
  if (head === '') return { text: `1${zeros}`, shift: 1 };
  return { text: head.slice(0, -1) + String(Number(head.at(-1)) + 1) + zeros, shift: 0 };
}
