import type { HistoryResult, HistoryRunResult, HistoryState, HistoryStepResult, ToHistory } from '../../../server/src/protocol/history.js';
import type { WorkloadRef } from '../../../server/src/protocol/protocol.js';
import { isList, isNumber, isObject, isText, optional, texts } from '../shared/checks.js';

const isRef = (value: unknown): value is WorkloadRef => texts(value, 'uri', 'id');
const isRange = (value: unknown): boolean => isObject(value) && isNumber(value['low']) && isNumber(value['likely']) && isNumber(value['high']);

/** A message from the extension; undefined for anything else that arrives at the window. */
export function readMessage(value: unknown): ToHistory | undefined {
  if (!isObject(value)) return undefined;
  const { type, ref, data, done, total, text } = value;
  switch (type) {
    case 'data':
      return isRef(ref) && isResult(data) ? { type, ref, data } : undefined;
    case 'progress':
      return isNumber(done) && isNumber(total) ? { type, done, total } : undefined;
    case 'working':
      return { type };
    case 'trouble':
    case 'status':
      return isText(text) ? { type, text } : undefined;
    default:
      return undefined;
  }
}

/** What the page kept; undefined if it is not ours. */
export function readState(value: unknown): HistoryState | undefined {
  if (!isObject(value) || !isRef(value['ref'])) return undefined;
  const { ref, selected, along } = value;
  return { ref, selected: isText(selected) ? selected : '', along: along === 'steps' ? 'steps' : 'time' };
}

const isResult = (value: unknown): value is HistoryResult =>
  isObject(value) &&
  texts(value, 'title', 'locale', 'quantity', 'unit') &&
  isNumber(value['commits']) &&
  isNumber(value['read']) &&
  isNumber(value['until']) &&
  typeof value['isShallow'] === 'boolean' &&
  isList(value['steps'], isStep) &&
  isList(value['runs'], isRun);
const isStep = (value: unknown): value is HistoryStepResult =>
  isObject(value) &&
  texts(value, 'oid', 'day', 'author', 'subject', 'text', 'change', 'because') &&
  optional(value['at'], isNumber) &&
  optional(value['value'], isRange);
const isRun = (value: unknown): value is HistoryRunResult =>
  isObject(value) && texts(value, 'id', 'day', 'commit', 'text', 'usdText') && optional(value['at'], isNumber) && optional(value['usd'], isNumber);
