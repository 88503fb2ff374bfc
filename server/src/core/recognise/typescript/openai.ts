import type { Fact } from '../../model/fact.js';
import type { CallSite } from '../../syntax/typescript/program.js';
import { frameworkOfHost } from '../shared/addresses.js';
import { apiCall } from '../shared/api-call.js';
import type { Destination } from '../shared/destination.js';
import { promptFact } from '../shared/prompt.js';
import type { SeenWorkload, TypescriptInput, TypescriptRecogniser } from '../types.js';
import { type Client, clientOf, destination, receiver } from './client.js';
import { optionsOf, setting } from './options.js';
import { circumstances, flagFact, isTest, methodName } from './requests.js';

const path = /^(?:chat|completions|responses|embeddings|images|audio|speech|transcriptions|translations|batches|fineTuning|jobs|beta|threads|runs)$/;
const requests =
  /\.(?:chat\.completions\.(?:create|parse|stream|runTools|runFunctions)|responses\.(?:create|parse|stream)|completions\.create|embeddings\.create|images\.(?:generate|edit|createVariation)|audio\.(?:speech|transcriptions|translations)\.create|batches\.create|fineTuning\.jobs\.create|threads\.(?:createAndRun\w*|runs\.(?:create\w*|stream))|createChatCompletion|createCompletion|createEmbedding|createImage|createTranscription|getChatCompletions|streamChatCompletions|getEmbeddings|getImages)$/;
/** Classes of clients with the methods of the openai package, its own and other providers'. */
const clients =
  /^(?:openai(?:\/\w+)?|@posthog\/ai(?:\/openai)?|groq-sdk|together-ai|@cerebras\/cerebras_cloud_sdk|portkey-ai|@azure\/openai|openai-edge|@openai\/api|@huggingface\/inference)#(?:default|OpenAI|AzureOpenAI|OpenAIApi|OpenAIClient|Groq|Together|Cerebras|Portkey|InferenceClient)(?:\.OpenAI)?$/;

/** Requests of the openai client and of clients with its methods. */
export const openaiTypescript: TypescriptRecogniser = {
  id: 'openai',
  language: 'typescript',
  marker:
    /["'](?:openai|groq-sdk|together-ai|@azure\/openai|openai-edge)(?:\/\w+)?["']|\bchat\s*\.\s*completions\b|\bresponses\s*\.\s*(?:create|parse|stream)\b/,
  doc: {
    format: 'openai (TypeScript, JavaScript)',
    reads: 'chat completions, responses, embeddings, images, audio, batches and assistants of OpenAI, Azure, Groq, Together and compatible clients',
    example: "client.chat.completions.create({ model: 'gpt-4o', max_tokens: 300 })",
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    return input.program
      .calls(
        /\b(?:create|parse|stream|runTools|runFunctions|generate|edit|createVariation|createAndRun\w*|createAndPoll|createAndStream|create(?:ChatCompletion|Completion|Embedding|Image|Transcription)|getChatCompletions|streamChatCompletions|getEmbeddings|getImages)\b(?=\s*[(<])/g,
      )
      .flatMap((site) => request(input, site));
  },
};

function request(input: TypescriptInput, site: CallSite): SeenWorkload[] {
  const { program, evaluate } = input;
  const { call } = site;
  const name = methodName(input, call).replace(/\.beta\./, '.');
  if (!requests.test(name)) return [];
  const client = clientOf(evaluate, receiver(call.callee, path), clients);
  const known = client.type !== undefined && clients.test(client.type);
  const body = call.args[/\.(?:getChatCompletions|streamChatCompletions|getEmbeddings|getImages)$/.test(name) ? 2 : 0]?.value;
  const given = optionsOf(evaluate, /threads\.runs\./.test(name) ? call.args[1]?.value : body);
  // Goes on with a response that was asked for before.
  if (given.get('response_id')) return [];
  if (!known) {
    if (client.own || /\b(?:mock|fake|stub)/i.test(name)) return [];
    if (client.type !== undefined && /^(?:@anthropic-ai\/|cohere-ai|@mistralai\/|ollama|@google\/|ai)[^#]*#/.test(client.type)) return [];
    // Only these names are OpenAI's alone; the others need its client to mean a request.
    const isResponse = /\.responses\.(?:create|parse|stream)$/.test(name) && (given.get('input') ?? given.get('model')) !== undefined;
    const distinct =
      /\.chat\.completions\.|\.fineTuning\.jobs\.|\.threads\.runs\.|\.audio\.(?:speech|transcriptions)\.|\.createChatCompletion$/.test(name) || isResponse;
    const named = /openai/i.test(name) && /\.(?:embeddings|images|completions)\.|\.create(?:Completion|Embedding|Image)$/.test(name);
    if (!distinct && !named) return [];
  }
  const target = destination(evaluate, client.made);
  if (target.local) return [];
  const made = optionsOf(evaluate, client.made?.args[0]?.value);
  const framework = frameworkOf(client, target);
  const first = call.args[0]?.value;
  const isOldAzure = body !== first && !/threads/.test(name);
  const deployment = framework === 'azure-openai' ? made.get('deployment') : undefined;
  if (/fineTuning\.jobs\.create$/.test(name)) return [{ ...fineTuning(input, framework, site), kind: 'training', title: 'Fine-tune (hosted)' }];
  return [
    apiCall(input, framework, call, [
      deployment
        ? evaluate.fact('model', deployment)
        : isOldAzure && first
          ? evaluate.fact('model', first)
          : setting(evaluate, 'model', given, ['model', 'deployment_id'], true),
      target.address,
      setting(evaluate, 'max_tokens', given, ['max_completion_tokens', 'max_output_tokens', 'max_tokens', 'maxTokens']),
      setting(evaluate, 'n', given, ['n']),
      setting(evaluate, 'reasoning_effort', given, ['reasoning_effort']) ??
        setting(evaluate, 'reasoning_effort', optionsOf(evaluate, given.get('reasoning')), ['effort']),
      setting(evaluate, 'service_tier', given, ['service_tier']),
      setting(evaluate, 'embedding_dims', given, ['dimensions']),
      /\.batches\.create$/.test(name) ? flagFact(input, 'batch_api', call) : undefined,
      ...circumstances(input, site),
      promptOf(input, name, given, isOldAzure ? call.args[1]?.value : undefined),
    ]),
  ].filter(() => !/\.batches\.create$/.test(name) || /endpoint|completion_window/.test(program.text.slice(call.start, call.end)));
}

function frameworkOf(client: Client, { host, hidden }: Destination): string {
  if (/#AzureOpenAI$|^@azure\//.test(client.type ?? '')) return 'azure-openai';
  const byHost = frameworkOfHost(host);
  if (byHost) return byHost;
  if (hidden) return 'openai-compatible';
  const library = /^(groq|together|@cerebras|@huggingface)/.exec(client.type ?? '')?.[1];
  return library === undefined ? 'openai' : library === '@huggingface' ? 'huggingface_hub' : library.replace('@', '');
}
function promptOf({ evaluate }: TypescriptInput, name: string, given: ReturnType<typeof optionsOf>, positional: Parameters<typeof promptFact>[1]) {
  if (/audio|batches|threads|fineTuning/.test(name)) return undefined;
  return promptFact(evaluate, given.get('instructions'), positional ?? given.get('messages', 'input', 'prompt'));
}
function fineTuning(input: TypescriptInput, framework: string, { call }: CallSite): SeenWorkload {
  const { evaluate } = input;
  const given = optionsOf(evaluate, call.args[0]?.value);
  const method = optionsOf(evaluate, given.get('method'));
  const hyper = optionsOf(evaluate, given.get('hyperparameters') ?? optionsOf(evaluate, method.get('supervised', 'dpo')).get('hyperparameters'));
  const facts: (Fact | ReturnType<typeof setting>)[] = [
    setting(evaluate, 'model', given, ['model']),
    setting(evaluate, 'epochs', hyper, ['n_epochs']),
    setting(evaluate, 'global_batch_size', hyper, ['batch_size']),
    setting(evaluate, 'dataset', given, ['training_file']),
  ];
  return apiCall(input, framework, call, facts);
}
