import type { Interval } from '../model/estimate.js';
import { scale, sum } from './interval.js';

/** Tokens of a literal text, approximated from its characters by script. An exact counter can stand behind the same function.
 *
 * Characters a token: Latin prose 4.5 (3.3 to 5.6), other alphabets 2.4 (0.75 to 4), Chinese, Japanese and Korean 1.1 (0.65 to 1.6),
 * code and markup 3.2 (2 to 4.6), digits 2 (1 to 3). Newer vocabularies sit at the long end, older and other vendors' tokenizers at the short one.
 * @unit tokens
 * @assumes byte-pair tokenizers of 100,000 entries or more
 * @source OpenAI help centre "What are tokens" (about 4 characters of English a token); DeepSeek API documentation, token usage (0.3 tokens an
 * English character, 0.6 a Chinese one); ends set so that counts of o200k_base and cl100k_base (gpt-tokenizer 4) on prose of 9 languages, Markdown,
 * TypeScript, JSON and CSV lie inside */
export function approximateTokens(text: string): Interval {
  const counts = { latin: 0, alphabet: 0, cjk: 0, digit: 0, symbol: 0 };
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x30 && code <= 0x39) counts.digit++;
    else if (isCjk(code)) counts.cjk++;
    else if (code > 0x24f) counts.alphabet++;
    else if (/[A-Za-z\u00c0-\u024f\s.,'’!?-]/.test(character)) counts.latin++;
    else counts.symbol++;
  }
  const prose = counts.latin + counts.symbol;
  // Brackets, operators and underscores mark code and markup, whose words split into more tokens.
  const isCode = prose > 0 && counts.symbol / prose > 0.06;
  const tokens = sum(
    per(prose, isCode ? charactersPerToken.code : charactersPerToken.latin),
    per(counts.alphabet, charactersPerToken.alphabet),
    per(counts.cjk, charactersPerToken.cjk),
    per(counts.digit, charactersPerToken.digit),
  );
  return text.length === 0 ? tokens : { low: Math.max(1, tokens.low), likely: Math.max(1, tokens.likely), high: Math.max(1, tokens.high) };
}

/** Tokens of Latin text or code of which only the length is known: between prose and code.
 * @unit tokens
 * @source as `approximateTokens` */
export function tokensOfLength(characters: number): Interval {
  const { latin, code } = charactersPerToken;
  return per(characters, { low: code.low, likely: (latin.likely + code.likely) / 2, high: latin.high });
}

/** What the interval of `approximateTokens` rests on, for a person. */
export const approximationBasis = 'approximated from characters by script, not counted by the model’s tokenizer';

const charactersPerToken: Readonly<Record<'latin' | 'alphabet' | 'cjk' | 'code' | 'digit', Interval>> = {
  latin: { low: 3.3, likely: 4.5, high: 5.6 },
  alphabet: { low: 0.75, likely: 2.4, high: 4 },
  cjk: { low: 0.65, likely: 1.1, high: 1.6 },
  code: { low: 2, likely: 3.2, high: 4.6 },
  digit: { low: 1, likely: 2, high: 3 },
};

const per = (characters: number, ratio: Interval): Interval => scale({ low: 1 / ratio.high, likely: 1 / ratio.likely, high: 1 / ratio.low }, characters);

const isCjk = (code: number): boolean =>
  (code >= 0x3040 && code <= 0x30ff) ||
  (code >= 0x3400 && code <= 0x9fff) ||
  (code >= 0xac00 && code <= 0xd7af) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0x20000 && code <= 0x3ffff);
