import type { WorkloadRef } from '../../../server/src/protocol/protocol.js';
import type {
  CellResult,
  FigureResult,
  Set as Supposed,
  SwingResult,
  SwingsResult,
  ToWhatIf,
  WhatIfResult,
  WhatIfState,
} from '../../../server/src/protocol/what-if.js';
import { isList, isNumber, isObject, isText, optional, texts } from '../shared/checks.js';

const isRef = (value: unknown): value is WorkloadRef => texts(value, 'uri', 'id');
const isRefOrNone = (value: unknown): value is WorkloadRef | null => value === null || isRef(value);
const isSet = (value: unknown): value is Supposed =>
  isObject(value) && Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one));
const isRange = (value: unknown): boolean => isObject(value) && isNumber(value['low']) && isNumber(value['likely']) && isNumber(value['high']);

/** A message from the extension; undefined for anything else that arrives at the window. */
export function readMessage(value: unknown): ToWhatIf | undefined {
  if (!isObject(value)) return undefined;
  const { type, ref, data, done, total, text, name } = value;
  switch (type) {
    case 'data':
      return isRefOrNone(ref) && isResult(data) ? { type, ref, data } : undefined;
    case 'swings':
      return data === null || isSwings(data) ? { type, data } : undefined;
    case 'progress':
      return isNumber(done) && isNumber(total) ? { type, done, total } : undefined;
    case 'kept':
      return isText(name) ? { type, name } : undefined;
    case 'gone':
    case 'status':
      return isText(text) ? { type, text } : undefined;
    default:
      return undefined;
  }
}

/** What the page kept; undefined if it is not ours. */
export function readState(value: unknown): WhatIfState | undefined {
  if (!isObject(value) || !isRefOrNone(value['ref'])) return undefined;
  const { ref, draft, shown, quantity, bars } = value;
  return {
    ref,
    draft: isSet(draft) ? draft : {},
    shown: isList(shown, isText) ? (shown as readonly string[]) : [],
    quantity: isText(quantity) ? quantity : '',
    bars: isText(bars) ? bars : '',
  };
}

function isResult(value: unknown): value is WhatIfResult {
  return (
    isObject(value) &&
    texts(value, 'title', 'locale', 'kind') &&
    isNumber(value['workloads']) &&
    isList(
      value['controls'],
      (one) =>
        isObject(one) &&
        texts(one, 'word', 'label', 'meaning', 'example', 'now') &&
        typeof one['closed'] === 'boolean' &&
        isList(one['choices'], (choice) => texts(choice, 'value', 'label')),
    ) &&
    isList(value['facts'], (one) => texts(one, 'name', 'label', 'now')) &&
    isList(value['scenarios'], (one) => isObject(one) && texts(one, 'name', 'note') && isSet(one['set'])) &&
    isList(value['mistakes'], (one) => texts(one, 'word', 'text')) &&
    isList(value['sides'], (one) => isObject(one) && texts(one, 'name') && ['changes', 'unused', 'notes'].every((name) => isList(one[name], isText))) &&
    isList(value['rows'], isRow)
  );
}
const isRow = (value: unknown): value is FigureResult =>
  isObject(value) && texts(value, 'key', 'label', 'unit') && optional(value['ref'], isRef) && isList(value['figures'], isCell);
const isCell = (value: unknown): value is CellResult => isObject(value) && texts(value, 'text', 'short', 'change', 'need') && optional(value['value'], isRange);

const isSwings = (value: unknown): value is SwingsResult =>
  isObject(value) &&
  texts(value, 'title', 'quantity', 'nowText') &&
  isNumber(value['now']) &&
  isList(value['quantities'], (one) => texts(one, 'name', 'label')) &&
  isList(value['swings'], isSwing) &&
  isList(value['untold'], isText);
const isSwing = (value: unknown): value is SwingResult =>
  isObject(value) && texts(value, 'word', 'label', 'lowText', 'highText', 'origin') && isNumber(value['low']) && isNumber(value['high']);
