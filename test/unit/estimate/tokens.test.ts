import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approximateTokens, tokensOfLength } from '../../../server/src/core/estimate/tokens.js';

describe('tokens of a literal text', () => {
  // Counted with the o200k_base and cl100k_base vocabularies (gpt-tokenizer 4).
  it.each<[string, string, number, number]>([
    ['English prose', 'The quick brown fox jumps over the lazy dog.', 10, 10],
    ['an instruction', 'You are a helpful assistant. Answer the question using only the context below.', 15, 15],
    ['Spanish', 'El presidente anunció ayer que el gobierno presentará una nueva ley de presupuestos antes de que termine el año.', 22, 25],
    ['German', 'Sehr geehrte Damen und Herren, hiermit kündige ich meinen Mobilfunkvertrag fristgerecht zum nächstmöglichen Zeitpunkt.', 26, 34],
    ['Russian', 'Сегодня хорошая погода, давайте пойдём гулять в парк и поговорим о будущем.', 21, 40],
    ['Arabic', 'الطقس جميل اليوم، فلنذهب في نزهة إلى الحديقة.', 17, 31],
    ['Hindi', 'आज मौसम अच्छा है, चलो पार्क में टहलने चलते हैं।', 15, 49],
    ['Chinese', '今天天气很好，我们去公园散步吧。', 12, 20],
    ['Japanese', '今日は天気がいいので、公園へ散歩に行きましょう。', 17, 29],
    ['Korean', '오늘은 날씨가 좋으니 공원에 산책하러 갑시다.', 19, 31],
    ['Python', 'def add(a, b):\n    return a + b\n', 12, 12],
    ['JSON', '{"name": "value", "items": [1, 2, 3]}', 18, 18],
    ['digits', '3.14159265358979', 7, 7],
  ])('%s', (_, text, newer, older) => {
    const { low, high } = approximateTokens(text);
    for (const tokens of [newer, older]) {
      expect(tokens).toBeGreaterThanOrEqual(low);
      expect(tokens).toBeLessThanOrEqual(high);
    }
    expect(high / low).toBeLessThan(6);
  });
  it('is nothing for nothing, and at least one for something', () => {
    expect(approximateTokens('')).toEqual({ low: 0, likely: 0, high: 0 });
    expect(approximateTokens('a').low).toBe(1);
  });
  it('grows with the text and keeps its ends in order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        const one = approximateTokens(a);
        expect(one.low).toBeLessThanOrEqual(one.likely);
        expect(one.likely).toBeLessThanOrEqual(one.high);
        expect(approximateTokens(a + b).high * 1.37 + 1).toBeGreaterThanOrEqual(one.high);
      }),
    );
  });
});

it('a length alone holds what the text itself would give, for prose and for code', () => {
  for (const text of [
    'The quick brown fox jumps over the lazy dog, and then it sleeps.'.repeat(5),
    'for (const x of xs) { total += x.price * x.count; }\n'.repeat(5),
  ]) {
    const [whole, length] = [approximateTokens(text), tokensOfLength(text.length)];
    expect(length.low).toBeLessThanOrEqual(whole.likely);
    expect(length.high).toBeGreaterThanOrEqual(whole.likely);
  }
});
