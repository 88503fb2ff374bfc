import type { FromPanel, SavedFormat, SaveMessage } from '../../../server/src/protocol/panel.js';
import type { WorkloadRef } from '../../../server/src/protocol/protocol.js';

const maxSaved = 50_000_000;
const formats: readonly string[] = ['csv', 'svg', 'png'] satisfies readonly SavedFormat[];

/** A message from the page; undefined for anything that is not one of ours. */
export function readPanelMessage(value: unknown): FromPanel | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, count, key, region } = value as Readonly<Record<string, unknown>>;
  switch (type) {
    case 'ready':
    case 'openSettings':
    case 'reveal':
      return { type };
    case 'count':
      return isCount(count) ? { type, count } : undefined;
    case 'region':
      return typeof region === 'string' ? { type, region } : undefined;
    case 'use':
      return typeof key === 'string' ? { type, key } : undefined;
    case 'save':
      return readSave(value);
    default:
      return undefined;
  }
}

/** What a page wants saved. */
export function readSave(value: object): SaveMessage | undefined {
  const { format, content } = value as Readonly<Record<string, unknown>>;
  return typeof format === 'string' && formats.includes(format) && isContent(content) ? { type: 'save', format: format as SavedFormat, content } : undefined;
}

/** What a page kept and the editor gives back. */
export function readPanelState(value: unknown): { readonly ref: WorkloadRef; readonly count: number | null; readonly region: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { ref, count, region } = value as Readonly<Record<string, unknown>>;
  if (typeof ref !== 'object' || ref === null) return undefined;
  const { uri, id } = ref as Readonly<Record<string, unknown>>;
  return typeof uri === 'string' && typeof id === 'string'
    ? { ref: { uri, id }, count: isCount(count) ? count : null, region: typeof region === 'string' ? region : '' }
    : undefined;
}

const isCount = (value: unknown): value is number | null => value === null || (typeof value === 'number' && Number.isInteger(value) && value > 0);
const isContent = (value: unknown): value is string | Uint8Array =>
  typeof value === 'string' ? value.length <= maxSaved : value instanceof Uint8Array && value.length <= maxSaved;
