import { describe, expect, it } from 'vitest';
import { providerOfAddress } from '../../../server/src/core/catalog/hosted-providers.js';
import { shippedCatalog } from '../../support/catalog.js';

const catalog = shippedCatalog();
const book = catalog.hostedBook;

describe('a hosted model is found by exact name', () => {
  // USD per 1M tokens, input / output, as listed by the providers (genai-prices 0.1.8, 2026-09-23).
  it.each([
    ['gpt-4o', undefined, 'openai', 2.5, 10],
    ['gpt-4o-2024-05-13', undefined, 'openai', 5, 15],
    ['openai/gpt-4o-mini', undefined, 'openai', 0.15, 0.6],
    ['openai:gpt-4o', undefined, 'openai', 2.5, 10],
    ['gpt-4o', 'azure-openai', 'azure', 2.5, 10],
    ['azure/gpt-4o', 'litellm', 'azure', 2.5, 10],
    ['o3-mini', undefined, 'openai', 1.1, 4.4],
    ['claude-3-5-sonnet-20241022', 'anthropic', 'anthropic', 3, 15],
    ['claude-3-5-haiku-latest', 'anthropic', 'anthropic', 0.8, 4],
    ['anthropic/claude-3-opus-20240229', undefined, 'anthropic', 15, 75],
    ['anthropic.claude-3-haiku-20240307-v1:0', 'bedrock', 'bedrock', 0.25, 1.25],
    ['us.anthropic.claude-3-5-sonnet-20241022-v2:0', 'langchain-aws', 'bedrock', 3, 15],
    ['bedrock/eu.anthropic.claude-3-haiku-20240307-v1:0', 'litellm', 'bedrock', 0.25, 1.25],
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0', 'bedrock', 'bedrock', 0.25, 1.25],
    ['models/gemini-1.5-flash', 'google-genai', 'google', 0.075, 0.3],
    ['gemini-2.0-flash-001', 'google-genai', 'google', 0.1, 0.4],
    ['vertex_ai/claude-3-5-sonnet@20240620', 'litellm', 'google', 3, 15],
    ['llama3-8b-8192', 'langchain-groq', 'groq', 0.05, 0.08],
    ['groq/openai/gpt-oss-120b', 'litellm', 'groq', 0.15, 0.6],
    ['openrouter/openai/gpt-4o', 'litellm', 'openrouter', 2.5, 10],
    ['GPT-4o', 'openai', 'openai', 2.5, 10],
  ])('%s (%s) is %s at $%d / $%d', (name, provider, at, input, output) => {
    const match = book.find(name, provider);
    if (!match.found) throw new Error(`${name}: ${match.reason}, near ${match.nearest}`);
    expect(match.provider).toBe(at);
    expect(match.prices[0]).toMatchObject({ inputUsd: input, outputUsd: output });
  });

  it.each([
    ['gpt-4oo', undefined, 'gpt-4o'],
    ['gpt-4o-2025-01-01', 'openai', 'gpt-4o-2024-05-13'],
    ['gemini-1.5-flash-8b', 'google', 'gemini-flash-1.5-8b'],
    ['claude-3-5-sonett', 'anthropic', 'claude-3-5-sonnet'],
    ['amazon.titan-embed-text-v2:0', 'bedrock', 'amazon.titan-embed-text'],
  ])('%s is unknown, never priced by likeness, and %s is offered', (name, provider, near) => {
    const match = book.find(name, provider);
    expect(match.found).toBe(false);
    if (!match.found) expect(match.nearest).toContain(near);
  });

  it.each(['dall-e-3', 'tts-1', 'whisper-1', 'gpt-4o-audio-preview', 'gpt-4o-realtime-preview', 'gemini-2.5-flash-image', 'my-deployment', ''])(
    '“%s” has no price per token',
    (name) => expect(book.find(name).found).toBe(false),
  );

  it('asks which provider when several resell a model at different prices', () => {
    const match = book.find('gpt-oss-120b');
    expect(match).toMatchObject({ found: false, reason: 'which-provider' });
    if (!match.found) expect(match.providers.length).toBeGreaterThan(1);
  });

  it('keeps long requests as a tier of their own', () => {
    const match = book.find('gemini-2.5-pro', 'google');
    if (!match.found) throw new Error('not found');
    expect(match.prices.map(({ fromInputTokens, inputUsd, outputUsd }) => [fromInputTokens, inputUsd, outputUsd])).toEqual([
      [undefined, 1.25, 10],
      [200001, 2.5, 15],
    ]);
  });

  it('lets a team’s own price win', () => {
    const mine = shippedCatalog({
      hosted: [{ provider: 'openai', model: 'gpt-4o', match: [], kind: 'text', inputUsd: 1, outputUsd: 4, source: 'contract', asOf: '2026-11-01' }],
    });
    const match = mine.hostedBook.find('gpt-4o');
    expect(match.found && match.prices).toMatchObject([{ inputUsd: 1, outputUsd: 4, own: true }]);
  });
});

describe('the list of hosted prices', () => {
  it('has no price of nothing, and a source and a day in every row', () => {
    expect(catalog.hosted.length).toBeGreaterThan(1000);
    for (const row of catalog.hosted) {
      expect(row.inputUsd, `${row.provider} ${row.model}`).toBeGreaterThan(0);
      if (row.kind === 'text') expect(row.outputUsd, `${row.provider} ${row.model}`).toBeGreaterThan(0);
      expect(row.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(row.source).not.toBe('');
    }
  });
  it('halves batch prices where the vendor documents it', () => {
    for (const row of catalog.hosted.filter(({ provider }) => ['openai', 'anthropic', 'google'].includes(provider))) {
      expect(row.batchInputUsd).toBeCloseTo(row.inputUsd / 2, 9);
      if (row.outputUsd !== undefined) expect(row.batchOutputUsd).toBeCloseTo(row.outputUsd / 2, 9);
    }
    expect(catalog.hosted.filter(({ provider, batchInputUsd }) => provider === 'bedrock' && batchInputUsd !== undefined)).toEqual([]);
  });
  it('keeps both prices of a model that costs another amount at another time of day', () => {
    const match = book.find('deepseek-chat', 'deepseek');
    expect(match.found && match.prices[0]).toMatchObject({ inputUsd: 0.27, otherInputUsd: 0.135, outputUsd: 1.1, otherOutputUsd: 0.55 });
  });
});

describe('who answers at an address', () => {
  it.each([
    ['https://api.groq.com/openai/v1', 'groq', false],
    ['https://my-team.openai.azure.com/', 'azure', false],
    ['http://localhost:8000/v1', undefined, true],
    ['http://vllm:8000/v1', undefined, true],
    ['http://vllm.default.svc.cluster.local/v1', undefined, true],
    ['http://10.0.3.7:8080', undefined, true],
    ['https://llm.example.com/v1', undefined, false],
  ])('%s is %s, own machine: %s', (address, provider, own) => {
    const at = providerOfAddress(address);
    expect(at?.provider).toBe(provider);
    expect(at?.own).toBe(own);
  });
});
