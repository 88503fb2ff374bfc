import { isOnnxSummary, type ModelFileSummary } from '../model-file/open.js';
import { type NumberStyle, plain, shortNumber } from './number.js';

/** Bytes as people read them, in powers of 1024. @unit B */
export function bytesText(bytes: number, style: NumberStyle = plain): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [value, at] = [bytes, 0];
  for (; value >= 1023.5 && at < units.length - 1; at++) value /= 1024;
  return `${shortNumber(value, style, 3)} ${units[at]}`;
}
/** Multiply-accumulates: `4.09 GMAC`; one of them is two floating-point operations. */
export function macsText(macs: number, style: NumberStyle = plain): string {
  for (const [from, unit] of [
    [1e12, 'TMAC'],
    [1e9, 'GMAC'],
    [1e6, 'MMAC'],
  ] as const)
    if (macs >= from * 0.9995) return `${shortNumber(macs / from, style, 3)} ${unit}`;
  return `${shortNumber(macs, style, 3)} MAC`;
}
export const numberText = (value: number, style: NumberStyle = plain): string => shortNumber(value, style, 3);
export const dimsText = (dims: readonly (number | string | null)[] | undefined): string =>
  dims ? `[${dims.map((one) => one ?? '?').join(', ')}]` : 'any shape';

/** The file in a line: `25.6M parameters · 97.5 MiB float32 · 4.09 GMAC`. */
export function modelFileHeadline(summary: ModelFileSummary, style: NumberStyle = plain): string {
  const [most] = summary.types;
  const parts = [
    `${numberText(summary.parameters, style)} parameters`,
    `${bytesText(summary.weightBytes, style)}${most ? ` ${summary.types.length > 1 ? 'mostly ' : ''}${most.type}` : ''}`,
  ];
  if (isOnnxSummary(summary))
    parts.push(
      summary.macs === undefined ? `${summary.macsAtLeast > 0 ? `≥ ${macsText(summary.macsAtLeast, style)}` : 'MACs unknown'}` : macsText(summary.macs, style),
    );
  return parts.join(' · ');
}
