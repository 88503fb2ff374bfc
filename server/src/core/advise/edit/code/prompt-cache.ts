import { argument, dotted } from '../../../syntax/python/ast.js';
import type { Recipe } from './recipe.js';

/** Marks the system prompt of an Anthropic request as cached; it stands in front of all messages already.
 * @source Anthropic documentation, prompt caching: `cache_control` on the last block that is the same in every request */
export const promptCache: Recipe = {
  facts: ['prompt_cache'],
  write({ program, workload }, to) {
    if (to('prompt_cache') !== true || !/^anthropic/.test(workload.framework)) return undefined;
    const [call, ...others] = program
      .callsOf(/^(create|stream)$/)
      .map((site) => site.call)
      .filter((one) => one.start >= workload.span.start && one.end <= workload.span.end && /(^|\.)messages\.(create|stream)$/.test(dotted(one.callee) ?? ''));
    const given = call && others.length === 0 ? argument(call, 'system')?.value : undefined;
    // A list has blocks of its own: which of them is the last stable one is for a person.
    if (!given || !/^(string|template|name|attribute)$/.test(given.kind)) return undefined;
    return [
      { start: given.start, end: given.start, text: '[{"type": "text", "text": ' },
      { start: given.end, end: given.end, text: ', "cache_control": {"type": "ephemeral"}}]' },
    ];
  },
};
