import type { WorkloadRef } from '../../../server/src/protocol/protocol.js';
import type { FromWhatIf, Set as Supposed } from '../../../server/src/protocol/what-if.js';
import { readSave } from './panel-messages.js';

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isRef = (value: unknown): value is WorkloadRef => isObject(value) && typeof value['uri'] === 'string' && typeof value['id'] === 'string';
const isNames = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === 'string');
const isSet = (value: unknown): value is Supposed =>
  isObject(value) && Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one)) && Object.keys(value).length <= 100;

/** A message from the page; undefined for anything that is not one of ours. */
export function readWhatIfMessage(value: unknown): FromWhatIf | undefined {
  if (!isObject(value)) return undefined;
  const { type, draft, shown, quantity, name, set, ref, drawing } = value;
  switch (type) {
    case 'ready':
    case 'openSettings':
    case 'scan':
    case 'whole':
      return { type };
    case 'suppose':
      return isSet(draft) && isNames(shown) ? { type, draft, shown } : undefined;
    case 'swings':
      return typeof quantity === 'string' ? { type, quantity } : undefined;
    case 'keep':
      return typeof name === 'string' && name.trim() !== '' && isSet(set) && Object.keys(set).length > 0 ? { type, name: name.trim(), set } : undefined;
    case 'reveal':
      return ref === null || isRef(ref) ? { type, ref: ref === null ? null : { uri: ref.uri, id: ref.id } } : undefined;
    case 'save': {
      const saved = readSave(value);
      return saved && (drawing === 'bars' || drawing === 'tornado') ? { ...saved, drawing } : undefined;
    }
    default:
      return undefined;
  }
}

/** What a page kept and the editor gives back: which workload, what is tried, what stands beside it. */
export function readWhatIfState(value: unknown): { readonly ref: WorkloadRef | null; readonly draft: Supposed; readonly shown: readonly string[] } | undefined {
  if (!isObject(value)) return undefined;
  const { ref, draft, shown } = value;
  if (ref !== null && !isRef(ref)) return undefined;
  return { ref: ref === null ? null : { uri: ref.uri, id: ref.id }, draft: isSet(draft) ? draft : {}, shown: isNames(shown) ? shown : [] };
}
