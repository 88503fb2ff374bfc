import type { FromModelPage, Traffic } from '../../../server/src/protocol/model-file.js';

/** A message from the page of a model file; undefined for anything that is not one of ours. */
export function readModelPageMessage(value: unknown): FromModelPage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, sizes, traffic, choose, embeddings } = value as Readonly<Record<string, unknown>>;
  switch (type) {
    case 'ready':
    case 'measure':
      return { type };
    case 'consent':
      return { type, choose: choose === true };
    case 'quantize':
      return { type, embeddings: embeddings !== false };
    case 'traffic':
      return isTraffic(traffic) ? { type, traffic } : undefined;
    case 'sizes':
      return isSizes(sizes) ? { type, sizes } : undefined;
    default:
      return undefined;
  }
}
function isTraffic(value: unknown): value is Traffic {
  if (typeof value !== 'object' || value === null) return false;
  const { perMonth, accelerator } = value as Readonly<Record<string, unknown>>;
  const isCount = perMonth === undefined || (typeof perMonth === 'number' && perMonth > 0 && Number.isFinite(perMonth));
  return isCount && (accelerator === undefined || (typeof accelerator === 'string' && /^[\w.-]{1,64}$/.test(accelerator)));
}
const isSizes = (value: unknown): value is Readonly<Record<string, number>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => Number.isSafeInteger(one) && (one as number) > 0);
