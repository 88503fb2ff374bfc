/** A short hash of a text, the same on every machine: to tell things of one list apart, no protection against anybody (FNV-1a, 32 bits).
 * @param start another one gives an independent hash */
export function fnv1a(text: string, start = 0x811c9dc5): string {
  let hash = start;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
