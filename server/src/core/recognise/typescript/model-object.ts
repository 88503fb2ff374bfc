import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Call } from '../../syntax/python/ast.js';
import { apiCall } from '../shared/api-call.js';
import type { SeenWorkload, TypescriptInput } from '../types.js';
import { destination } from './client.js';
import { optionsOf, setting } from './options.js';

/** A model object of a framework (`new ChatOpenAI({…})`): the calls are somewhere in the framework, the settings are here.
 * Nothing if its address is a server of one's own. */
export function modelObject(input: TypescriptInput, framework: string, call: Call, extra: readonly (Fact | UnknownFact | undefined)[] = []): SeenWorkload[] {
  const { evaluate } = input;
  if (destination(evaluate, call).local && !/ollama/i.test(framework)) return [];
  const first = call.args[0]?.value;
  const named = first && /^(?:string|template)$/.test(evaluate.expression(first).kind) ? first : undefined;
  const given = optionsOf(evaluate, named ? call.args[1]?.value : first);
  const more = optionsOf(evaluate, given.get('modelKwargs', 'additionalChatOptions', 'additionalSessionOptions', 'generationConfig'));
  return [
    apiCall(input, framework, call, [
      named
        ? evaluate.fact('model', named)
        : setting(
            evaluate,
            'model',
            given,
            ['azureOpenAIApiDeploymentName', 'azureOpenAIApiEmbeddingsDeploymentName', 'deploymentName', 'model', 'modelName', 'modelId', 'llm'],
            true,
          ),
      ...[given, more].flatMap((one) => [
        setting(evaluate, 'max_tokens', one, ['maxTokens', 'maxOutputTokens', 'maxCompletionTokens', 'maxTokensToSample', 'max_tokens', 'numPredict']),
        setting(evaluate, 'n', one, ['n']),
        setting(evaluate, 'reasoning_effort', one, ['reasoningEffort', 'reasoning_effort']),
      ]),
      setting(evaluate, 'reasoning_effort', optionsOf(evaluate, given.get('thinking')), ['budget_tokens', 'budgetTokens']),
      setting(evaluate, 'reasoning_effort', optionsOf(evaluate, given.get('reasoning')), ['effort']),
      setting(evaluate, 'embedding_dims', given, ['dimensions']),
      setting(evaluate, 'service_tier', given, ['serviceTier', 'service_tier']),
      setting(evaluate, 'region', given, ['region', 'location']),
      ...extra,
    ]),
  ];
}
