import { utf8 } from '../../text/utf8.js';

/** When something was, to the minute, as numbers: 0 for a day that cannot be read. */
export interface Moment {
  /** Year × 10000 + month × 100 + day, of UTC. */
  day: number;
  /** Hour × 60 + minute. */
  minute: number;
}

/** Reads `2026-11-01T13:00:00Z`, `2026-11-01 13:00:00 UTC`, `2026-11-01`, `11/01/2026`; an offset is turned into UTC, as the bill's days are. */
export function readMoment(bytes: Uint8Array, from: number, to: number, into: Moment): void {
  into.day = 0;
  into.minute = 0;
  const length = to - from;
  if (length < 8) return;
  if (bytes[from + 4] === 45 && bytes[from + 7] === 45 && length >= 10) {
    const day = number(bytes, from, 4) * 10000 + number(bytes, from + 5, 2) * 100 + number(bytes, from + 8, 2);
    if (length >= 16 && bytes[from + 13] === 58) into.minute = number(bytes, from + 11, 2) * 60 + number(bytes, from + 14, 2);
    // a sign behind the time is an offset
    for (let at = from + 16; at < to; at++)
      if (bytes[at] === 43 || bytes[at] === 45) {
        shifted(utf8(bytes.subarray(from, to)), into);
        return;
      }
    into.day = valid(day) ? day : 0;
    return;
  }
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})/.exec(utf8(bytes.subarray(from, to)));
  if (!american) return;
  const day = Number(american[3]) * 10000 + Number(american[1]) * 100 + Number(american[2]);
  into.day = valid(day) ? day : 0;
}
function shifted(text: string, into: Moment): void {
  const ms = Date.parse(text.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00'));
  if (!Number.isFinite(ms)) return;
  const date = new Date(ms);
  into.day = date.getUTCFullYear() * 10000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  into.minute = date.getUTCHours() * 60 + date.getUTCMinutes();
}
function number(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
function valid(day: number): boolean {
  const [year, month, date] = [Math.floor(day / 10000), Math.floor(day / 100) % 100, day % 100];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return year >= 1970 && month >= 1 && month <= 12 && date >= 1 && date <= (lengths[month - 1] as number) + (leap && month === 2 ? 1 : 0);
}
