import type { Fact } from '../../model/fact.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { clientOf, destination, receiver } from './client.js';
import { keyed, lengthOf } from './keyed.js';
import { circumstances, isTest, methodName, type Site, setting, sitesOf, together } from './requests.js';

const functions =
  'a?completion|a?text_completion|a?embedding|batch_completion(?:_models)?|a?responses|a?image_generation|a?transcription|a?speech|a?moderation';
/** `from project.llm import litellm` is a project's way to load the library late. */
const names = new RegExp(`(?:^|\\.)litellm(\\.main)?\\.(${functions})$`);

/** Requests through LiteLLM. */
export const litellmPython: PythonRecogniser = {
  id: 'litellm',
  language: 'python',
  marker: /\blitellm\b/,
  doc: {
    format: 'LiteLLM (Python)',
    reads: 'completion, embedding, responses, image and audio functions, their async forms, and Router',
    example: 'litellm.completion(model="anthropic/claude-sonnet-4-5", max_tokens=512)',
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    const sites = sitesOf(input.program, new RegExp(`\\b(?:${functions})\\b(?=\\s*[(,)\\]])`, 'g')).filter((site) => isRequest(input, site));
    return together(input, sites).flatMap(({ site, span, count }) => request(input, site, span, count));
  },
};

function isRequest({ program, evaluate }: PythonInput, site: Site): boolean {
  const name = methodName(program, site);
  if (names.test(name)) return true;
  if (site.method.kind !== 'attribute') return false;
  return /^litellm(\.\w+)*\.Router$/.test(clientOf(evaluate, receiver(site.method, /^$/), /^litellm(\.\w+)*\.Router$/).type ?? '');
}

function request(input: PythonInput, site: Site, span: { start: number; end: number }, count: Fact | undefined): SeenWorkload[] {
  const { evaluate, program, document } = input;
  const given = keyed(evaluate, site.call);
  if (destination(evaluate, program, { type: 'litellm', made: site.call }).local) return [];
  const batch = /\bbatch_completion$/.test(methodName(program, site)) ? lengthOf(evaluate, given.get('messages')) : undefined;
  const positional = site.call.args.find((arg) => arg.keyword === undefined && arg.spread === undefined)?.value;
  return [
    apiCall(input, 'litellm', span, [
      setting(evaluate, 'model', given, ['model', 'models'], positional ? undefined : site.call) ?? (positional && evaluate.fact('model', positional)),
      setting(evaluate, 'max_tokens', given, ['max_tokens', 'max_completion_tokens', 'max_output_tokens']),
      setting(evaluate, 'n', given, ['n']),
      setting(evaluate, 'reasoning_effort', given, ['reasoning_effort']) ??
        setting(evaluate, 'reasoning_effort', keyed(evaluate, given.get('thinking')), ['budget_tokens']),
      setting(evaluate, 'embedding_dims', given, ['dimensions']),
      setting(evaluate, 'concurrency', given, ['max_workers']),
      batch === undefined
        ? undefined
        : { name: 'num_requests', value: batch, origin: 'default', span: { uri: document.uri, start: site.call.start, end: site.call.end } },
      count,
      ...circumstances(input, site),
      promptFact(evaluate, given.get('messages', 'input', 'prompt')),
    ]),
  ];
}
