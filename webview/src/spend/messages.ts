import type { SpendPanelResult, ToSpendPage } from '../../../server/src/protocol/spend-panel.js';
import { type Fields, isList, isNumber, isObject, isText, optional, texts } from '../shared/checks.js';

/** A message from the extension; undefined for anything else that arrives at the window. */
export function readSpendPageMessage(value: unknown): ToSpendPage | undefined {
  if (!isObject(value)) return undefined;
  switch (value['type']) {
    case 'data':
      return isResult(value) ? { type: 'data', root: value.root, roots: value.roots, update: value.update } : undefined;
    case 'restore':
      return { type: 'restore', view: value['view'] };
    case 'budget':
      return isText(value['name']) ? { type: 'budget', name: value['name'] } : undefined;
    case 'trouble':
    case 'status':
      return isText(value['text']) ? { type: value['type'], text: value['text'] } : undefined;
    default:
      return undefined;
  }
}

/** What an extension or a report hands over: every piece that is drawn is looked at. */
export function isResult(value: unknown): value is SpendPanelResult {
  if (!isObject(value) || !isText(value['root']) || !isList(value['roots'], (one) => texts(one, 'uri', 'label'))) return false;
  const { update } = value;
  if (!isObject(update) || !isList(update['keys'], isText) || !isObject(update['stamps']) || !isObject(update['parts'])) return false;
  return Object.entries(update['parts']).every(([key, part]) => (key.startsWith('budget/') ? isBudget(part) : (pieces[key]?.(part) ?? false)));
}

const isNumbers = (value: unknown): boolean => isList(value, isNumber);
const isPlace = (value: unknown): boolean => texts(value, 'uri', 'label') && isObject(value) && isNumber(value['line']);
const isChoices = (value: unknown): boolean => isList(value, (one) => texts(one, 'key', 'label'));
const isFinding = (value: unknown): boolean =>
  texts(value, 'id', 'title', 'detail', 'amount') && optional((value as Fields)['fix'], isText) && optional((value as Fields)['place'], isPlace);
const isVariance = (value: unknown): boolean =>
  isObject(value) &&
  texts(value, 'id', 'title', 'detail', 'billedText', 'estimateText', 'differenceText') &&
  ['inside', 'above', 'below', 'unknown'].includes(String(value['state'])) &&
  isList(value['why'], isText) &&
  optional(value['drawn'], (drawn) => isObject(drawn) && [drawn['billed'], drawn['low'], drawn['high']].every(isNumber)) &&
  optional(value['place'], isPlace);
const pieces: Readonly<Record<string, (part: unknown) => boolean>> = {
  head: (part) =>
    isObject(part) &&
    texts(part, 'title', 'locale', 'currency', 'period', 'age') &&
    typeof part['stale'] === 'boolean' &&
    typeof part['known'] === 'boolean' &&
    optional(part['empty'], (empty) => texts(empty, 'text') && isList((empty as Fields)['steps'], isText)) &&
    isList(part['notes'], isText) &&
    isList(part['sources'], (one) => texts(one, 'name', 'detail', 'state')) &&
    isList(part['cards'], (one) => texts(one, 'label', 'value', 'detail')) &&
    ['periods', 'teams', 'dimensions', 'costs'].every((name) => isChoices(part[name])) &&
    isObject(part['query']),
  tree: (part) =>
    isList(
      part,
      (one) =>
        isObject(one) &&
        texts(one, 'id', 'level', 'label', 'costText', 'shareText') &&
        [one['depth'], one['cost'], one['share']].every(isNumber) &&
        isNumbers(one['steps']) &&
        optional(one['place'], isPlace),
    ),
  bars: (part) =>
    isObject(part) &&
    texts(part, 'by', 'unit') &&
    isList(part['starts'], isText) &&
    isList(part['parts'], (one) => isObject(one) && texts(one, 'label', 'costText', 'shareText') && isNumbers(one['costs'])),
  anomalies: (part) => isList(part, isFinding),
  waste: (part) => texts(part, 'total') && isObject(part) && isList(part['lines'], isFinding) && isList(part['unseen'], isText),
  units: (part) => isList(part, (one) => texts(one, 'id', 'what', 'month', 'price', 'detail')),
  variance: (part) => isObject(part) && isList(part['notes'], isText) && isList(part['lines'], isVariance),
};
const budgetTexts = [
  'name',
  'owner',
  'currency',
  'stateText',
  'from',
  'to',
  'periodText',
  'allowedText',
  'spentText',
  'remainingText',
  'forecastText',
  'exhaustionText',
  'planText',
];
function isBudget(value: unknown): boolean {
  if (!isObject(value) || !texts(value, ...budgetTexts)) return false;
  const { ahead, forecast } = value;
  return (
    ['ok', 'warn', 'over', 'unknown'].includes(String(value['state'])) &&
    isNumber(value['allowed']) &&
    optional(value['spent'], isNumber) &&
    optional(value['percent'], isNumber) &&
    optional(forecast, (one) => isObject(one) && [one['low'], one['likely'], one['high']].every(isNumber)) &&
    isList(value['thresholds'], (one) => isObject(one) && isNumber(one['percent']) && isNumber(one['amount']) && texts(one, 'text')) &&
    isNumbers(value['days']) &&
    isNumbers(value['planned']) &&
    isObject(ahead) &&
    [ahead['low'], ahead['likely'], ahead['high']].every(isNumbers) &&
    isList(value['notes'], isText)
  );
}
