import type { Fact } from '../../model/fact.js';
import type { Call, Expr } from '../../syntax/python/ast.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { clientOf, receiver } from './client.js';
import { type Keyed, keyed } from './keyed.js';
import { circumstances, isTest, methodName, type Site, setting, sitesOf, together } from './requests.js';

const requests =
  /(^|\.)models\.(generate_content|generate_content_stream|embed_content|generate_images?|edit_image|generate_videos?|upscale_image)$|(^|\.)(interactions|batches)\.create$/;
const factories =
  /(^|\.)(GenerativeModel|TextGenerationModel|ChatModel|TextEmbeddingModel|ImageGenerationModel|chats\.create|start_chat)$|GenerativeModel\.from_\w+$|(TextEmbedding|ImageGeneration|TextGeneration)Model\.from_pretrained$/;

/** Requests of google-genai and the libraries before it. */
export const geminiPython: PythonRecogniser = {
  id: 'gemini',
  language: 'python',
  marker: /\b(genai|generativeai|generative_models|vertexai|generate_content)\b/,
  doc: {
    format: 'Gemini (Python)',
    reads: 'google-genai, google-generativeai and Vertex AI generative models: content, chats, embeddings, images, batches',
    example: 'client.models.generate_content(model="gemini-2.5-flash", contents="Hi")',
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    const sites = sitesOf(
      input.program,
      /\b(?:generate_content(?:_async|_stream)?|embed_content|generate_images?|edit_image|generate_videos?|upscale_image|send_message(?:_async|_stream)?|get_embeddings|predict|(?<=\b(?:interactions|batches)\.)create|embed_content_async)\b(?=\s*[(,)\]])/g,
    );
    return together(input, sites).flatMap(({ site, span, count }) => request(input, site, span, count));
  },
};

function request(input: PythonInput, site: Site, span: { start: number; end: number }, count: Fact | undefined): SeenWorkload[] {
  const { program, evaluate } = input;
  if (site.method.kind !== 'attribute') return [];
  const name = methodName(program, site);
  const given = keyed(evaluate, site.call);
  if (/batches\.create$/.test(name) && !given.get('model')) return [];
  const direct = requests.test(name.replace(/\(\)/g, ''));
  const old = /^google\.generativeai\.(embed_content|generate_\w+)/.test(name);
  let made: Call | undefined;
  if (!direct && !old) {
    const object = clientOf(evaluate, receiver(site.method, /^$/), factories);
    if (!object.made || !factories.test(evaluate.callee(object.made))) return [];
    made = object.made;
    // `model.start_chat()`: the model is one step further.
    if (/start_chat$/.test(evaluate.callee(made)) && made.callee.kind === 'attribute') {
      const model = clientOf(evaluate, made.callee.object, factories).made;
      if (!model) return [];
      made = model;
    }
    if (!/google|vertexai|genai|chats\.create/i.test(evaluate.callee(made))) return [];
  }
  const from = made ? keyed(evaluate, made) : given;
  const positional = made?.args.find((arg) => arg.keyword === undefined && arg.spread === undefined)?.value;
  const configs = [given.get('config', 'generation_config'), from.get('config', 'generation_config')].map((one) => keyed(evaluate, one));
  const either = (fact: string, ...spellings: string[]) => configs.map((one) => setting(evaluate, fact, one, spellings)).find((one) => one !== undefined);
  const thinking = configs.map((one) => keyed(evaluate, one.get('thinking_config')));
  const project = made
    ? undefined
    : keyed(evaluate, clientOf(evaluate, receiver(site.method, /^(models|aio|chats|interactions)$/), /(^|\.)genai\.Client$/).made);
  return [
    apiCall(input, 'google-genai', span, [
      setting(evaluate, 'model', from, ['model', 'model_name'], made ? undefined : site.call) ?? (positional && evaluate.fact('model', positional)),
      either('max_tokens', 'max_output_tokens'),
      either('n', 'candidate_count', 'number_of_images'),
      thinking.map((one) => setting(evaluate, 'reasoning_effort', one, ['thinking_budget', 'thinking_level'])).find((one) => one !== undefined),
      cached(input, configs),
      either('embedding_dims', 'output_dimensionality'),
      project && setting(evaluate, 'region', project, ['location']),
      count,
      ...circumstances(input, site),
      promptFact(evaluate, ...prompt(configs, from, given, site.call)),
    ]),
  ];
}
function cached({ document }: PythonInput, configs: readonly Keyed[]): Fact | undefined {
  const content = configs.map((one) => one.get('cached_content')).find((one) => one !== undefined);
  return content && { name: 'prompt_cache', value: true, origin: 'default', span: { uri: document.uri, start: content.start, end: content.end } };
}
function prompt(configs: readonly Keyed[], from: Keyed, given: Keyed, call: Call): (Expr | undefined)[] {
  const system = configs.map((one) => one.get('system_instruction')).find((one) => one !== undefined) ?? from.get('system_instruction');
  return [
    system,
    given.get('contents', 'content', 'message', 'prompt', 'input') ?? call.args.find((arg) => arg.keyword === undefined && arg.spread === undefined)?.value,
  ];
}
