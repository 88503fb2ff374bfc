import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Expr } from '../../syntax/python/ast.js';
import { frameworkOfHost } from '../shared/addresses.js';
import { apiCall } from '../shared/api-call.js';
import type { Destination } from '../shared/destination.js';
import { promptFact } from '../shared/prompt.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { type Client, clientOf, destination, receiver } from './client.js';
import { type Keyed, keyed } from './keyed.js';
import { circumstances, isTest, methodName, type Site, setting, sitesOf, together } from './requests.js';

const path =
  /^(chat|completions|responses|embeddings|images|audio|speech|transcriptions|translations|batches|fine_tuning|jobs|beta|threads|runs|messages|with_raw_response|with_streaming_response|ChatCompletion|Completion|Embedding|Image|Audio|FineTuningJob|FineTune)$/;
const requests =
  /(^|\.)(chat\.completions\.(create|parse|stream)|responses\.(create|parse|stream)|completions\.create|embeddings\.create|images\.(generate|edit|create_variation)|audio\.(speech|transcriptions|translations)\.create|batches\.create|fine_tuning\.jobs\.create|threads\.(create_and_run\w*|runs\.(create\w*|stream)))$/;
const old = /^openai\.(ChatCompletion|Completion|Embedding|Image|Audio|FineTuningJob|FineTune)\.(a?create|a?transcribe|a?translate)$/;
/** Class names of clients with the methods of the openai package, theirs and other providers'. */
const clients =
  /^(openai(\.lib\.azure)?|langfuse\.openai|litellm|groq|together|cerebras\.cloud\.sdk|fireworks\.client|portkey_ai|huggingface_hub|xai_sdk|sambanova|nebius|posthog\.ai\.openai|helicone\w*)\.(Async)?(AzureOpenAI|OpenAI|Client|Groq|Together|Cerebras|Fireworks|Portkey|InferenceClient|SambaNova|NebiusClient)$|^openai\.(Async)?(Azure)?(OpenAI|Client)$/;
/** Objects that only look alike. */
const others = /(^|\.)(\w*Mock\w*|Fake\w*|Dummy\w*|Stub\w*)$|^(vllm|twilio|stripe|llama_cpp|ollama|mlc_llm)\./;

/** Requests of the openai client and of clients with its methods. */
export const openaiPython: PythonRecogniser = {
  id: 'openai',
  language: 'python',
  marker: /\bopenai\b|\bchat\.completions\b|\bAzureOpenAI\b|\bresponses\.(?:create|parse|stream)\b/i,
  doc: {
    format: 'openai (Python)',
    reads: 'chat completions, responses, embeddings, images, audio, batches and assistants of OpenAI, Azure and compatible clients, old and new',
    example: 'client.chat.completions.create(model="gpt-4o", max_tokens=300)',
  },
  recognise: (input) => {
    const { program } = input;
    if (isTest(input)) return [];
    const sites = sitesOf(
      program,
      /\b(?:create|parse|stream|generate|edit|create_variation|acreate|a?transcribe|a?translate|create_and_\w+)\b(?=\s*[(,)\]])/g,
      /\b(?:completions|responses|embeddings|images|speech|transcriptions|translations|batches|jobs|threads|runs|with_raw_response|with_streaming_response|ChatCompletion|Completion|Embedding|Image|Audio|FineTuningJob|FineTune)\s*\.\s*$/,
    ).filter((site) => matches(input, site));
    return together(input, sites).flatMap(({ site, span, count }) => request(input, site, span, count));
  },
};

const bare = (name: string): string => name.replace(/\.with_(raw|streaming)_response/, '').replace(/(\(\)|\[\])/g, '');
function matches(input: PythonInput, site: Site): boolean {
  const name = bare(methodName(input.program, site));
  return requests.test(name) || old.test(name);
}

function request(input: PythonInput, site: Site, span: { start: number; end: number }, count: Fact | undefined): SeenWorkload[] {
  const { program, evaluate, document } = input;
  const name = bare(methodName(program, site));
  const head = receiver(site.method, path);
  const client = clientOf(evaluate, head, clients);
  const known = client.type !== undefined && (clients.test(client.type) || client.type === 'openai');
  if (!known) {
    if (client.type !== undefined && others.test(client.type)) return [];
    if (/^(anthropic|mistralai|cohere|voyageai)\b/.test(client.type ?? '') || site.call.args.some((arg) => arg.keyword === 'max_tokens_to_sample')) return [];
    // Only these names are OpenAI's alone; the others need its client or its import to mean a request.
    const distinct =
      /(^|\.)(chat\.completions|fine_tuning\.jobs|threads\.runs|audio\.(speech|transcriptions))\./.test(name) ||
      /^openai\./.test(name) ||
      isResponse(name, site);
    if (!distinct && !importsOpenai(program) && !/openai/i.test(client.type ?? '')) return [];
    if (/(^|\.)batches\.create$/.test(name) && !/endpoint|completion_window/.test(document.text.slice(site.call.start, site.call.end))) return [];
    if (/messages\.batches/.test(name)) return [];
  }
  const target = destination(evaluate, program, client);
  if (target.local) return [];
  const given = keyed(evaluate, site.call);
  const made = keyed(evaluate, client.made);
  const framework = frameworkOf(client, made, target);
  if (/fine_tuning\.jobs\.create$|\.FineTun\w+\.a?create$/.test(name)) return [fineTuning(input, framework, span, given)];
  const deployment = framework === 'azure-openai' ? made.get('azure_deployment') : undefined;
  const facts = [
    deployment
      ? evaluate.fact('model', deployment)
      : (setting(evaluate, 'model', given, ['model', 'engine', 'deployment_id'], site.call) ?? providedModel(input, client)),
    target.address,
    setting(evaluate, 'max_tokens', given, ['max_completion_tokens', 'max_output_tokens', 'max_tokens']),
    setting(evaluate, 'n', given, ['n']),
    setting(evaluate, 'reasoning_effort', given, ['reasoning_effort']) ??
      setting(evaluate, 'reasoning_effort', keyed(evaluate, given.get('reasoning')), ['effort']),
    setting(evaluate, 'service_tier', given, ['service_tier']),
    setting(evaluate, 'embedding_dims', given, ['dimensions']),
    regionOf(input, made),
    batchFact(input, name, site),
    count,
    ...circumstances(input, site),
    promptOf(input, name, given),
  ];
  return [apiCall(input, framework, span, facts)];
}

/** `instructor.from_provider("openai/gpt-4o")` names the model where the client is made. */
function providedModel({ evaluate }: PythonInput, { type, made }: Client): Fact | UnknownFact | undefined {
  const first = made && /(^|\.)from_provider$/.test(type ?? '') ? made.args[0]?.value : undefined;
  return first && evaluate.fact('model', first);
}

/** `client.responses.create(model=…, input=…)` of a client that comes in from elsewhere. */
const isResponse = (name: string, { call }: Site): boolean =>
  /(^|\.)responses\.(create|parse|stream)$/.test(name) && ['model', 'input'].every((key) => call.args.some((arg) => arg.keyword === key));

const importsOpenai = (program: PythonInput['program']): boolean => [...program.imports.values()].some((one) => /^openai(\.|$)/.test(one.module));

function frameworkOf(client: Client, made: Keyed, { host, hidden }: Destination): string {
  const provider = made.get('provider');
  if (provider?.kind === 'call' && /bedrock/.test(provider.callee.kind === 'name' ? provider.callee.name : '')) return 'bedrock';
  if (/Azure/.test(client.type ?? '')) return 'azure-openai';
  const byHost = frameworkOfHost(host);
  if (byHost) return byHost;
  const library = client.type?.match(/^(groq|together|cerebras|fireworks|huggingface_hub|xai_sdk)\b/)?.[1];
  return library ?? (hidden ? 'openai-compatible' : 'openai');
}

/** `provider=bedrock(region="us-west-2")`. */
function regionOf({ evaluate }: PythonInput, made: Keyed): Fact | UnknownFact | undefined {
  const provider = made.get('provider');
  return provider && setting(evaluate, 'region', keyed(evaluate, provider), ['region', 'region_name']);
}
function batchFact({ document }: PythonInput, name: string, site: Site): Fact | undefined {
  if (!/(^|\.)batches\.create$/.test(name)) return undefined;
  return { name: 'batch_api', value: true, origin: 'default', span: { uri: document.uri, start: site.call.start, end: site.call.end } };
}
function promptOf({ evaluate }: PythonInput, name: string, given: Keyed): Fact | UnknownFact | undefined {
  if (/audio|batches|threads|fine_tuning|Audio/.test(name)) return undefined;
  const parts: (Expr | undefined)[] = [given.get('instructions'), given.get('messages', 'input', 'prompt')];
  return promptFact(evaluate, ...parts);
}
function fineTuning(input: PythonInput, framework: string, span: { start: number; end: number }, given: Keyed): SeenWorkload {
  const { evaluate } = input;
  const method = keyed(evaluate, given.get('method') ?? keyed(evaluate, given.get('extra_body')).get('method'));
  const hyper = keyed(evaluate, given.get('hyperparameters') ?? keyed(evaluate, method.get('supervised', 'dpo', 'reinforcement')).get('hyperparameters'));
  const call = apiCall(input, framework, span, [
    setting(evaluate, 'model', given, ['model']),
    setting(evaluate, 'epochs', hyper, ['n_epochs']),
    setting(evaluate, 'global_batch_size', hyper, ['batch_size']),
    setting(evaluate, 'dataset', given, ['training_file']),
  ]);
  return { ...call, kind: 'training', title: 'Fine-tune (hosted)' };
}
