// Whatever arrives at the window is checked field by field: a page takes only what it knows.
export type Fields = Readonly<Record<string, unknown>>;
export const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
export const isList = (value: unknown, is: (one: unknown) => boolean): boolean => Array.isArray(value) && value.every(is);
export const optional = (value: unknown, is: (value: unknown) => boolean): boolean => value === undefined || is(value);
/** An object with texts under these names. */
export const texts = (value: unknown, ...names: readonly string[]): boolean => isObject(value) && names.every((name) => isText(value[name]));
