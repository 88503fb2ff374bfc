import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Call } from '../../syntax/python/ast.js';
import { apiCall } from '../shared/api-call.js';
import type { PythonInput, SeenWorkload } from '../types.js';
import { destination } from './client.js';
import { keyed } from './keyed.js';
import { setting } from './requests.js';

/** A model object of a framework (`ChatOpenAI(…)`, `dspy.LM(…)`): the calls are somewhere in the framework, the settings are here.
 * Undefined if its address is a server of one's own. */
export function modelObject(
  input: PythonInput,
  framework: string,
  call: Call,
  extra: readonly (Fact | UnknownFact | undefined)[] = [],
): SeenWorkload | undefined {
  const { evaluate, program } = input;
  if (destination(evaluate, program, { type: evaluate.callee(call), made: call }).local && !/ollama/i.test(framework)) return undefined;
  const given = keyed(evaluate, call);
  const more = keyed(evaluate, given.get('model_kwargs', 'generation_config', 'generation_kwargs', 'additional_kwargs'));
  const positional = call.args.find((arg) => arg.keyword === undefined && arg.spread === undefined)?.value;
  const thinking = keyed(evaluate, given.get('thinking') ?? more.get('thinking'));
  const reasoning = keyed(evaluate, given.get('reasoning') ?? more.get('reasoning'));
  const model = setting(
    evaluate,
    'model',
    given,
    ['azure_deployment', 'deployment_name', 'model', 'model_name', 'model_id', 'ai_model_id', 'repo_id', 'id', 'engine', 'model_type'],
    positional ? undefined : call,
  );
  return apiCall(input, framework, call, [
    model ?? (positional && evaluate.fact('model', positional, (value) => (typeof value === 'string' ? value : undefined))),
    ...[given, more].flatMap((one) => [
      setting(evaluate, 'max_tokens', one, [
        'max_tokens',
        'max_completion_tokens',
        'max_output_tokens',
        'max_tokens_to_sample',
        'max_new_tokens',
        'num_predict',
        'maxOutputTokens',
      ]),
      setting(evaluate, 'n', one, ['n', 'candidate_count']),
      setting(evaluate, 'reasoning_effort', one, ['reasoning_effort', 'thinking_budget', 'thinking_level', 'effort']),
    ]),
    setting(evaluate, 'reasoning_effort', thinking, ['budget_tokens']),
    setting(evaluate, 'reasoning_effort', reasoning, ['effort']),
    setting(evaluate, 'embedding_dims', given, ['dimensions', 'output_dimensionality']),
    setting(evaluate, 'service_tier', given, ['service_tier']),
    setting(evaluate, 'region', given, ['region_name', 'aws_region', 'region', 'location']),
    ...extra,
  ]);
}
