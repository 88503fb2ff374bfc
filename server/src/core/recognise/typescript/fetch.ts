import type { Call, Expr } from '../../syntax/python/ast.js';
import type { CallSite } from '../../syntax/typescript/program.js';
import { isOpenService, serviceMarker, serviceOf } from '../shared/addresses.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { SeenWorkload, TypescriptInput, TypescriptRecogniser } from '../types.js';
import { clientOf, written } from './client.js';
import { optionsOf, setting } from './options.js';
import { circumstances, isTest, methodName } from './requests.js';

/** Requests that a program sends to a hosted model without a client library. */
export const fetchTypescript: TypescriptRecogniser = {
  id: 'fetch',
  language: 'typescript',
  marker: serviceMarker,
  doc: {
    format: 'hosted models over plain HTTP (TypeScript, JavaScript)',
    reads: 'fetch, axios, got and ky posts to the addresses of OpenAI, Anthropic, Gemini and others, with the body’s model and limits',
    example: "fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', body: JSON.stringify({ model: 'gpt-4o' }) })",
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    return input.program
      .calls(/\b(?:fetch\w*|axios|post|request|got|ky|\$fetch|ofetch|requestUrl|fetchEventSource)\b(?=\s*[(<])/g)
      .flatMap((site) => request(input, site));
  },
};

function request(input: TypescriptInput, site: CallSite): SeenWorkload[] {
  const { evaluate } = input;
  const { call } = site;
  const first = call.args[0]?.value;
  const meant = first && evaluate.expression(first);
  const config = optionsOf(evaluate, meant?.kind === 'dict' ? meant : call.args[1]?.value);
  const address = meant?.kind === 'dict' ? config.get('url') : first;
  const url = address && baseOf(input, call) + (written(evaluate, address) ?? '');
  if (url === undefined) return [];
  const isPost = /(?:^|\.)post$/.test(methodName(input, call));
  const sent = config.get('body', 'json', 'data') ?? (isPost ? call.args[1]?.value : undefined);
  // What sends nothing asks for a list or a state.
  if (!sent && !config.hidden) return [];
  const body = optionsOf(evaluate, bodyOf(input, sent));
  // The host is in the environment: the path and the body say that a model runs.
  const framework = serviceOf(url) ?? (isOpenService(url) && body.get('messages', 'prompt', 'input') ? 'http' : undefined);
  if (framework === undefined) return [];
  const generation = optionsOf(evaluate, body.get('generationConfig'));
  return [
    apiCall(input, framework, call, [
      setting(evaluate, 'model', body, ['model']) ?? modelIn(input, url, address),
      setting(evaluate, 'max_tokens', body, ['max_completion_tokens', 'max_output_tokens', 'max_tokens', 'max_tokens_to_sample']) ??
        setting(evaluate, 'max_tokens', generation, ['maxOutputTokens']),
      setting(evaluate, 'n', body, ['n']),
      setting(evaluate, 'reasoning_effort', body, ['reasoning_effort']) ??
        setting(evaluate, 'reasoning_effort', optionsOf(evaluate, body.get('thinking')), ['budget_tokens']),
      setting(evaluate, 'embedding_dims', body, ['dimensions']),
      ...circumstances(input, site),
      promptFact(evaluate, body.get('system'), body.get('messages', 'input', 'prompt', 'contents')),
    ]),
  ];
}
/** The address that a client is made with: `axios.create({ baseURL })`, `ky.create({ prefixUrl })`. */
function baseOf({ evaluate }: TypescriptInput, { callee }: Call): string {
  if (callee.kind !== 'attribute') return '';
  const { made } = clientOf(evaluate, callee.object, makers);
  const given = made && makers.test(evaluate.callee(made)) ? optionsOf(evaluate, made.args[0]?.value) : undefined;
  const base = given?.get('baseURL', 'prefixUrl', 'baseUrl');
  return (base && written(evaluate, base)) ?? '';
}
const makers = /^(?:axios|ky|got|ofetch)#(?:default|axios|got|ofetch|\$fetch)\.(?:create|extend)$/;
/** `…/models/gemini-2.5-flash:generateContent` names the model in the address. */
function modelIn({ evaluate }: TypescriptInput, url: string, address: Expr | undefined) {
  if (!address) return undefined;
  const model = /\/models\/([^/:?]+)(?::|\?|$)/.exec(url)?.[1];
  if (model === undefined || model === 'some.host') return undefined;
  return { name: 'model', value: model, origin: 'literal' as const, span: { uri: evaluate.uri, start: address.start, end: address.end } };
}
/** `JSON.stringify(body)` is the body. */
function bodyOf({ evaluate }: TypescriptInput, expr: Expr | undefined): Expr | undefined {
  const meant = expr && evaluate.expression(expr);
  return meant?.kind === 'call' && evaluate.callee(meant) === 'JSON.stringify' ? meant.args[0]?.value : (meant ?? expr);
}
