import { english } from './english.js';

const plainly = (value: number, significant: number): string => english(value, { significant });

/** A time as a person says it: `420 ms`, `17.1 s`, `40 min`, `6.2 h`, `4.5 days`.
 * @param write how a number with so many significant digits is written */
export function durationText(seconds: number, write = plainly): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 0.9995) return `${write(seconds * 1000, seconds >= 0.0995 ? 3 : 2)} ms`;
  if (seconds < 60) return `${write(seconds, seconds >= 9.95 ? 3 : 2)} s`;
  if (seconds < 3600) return `${write(seconds / 60, 2)} min`;
  if (seconds < 72 * 3600) return `${write(seconds / 3600, 2)} h`;
  return `${write(seconds / 86400, 2)} days`;
}
