import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Expr } from '../../syntax/python/ast.js';
import type { CallSite } from '../../syntax/typescript/program.js';
import { frameworkOfHost } from '../shared/addresses.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { SeenWorkload, TypescriptInput, TypescriptRecogniser } from '../types.js';
import { destination } from './client.js';
import { modelCall } from './model-name.js';
import { type Options, optionsOf, setting } from './options.js';
import { cacheFact, circumstances, importedCalls, isTest } from './requests.js';

type Found = Fact | UnknownFact | undefined;
const functions =
  /^ai(?:\/\w+)?#(?:experimental_)?(?:generateText|streamText|generateObject|streamObject|embed|embedMany|generateImage|generateSpeech|transcribe|rerank|generateVideo|streamUI|startTextBatch)$/;
const agents = /^ai#(?:ToolLoopAgent|(?:Experimental_)?Agent)$|^@mastra\/core(?:\/\w+)?#Agent$/;

const calls = new RegExp(`${functions.source}|${agents.source}`);

/** Calls of the AI SDK. */
export const vercelAi: TypescriptRecogniser = {
  id: 'vercel-ai',
  language: 'typescript',
  marker: /(?:from|require\(|import\()\s*["'](?:ai|@mastra\/core)(?:\/\w+)?["']/,
  doc: {
    format: 'Vercel AI SDK',
    reads: 'generateText, streamText, objects, embeddings, images, speech, batches and agents, with the provider’s model, limits, steps and thinking budget',
    example: "streamText({ model: openai('gpt-4o'), prompt: 'Hi', stopWhen: stepCountIs(5) })",
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    return importedCalls(input, /^(?:ai|@mastra\/core)(?:\/|$)/, calls).flatMap((site): SeenWorkload[] => {
      if (isOwnServer(input, site)) return [];
      return agents.test(input.evaluate.callee(site.call)) ? [agent(input, site)] : [request(input, site)];
    });
  },
};

function request(input: TypescriptInput, site: CallSite): SeenWorkload {
  const { evaluate } = input;
  const given = optionsOf(evaluate, site.call.args[0]?.value);
  return apiCall(input, 'vercel-ai', site.call, [
    ...common(input, given),
    setting(evaluate, 'n', given, ['n']),
    ...batchFacts(input, site.call, given),
    cacheFact(input, site.call, /\bcacheControl\b|\bcachePoint\b/),
    ...circumstances(input, site),
    promptFact(evaluate, given.get('system', 'instructions'), given.get('messages', 'prompt', 'value', 'values', 'text')),
  ]);
}
/** A batch is priced as one, and makes a request for each entry of its list.
 * @source ai-sdk.dev/docs/reference/ai-sdk-core, experimental_startTextBatch */
function batchFacts({ evaluate, document }: TypescriptInput, call: CallSite['call'], given: Options): Fact[] {
  if (!/startTextBatch$/.test(evaluate.callee(call))) return [];
  const place = (name: string, value: number | boolean, at: { start: number; end: number }): Fact => ({
    name,
    value,
    origin: 'default',
    span: { uri: document.uri, start: at.start, end: at.end },
  });
  const requests = given.get('requests');
  const list = requests && evaluate.expression(requests);
  const counted = list?.kind === 'list' && list.items.every((item) => item.kind !== 'spread') ? [place('num_requests', list.items.length, list)] : [];
  return [place('batch_api', true, call), ...counted];
}
/** An agent is a model with settings; its calls are made elsewhere. */
function agent(input: TypescriptInput, { call }: CallSite): SeenWorkload {
  const framework = /^@mastra/.test(input.evaluate.callee(call)) ? 'mastra' : 'vercel-ai';
  return apiCall(input, framework, call, common(input, optionsOf(input.evaluate, call.args[0]?.value)));
}
function common(input: TypescriptInput, given: Options): Found[] {
  const { evaluate } = input;
  const model = given.get('model');
  const providerOptions = optionsOf(evaluate, given.get('providerOptions', 'experimental_providerMetadata'));
  return [
    setting(evaluate, 'model', given, ['model'], true),
    model && providerFact(input, model),
    setting(evaluate, 'max_tokens', given, ['maxOutputTokens', 'maxTokens']),
    stepsFact(input, given),
    ...['openai', 'azure', 'anthropic', 'bedrock', 'google', 'vertex', 'gateway', 'xai', 'groq', 'openrouter'].map((name) =>
      effortFact(input, optionsOf(evaluate, providerOptions.get(name))),
    ),
  ];
}

/** True where the model's provider is made with an address of one's own. */
function isOwnServer({ evaluate }: TypescriptInput, { call }: CallSite): boolean {
  const model = evaluate.entry(call.args[0]?.value, 'model');
  const meant = model && evaluate.expression(model);
  const made = meant?.kind === 'call' ? modelCall(evaluate, meant)?.made : undefined;
  return made !== undefined && destination(evaluate, made).local;
}
/** Who answers: the package of the provider, or who stands behind its address. */
function providerFact({ evaluate }: TypescriptInput, expr: Expr): Found {
  const meant = evaluate.expression(expr);
  const model = meant.kind === 'call' ? modelCall(evaluate, meant) : undefined;
  if (!model || /gateway/.test(model.provider)) return undefined;
  const { host, address } = destination(evaluate, model.made);
  if (address) return address;
  const value = frameworkOfHost(host) ?? model.provider;
  return { name: 'api_provider', value, origin: 'literal', span: { uri: evaluate.uri, start: meant.start, end: meant.end } };
}
/** `maxSteps: 5`, `stopWhen: stepCountIs(5)`, the same in a list of conditions. */
function stepsFact({ evaluate }: TypescriptInput, given: Options): Found {
  const stop = given.get('stopWhen');
  const meant = stop && evaluate.expression(stop);
  for (const condition of meant?.kind === 'list' ? meant.items : meant ? [meant] : []) {
    const counted = evaluate.expression(condition);
    const limit = counted.kind === 'call' && /#(?:stepCountIs|isStepCount)$/.test(evaluate.callee(counted)) ? counted.args[0]?.value : undefined;
    if (limit) return evaluate.fact('inference_steps', limit);
  }
  return setting(evaluate, 'inference_steps', given, ['maxSteps', 'maxToolRoundtrips']);
}
function effortFact({ evaluate }: TypescriptInput, options: Options): Found {
  const thinking = optionsOf(evaluate, options.get('thinking', 'thinkingConfig', 'reasoningConfig', 'reasoning'));
  return (
    setting(evaluate, 'reasoning_effort', options, ['reasoningEffort', 'effort']) ??
    setting(evaluate, 'reasoning_effort', thinking, ['budgetTokens', 'thinkingBudget', 'thinkingLevel', 'effort', 'max_tokens'])
  );
}
