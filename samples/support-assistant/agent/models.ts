/** The models in use, by what they are for. */
export const MODELS = {
  answer: 'gpt-4o-mini',
  summary: 'claude-haiku-4-5',
} as const;
