import type { CompareResult, OfferRow, PanelState, Range, ToPanel } from '../../../server/src/protocol/panel.js';
import type { WorkloadRef } from '../../../server/src/protocol/protocol.js';
import { isList, isNumber, isObject, isText, optional, texts } from '../shared/checks.js';

const isRange = (value: unknown): value is Range => isObject(value) && isNumber(value['low']) && isNumber(value['likely']) && isNumber(value['high']);

/** A message from the extension; undefined for anything else that arrives at the window. */
export function readMessage(value: unknown): ToPanel | undefined {
  if (!isObject(value)) return undefined;
  switch (value['type']) {
    case 'data':
      return isRef(value['ref']) && isResult(value['data']) ? { type: 'data', ref: value['ref'], data: value['data'] } : undefined;
    case 'gone':
    case 'status':
      return isText(value['text']) ? { type: value['type'], text: value['text'] } : undefined;
    default:
      return undefined;
  }
}

/** What the page kept; undefined if it is not ours. */
export function readState(value: unknown): PanelState | undefined {
  if (!isObject(value) || !isRef(value['ref'])) return undefined;
  return {
    ref: value['ref'],
    count: isNumber(value['count']) ? value['count'] : null,
    region: isText(value['region']) ? value['region'] : '',
    view: value['view'],
  };
}

const isRef = (value: unknown): value is WorkloadRef => isObject(value) && texts(value, 'uri', 'id');

function isResult(value: unknown): value is CompareResult {
  return (
    isObject(value) &&
    texts(value, 'title', 'locale', 'kind', 'pricesFrom', 'pricesTo') &&
    (value['per'] === 'run' || value['per'] === 'month') &&
    optional(value['statedCount'], isNumber) &&
    optional(value['now'], (now) => isObject(now) && isNumber(now['usd']) && texts(now, 'text', 'on')) &&
    isList(value['assumptions'], (one) => isObject(one) && texts(one, 'label', 'value', 'why')) &&
    isList(value['missing'], (one) => isObject(one) && texts(one, 'label', 'need')) &&
    isList(value['regions'], isText) &&
    isList(value['commitments'], (one) => texts(one, 'key', 'offer', 'term', 'prices', 'pays', 'runs', 'always', 'asOf')) &&
    isList(value['rows'], isRow)
  );
}

function isRow(value: unknown): value is OfferRow {
  return (
    isObject(value) &&
    texts(value, 'key', 'accelerator', 'acceleratorName', 'provider', 'region', 'instance', 'market', 'asOf') &&
    texts(value, 'usdText', 'usdShort', 'hoursText', 'latencyText', 'memoryText', 'fitsText', 'carbonText') &&
    isNumber(value['count']) &&
    isNumber(value['instances']) &&
    isNumber(value['paid']) &&
    ['own', 'overNetwork', 'stops'].every((name) => typeof value[name] === 'boolean') &&
    ['usd', 'hours', 'latency', 'memory', 'carbon'].every((name) => optional(value[name], isRange)) &&
    optional(value['memorySize'], isNumber) &&
    ['fits', 'tight', 'does-not-fit', 'unknown'].includes(String(value['fits']))
  );
}
