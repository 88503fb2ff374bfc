import { dotted, type Expr } from '../../syntax/python/ast.js';
import { isOpenService, serviceMarker, serviceOf } from '../shared/addresses.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { keyed } from './keyed.js';
import { circumstances, isTest, methodName, setting, sitesOf, together } from './requests.js';

/** Requests that a program sends to a hosted model without a client library. */
export const httpApi: PythonRecogniser = {
  id: 'http-api',
  language: 'python',
  marker: serviceMarker,
  doc: {
    format: 'hosted models over plain HTTP (Python)',
    reads: 'requests, httpx and aiohttp posts to the addresses of OpenAI, Anthropic, Gemini and others, with the body’s model and limits',
    example: 'requests.post("https://api.openai.com/v1/chat/completions", json={"model": "gpt-4o", "max_tokens": 300})',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    const sites = sitesOf(program, /(?<=\.)(?:post|request|stream)\b(?=\s*\()/g).filter((site) =>
      /(^|\.)(post|request|stream)$/.test(methodName(program, site)),
    );
    return together(input, sites).flatMap(({ site, span, count }): SeenWorkload[] => {
      const given = keyed(evaluate, site.call);
      const plain = site.call.args.filter((arg) => arg.keyword === undefined && arg.spread === undefined).map((arg) => arg.value);
      const isPost = (dotted(site.method) ?? '').endsWith('.post');
      const address = given.get('url') ?? plain[isPost ? 0 : 1];
      const url = address && written(input, address);
      const body = keyed(evaluate, bodyOf(input, given.get('json', 'data', 'content') ?? (isPost ? plain[1] : undefined)));
      const known = url === undefined ? undefined : serviceOf(url);
      // The host is in the environment: the path and the body say that a model runs.
      const service = known ?? (url !== undefined && isOpenService(url) && body.get('messages', 'prompt', 'input') ? 'http' : undefined);
      if (service === undefined) return [];
      return [
        apiCall(input, service, span, [
          setting(evaluate, 'model', body, ['model']),
          setting(evaluate, 'max_tokens', body, ['max_completion_tokens', 'max_output_tokens', 'max_tokens', 'max_tokens_to_sample']),
          setting(evaluate, 'n', body, ['n']),
          setting(evaluate, 'reasoning_effort', body, ['reasoning_effort']) ??
            setting(evaluate, 'reasoning_effort', keyed(evaluate, body.get('thinking')), ['budget_tokens']),
          setting(evaluate, 'embedding_dims', body, ['dimensions']),
          count,
          ...circumstances(input, site),
          promptFact(evaluate, body.get('system'), body.get('messages', 'input', 'prompt')),
        ]),
      ];
    });
  },
};

/** What is written of an address: names are followed, what is put in at run time is left out. */
function written(input: PythonInput, expr: Expr, steps = 0): string | undefined {
  if (steps > 6) return undefined;
  const { evaluate } = input;
  const value = evaluate.value(expr);
  if (value.known) return typeof value.value === 'string' ? value.value : undefined;
  const next = (one: Expr): string => written(input, one, steps + 1) ?? '';
  if (expr.kind === 'template') return expr.parts.map((part) => (typeof part === 'string' ? part : next(part))).join('');
  if (expr.kind === 'binary' && expr.op === '+') return next(expr.left) + next(expr.right);
  const meant = evaluate.expression(expr);
  return meant === expr ? undefined : next(meant);
}
/** `json.dumps(body)` is the body. */
function bodyOf({ evaluate }: PythonInput, expr: Expr | undefined): Expr | undefined {
  const meant = expr && evaluate.expression(expr);
  return meant?.kind === 'call' && /(^|\.)dumps$/.test(evaluate.callee(meant)) ? meant.args[0]?.value : (meant ?? expr);
}
