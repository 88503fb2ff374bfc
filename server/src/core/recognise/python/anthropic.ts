import type { Fact } from '../../model/fact.js';
import type { Expr } from '../../syntax/python/ast.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { clientOf, destination, receiver } from './client.js';
import { elementOf, type Keyed, keyed, lengthOf } from './keyed.js';
import { circumstances, isTest, methodName, type Site, setting, sitesOf, together } from './requests.js';

const path = /^(messages|completions|batches|beta|with_raw_response|with_streaming_response)$/;
const requests = /(^|\.)(messages\.(create|stream|parse|tool_runner)|messages\.batches\.create|completions\.create)$/;
const clients = /^(anthropic(\.lib\.\w+)?|langfuse\.anthropic|posthog\.ai\.anthropic)\.(Async)?(Anthropic(Bedrock|Vertex|Foundry)?|Client)$/;

/** Requests of the anthropic client. */
export const anthropicPython: PythonRecogniser = {
  id: 'anthropic',
  language: 'python',
  marker: /\banthropic|\.messages\.(create|stream|batches)\b/i,
  doc: {
    format: 'anthropic (Python)',
    reads: 'messages, streams and message batches of Anthropic, Bedrock and Vertex clients, with thinking budget and prompt caching',
    example: 'client.messages.create(model="claude-sonnet-4-5", max_tokens=1024)',
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    const sites = sitesOf(
      input.program,
      /\b(?:create|stream|parse|tool_runner)\b(?=\s*[(,)\]])/g,
      /\b(?:messages|batches|completions|with_raw_response|with_streaming_response)\s*\.\s*$/,
    ).filter((site) => requests.test(methodName(input.program, site).replace(/\.with_(raw|streaming)_response/, '')));
    return together(input, sites).flatMap(({ site, span, count }) => request(input, site, span, count));
  },
};

function request(input: PythonInput, site: Site, span: { start: number; end: number }, count: Fact | undefined): SeenWorkload[] {
  const { program, evaluate, document } = input;
  const name = methodName(program, site).replace(/\.with_(raw|streaming)_response/, '');
  const client = clientOf(evaluate, receiver(site.method, path), clients);
  const given = keyed(evaluate, site.call);
  const known = client.type !== undefined && (clients.test(client.type) || client.type === 'anthropic');
  if (!known) {
    // Other services have messages too (threads, SMS): what asks for a model and for output tokens is a request.
    if (/(^|\.)(chat|threads)\./.test(name) || /^(openai|twilio)\b/.test(client.type ?? '')) return [];
    const asks = given.get('model', 'max_tokens', 'requests', 'max_tokens_to_sample') !== undefined;
    const imported = [...program.imports.values()].some((one) => /^anthropic(\.|$)/.test(one.module));
    if (!(asks || (imported && given.open)) || (/(^|\.)completions\.create$/.test(name) && !given.get('max_tokens_to_sample'))) return [];
  }
  if (destination(evaluate, program, client).local) return [];
  const batch = /batches\.create$/.test(name);
  const params = batch ? paramsOf(input, given.get('requests')) : given;
  const made = keyed(evaluate, client.made);
  const thinking = keyed(evaluate, params.get('thinking'));
  const at = { uri: document.uri, start: site.call.start, end: site.call.end };
  const length = batch ? lengthOf(evaluate, given.get('requests')) : undefined;
  const facts = [
    setting(evaluate, 'model', params, ['model'], site.call),
    setting(evaluate, 'max_tokens', params, ['max_tokens', 'max_tokens_to_sample']),
    setting(evaluate, 'reasoning_effort', thinking, ['budget_tokens']) ??
      setting(evaluate, 'reasoning_effort', keyed(evaluate, params.get('output_config')), ['effort']),
    cacheFact(input, params),
    batch ? { name: 'batch_api', value: true, origin: 'default' as const, span: at } : undefined,
    length === undefined ? undefined : { name: 'num_requests', value: length, origin: 'default' as const, span: at, note: 'requests in the batch' },
    setting(evaluate, 'service_tier', params, ['service_tier']),
    setting(evaluate, 'region', made, ['aws_region', 'region']),
    count,
    ...circumstances(input, site),
    batch ? undefined : promptFact(evaluate, ...promptParts(params)),
  ];
  return [
    apiCall(input, /Bedrock/.test(client.type ?? '') ? 'anthropic-bedrock' : /Vertex/.test(client.type ?? '') ? 'anthropic-vertex' : 'anthropic', span, facts),
  ];
}
const promptParts = (params: Keyed): (Expr | undefined)[] => [params.get('system'), params.get('messages', 'prompt')];

/** Parameters of a batch's first request: they stand for all. */
function paramsOf({ evaluate }: PythonInput, requests: Expr | undefined): Keyed {
  const element = elementOf(evaluate, requests);
  const params = element && keyed(evaluate, element).get('params');
  return params ? keyed(evaluate, params) : { get: () => undefined, open: true };
}

/** `cache_control` on the request, on a block of it, or in what its messages are made from. */
function cacheFact({ document, evaluate, program }: PythonInput, params: Keyed): Fact | undefined {
  const direct = params.get('cache_control');
  const places = direct
    ? [direct]
    : [params.get('system'), params.get('messages'), params.get('tools')].flatMap((part) => (part ? [part, evaluate.expression(part)] : []));
  for (const place of places) {
    const at = direct ? place.start : mark(document.text, place.start, place.end);
    if (at !== undefined)
      return { name: 'prompt_cache', value: true, origin: 'default', span: { uri: document.uri, start: at, end: direct ? place.end : at + 13 } };
    // A message list that a method or function of this file makes: what it writes counts.
    const maker = place.kind === 'call' ? (place.callee.kind === 'attribute' || place.callee.kind === 'name' ? place.callee.name : undefined) : undefined;
    const owner = maker === undefined ? undefined : program.function(maker);
    const inside = owner && mark(document.text, owner.bodyStart, owner.end);
    if (inside !== undefined) return { name: 'prompt_cache', value: true, origin: 'default', span: { uri: document.uri, start: inside, end: inside + 13 } };
  }
  return undefined;
}
function mark(text: string, start: number, end: number): number | undefined {
  const at = text.slice(start, end).search(/\bcache_control\b["']?\s*[:=]\s*(?!None)/);
  return at < 0 ? undefined : start + at;
}
