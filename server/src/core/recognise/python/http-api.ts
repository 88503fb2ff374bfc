import { dotted, type Expr } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { keyed } from './keyed.js';
import { promptFact } from './prompt.js';
import { apiCall, circumstances, isTest, methodName, setting, sitesOf, together } from './requests.js';

/** Hosts of services that charge by use, and the framework that their requests belong to. */
const services: readonly (readonly [host: RegExp, framework: string])[] = [
  [/\bapi\.openai\.com\b/, 'openai'],
  [/\.openai\.azure\.com\b/, 'azure-openai'],
  [/\bapi\.anthropic\.com\b/, 'anthropic'],
  [/\bgenerativelanguage\.googleapis\.com\b/, 'gemini'],
  [/\bopenrouter\.ai\b/, 'openrouter'],
  [/\bapi\.groq\.com\b/, 'groq'],
  [/\bapi\.together\.(?:xyz|ai)\b/, 'together'],
  [/\bapi\.mistral\.ai\b/, 'mistral'],
  [/\bapi\.deepseek\.com\b/, 'deepseek'],
  [/\bapi\.cohere\.(?:ai|com)\b/, 'cohere'],
  [/\bapi\.perplexity\.ai\b/, 'perplexity'],
  [/\bapi\.x\.ai\b/, 'xai'],
  [/\bapi\.fireworks\.ai\b/, 'fireworks'],
  [/\b(?:api-inference|router)\.huggingface\.co\b/, 'huggingface_hub'],
  [/\bapi\.replicate\.com\b/, 'replicate'],
];
/** Paths of a service that run a model; lists of models, files and the like cost nothing. */
const runs =
  /\/(?:chat\/completions|completions|messages|responses|embeddings|images\/\w+|audio\/\w+|predictions|rerank|embed|chat|generate|models\/)|:(?:generateContent|streamGenerateContent|embedContent)|huggingface\.co\//;
const free = /\/(?:count_tokens|files|models|usage|batches\/[^"']*)$/;

/** Requests that a program sends to a hosted model without a client library. */
export const httpApi: PythonRecogniser = {
  id: 'http-api',
  language: 'python',
  marker:
    /\b(?:api\.(?:openai|anthropic|groq|deepseek|cohere|fireworks|replicate)\.(?:com|ai)|openai\.azure\.com|generativelanguage\.googleapis\.com|openrouter\.ai|api\.together\.(?:xyz|ai)|api\.(?:mistral|perplexity|x)\.ai|(?:api-inference|router)\.huggingface\.co)\b/,
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
      const service = url === undefined ? undefined : services.find(([host]) => host.test(url))?.[1];
      if (url === undefined || service === undefined || !runs.test(url) || free.test(url)) return [];
      const body = keyed(evaluate, bodyOf(input, given.get('json', 'data', 'content') ?? (isPost ? plain[1] : undefined)));
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
