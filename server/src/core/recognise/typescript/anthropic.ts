import type { CallSite } from '../../syntax/typescript/program.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { SeenWorkload, TypescriptInput, TypescriptRecogniser } from '../types.js';
import { clientOf, destination, receiver } from './client.js';
import { elementOf, lengthOf, optionsOf, setting } from './options.js';
import { cacheFact, circumstances, flagFact, isTest, methodName } from './requests.js';

const clients = /^(?:@anthropic-ai\/[\w-]+|@posthog\/ai(?:\/anthropic)?)#(?:default|Anthropic\w*)(?:\.Anthropic)?$/;

/** Messages of Anthropic's client, its own service's, Bedrock's and Vertex's. */
export const anthropicTypescript: TypescriptRecogniser = {
  id: 'anthropic',
  language: 'typescript',
  marker: /["']@anthropic-ai\/|\bmessages\s*\.\s*(?:create|stream|parse|batches)\b/,
  doc: {
    format: 'Anthropic (TypeScript, JavaScript)',
    reads: 'messages, their streams and batches, with caching and thinking; the Bedrock and Vertex clients',
    example: "anthropic.messages.create({ model: 'claude-sonnet-4-5', max_tokens: 1024, messages })",
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    return input.program.calls(/\b(?:create|stream|parse|toolRunner)\b(?=\s*[(<])/g).flatMap((site) => request(input, site));
  },
};

function request(input: TypescriptInput, site: CallSite): SeenWorkload[] {
  const { evaluate } = input;
  const { call } = site;
  const name = methodName(input, call);
  if (!/\.(?:messages(?:\.batches)?\.(?:create|stream|parse|toolRunner)|completions\.create)$/.test(name)) return [];
  const client = clientOf(evaluate, receiver(call.callee, /^(?:messages|beta|batches|completions)$/), clients);
  const known = client.type !== undefined && clients.test(client.type);
  const batch = /\.batches\.create$/.test(name);
  const whole = optionsOf(evaluate, call.args[0]?.value);
  const given = batch ? optionsOf(evaluate, optionsOf(evaluate, elementOf(evaluate, whole.get('requests'))).get('params')) : whole;
  if (!known) {
    if (client.own || /\.completions\./.test(name)) return [];
    // Other services have messages too: Anthropic's need a limit and a list.
    const looks = batch ? whole.get('requests') !== undefined : given.get('max_tokens') !== undefined && given.get('messages') !== undefined;
    const isNamed = /anthropic|claude/i.test(name) && (given.get('model') ?? given.hidden) !== undefined;
    if (!looks && !isNamed) return [];
  }
  if (destination(evaluate, client.made).local) return [];
  const made = optionsOf(evaluate, client.made?.args[0]?.value);
  const framework = /Bedrock/i.test(client.type ?? '') ? 'bedrock' : 'anthropic';
  const thinking = optionsOf(evaluate, given.get('thinking'));
  const requests = batch ? lengthOf(evaluate, whole.get('requests')) : undefined;
  return [
    apiCall(input, framework, call, [
      setting(evaluate, 'model', given, ['model'], true),
      setting(evaluate, 'max_tokens', given, ['max_tokens', 'max_tokens_to_sample']),
      setting(evaluate, 'reasoning_effort', thinking, ['budget_tokens']) ??
        setting(evaluate, 'reasoning_effort', optionsOf(evaluate, given.get('output_config')), ['effort']),
      setting(evaluate, 'service_tier', given, ['service_tier']),
      setting(evaluate, 'region', made, ['awsRegion', 'region']),
      batch ? flagFact(input, 'batch_api', call) : undefined,
      requests !== undefined && requests > 1 ? { ...flagFact(input, 'num_requests', call, 'requests of the batch'), value: requests } : undefined,
      cacheFact(input, call, /\bcache_control\b/),
      ...circumstances(input, site),
      promptFact(evaluate, given.get('system'), given.get('messages', 'prompt')),
    ]),
  ];
}
