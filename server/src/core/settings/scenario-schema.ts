import * as z from 'zod';
import { once } from '../model/once.js';
import { readChange, scenarioWords, type Word } from '../model/scenario.js';

export const scenarioSchemas = once(() => {
  const said = z.union([z.string(), z.number(), z.boolean()]);
  const word = (name: Word) => {
    const { meaning, example } = scenarioWords[name];
    return said
      .superRefine((value, context) => {
        const read = readChange(name, value);
        if (typeof read === 'string') context.addIssue({ code: 'custom', message: read });
      })
      .optional()
      .describe(`${meaning} \`${example.split(', ').join('`, `')}\`.`);
  };

  /** Words of a scenario; every fact's name may stand beside them. */
  const supposed = z
    .object({
      traffic: word('traffic'),
      context: word('context'),
      model: word('model'),
      accelerator: word('accelerator'),
      utilisation: word('utilisation'),
      batch: word('batch'),
      commitment: z.enum(['on-demand', 'spot', 'reserved-1y', 'reserved-3y']).optional().describe(scenarioWords.commitment.meaning),
      provider: word('provider'),
      region: word('region'),
    })
    .catchall(said)
    .describe('What is supposed instead of what is written: words, or names of facts.');

  const scenario = z
    .strictObject({
      name: z.string().min(1).describe('Heads its column.'),
      note: z.string().optional().describe('Why it is worth looking at.'),
      files: z.string().min(1).optional().describe('Only workloads of files that match this glob, relative to the workspace folder: `deploy/**`.'),
      set: supposed,
    })
    .describe('A set of suppositions with a name, for `mlcost what-if` and its panel.');

  /** Ends of what a fact may plausibly be. */
  const ends = z.array(said).length(2).describe('The low and the high end: `[50000, 200000]`, `[0.8x, 1.5x]`.');

  return { scenario, ends };
});
