import { dotted } from '../../syntax/python/ast.js';
import type { CallSite } from '../../syntax/typescript/program.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { SeenWorkload, TypescriptInput, TypescriptRecogniser } from '../types.js';
import { type Options, optionsOf, setting } from './options.js';
import { cacheFact, circumstances, flagFact, importedCalls, isTest } from './requests.js';

const commands =
  /^@aws-sdk\/client-bedrock(?:-runtime|-agent-runtime)?#(?:\w+\.)?(?:InvokeModel(?:WithResponseStream|WithBidirectionalStream)?|Converse(?:Stream)?|CreateModelInvocationJob|RetrieveAndGenerate)Command$/;

/** Commands for the Bedrock runtime. */
export const bedrockTypescript: TypescriptRecogniser = {
  id: 'bedrock',
  language: 'typescript',
  marker: /@aws-sdk\/client-bedrock/,
  doc: {
    format: 'Amazon Bedrock (TypeScript, JavaScript)',
    reads: 'InvokeModel and Converse commands, their streams, and batch jobs, with the settings in the request body',
    example: "new ConverseCommand({ modelId: 'anthropic.claude-3-haiku-20240307-v1:0', inferenceConfig: { maxTokens: 512 } })",
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    return importedCalls(input, /^@aws-sdk\/client-bedrock/, commands).flatMap((site) => request(input, site));
  },
};

function request(input: TypescriptInput, site: CallSite): SeenWorkload[] {
  const { evaluate } = input;
  const { call } = site;
  const given = optionsOf(evaluate, call.args[0]?.value);
  const body = bodyOf(input, given);
  const configs = [given.get('inferenceConfig'), body.get('inferenceConfig', 'textGenerationConfig', 'imageGenerationConfig')].map((one) =>
    optionsOf(evaluate, one),
  );
  const either = (name: string, ...spellings: string[]) =>
    [...configs, body].map((one) => setting(evaluate, name, one, spellings)).find((one) => one !== undefined);
  const extra = optionsOf(evaluate, given.get('additionalModelRequestFields'));
  const thinking = optionsOf(evaluate, body.get('thinking') ?? extra.get('thinking', 'reasoning_config'));
  const batch = /CreateModelInvocationJob/.test(evaluate.callee(call));
  return [
    apiCall(input, 'bedrock', call, [
      setting(evaluate, 'model', given, ['modelId', 'modelArn'], true),
      either('max_tokens', 'maxTokens', 'max_tokens', 'max_tokens_to_sample', 'maxTokenCount', 'max_gen_len', 'max_new_tokens'),
      setting(evaluate, 'reasoning_effort', thinking, ['budget_tokens']),
      setting(evaluate, 'embedding_dims', body, ['dimensions', 'outputEmbeddingLength']),
      batch ? flagFact(input, 'batch_api', call) : undefined,
      cacheFact(input, call, /\bcachePoint\b|\bcache_control\b/),
      ...circumstances(input, site),
      batch ? undefined : promptFact(evaluate, given.get('system') ?? body.get('system'), given.get('messages') ?? body.get('messages', 'prompt', 'inputText')),
    ]),
  ];
}
/** The JSON that is sent: an object, `JSON.stringify(object)`, bytes of either. */
function bodyOf({ evaluate }: TypescriptInput, given: Options): Options {
  let body = given.get('body');
  for (let step = 0; body && step < 4; step++) {
    const meant = evaluate.expression(body);
    const isWrapped = meant.kind === 'call' && /(?:^|\.)(?:stringify|encode|from|Uint8Array)$/.test(dotted(meant.callee)?.replaceAll('()', '') ?? '');
    if (!isWrapped || meant.kind !== 'call') break;
    body = meant.args[0]?.value;
  }
  return optionsOf(evaluate, body);
}
