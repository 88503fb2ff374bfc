import { describe, expect, test } from 'vitest';
import { recognisers } from '../../server/src/core/recognise/registry.js';
import { Hints, literalsOf } from '../../server/src/core/text/literals.js';

describe('a pattern needs one of', () => {
  test.each([
    [/\bopenai\b|\bAzureOpenAI\b/i, ['openai', 'azureopenai']],
    [/Trainer\s*\(/, ['trainer']],
    [/[tT]rainer\.(?:train|fit)\s*\(/, ['trainer.']],
    [/\b(?:from|import)\s+(?:agents|smolagents)\b/, ['agents', 'smolagents']],
    [/\bkeras\b[\s\S]*\.(fit|train)\s*\(/, ['keras']],
    [/\b(?:from|import)\s+beam\b/, ['beam']],
    [/\bclass\s+\w*(?:[Tt]rain|[Aa]rg)/, ['train', 'arg']],
    [/\b(?:from|import)\s+\w/, ['from', 'import']],
    [/@(?:\w+\.)*deployment\s*\(/, ['deployment']],
    [/colou?rful/, ['colo']],
    [/a{2,3}bcd+e/, ['bcd']],
    [/(?=looks)ahead(?<!behind)/, ['ahead']],
    [/a\.b\/c/, ['a.b/c']],
    [/[\]a-z]xyz/, ['xyz']],
    [/(?:abc)?def/, ['def']],
    [/(?:abc|\d+)def/, ['def']],
    [/(?<name>abcd)e/, ['abcd']],
  ])('%s', (pattern, literals) => {
    expect(literalsOf(pattern)).toEqual(literals);
  });
  test.each([[/\w+\s*\(/], [/abc|\d/], [/(?:abc)*/], [/ab/], [/[abc]{4}/]])('%s: nothing', (pattern) => {
    expect(literalsOf(pattern)).toBeUndefined();
  });
});

describe('hints', () => {
  test('name every pattern that matches, where literals overlap or begin alike too', () => {
    const patterns = [/training/, /Train/, /ingress/, /^x/, /trainer_args/];
    const hints = new Hints(patterns, (one) => one);
    expect([...hints.in('a TRAININGRESS')]).toEqual([/^x/, /training/, /Train/, /ingress/]);
    expect([...hints.in('nothing')]).toEqual([/^x/]);
  });
  test('of the recognisers are in the examples of each of them', () => {
    for (const { language, doc, marker, id } of recognisers) {
      const all = recognisers.filter((one) => one.language === language);
      const hinted = new Hints(all, (one) => one.marker).in(doc.example);
      for (const one of all) if (one.marker.test(doc.example)) expect(hinted, `${id} ${marker}`).toContain(one);
    }
  });
});
