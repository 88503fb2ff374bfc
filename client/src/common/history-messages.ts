import type { FromHistory } from '../../../server/src/protocol/history.js';
import type { WorkloadRef } from '../../../server/src/protocol/protocol.js';
import { readSave } from './panel-messages.js';

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A message from the page; undefined for anything that is not one of ours. */
export function readHistoryMessage(value: unknown): FromHistory | undefined {
  if (!isObject(value)) return undefined;
  const { type, oid } = value;
  switch (type) {
    case 'ready':
    case 'refresh':
    case 'stop':
    case 'reveal':
      return { type };
    case 'copy':
      return typeof oid === 'string' && /^[0-9a-f]{40,64}$/.test(oid) ? { type, oid } : undefined;
    case 'save':
      return readSave(value);
    default:
      return undefined;
  }
}

/** What a page kept and the editor gives back: which workload it is about. */
export function readHistoryRef(value: unknown): WorkloadRef | undefined {
  const ref = isObject(value) ? value['ref'] : undefined;
  return isObject(ref) && typeof ref['uri'] === 'string' && typeof ref['id'] === 'string' ? { uri: ref['uri'], id: ref['id'] } : undefined;
}
