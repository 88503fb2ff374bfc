import { describe, expect, it } from 'vitest';
import { estimate } from '../../../server/src/core/estimate/estimate.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import { contextOf, shippedCatalog } from '../../support/catalog.js';

const context = contextOf(shippedCatalog());
const call = (facts: Record<string, FactValue>) => estimate({ kind: 'api-call', facts }, context);
const likely = (facts: Record<string, FactValue>, name: string) => call(facts).estimates[name]?.likely;

describe('a call of a hosted model', () => {
  // By hand: tokens × USD per 1M tokens (genai-prices 0.1.8, 2026-09-23).
  it.each<[string, Record<string, FactValue>, string, number]>([
    ['input and output', { model: 'gpt-4o', input_tokens: 1000, output_tokens: 100 }, 'usd_per_call', 0.0035],
    ['n completions share the input', { model: 'gpt-4o', input_tokens: 1000, output_tokens: 100, n: 3 }, 'usd_per_call', 0.0055],
    ['in the batch interface half', { model: 'gpt-4o', input_tokens: 1000, output_tokens: 100, batch_api: true }, 'usd_per_call', 0.00175],
    ['flex processing at batch prices', { model: 'gpt-4o', input_tokens: 1000, output_tokens: 100, service_tier: 'flex' }, 'usd_per_call', 0.00175],
    ['cached input as a bucket of its own', { model: 'gpt-4o', input_tokens: 1000, cached_input_tokens: 800, output_tokens: 100 }, 'usd_per_call', 0.0025],
    [
      'cache read and write, anthropic',
      { model: 'claude-3-5-sonnet-20241022', input_tokens: 10000, cached_input_tokens: 6000, cache_write_tokens: 3000, output_tokens: 200 },
      'usd_per_call',
      0.003 + 0.0018 + 0.01125 + 0.003,
    ],
    [
      'cache under batch: both discounts at anthropic',
      { model: 'claude-3-5-sonnet-20241022', input_tokens: 1000, cached_input_tokens: 1000, output_tokens: 1000, batch_api: true },
      'usd_per_call',
      0.00015 + 0.0075,
    ],
    [
      'cache under batch: the cache’s alone at google',
      { model: 'gemini-2.5-flash', input_tokens: 1000, cached_input_tokens: 1000, output_tokens: 1000, batch_api: true },
      'usd_per_call',
      0.00003 + 0.00125,
    ],
    ['a long request, every token at the higher price', { model: 'gemini-2.5-pro', input_tokens: 300000, output_tokens: 1000 }, 'usd_per_call', 0.75 + 0.015],
    ['a request just below the threshold', { model: 'gemini-2.5-pro', input_tokens: 200000, output_tokens: 1000 }, 'usd_per_call', 0.25 + 0.01],
    ['an embedding has input only', { model: 'text-embedding-3-small', input_tokens: 8000 }, 'usd_per_call', 0.00016],
    ['a price for the request itself', { model: 'sonar', provider: 'perplexity', input_tokens: 1000, output_tokens: 1000 }, 'usd_per_call', 0.012 + 0.002],
    ['the limit bounds the output', { model: 'gpt-4o', max_tokens: 500 }, 'usd_per_call_output_max', 0.005],
    ['reasoning stays within the limit', { model: 'claude-3-7-sonnet-20250219', max_tokens: 4000, reasoning_effort: 2000 }, 'usd_per_call_output_max', 0.06],
    ['input known, output bounded', { model: 'gpt-4o', input_tokens: 1000, max_tokens: 500 }, 'usd_per_call_max', 0.0075],
    ['by the month with a volume', { model: 'gpt-4o', input_tokens: 1000, output_tokens: 100, calls_per_month: 100000 }, 'usd_per_month', 350],
    ['calls started together', { model: 'gpt-4o', input_tokens: 1000, output_tokens: 100, num_requests: 3 }, 'usd', 0.0105],
    ['with the engine of the client', { model: 'llama3-8b-8192', framework: 'langchain-groq', input_tokens: 1e6, output_tokens: 1e6 }, 'usd_per_call', 0.13],
    [
      'with the provider of the address',
      { model: 'gpt-oss-120b', framework: 'openai', base_url: 'https://api.cerebras.ai/v1', input_tokens: 1e6, output_tokens: 1e6 },
      'usd_per_call',
      1.1,
    ],
  ])('%s', (_, facts, name, usd) => {
    expect(likely(facts, name)).toBeCloseTo(usd, 9);
  });

  it('has per-token prices and no invented call where tokens are unknown', () => {
    const { estimates, unknown } = call({ model: 'gpt-4o' });
    expect(Object.keys(estimates).sort()).toEqual(['usd_per_1m_input_tokens', 'usd_per_1m_output_tokens']);
    expect(estimates['usd_per_1m_input_tokens']).toMatchObject({ low: 2.5, likely: 2.5, high: 2.5, unit: 'usd/1M tokens' });
    expect(unknown.map(({ fact }) => fact)).toEqual(['input_tokens', 'output_tokens', 'calls_per_month']);
  });

  it('invents no volume', () => {
    const { estimates, unknown } = call({ model: 'gpt-4o', input_tokens: 10, output_tokens: 10 });
    expect(estimates['usd_per_month']).toBeUndefined();
    expect(unknown).toMatchObject([{ fact: 'calls_per_month', blocks: ['usd_per_month'] }]);
  });

  it('spans the hours of the day where the price changes with them', () => {
    const { estimates } = call({ model: 'deepseek-chat', input_tokens: 1e6, output_tokens: 1e6 });
    expect(estimates['usd_per_call']?.likely).toBeCloseTo(1.37, 9);
    expect(estimates['usd_per_1m_input_tokens']).toMatchObject({ low: 0.135, likely: 0.27, high: 0.27 });
  });

  it('spans all read and all written where a prompt is cached to an unknown part', () => {
    const { estimates, unknown } = call({ model: 'claude-3-5-sonnet-20241022', input_tokens: 1e6, output_tokens: 1, prompt_cache: true });
    expect(estimates['usd_per_call']?.low).toBeCloseTo(0.3, 3);
    expect(estimates['usd_per_call']?.likely).toBeCloseTo(3, 3);
    expect(estimates['usd_per_call']?.high).toBeCloseTo(3.75, 3);
    expect(unknown.map(({ fact }) => fact)).toContain('cached_input_tokens');
  });

  it('widens by the thinking budget that an answer may add', () => {
    const range = call({ model: 'claude-3-7-sonnet-20250219', input_tokens: 0, output_tokens: 500, reasoning_effort: 1500, max_tokens: 4000 }).estimates[
      'usd_per_call'
    ];
    expect(range?.low).toBeCloseTo(0.0075, 9);
    expect(range?.high).toBeCloseTo(0.03, 9);
  });

  it('leaves the cache out when more is cached than sent, and says so', () => {
    const facts = { model: 'gpt-4o', input_tokens: 100, cached_input_tokens: 800, output_tokens: 10 };
    expect(likely(facts, 'usd_per_call')).toBeCloseTo(0.00035, 9);
    expect(call(facts).notes.join()).toContain('more cached tokens');
  });

  it.each<[string, Record<string, FactValue>, string, RegExp]>([
    ['a mistyped model', { model: 'gpt-4oo', input_tokens: 10, output_tokens: 10 }, 'model', /nearest listed: gpt-4o/],
    ['a deployment name', { model: 'my-deployment', framework: 'azure-openai' }, 'model', /no price per token/],
    ['no model', { max_tokens: 100 }, 'model', /run time/],
    ['a model on the person’s own machine', { model: 'gpt-4o', base_url: 'http://localhost:8000/v1' }, 'model', /your own machine/],
    ['ollama', { model: 'llama3', framework: 'langchain-ollama' }, 'model', /your own machine/],
    ['a gateway whose prices are not listed', { model: 'gpt-4o', base_url: 'https://llm.example.com/v1' }, 'provider', /not listed/],
    [
      'a batch price that is not listed',
      { model: 'anthropic.claude-3-haiku-20240307-v1:0', framework: 'bedrock', batch_api: true },
      'batch_api',
      /no batch price/,
    ],
    ['the priority tier', { model: 'gpt-4o', service_tier: 'priority' }, 'service_tier', /not listed/],
  ])('%s is unknown and never $0', (_, facts, fact, need) => {
    const { estimates, unknown } = call({ input_tokens: 10, output_tokens: 10, calls_per_month: 5, ...facts });
    expect(estimates).toEqual({});
    expect(unknown[0]?.fact).toBe(fact);
    expect(unknown[0]?.need).toMatch(need);
  });

  it('counts a literal prompt approximately and says that it did', () => {
    const { estimates, notes } = call({ model: 'gpt-4o', prompt_text: 'Summarise the following text in one sentence for a busy reader.', output_tokens: 50 });
    expect(estimates['usd_per_call']).toBeDefined();
    expect(notes.join()).toContain('approximated');
  });

  it('explains itself: the term is the likely value, its children add up to it', () => {
    const { estimates } = call({ model: 'gpt-4o', input_tokens: 1000, cached_input_tokens: 200, output_tokens: 100 });
    const { term, likely: value } = estimates['usd_per_call'] ?? {};
    expect(term?.value).toBe(value);
    expect(term?.children?.reduce((sum, child) => sum + child.value, 0)).toBeCloseTo(value ?? Number.NaN, 12);
  });
});
