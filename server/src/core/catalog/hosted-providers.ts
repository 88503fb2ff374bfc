/** Our name of a hosted provider as written in code: `vertex_ai`, `langchain-groq`, `azure-openai`. */
export function hostedProvider(written: string): string | undefined {
  const key = written.trim().toLowerCase();
  return providerNames[key] ?? providerNames[key.replace(/^(langchain|llama-?index|llms?)[-_.]/, '')];
}

/** Who answers at an address: a provider of the book, the person's own machine or cluster, or somebody whose prices are not listed. */
export function providerOfAddress(address: string): { readonly host: string; readonly provider?: string; readonly own: boolean } | undefined {
  const host = /^(?:[a-z]+:\/\/)?([a-z0-9.-]+)(?::\d+)?(?:\/|$)/i.exec(address.trim())?.[1]?.toLowerCase();
  if (host === undefined || host === '') return undefined;
  const own =
    /^(localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host) ||
    !host.includes('.') ||
    /\.(svc|local|internal|cluster\.local)$|\.svc\./.test(host);
  const provider = hosts.find(([pattern]) => pattern.test(host))?.[1];
  return { host, own, ...(provider === undefined ? {} : { provider }) };
}

const providerNames: Readonly<Record<string, string>> = {
  openai: 'openai',
  'azure-openai': 'azure',
  azure_openai: 'azure',
  azure_ai: 'azure',
  azure: 'azure',
  anthropic: 'anthropic',
  claude: 'anthropic',
  'claude-agent': 'anthropic',
  google: 'google',
  gemini: 'google',
  'google-genai': 'google',
  google_genai: 'google',
  'google-gla': 'google',
  'google-vertex': 'google',
  vertex_ai: 'google',
  vertexai: 'google',
  vertex: 'google',
  bedrock: 'bedrock',
  bedrock_converse: 'bedrock',
  'aws-bedrock': 'bedrock',
  'amazon-bedrock': 'bedrock',
  aws: 'bedrock',
  'bedrock-runtime': 'bedrock',
  mistral: 'mistral',
  mistralai: 'mistral',
  groq: 'groq',
  deepseek: 'deepseek',
  cohere: 'cohere',
  cohere_chat: 'cohere',
  together: 'together',
  together_ai: 'together',
  togetherai: 'together',
  fireworks: 'fireworks',
  fireworks_ai: 'fireworks',
  xai: 'x-ai',
  'x-ai': 'x-ai',
  perplexity: 'perplexity',
  cerebras: 'cerebras',
  moonshot: 'moonshotai',
  moonshotai: 'moonshotai',
  voyage: 'voyageai',
  voyageai: 'voyageai',
  zai: 'zai',
  minimax: 'minimax',
  baseten: 'baseten',
  novita: 'novita',
  cloudflare: 'cloudflare',
  openrouter: 'openrouter',
};

const hosts: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)openai\.azure\.com$|(^|\.)cognitiveservices\.azure\.com$|(^|\.)services\.ai\.azure\.com$/, 'azure'],
  [/(^|\.)openai\.com$/, 'openai'],
  [/(^|\.)anthropic\.com$/, 'anthropic'],
  [/(^|\.)googleapis\.com$/, 'google'],
  [/^bedrock[a-z-]*\..*amazonaws\.com$/, 'bedrock'],
  [/(^|\.)mistral\.ai$/, 'mistral'],
  [/(^|\.)groq\.com$/, 'groq'],
  [/(^|\.)deepseek\.com$/, 'deepseek'],
  [/(^|\.)cohere\.(ai|com)$/, 'cohere'],
  [/(^|\.)together\.(xyz|ai)$/, 'together'],
  [/(^|\.)fireworks\.ai$/, 'fireworks'],
  [/(^|\.)x\.ai$/, 'x-ai'],
  [/(^|\.)perplexity\.ai$/, 'perplexity'],
  [/(^|\.)cerebras\.ai$/, 'cerebras'],
  [/(^|\.)moonshot\.(ai|cn)$/, 'moonshotai'],
  [/(^|\.)voyageai\.com$/, 'voyageai'],
  [/(^|\.)novita\.ai$/, 'novita'],
  [/(^|\.)baseten\.co$/, 'baseten'],
  [/(^|\.)openrouter\.ai$/, 'openrouter'],
];
