import { utf8 } from '../../text/utf8.js';
import { type Decimal, decimal } from '../decimal.js';

/** Number that was read last: `digits × 10^−scale` where 15 digits are enough, else `long`. One object is used again and again: rows come by the million. */
export interface ReadAmount {
  digits: number;
  scale: number;
  long: Decimal | undefined;
}
export const newAmount = (): ReadAmount => ({ digits: 0, scale: 0, long: undefined });

/** Reads a plain decimal from bytes. False for what is no number. */
export function readAmount(bytes: Uint8Array, from: number, to: number, into: ReadAmount): boolean {
  let at = from;
  let negative = false;
  if (bytes[at] === 45 || bytes[at] === 43) negative = bytes[at++] === 45;
  let digits = 0;
  let count = 0;
  let point = -1;
  for (; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte >= 48 && byte <= 57) {
      digits = digits * 10 + (byte - 48);
      if (digits > 0) count++;
      if (count > 15) break;
    } else if (byte === 46 && point < 0) point = at;
    else break;
  }
  into.long = undefined;
  if (at < to || to - from - (negative ? 1 : 0) - (point < 0 ? 0 : 1) <= 0) return slow(bytes, from, to, into);
  into.digits = negative ? -digits : digits;
  into.scale = point < 0 ? 0 : to - point - 1;
  return into.scale < 100 || slow(bytes, from, to, into);
}
function slow(bytes: Uint8Array, from: number, to: number, into: ReadAmount): boolean {
  const found = decimal(utf8(bytes.subarray(from, to)));
  if (!found) return false;
  setAmount(found, into);
  return true;
}
/** An amount that was worked out. */
export function setAmount(value: Decimal, into: ReadAmount): void {
  const small = value.digits < 1_000_000_000_000_000n && value.digits > -1_000_000_000_000_000n && value.scale < 100;
  into.digits = small ? Number(value.digits) : 0;
  into.scale = small ? value.scale : 0;
  into.long = small ? undefined : value;
}
