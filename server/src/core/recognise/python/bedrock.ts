import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Call } from '../../syntax/python/ast.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { clientOf, receiver } from './client.js';
import { type Keyed, keyed } from './keyed.js';
import { circumstances, isTest, type Site, setting, sitesOf, together } from './requests.js';

/** Requests of the Bedrock runtime. */
export const bedrockPython: PythonRecogniser = {
  id: 'bedrock',
  language: 'python',
  marker: /\b(invoke_model\w*|converse(_stream)?|create_model_invocation_job|create_model_customization_job|retrieve_and_generate)\b/,
  doc: {
    format: 'Amazon Bedrock (Python)',
    reads: 'invoke_model, converse, their streams, batch jobs and customization jobs, with the settings in the request body',
    example: 'client.converse(modelId="anthropic.claude-3-haiku-20240307-v1:0", inferenceConfig={"maxTokens": 512})',
  },
  recognise: (input) => {
    if (isTest(input)) return [];
    const sites = sitesOf(
      input.program,
      /(?<=\.)(?:invoke_model(?:_with_response_stream|_with_bidirectional_stream)?|converse(?:_stream)?|create_model_invocation_job|create_model_customization_job|retrieve_and_generate)\b(?=\s*[(,)])/g,
    );
    return together(input, sites).flatMap(({ site, span, count }) => request(input, site, span, [count]));
  },
};

function request(input: PythonInput, site: Site, span: { start: number; end: number }, count: (Fact | UnknownFact | undefined)[]): SeenWorkload[] {
  const { evaluate, document } = input;
  const given = keyed(evaluate, site.call);
  const client = clientOf(evaluate, receiver(site.method, /^$/), /^(boto3|aioboto3|aiobotocore)\b.*\.?client$|\.client$/);
  const service = client.made
    ? (keyed(evaluate, client.made).get('service_name') ?? client.made.args.find((arg) => arg.keyword === undefined)?.value)
    : undefined;
  const known = service && evaluate.value(service);
  // A client out of functions may be made for several services; `modelId` is Bedrock's alone.
  if (known?.known && !/^bedrock/.test(String(known.value)) && !given.get('modelId')) return [];
  if (/create_model_customization_job$/.test(input.program.text.slice(site.at, site.at + 30)))
    return given.get('baseModelIdentifier') ? [customization(input, span, given)] : [];
  // Without its client in sight, the request must look like one: `invoke_model` is also a method of wrappers.
  if (!known?.known && !given.get('modelId') && !(given.open && /bedrock/i.test(document.text))) return [];
  const body = bodyOf(input, given);
  const config = [given.get('inferenceConfig'), body.get('inferenceConfig', 'textGenerationConfig', 'imageGenerationConfig')].map((one) =>
    keyed(evaluate, one),
  );
  const either = (name: string, ...spellings: string[]) =>
    [...config, body].map((one) => setting(evaluate, name, one, spellings)).find((one) => one !== undefined);
  const extra = keyed(evaluate, given.get('additionalModelRequestFields'));
  const thinking = keyed(evaluate, body.get('thinking') ?? extra.get('thinking', 'reasoning_config'));
  const batch = input.program.text.slice(site.at, site.at + 27) === 'create_model_invocation_job';
  const made = keyed(evaluate, client.made);
  return [
    apiCall(input, 'bedrock', span, [
      setting(evaluate, 'model', given, ['modelId'], site.call),
      either('max_tokens', 'maxTokens', 'max_tokens', 'max_tokens_to_sample', 'maxTokenCount', 'max_gen_len', 'max_new_tokens'),
      setting(evaluate, 'reasoning_effort', thinking, ['budget_tokens']),
      setting(evaluate, 'region', made, ['region_name']) ?? sessionRegion(input, client.made),
      setting(evaluate, 'embedding_dims', body, ['dimensions', 'outputEmbeddingLength']),
      batch ? { name: 'batch_api', value: true, origin: 'default', span: { uri: document.uri, start: site.call.start, end: site.call.end } } : undefined,
      cacheFact(input, site, given),
      ...count,
      ...circumstances(input, site),
      batch ? undefined : promptFact(evaluate, given.get('system') ?? body.get('system'), given.get('messages') ?? body.get('messages', 'prompt', 'inputText')),
    ]),
  ];
}
/** The region of the session that a client is made of: `boto3.Session(region_name="us-east-1").client("bedrock-runtime")`. */
function sessionRegion({ evaluate }: PythonInput, made: Call | undefined): Fact | UnknownFact | undefined {
  const session = made?.callee.kind === 'attribute' ? evaluate.expression(made.callee.object) : undefined;
  return session?.kind === 'call' && /(?:^|\.)Session$/.test(evaluate.callee(session))
    ? setting(evaluate, 'region', keyed(evaluate, session), ['region_name'])
    : undefined;
}
/** A hosted fine-tuning: hyper-parameters are texts.
 * @source docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateModelCustomizationJob.html */
function customization(input: PythonInput, span: { start: number; end: number }, given: Keyed): SeenWorkload {
  const { evaluate } = input;
  const hyper = keyed(evaluate, given.get('hyperParameters'));
  const number = (name: string, key: string) => {
    const value = hyper.get(key);
    return value && evaluate.fact(name, value, (one) => (Number.isFinite(Number(one)) ? Number(one) : undefined));
  };
  const call = apiCall(input, 'bedrock', span, [
    setting(evaluate, 'model', given, ['baseModelIdentifier']),
    number('epochs', 'epochCount'),
    number('global_batch_size', 'batchSize'),
    setting(evaluate, 'dataset', keyed(evaluate, given.get('trainingDataConfig')), ['s3Uri']),
  ]);
  return { ...call, kind: 'training', title: 'Fine-tune (hosted)' };
}
/** The JSON that is sent: a dict, `json.dumps(dict)`, or a name of either. */
function bodyOf({ evaluate }: PythonInput, given: Keyed): Keyed {
  const body = given.get('body');
  const meant = body && evaluate.expression(body);
  return keyed(evaluate, meant?.kind === 'call' && /(^|\.)dumps$|\.encode$/.test(evaluate.callee(meant)) ? meant.args[0]?.value : meant);
}
function cacheFact({ document, evaluate }: PythonInput, site: Site, given: Keyed): Fact | undefined {
  const parts = [given.get('system'), given.get('messages'), given.get('body')].flatMap((part) => (part ? [evaluate.expression(part)] : []));
  for (const part of [site.call, ...parts]) {
    const at = document.text.slice(part.start, part.end).search(/\bcachePoint\b|\bcache_control\b/);
    if (at >= 0)
      return { name: 'prompt_cache', value: true, origin: 'default', span: { uri: document.uri, start: part.start + at, end: part.start + at + 10 } };
  }
  return undefined;
}
