/** An exact decimal number: `digits × 10^−scale`. Money is summed in it, never in binary floating point. */
export interface Decimal {
  readonly digits: bigint;
  /** Digits behind the point, from 0. */
  readonly scale: number;
}
export const zero: Decimal = { digits: 0n, scale: 0 };
/** More digits than any bill has; keeps a spoilt exponent from filling the memory. */
const mostDigits = 400;

/** Reads a number as written: `-12.50`, `1e-7`. Undefined for what is none, a thousands separator among it. */
export function decimal(text: string): Decimal | undefined {
  const found = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?\s*$/.exec(text);
  if (!found) return undefined;
  const [, sign, whole = '', part = '', power] = found;
  if (whole === '' && part === '') return undefined;
  const scale = part.length - Number(power ?? '0');
  if (Math.abs(scale) > mostDigits || whole.length + part.length > mostDigits) return undefined;
  const digits = BigInt(`${whole}${part}`) * 10n ** BigInt(Math.max(0, -scale));
  return { digits: sign === '-' ? -digits : digits, scale: Math.max(0, scale) };
}
/** The decimal that a double shows as: the shortest one that reads back to it. */
export const ofNumber = (value: number): Decimal | undefined => (Number.isFinite(value) ? decimal(String(value)) : undefined);

const at = (value: Decimal, scale: number): bigint => (value.scale === scale ? value.digits : value.digits * 10n ** BigInt(scale - value.scale));
export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: at(a, scale) + at(b, scale), scale };
}
export const sum = (all: Iterable<Decimal>): Decimal => {
  let total = zero;
  for (const one of all) total = add(total, one);
  return total;
};
export const negate = ({ digits, scale }: Decimal): Decimal => ({ digits: -digits, scale });
export const subtract = (a: Decimal, b: Decimal): Decimal => add(a, negate(b));
export const multiply = (a: Decimal, b: Decimal): Decimal => ({ digits: a.digits * b.digits, scale: a.scale + b.scale });
/** Negative, 0 or positive, as a is less than, equal to or more than b. */
export function compare(a: Decimal, b: Decimal): number {
  const { digits } = subtract(a, b);
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}
export const isZero = ({ digits }: Decimal): boolean => digits === 0n;

/** a ÷ b to `scale` digits behind the point, halves to even. Undefined where b is 0. */
export function divide(a: Decimal, b: Decimal, scale: number): Decimal | undefined {
  if (b.digits === 0n) return undefined;
  const power = scale + b.scale - a.scale;
  const above = power >= 0 ? a.digits * 10n ** BigInt(power) : a.digits;
  const below = power >= 0 ? b.digits : b.digits * 10n ** BigInt(-power);
  return { digits: halfEven(above, below), scale };
}
export const round = (value: Decimal, scale: number): Decimal =>
  value.scale <= scale ? value : { digits: halfEven(value.digits, 10n ** BigInt(value.scale - scale)), scale };
function halfEven(above: bigint, below: bigint): bigint {
  const [a, b] = below < 0n ? [-above, -below] : [above, below];
  const whole = a / b;
  const rest = 2n * (a % b < 0n ? -(a % b) : a % b);
  const away = rest > b || (rest === b && whole % 2n !== 0n);
  return away ? whole + (a < 0n ? -1n : 1n) : whole;
}

/** The nearest double: for drawing and for ratios, never for sums. */
export const toNumber = (value: Decimal): number => Number(toText(value, 0));

/** Exact text with at least `least` digits behind the point and no zeros beyond: `12.50`, `0.0000314`. */
export function toText({ digits, scale }: Decimal, least = 2): string {
  const plain = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const whole = plain.slice(0, plain.length - scale);
  const part = plain
    .slice(plain.length - scale)
    .replace(/0+$/, '')
    .padEnd(least, '0');
  const zeroed = digits === 0n ? '' : digits < 0n ? '-' : '';
  return `${zeroed}${whole}${part === '' ? '' : `.${part}`}`;
}

/** Splits an amount by weights, at `scale` digits, so that the parts add up to the amount exactly: what rounding leaves goes to the largest remainders, ties to the first.
 * @param weights not negative; all of them 0: undefined */
export function split(amount: Decimal, weights: readonly Decimal[], scale: number): Decimal[] | undefined {
  const finest = Math.max(0, ...weights.map((one) => one.scale));
  const shares = weights.map((one) => at(one, finest));
  const whole = shares.reduce((a, b) => a + b, 0n);
  if (whole <= 0n || shares.some((one) => one < 0n)) return undefined;
  const fine = Math.max(scale, amount.scale);
  const units = at(amount, fine);
  const size = units < 0n ? -units : units;
  const parts = shares.map((share, index) => ({ index, part: (size * share) / whole, rest: (size * share) % whole }));
  let left = size - parts.reduce((a, { part }) => a + part, 0n);
  const order = [...parts].sort((a, b) => (a.rest < b.rest ? 1 : a.rest > b.rest ? -1 : a.index - b.index));
  for (const one of order) {
    if (left === 0n) break;
    one.part += 1n;
    left -= 1n;
  }
  return parts.map(({ part }) => ({ digits: units < 0n ? -part : part, scale: fine }));
}
