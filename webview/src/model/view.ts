import type { ModelFileView, ToModelPage } from '../../../server/src/protocol/model-file.js';
import { type Fields, isList, isObject, isText, texts } from '../shared/checks.js';

/** A message from the extension; undefined for anything else that arrives at the window. */
export function readModelMessage(value: unknown): ToModelPage | undefined {
  if (!isObject(value)) return undefined;
  switch (value['type']) {
    case 'view':
      return isView(value['view']) ? { type: 'view', view: value['view'] } : undefined;
    case 'problem':
    case 'status':
    case 'done':
      return isText(value['text']) ? { type: value['type'], text: value['text'] } : undefined;
    case 'ask':
      return isText(value['text']) ? { type: 'ask', text: value['text'], found: value['found'] === true } : undefined;
    case 'run':
      return isRun(value) ? value : undefined;
    default:
      return undefined;
  }
}
function isView(value: unknown): value is ModelFileView {
  if (!isObject(value)) return false;
  const pair = (one: unknown): boolean => texts(one, 'label', 'value');
  const row = (one: unknown): boolean => texts(one, 'name', 'type', 'written', 'shape');
  return (
    texts(value, 'name', 'headline', 'macsText') &&
    typeof value['isOnnx'] === 'boolean' &&
    isList(value['facts'], pair) &&
    isList(value['metadata'], pair) &&
    isList(value['inputs'], row) &&
    isList(value['outputs'], row) &&
    isList(value['sizes'], (one) => texts(one, 'key', 'of')) &&
    isList(value['operators'], (one) => texts(one, 'op', 'macs', 'shareText', 'written')) &&
    isList(value['types'], (one) => texts(one, 'type', 'tensors', 'elements', 'bytes')) &&
    isList(value['untold'], (one) => texts(one, 'what', 'need')) &&
    isList(value['accelerators'], (one) => texts(one, 'id', 'label')) &&
    (value['costs'] === undefined || isList(value['costs'], (one) => texts(one, 'accelerator', 'latency', 'full', 'per1k', 'month', 'replicas')))
  );
}
function isRun(value: Fields): value is Fields & Extract<ToModelPage, { type: 'run' }> {
  const { runtime, model, changed, inputs } = value;
  const bytes = (one: unknown): boolean => isObject(one) && one['bytes'] instanceof Uint8Array && Array.isArray(one['outside']);
  const files = isObject(runtime) && texts(runtime, 'version', 'worker') && runtime['script'] instanceof Uint8Array && runtime['wasm'] instanceof Uint8Array;
  return files && bytes(model) && (changed === undefined || bytes(changed)) && Array.isArray(inputs);
}

/** How long a run takes, for a person. */
export const msText = (ms: number): string =>
  ms >= 999.5 ? `${(ms / 1000).toPrecision(ms < 9950 ? 2 : 3)} s` : `${ms < 10 ? ms.toPrecision(2) : Math.round(ms)} ms`;
