import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';

/** What telling a model asks of the evaluation. */
export interface ReadsModels {
  expression(expr: Expr, steps?: number): Expr;
  entry(expr: Expr | undefined, key: string, steps?: number): Expr | undefined;
  callee(call: Call): string;
}
/** Packages whose functions make model objects of the AI SDK. */
const packages = /^(?:@ai-sdk\/|@openrouter\/ai-sdk-provider|@ai-gateway|[\w@/-]*ai-provider|[\w@/-]*ai-sdk-provider|ai#gateway|@requesty\/ai-sdk)/;
/** Names under which projects keep such functions in a module of their own. */
const providers =
  /^(?:openai|anthropic|google|vertex|bedrock|azure|mistral|groq|xai|deepseek|cohere|perplexity|togetherai|fireworks|openrouter|gateway|cerebras|ollama)$/;
const kinds =
  /^(?:chat|responses|completion|languageModel|chatModel|messages|embedding|embeddingModel|textEmbedding|textEmbeddingModel|image|imageModel|transcription|speech|generativeAI)$/;

/** A model object of the AI SDK. */
export interface ModelCall {
  /** What names the model. */
  readonly name: Expr;
  /** Package or name of the provider: `openai`, `amazon-bedrock`, `gateway`. */
  readonly provider: string;
  /** The call that made the provider's function, where this file shows it: `createOpenAI({ baseURL })`. */
  readonly made?: Call;
}

/** Reads `openai('gpt-4o')`, `openai.chat('gpt-4o')`, `createOpenAI({…})('gpt-4o')`; undefined for other calls. */
export function modelCall(evaluate: ReadsModels, call: Call): ModelCall | undefined {
  const name = call.args[0]?.value;
  if (!name) return undefined;
  const callee = call.callee.kind === 'attribute' && kinds.test(call.callee.name) ? call.callee.object : call.callee;
  const qualified = evaluate.callee({ ...call, callee });
  if (packages.test(qualified) && !/#create\w+$/.test(qualified)) return { name, provider: providerOf(qualified) };
  const meant = evaluate.expression(callee);
  const made = meant.kind === 'call' ? meant : undefined;
  const maker = made && evaluate.callee(made);
  if (made && maker && packages.test(maker)) return { name, provider: providerOf(maker), made };
  const written = dotted(callee) ?? '';
  return providers.test(written) && qualified !== written && name.kind === 'string' ? { name, provider: written } : undefined;
}

/** What names the model of a model object: of a wrapped one the inner, of a custom provider's what the provider's table says. */
export function modelNameOf(evaluate: ReadsModels, call: Call): Expr | undefined {
  const direct = modelCall(evaluate, call);
  if (direct) return direct.name;
  const callee = evaluate.callee(call);
  if (/^ai#(?:experimental_)?wrap\w*Model$/.test(callee)) return evaluate.entry(call.args[0]?.value, 'model');
  if (call.callee.kind !== 'attribute' || !kinds.test(call.callee.name)) return undefined;
  const provider = evaluate.expression(call.callee.object);
  const key = call.args[0]?.value;
  if (provider.kind !== 'call' || key?.kind !== 'string' || !/^ai#(?:experimental_)?customProvider$/.test(evaluate.callee(provider))) return undefined;
  const tables = ['languageModels', 'textEmbeddingModels', 'embeddingModels', 'imageModels'].map((table) => evaluate.entry(provider.args[0]?.value, table));
  return tables.map((table) => evaluate.entry(table, key.value)).find((one) => one !== undefined);
}
const providerOf = (qualified: string): string => {
  const [module = '', name = ''] = qualified.split('#');
  if (module.startsWith('@ai-sdk/')) return module.slice('@ai-sdk/'.length).replace(/\/.*/, '');
  return /openrouter|ollama|gateway/.exec(module)?.[0] ?? name.replace(/^create|Provider$/g, '').toLowerCase();
};
