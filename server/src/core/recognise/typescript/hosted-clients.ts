import type { CallSite } from '../../syntax/typescript/program.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { SeenWorkload, TypescriptInput, TypescriptRecogniser } from '../types.js';
import { clientOf, destination, receiver } from './client.js';
import { optionsOf, setting } from './options.js';
import { circumstances, isTest, methodName } from './requests.js';

/** Clients of further providers: their class or module, their request methods, and the name of the framework. */
const providers: readonly { readonly client: RegExp; readonly method: RegExp; readonly framework: string }[] = [
  {
    client: /^@mistralai\/mistralai#(?:default|Mistral\w*)$/,
    method: /\.(?:chat\.(?:complete|stream|parse)|chat|chatStream|fim\.complete|embeddings\.create|embeddings|ocr\.process|agents\.complete)$/,
    framework: 'mistral',
  },
  {
    client: /^cohere-ai#(?:default|CohereClient(?:V2)?)$/,
    method: /\.(?:chat|chatStream|embed|rerank|generate|summarize|classify|v2\.\w+)$/,
    framework: 'cohere',
  },
  { client: /^voyageai#VoyageAIClient$/, method: /\.(?:embed|rerank|multimodalEmbed)$/, framework: 'voyageai' },
  { client: /^replicate#default$/, method: /\.(?:run|stream|predictions\.create|deployments\.predictions\.create)$/, framework: 'replicate' },
  {
    client: /^@huggingface\/inference#(?:HfInference|InferenceClient)$/,
    method:
      /\.(?:chatCompletion(?:Stream)?|textGeneration(?:Stream)?|featureExtraction|textToImage|textToVideo|summarization|translation|automaticSpeechRecognition|textToSpeech)$/,
    framework: 'huggingface_hub',
  },
  { client: /^@fal-ai\/(?:client|serverless-client)#(?:fal|default|\w*)$/, method: /\.(?:run|subscribe|stream|queue\.submit)$/, framework: 'fal' },
  { client: /^ollama(?:\/browser)?#(?:default|Ollama)$/, method: /\.(?:chat|generate|embed|embeddings)$/, framework: 'ollama' },
];
/** These take the model as their first argument. */
const positional = /^(?:replicate|fal)$/;

/** Requests of providers' own clients. */
export const hostedClientsTypescript: TypescriptRecogniser = {
  id: 'hosted-clients',
  language: 'typescript',
  marker: /["'](?:@mistralai\/mistralai|cohere-ai|voyageai|replicate|@huggingface\/inference|@fal-ai\/[\w-]+|ollama(?:\/browser)?)["']|["'`]@cf\//,
  doc: {
    format: 'Mistral, Cohere, Voyage, Replicate, Hugging Face Inference, fal, Workers AI, Ollama (TypeScript, JavaScript)',
    reads: 'requests of their clients',
    example: "mistral.chat.complete({ model: 'mistral-small-latest', messages })",
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    return input.program
      .calls(
        /\b(?:complete|chat(?:Stream|Completion|CompletionStream)?|stream|parse|embed|rerank|generate|summarize|classify|create|embeddings|process|multimodalEmbed|run|subscribe|submit|textGeneration(?:Stream)?|featureExtraction|textTo\w+|summarization|translation|automaticSpeechRecognition)\b(?=\s*[(<])/g,
      )
      .flatMap((site) => request(input, site));
  },
};

function request(input: TypescriptInput, site: CallSite): SeenWorkload[] {
  const { evaluate } = input;
  const { call } = site;
  const name = methodName(input, call);
  const first = call.args[0]?.value;
  if (/\bAI\.run$/.test(name) && first) {
    const model = evaluate.value(first);
    if (!model.known || !/^@cf\//.test(String(model.value))) return [];
    const given = optionsOf(evaluate, call.args[1]?.value);
    return [
      apiCall(input, 'cloudflare', call, [
        evaluate.fact('model', first),
        setting(evaluate, 'max_tokens', given, ['max_tokens']),
        ...circumstances(input, site),
        promptFact(evaluate, given.get('messages', 'prompt', 'text')),
      ]),
    ];
  }
  const possible = providers.filter((one) => one.method.test(name));
  if (possible.length === 0 || call.callee.kind !== 'attribute') return [];
  const wanted = new RegExp(possible.map((one) => one.client.source).join('|'));
  const client = clientOf(evaluate, receiver(call.callee, /^(?:chat|fim|embeddings|ocr|agents|predictions|deployments|queue|v2)$/), wanted);
  const provider = possible.find((one) => one.client.test(client.type ?? ''));
  if (!provider || (provider.framework !== 'ollama' && destination(evaluate, client.made).local)) return [];
  const isPositional = positional.test(provider.framework) && first?.kind !== 'dict';
  const given = optionsOf(evaluate, isPositional ? call.args[1]?.value : first);
  const inner = optionsOf(evaluate, given.get('input', 'parameters', 'options'));
  return [
    apiCall(input, provider.framework, call, [
      isPositional && first ? evaluate.fact('model', first) : setting(evaluate, 'model', given, ['model', 'version', 'endpointUrl'], true),
      ...[given, inner].map((one) => setting(evaluate, 'max_tokens', one, ['maxTokens', 'max_tokens', 'max_new_tokens', 'num_predict'])),
      setting(evaluate, 'n', given, ['n', 'numGenerations']),
      setting(evaluate, 'embedding_dims', given, ['outputDimension']),
      ...circumstances(input, site),
      positional.test(provider.framework)
        ? undefined
        : promptFact(evaluate, given.get('preamble'), given.get('messages', 'message', 'prompt', 'texts', 'inputs', 'input')),
    ]),
  ];
}
