import type { Rule } from '../types.js';

/** The part of the prompt that is the same in every call, read from the provider's cache. */
export const promptCache: Rule = {
  id: 'prompt-cache',
  kinds: ['api-call'],
  propose({ facts }) {
    const stable = facts.number('system_tokens');
    const input = facts.number('input_tokens');
    // Below 1,024 tokens no provider caches (OpenAI, Anthropic and Google prompt-caching guides).
    if (stable === undefined || stable < 1024 || input === undefined || input < stable || facts.has('cached_input_tokens')) return [];
    return [
      {
        id: 'prompt-cache',
        title: 'prompt caching',
        changes: { prompt_cache: true },
        supposed: { cached_input_tokens: stable },
        risk: { level: 'none', evidence: ['the same prompt'] },
        effort: 2,
        notes: ['the stable part must stand first; a cache entry lives for minutes, and writing it costs more than reading: not in the figure'],
      },
    ];
  },
};
