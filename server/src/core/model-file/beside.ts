/** A name that stays in the model's folder or below. */
export const isBeside = (name: string): boolean => name !== '' && !/^([\\/]|[A-Za-z]:|\w+:\/\/)|(^|[\\/])\.\.([\\/]|$)/.test(name);
