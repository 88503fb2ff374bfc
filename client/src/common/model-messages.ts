import type { FromModelPage } from '../../../server/src/protocol/model-file.js';

/** A message from the page of a model file; undefined for anything that is not one of ours. */
export function readModelPageMessage(value: unknown): FromModelPage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, sizes, choose, embeddings } = value as Readonly<Record<string, unknown>>;
  switch (type) {
    case 'ready':
    case 'measure':
      return { type };
    case 'consent':
      return { type, choose: choose === true };
    case 'quantize':
      return { type, embeddings: embeddings !== false };
    case 'sizes':
      return isSizes(sizes) ? { type, sizes } : undefined;
    default:
      return undefined;
  }
}
const isSizes = (value: unknown): value is Readonly<Record<string, number>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => Number.isSafeInteger(one) && (one as number) > 0);
