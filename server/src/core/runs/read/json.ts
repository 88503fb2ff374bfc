/** A JSON text as plain data. Python writes `NaN` and `Infinity`, which JSON does not have: they are read as null.
 * @unknown undefined for what is no JSON */
export function parseJson(text: string): unknown {
  for (const one of [() => text, () => text.replace(/([:[,]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])/g, '$1null')]) {
    try {
      return JSON.parse(one());
    } catch {
      // the second try is without Python's numbers
    }
  }
  return undefined;
}
export type Plain = Readonly<Record<string, unknown>>;
export const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);
export const objectOf = (value: unknown): Plain => (isPlain(value) ? value : {});
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** A finite number > 0, numeric text too; anything else says nothing. */
export function positiveOf(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(number) && number > 0 ? number : undefined;
}
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);
/** The entries that have a value. */
export const given = <T>(record: Readonly<Record<string, T | undefined>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter((entry): entry is [string, T] => entry[1] !== undefined));
