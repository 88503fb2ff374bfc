import type { Fact, UnknownFact } from '../../model/fact.js';
import { argument, type Call, dotted } from '../../syntax/python/ast.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { clientOf, destination, receiver } from './client.js';
import { keyed } from './keyed.js';
import { circumstances, isTest, methodName, setting, sitesOf, together } from './requests.js';

/** Clients of further providers: their class or module, their request methods, and the name of the framework. */
const providers: readonly { readonly client: RegExp; readonly method: RegExp; readonly framework: string }[] = [
  {
    client: /^mistralai(\.\w+)*\.(Mistral|MistralClient|MistralAsyncClient)$/,
    method:
      /\.(chat\.(complete|stream|parse)(_async)?|chat(_stream)?|fim\.complete|embeddings\.create|embeddings|ocr\.process|agents\.complete|batch\.jobs\.create|fine_tuning\.jobs\.create)$/,
    framework: 'mistral',
  },
  {
    client: /^cohere(\.\w+)*\.(Async)?Client(V2)?$/,
    method: /\.(chat|chat_stream|embed|rerank|generate|generate_stream|summarize|classify)$/,
    framework: 'cohere',
  },
  { client: /^voyageai\.(Async)?Client$/, method: /\.(embed|rerank|multimodal_embed|contextualized_embed)$/, framework: 'voyageai' },
  { client: /^replicate(\.Client)?$/, method: /\.(run|async_run|stream|predictions\.create|deployments\.predictions\.create)$/, framework: 'replicate' },
  {
    client: /^huggingface_hub(\.\w+)*\.(Async)?InferenceClient$/,
    method: /\.(chat_completion|text_generation|feature_extraction|text_to_image|summarization|automatic_speech_recognition|post)$/,
    framework: 'huggingface_hub',
  },
  {
    client: /^instructor(\.\w+)*$/,
    method: /(?<!completions|messages|responses|models|threads|runs)\.(create|create_with_completion|create_partial|create_iterable)$/,
    framework: 'instructor',
  },
  { client: /^xai_sdk(\.\w+)*\.(Async)?Client$/, method: /\.(chat\.create|image\.sample(_batch)?|video\.(generate|extend))$/, framework: 'xai' },
  { client: /^dashscope(\.\w+)?$/, method: /\b(Generation|MultiModalConversation|TextEmbedding|AioGeneration)\.call$/, framework: 'dashscope' },
  { client: /^fal_client(\.\w+Client)?$/, method: /\.(run|subscribe|submit|run_async|subscribe_async|submit_async)$/, framework: 'fal' },
];

/** Requests of providers' own clients. */
export const hostedClients: PythonRecogniser = {
  id: 'hosted-clients',
  language: 'python',
  marker: /\b(?:from|import)\s+(?:mistralai|cohere|voyageai|replicate|fal_client|instructor|dashscope|xai_sdk)\b|\b(?:Async)?InferenceClient\b/,
  doc: {
    format: 'Mistral, Cohere, Voyage, Replicate, Hugging Face Inference, fal, xAI (Python)',
    reads: 'requests of their clients',
    example: 'co.chat(model="command-a-03-2025", messages=[…])',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    const sites = sitesOf(
      program,
      /(?<=\.)(?:complete(?:_async)?|chat(?:_stream|_completion)?|stream(?:_async)?|parse(?:_async)?|embed|rerank|generate(?:_stream)?|summarize|classify|create|embeddings|process|multimodal_embed|contextualized_embed|run(?:_async)?|async_run|subscribe(?:_async)?|submit(?:_async)?|text_generation|feature_extraction|text_to_image|summarization|automatic_speech_recognition|call|create_\w+|post|sample(?:_batch)?|extend)\b(?=\s*[(,)])/g,
    );
    return together(input, sites).flatMap(({ site, span, count }): SeenWorkload[] => {
      const name = methodName(program, site);
      const possible = providers.filter((one) => one.method.test(name));
      if (possible.length === 0) return [];
      const wanted = new RegExp(possible.map((one) => one.client.source).join('|'));
      const client = clientOf(
        evaluate,
        receiver(site.method, /^(chat|fim|embeddings|ocr|agents|batch|fine_tuning|jobs|predictions|deployments|image|video)$/),
        wanted,
      );
      const provider = possible.find((one) => one.client.test(client.type ?? ''));
      if (!provider) return [];
      const given = keyed(evaluate, site.call);
      const made = keyed(evaluate, client.made);
      if (destination(evaluate, program, client).local || isAddress(input, made.get('model'))) return [];
      const from = provider.framework === 'huggingface_hub' || provider.framework === 'instructor' ? client.made : site.call;
      const first = /^(replicate|fal|huggingface_hub|instructor)$/.test(provider.framework)
        ? from?.args.find((arg) => arg.keyword === undefined && arg.spread === undefined)?.value
        : undefined;
      if (/fine_tuning\.jobs\.create$/.test(name)) return [fineTuning(input, provider.framework, span, given)];
      const batch = /batch\.jobs\.create$/.test(name);
      return [
        apiCall(input, provider.framework, span, [
          batch ? { name: 'batch_api', value: true, origin: 'default', span: { uri: evaluate.uri, start: site.at, end: site.call.end } } : undefined,
          setting(evaluate, 'model', given, ['model', 'version', 'ref']) ??
            setting(evaluate, 'model', made, ['model']) ??
            (first && evaluate.fact('model', first)),
          setting(evaluate, 'max_tokens', given, ['max_tokens', 'max_new_tokens']) ??
            setting(evaluate, 'max_tokens', keyed(evaluate, given.get('input', 'arguments')), ['max_tokens', 'max_new_tokens']) ??
            setting(evaluate, 'max_tokens', keyed(evaluate, keyed(evaluate, given.get('json')).get('parameters')), ['max_new_tokens']),
          setting(evaluate, 'n', given, ['n', 'num_generations']) ?? laterCount(input, provider.framework, site.call),
          setting(evaluate, 'reasoning_effort', given, ['reasoning_effort']),
          setting(evaluate, 'embedding_dims', given, ['output_dimension']),
          count,
          ...circumstances(input, site),
          /replicate|fal/.test(provider.framework)
            ? undefined
            : promptFact(evaluate, given.get('preamble'), given.get('messages', 'message', 'prompt', 'texts', 'inputs', 'input')),
        ]),
      ];
    });
  },
};
/** A hosted fine-tuning with its hyper-parameters.
 * @source docs.mistral.ai/api/#operation/jobs_api_routes_fine_tuning_create_fine_tuning_job */
function fineTuning(input: PythonInput, framework: string, span: { start: number; end: number }, given: ReturnType<typeof keyed>): SeenWorkload {
  const { evaluate } = input;
  const hyper = keyed(evaluate, given.get('hyperparameters'));
  const call = apiCall(input, framework, span, [
    setting(evaluate, 'model', given, ['model']),
    setting(evaluate, 'epochs', hyper, ['epochs']),
    setting(evaluate, 'max_steps', hyper, ['training_steps']),
  ]);
  return { ...call, kind: 'training', title: 'Fine-tune (hosted)' };
}
/** Of a chat that is made first and asked later, how many answers it is asked for: `chat.sample_batch(n)`. */
function laterCount({ program, evaluate }: PythonInput, framework: string, made: Call): Fact | UnknownFact | undefined {
  const left = framework === 'xai' ? /^\s*([\w.]+)\s*=/.exec(program.text.slice(program.statement(made.start).start, made.start))?.[1] : undefined;
  if (left === undefined) return undefined;
  const asked = program
    .callsOf(/^(?:sample|stream|defer)_batch$/)
    .find(({ call, at }) => call.callee.kind === 'attribute' && dotted(call.callee.object) === left && program.scopeOf(at) === program.scopeOf(made.start));
  const count = asked && argument(asked.call, 'n', 0)?.value;
  return count && evaluate.fact('n', count);
}
/** `InferenceClient("http://…")`: an endpoint of one's own. */
function isAddress({ evaluate }: PythonInput, expr: Parameters<PythonInput['evaluate']['value']>[0] | undefined): boolean {
  const value = expr && evaluate.value(expr);
  return value?.known === true && /^http:\/\//.test(String(value.value));
}
