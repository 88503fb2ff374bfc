import type { FromSpendPage, SpendQuery } from '../../../server/src/protocol/spend-panel.js';
import { readSave } from './panel-messages.js';

type Fields = Readonly<Record<string, unknown>>;
/** What a page may have kept for it. @unit characters of JSON */
const maxView = 100_000;

/** A message from the spend page; undefined for anything that is not one of ours. */
export function readSpendMessage(value: unknown): FromSpendPage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, root, query, view, uri, line, name } = value as Fields;
  switch (type) {
    case 'ready':
    case 'refresh':
    case 'openSettings':
      return { type };
    case 'query':
      return typeof root === 'string' && isQuery(query) ? { type, root, query } : undefined;
    case 'keep':
      return isSmall(view) ? { type, view } : undefined;
    case 'reveal':
      return typeof uri === 'string' && typeof line === 'number' && Number.isInteger(line) && line >= 0 ? { type, uri, line } : undefined;
    case 'save': {
      const save = readSave(value);
      return save && typeof name === 'string' ? { ...save, name } : undefined;
    }
    default:
      return undefined;
  }
}

/** What was kept of the last session; nothing of what is not understood. */
export function readKeptSpend(value: unknown): { readonly root?: string; readonly query?: SpendQuery; readonly view?: unknown } {
  if (typeof value !== 'object' || value === null) return {};
  const { root, query, view } = value as Fields;
  return { ...(typeof root === 'string' ? { root } : {}), ...(isQuery(query) ? { query } : {}), ...(isSmall(view) ? { view } : {}) };
}

function isQuery(value: unknown): value is SpendQuery {
  if (typeof value !== 'object' || value === null) return false;
  const { period, team, by, cost } = value as Fields;
  return typeof period === 'string' && (team === null || typeof team === 'string') && typeof by === 'string' && typeof cost === 'string';
}
const isSmall = (view: unknown): boolean => typeof view === 'object' && view !== null && JSON.stringify(view).length <= maxView;
