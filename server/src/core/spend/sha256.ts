import { utf8Bytes } from '../text/utf8.js';

/** The first 32 bits of what is behind the point of the roots of the first primes. */
function fractions(root: (prime: number) => number, count: number): Int32Array {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    let isPrime = true;
    for (let by = 2; by * by <= candidate && isPrime; by++) isPrime = candidate % by !== 0;
    if (isPrime) found.push(((root(candidate) % 1) * 2 ** 32) | 0);
  }
  return Int32Array.from(found);
}
const constants = fractions(Math.cbrt, 64);
const beginning = fractions(Math.sqrt, 8);

/** Hexadecimal SHA-256 of a text in UTF-8, the same in every host: a page has one only that answers later, and not on every page.
 * @source NIST FIPS 180-4, 6.2 */
export function sha256(text: string): string {
  const bytes = utf8Bytes(text);
  const blocks = Math.ceil((bytes.length + 9) / 64);
  const padded = new Uint8Array(blocks * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor((bytes.length * 8) / 2 ** 32));
  view.setUint32(padded.length - 4, (bytes.length * 8) >>> 0);
  const state = Int32Array.from(beginning);
  const words = new Int32Array(64);
  const turned = (word: number, by: number): number => (word >>> by) | (word << (32 - by));
  for (let block = 0; block < blocks; block++) {
    for (let at = 0; at < 16; at++) words[at] = view.getInt32(block * 64 + at * 4);
    for (let at = 16; at < 64; at++) {
      const [before, last] = [words[at - 15] as number, words[at - 2] as number];
      const first = turned(before, 7) ^ turned(before, 18) ^ (before >>> 3);
      const second = turned(last, 17) ^ turned(last, 19) ^ (last >>> 10);
      words[at] = ((words[at - 16] as number) + first + (words[at - 7] as number) + second) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let at = 0; at < 64; at++) {
      const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + (constants[at] as number) + (words[at] as number)) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => {
      state[at] = ((state[at] as number) + word) | 0;
    });
  }
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
