import { at, entriesOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, positive, text } from '../shared/config-facts.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Files that say which hosted model a program calls, and how: a model's name beside the limits or the key of a request. */
export const hostedModels: YamlRecogniser = {
  id: 'hosted-models',
  language: 'yaml',
  marker:
    /(?:^|[\s{,])["']?(?:model|model_?name|model_?id)["']?[ \t]*:\s*["']?(?:[\w-]+[/:])*(?:gpt-\d|o[134]\b|chatgpt|claude-|gemini-|command-[ar]|mistral-(?:large|medium|small)|text-embedding-|deepseek-(?:chat|reasoner))/im,
  doc: {
    format: 'hosted models in settings (YAML)',
    reads: 'the model that a program calls, with its limit of output and effort; each model of a LiteLLM proxy',
    example: 'llm: {model: gpt-4o, max_tokens: 1000, temperature: 0}',
  },
  last: true,
  recognise: ({ document, roots }) =>
    roots.flatMap((root) => (root.kind === 'map' && !others.some((key) => hasKey(root, key)) ? callsIn(document.uri, root, root) : [])),
};

/** Recorded requests, schedules, descriptions of interfaces and the like name models and call none. */
const others = ['interactions', 'openapi', 'swagger', 'jobs', 'on', 'apiVersion', 'kind', 'services', 'paths', 'nav', 'steps', 'cassette', 'http_interactions'];

const hosted =
  /^(?:[\w-]+[/:])*(?:gpt-\d[\w.-]*|o[134](?:-[\w.-]+)?|chatgpt-[\w.-]+|claude-[\w.@:-]+|gemini-\d[\w.-]*|command-[ar][\w.+-]*|mistral-(?:large|medium|small)[\w.-]*|text-embedding-[\w-]+|deepseek-(?:chat|reasoner))$/i;
const names = ['model', 'model_name', 'model_id', 'modelName', 'modelId'];
/** What stands beside the name where a request is made with it. */
const beside = [
  'max_tokens',
  'maxTokens',
  'max_tokens_to_sample',
  'max_completion_tokens',
  'max_output_tokens',
  'temperature',
  'top_p',
  'api_key',
  'apiKey',
  'api_base',
  'base_url',
  'api_type',
  'reasoning_effort',
  'provider',
  'concurrent_requests',
];
const fields: readonly Field[] = [
  ...['max_tokens', 'maxTokens', 'max_tokens_to_sample', 'max_completion_tokens', 'max_output_tokens'].map((key): Field => ['max_tokens', key, positive]),
  ['reasoning_effort', 'reasoning_effort', text],
  ['n', 'n', positive],
  ['concurrency', 'concurrent_requests', positive],
];
const providers: readonly (readonly [RegExp, string])[] = [
  [/gpt-|^o[134]|chatgpt|text-embedding/i, 'openai'],
  [/claude/i, 'anthropic'],
  [/gemini/i, 'gemini'],
];

/** Each map that names a hosted model and how it is called; what one holds is not looked at again. */
function callsIn(uri: string, value: Value, place: { readonly start: number; readonly end: number }, depth = 0): SeenWorkload[] {
  if (depth > 5) return [];
  const name = names.map((key) => at(value, key)).find((one) => hosted.test(textOf(one) ?? ''));
  if (name && countKeys(value, beside) > 0) {
    const facts = new ConfigFacts(uri, value);
    facts.take('model', name, text);
    facts.fields(fields);
    const framework = hasKey(value, 'litellm_params') ? 'litellm' : (providers.find(([pattern]) => pattern.test(textOf(name) ?? ''))?.[1] ?? 'hosted');
    return [facts.workload('api-call', framework, undefined, place)];
  }
  const inner = [
    ...entriesOf(value).map((entry) => ({ at: entry.value, start: entry.keyStart })),
    ...itemsOf(value).map((item) => ({ at: item, start: item.start })),
  ];
  return inner.flatMap((one) => callsIn(uri, one.at, { start: one.start, end: one.at.end }, depth + 1));
}
