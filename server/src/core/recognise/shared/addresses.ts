/** Host name of an address, where one is written. */
export const hostOf = (url: string): string | undefined =>
  url
    .replace(placeholder, 'some')
    .match(/^(?:\w+:\/\/)?(?:[^/@\s]*@)?([\w.-]+)/)?.[1]
    ?.toLowerCase();
/** What a reader is to fill in: `https://<your-endpoint>.openai.azure.com`. */
const placeholder = /<[^<>/]*>|\{+[^{}/]*\}+|\[[^\][/]*\]/g;

/** True for addresses that no hosted service has: without encryption, this machine, private networks, names inside a cluster. */
export function isLocal(url: string): boolean {
  if (/^http:\/\//i.test(url)) return true;
  const host = hostOf(url);
  if (host === undefined) return false;
  if (/^(localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|host\.docker\.internal)/.test(host)) return true;
  if (/\.(svc|local|localhost|internal|lan)$|\.svc\./.test(host)) return true;
  return /^\w+:\/\//.test(url) && !host.includes('.') && host === hostOf(url.replace(placeholder, ''));
}

/** True for names of addresses that say which program of one's own answers: `OLLAMA_BASE_URL`. */
export const isLocalName = (name: string): boolean =>
  /ollama|lm_?studio|vllm|sglang|local_?ai|llama_?cpp|llamafile|kobold|text_?gen(?:eration)?_?web_?ui|docker_?model_?runner|(?<![a-z])tgi(?![a-z])/i.test(name);

/** A key that is no key: the server behind it is one's own. */
export const isNoKey = (key: string): boolean =>
  /^(empty|none|dummy|fake|token-abc123|not[-_ ]?(needed|used|required)|ollama|lm-?studio|sk-no-key\S*|x{2,}|local\w*)$/i.test(key);

/** The framework of requests that a client of one provider's kind sends to another's host; undefined for the provider's own and for unknown ones. */
export const frameworkOfHost = (host: string | undefined): string | undefined =>
  host === undefined || /(^|\.)openai\.com$/.test(host) ? undefined : hosts.find(([pattern]) => pattern.test(host))?.[1];
const hosts: readonly (readonly [RegExp, string])[] = [
  [/\.(openai\.azure|azure\.openai|cognitiveservices\.azure|services\.ai\.azure)\.com$/, 'azure-openai'],
  [/\.amazonaws\.com$/, 'bedrock'],
  [/openrouter\.ai$/, 'openrouter'],
  [/groq\.com$/, 'groq'],
  [/together\.(ai|xyz)$/, 'together'],
  [/fireworks\.ai$/, 'fireworks'],
  [/deepseek\.com$/, 'deepseek'],
  [/googleapis\.com$/, 'gemini'],
  [/anthropic\.com$/, 'anthropic'],
  [/mistral\.ai$/, 'mistral'],
  [/perplexity\.ai$/, 'perplexity'],
  [/x\.ai$/, 'xai'],
  [/nvidia\.com$/, 'nvidia'],
  [/huggingface\.(co|cloud)$/, 'huggingface_hub'],
  [/cerebras\.ai$/, 'cerebras'],
  [/(aliyuncs|dashscope)\.com$/, 'dashscope'],
  [/moonshot\.(cn|ai)$/, 'moonshot'],
  [/bigmodel\.cn$/, 'zhipu'],
  [/deepinfra\.com$/, 'deepinfra'],
];

/** Hosts of services that charge by use, as they stand in an address, and the framework that their requests belong to. */
const services: readonly (readonly [host: RegExp, framework: string])[] = [
  [/\bapi\.openai\.com\b/, 'openai'],
  [/\.openai\.azure\.com\b/, 'azure-openai'],
  [/\bapi\.anthropic\.com\b/, 'anthropic'],
  [/\bgenerativelanguage\.googleapis\.com\b/, 'gemini'],
  [/\bopenrouter\.ai\b/, 'openrouter'],
  [/\bapi\.groq\.com\b/, 'groq'],
  [/\bapi\.together\.(?:xyz|ai)\b/, 'together'],
  [/\bapi\.mistral\.ai\b/, 'mistral'],
  [/\bapi\.deepseek\.com\b/, 'deepseek'],
  [/\bapi\.cohere\.(?:ai|com)\b/, 'cohere'],
  [/\bapi\.perplexity\.ai\b/, 'perplexity'],
  [/\bapi\.x\.ai\b/, 'xai'],
  [/\bapi\.fireworks\.ai\b/, 'fireworks'],
  [/\b(?:api-inference|router)\.huggingface\.co\b/, 'huggingface_hub'],
  [/\bapi\.replicate\.com\b/, 'replicate'],
];
/** Paths of a service that run a model; lists of models, files and the like cost nothing. */
const runs =
  /\/(?:chat\/completions|completions|messages|responses|embeddings|images\/\w+|audio\/\w+|predictions|rerank|embed|chat|generate|models\/)|:(?:generateContent|streamGenerateContent|embedContent)|huggingface\.co\//;
const free = /\/(?:count_tokens|files|models|usage|batches\/[^"']*)$/;

/** The framework of a request to an address that runs a hosted model. */
export const serviceOf = (url: string): string | undefined => (runs.test(url) && !free.test(url) ? services.find(([host]) => host.test(url))?.[1] : undefined);
/** True for an address of an unlisted service, or one whose host comes in at run time: the path is one that runs a model. */
export const isOpenService = (url: string): boolean =>
  /^(?:https:\/\/(?:[\w.-]+(?:\/[\w.-]+)*)?)?(?:\/?v\d)?\/(?:chat\/completions|completions|messages|responses|embeddings|images\/generations)$/.test(url);
/** The hosts of those services, or their paths, anywhere in a text. */
export const serviceMarker =
  /\b(?:api\.(?:openai|anthropic|groq|deepseek|cohere|fireworks|replicate)\.(?:com|ai)|openai\.azure\.com|generativelanguage\.googleapis\.com|openrouter\.ai|api\.together\.(?:xyz|ai)|api\.(?:mistral|perplexity|x)\.ai|(?:api-inference|router)\.huggingface\.co)\b|\/chat\/completions\b|\/v\d\/(?:completions|messages|responses|embeddings|images\/generations)\b/;
