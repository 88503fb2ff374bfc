import type { HostedMatch } from '../catalog/hosted.js';
import { hostedProvider, providerOfAddress } from '../catalog/hosted-providers.js';
import { isStale } from '../catalog/price-book.js';
import type { HostedPrice } from '../catalog/types.js';
import type { Estimation, Interval, Term } from '../model/estimate.js';
import { known, type Maybe, unknown } from '../model/maybe.js';
import { Draft } from './draft.js';
import { exact, product, scale, sum } from './interval.js';
import { type EstimateContext, FactReader, type Spec } from './spec.js';
import { approximateTokens, approximationBasis, tokensOfLength } from './tokens.js';

/** What a call of a hosted model costs.
 *
 * Always, with a priced model: `usd_per_1m_input_tokens`, `usd_per_1m_output_tokens`. With input and output tokens known: `usd_per_call`.
 * With only the limit of the output: `usd_per_call_output_max`, and `usd_per_call_max` once the input is known. By the month only where a
 * volume is stated.
 * @unknown the price if the model is not listed under exactly that name; a call if its tokens are unknown; a month without a volume */
export function estimateHosted(spec: Spec, context: EstimateContext): Estimation {
  const draft = new Draft();
  const facts = new FactReader(spec);
  const found = priceOf(facts, context);
  const wanted = ['usd_per_call', 'usd_per_1m_input_tokens', 'usd_per_1m_output_tokens', 'usd_per_month'];
  if (!found.known) {
    draft.miss(found, ...wanted);
    return draft.done();
  }
  const { match } = found.value;
  if (match.note) draft.note(match.note);
  const input = inputTokens(facts);
  if ((facts.has('prompt_text') || facts.has('prompt_chars')) && !facts.has('input_tokens')) draft.note(`input tokens: ${approximationBasis}`);
  const rates = ratesOf(match.prices, facts, match.provider, input?.total);
  if (!rates.known) {
    draft.miss(rates, ...wanted);
    return draft.done();
  }
  const price = rates.value;
  draft.note(...price.notes);
  if (isStale(price.row.asOf, context.today ?? '')) draft.note(`the price of ${match.model} is of ${price.row.asOf}: check it`);
  const basis = `${match.provider} list price, ${price.row.asOf}`;
  const source = `${price.row.source}, ${price.row.asOf}`;
  const priceTerm = (id: string, label: string, value: Interval): Term => ({ id, label, value: value.likely, unit: 'usd/1M tokens', source, facts: ['model'] });
  const inputTerm = priceTerm('input-price', `${match.model} input`, price.input);
  draft.add('usd_per_1m_input_tokens', price.input, 'usd/1M tokens', basis, inputTerm);
  const outputTerm = price.output && priceTerm('output-price', `${match.model} output`, price.output);
  if (price.output && outputTerm) draft.add('usd_per_1m_output_tokens', price.output, 'usd/1M tokens', basis, outputTerm);

  const call = (name: string, parts: readonly (readonly [string, Interval, Interval])[], note: string): Interval => {
    const costs = parts.map(([label, tokens, rate]) => ({ label, tokens, cost: scale(product(tokens, rate), 1e-6) }));
    const total = sum(...costs.map(({ cost }) => cost), exact(price.requestUsd));
    const children: Term[] = costs.map(({ label, tokens, cost }) => ({
      id: label.replaceAll(' ', '-'),
      label: `${Math.round(tokens.likely)} tokens, ${label}`,
      value: cost.likely,
      unit: 'usd/call',
      formula: 'tokens × price ÷ 1,000,000',
    }));
    if (price.requestUsd > 0) children.push({ id: 'request', label: 'Price of the request itself', value: price.requestUsd, unit: 'usd/call', source });
    draft.add(name, total, 'usd/call', `${basis}; ${note}`, { id: 'call', label: note, value: total.likely, unit: 'usd/call', children });
    return total;
  };
  const inputParts = input ? inputBuckets(input, price, draft) : undefined;
  const output = price.output ? outputTokens(facts, draft) : undefined;
  const outputRate = price.output;
  if (inputParts && outputRate === undefined) {
    volume(draft, facts, call('usd_per_call', inputParts, 'input tokens × price; an embedding gives no tokens back'), '');
  } else if (inputParts && outputRate && output?.stated) {
    volume(draft, facts, call('usd_per_call', [...inputParts, ['output', output.stated, outputRate]], 'input and output tokens × price'), '');
  } else {
    if (inputParts) call('usd_per_call_input', inputParts, 'the input part only');
    if (outputRate && output?.max) call('usd_per_call_output_max', [['output at most', output.max, outputRate]], 'output part if the whole limit is used');
    if (inputParts && outputRate && output?.max) {
      const most = call('usd_per_call_max', [...inputParts, ['output at most', output.max, outputRate]], 'if the whole output limit is used');
      volume(draft, facts, most, '_max');
    }
  }
  if (!input) draft.miss(unknown(['input_tokens'], 'say how long the prompt is, or take it from traces'), 'usd_per_call', 'usd_per_month');
  if (outputRate && !output?.stated)
    draft.miss(unknown(['output_tokens'], 'say how long answers are, or take it from traces'), 'usd_per_call', 'usd_per_month');
  if (!facts.has('calls_per_month')) draft.miss(unknown(['calls_per_month'], 'say how many calls a month; none is taken for granted'), 'usd_per_month');
  const steps = facts.number('inference_steps');
  if (steps !== undefined && steps > 1) draft.note(`a request can make up to ${steps} of these calls`);
  if (facts.flag('call_in_loop') === true) draft.note('the call is in a loop without a bound: the price is for one call');
  return draft.done();
}

interface Rates {
  readonly row: HostedPrice;
  readonly input: Interval;
  readonly cached?: Interval;
  readonly write?: Interval;
  readonly output?: Interval;
  readonly requestUsd: number;
  readonly notes: readonly string[];
}
interface InputTokens {
  readonly total: Interval;
  readonly cached?: number;
  readonly written?: number;
  readonly cachingUnknown: boolean;
}

function priceOf(facts: FactReader, context: EstimateContext): Maybe<{ match: HostedMatch & { found: true } }> {
  const model = facts.text('model');
  if (model === undefined) return unknown(['model'], 'the model is decided at run time: say which');
  const written = facts.text('api_provider') ?? facts.text('provider') ?? facts.text('framework');
  const provider = written === undefined ? undefined : hostedProvider(written);
  const address = facts.text('base_url') ?? facts.text('api_base');
  const at = address === undefined ? undefined : providerOfAddress(address);
  if (at?.own || /^(langchain-)?(ollama|llama-?cpp|vllm|lmstudio)/i.test(written ?? '') || /^(ollama|ollama_chat|hosted_vllm|lm_studio)\//i.test(model)) {
    return unknown(['model'], 'the model runs on your own machine: its cost is that of the accelerator');
  }
  if (at && at.provider === undefined) return unknown(['provider'], `the prices of ${at.host} are not listed: add your own`);
  const match = context.catalog.hostedBook.find(model, at?.provider ?? provider);
  if (match.found) return known({ match });
  if (match.reason === 'which-provider') return unknown(['provider'], `${match.providers.join(', ')} sell “${model}” at different prices: say which`);
  const near = match.nearest.length > 0 ? `; nearest listed: ${match.nearest.join(', ')}` : '';
  const where = match.providers.length === 1 ? ` at ${match.providers[0]}` : '';
  return unknown(['model'], `no price per token is listed for “${model}”${where}${near}`);
}

/** The prices in force for one call: tier by input length, batch interface, time of day. */
function ratesOf(prices: readonly HostedPrice[], facts: FactReader, provider: string, input: Interval | undefined): Maybe<Rates> {
  const notes: string[] = [];
  const tier = (tokens: number) => prices.filter(({ fromInputTokens }) => fromInputTokens === undefined || fromInputTokens <= tokens).at(-1);
  const row = input === undefined ? prices[0] : tier(input.likely);
  if (!row) return unknown(['model'], 'no price is listed');
  const long = prices.find(({ fromInputTokens }) => fromInputTokens !== undefined);
  if (long?.fromInputTokens !== undefined && row.fromInputTokens === undefined) {
    notes.push(`from ${long.fromInputTokens} input tokens on, input costs $${long.inputUsd} and output $${long.outputUsd} per 1M tokens`);
  }
  if (row.note) notes.push(row.note);
  const flex = provider === 'openai' && /^flex$/i.test(facts.text('service_tier') ?? '');
  if (/^priority$/i.test(facts.text('service_tier') ?? '')) return unknown(['service_tier'], 'the price of the priority tier is not listed');
  const batch = facts.flag('batch_api') === true || flex;
  if (batch && row.batchInputUsd === undefined) return unknown(['batch_api'], `${provider} lists no batch price for this model`);
  const factor = batch && row.batchInputUsd !== undefined ? row.batchInputUsd / row.inputUsd : 1;
  if (flex) notes.push('flex processing: billed at batch prices (OpenAI flex processing guide)');
  const both = (now: number | undefined, other: number | undefined): Interval | undefined =>
    now === undefined ? undefined : other === undefined ? exact(now) : { low: Math.min(now, other), likely: now, high: Math.max(now, other) };
  const inputRate = both(batch ? row.batchInputUsd : row.inputUsd, batch ? undefined : row.otherInputUsd) ?? exact(row.inputUsd);
  const outputRate = both(batch ? row.batchOutputUsd : row.outputUsd, batch ? undefined : row.otherOutputUsd);
  // Google's cache discount takes the place of the batch discount; the others apply both (vendors' batch documentation).
  const cacheFactor = provider === 'google' ? 1 : factor;
  return known({
    row,
    input: inputRate,
    ...(row.cachedInputUsd === undefined ? {} : { cached: exact(row.cachedInputUsd * cacheFactor) }),
    ...(row.cacheWriteUsd === undefined ? {} : { write: exact(row.cacheWriteUsd * cacheFactor) }),
    ...(outputRate === undefined ? {} : { output: outputRate }),
    requestUsd: row.requestUsd ?? 0,
    notes,
  });
}

function inputTokens(facts: FactReader): InputTokens | undefined {
  const text = facts.text('prompt_text');
  const stated = facts.number('input_tokens') ?? facts.number('prompt_tokens');
  const chars = facts.number('prompt_chars');
  const written = text !== undefined ? approximateTokens(text) : chars !== undefined ? tokensOfLength(chars) : undefined;
  const total = stated !== undefined ? exact(stated) : written;
  if (!total) return undefined;
  const cached = facts.number('cached_input_tokens');
  const stored = facts.number('cache_write_tokens');
  return {
    total,
    ...(cached === undefined ? {} : { cached }),
    ...(stored === undefined ? {} : { written: stored }),
    cachingUnknown: facts.flag('prompt_cache') === true && cached === undefined && stored === undefined,
  };
}

/** The input as disjoint buckets: read from the cache, written to it, neither. */
function inputBuckets(input: InputTokens, price: Rates, draft: Draft): (readonly [string, Interval, Interval])[] {
  const cached = input.cached ?? 0;
  const written = input.written ?? 0;
  if (cached + written > input.total.high) {
    draft.note('more cached tokens are stated than the input has: the cache is left out');
    return [['input', input.total, price.input]];
  }
  if (input.cachingUnknown) {
    const low = Math.min(price.cached?.low ?? price.input.low, price.input.low);
    const high = Math.max(price.write?.high ?? price.input.high, price.input.high);
    draft.miss(unknown(['cached_input_tokens'], 'say how much of the prompt is read from the cache'));
    draft.note('prompt caching is on: the range is from all read to all written, the middle without a cache');
    return [['input', input.total, { low, likely: price.input.likely, high }]];
  }
  const less = (value: number): number => Math.max(0, value - cached - written);
  const parts: (readonly [string, Interval, Interval])[] = [
    ['input', { low: less(input.total.low), likely: less(input.total.likely), high: less(input.total.high) }, price.input],
  ];
  if (cached > 0) parts.push(['input read from cache', exact(cached), price.cached ?? price.input]);
  if (written > 0) parts.push(['input written to cache', exact(written), price.write ?? price.input]);
  return parts;
}

/** Output tokens of a call, all completions of it: as stated, or at most. Reasoning counts as output and stays within the limit. */
function outputTokens(facts: FactReader, draft: Draft): { stated?: Interval; max?: Interval } {
  const n = Math.max(1, facts.number('n') ?? 1);
  const limit = facts.number('max_tokens');
  const answer = facts.number('output_tokens');
  const budget = facts.number('reasoning_effort') ?? facts.number('reasoning_budget');
  const retries = facts.number('retries') ?? facts.number('num_retries');
  if (retries !== undefined && retries > 0) draft.note(`up to ${retries} retries can bill a call again; they are not in the price`);
  const effort = facts.text('reasoning_effort');
  if (effort !== undefined && budget === undefined && !/^(none|disabled)$/i.test(effort))
    draft.note(`reasoning effort “${effort}”: reasoning tokens are billed as output and their number is decided by the model`);
  const max = limit === undefined || limit === 0 ? undefined : exact(limit * n);
  if (answer === undefined) return max === undefined ? {} : { max };
  const high = budget === undefined ? answer : Math.max(answer, Math.min(limit ?? answer + budget, answer + budget));
  return { stated: scale({ low: answer, likely: Math.sqrt(answer * high), high }, n), ...(max === undefined ? {} : { max }) };
}

function volume(draft: Draft, facts: FactReader, perCall: Interval, suffix: '' | '_max'): void {
  const label = suffix === '' ? '' : ', if the whole output limit is used';
  const calls = facts.number('calls_per_month');
  if (calls !== undefined) draft.add(`usd_per_month${suffix}`, scale(perCall, calls), 'usd/month', `${calls} calls a month${label}`);
  const together = facts.number('num_requests');
  if (together !== undefined) draft.add(suffix === '' ? 'usd' : 'usd_max', scale(perCall, together), 'usd', `${together} calls${label}`);
}
